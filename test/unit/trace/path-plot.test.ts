import { describe, expect, it } from "vitest";
import { PathHistory } from "../../../src/trace/drawings/path-history.ts";
import { pathPlotSvg } from "../../../src/trace/drawings/path-plot.ts";
import { textsOf, xmlFaults } from "./well-formed.ts";

function history(count: number, address = "10.0.0.2"): PathHistory {
  const trace = new PathHistory();
  for (let i = 0; i < count; i++) {
    const common = { association: 1, address };
    trace.event(
      {
        kind: "congestion",
        ...common,
        reason: "x",
        cwndBytes: 1_000 + i,
        ssthreshBytes: 1e9,
        flightBytes: 500,
      },
      i,
    );
    trace.event({ kind: "rtt", ...common, sampleMs: 20, srttMs: 21, rtoMs: 400 }, i);
    trace.event({ kind: "state", association: 1, from: "CLOSED", to: "COOKIE-WAIT" }, i);
  }
  return trace;
}

const named = (trace: PathHistory) =>
  trace.paths.map((path) => ({ ...path, name: `alice to ${path.address}` }));

describe("PathHistory", () => {
  it("keeps windows and round trips of each path", () => {
    const trace = history(2);
    trace.event({ kind: "rtt", association: 1, address: "10.1.0.2", sampleMs: 7, srttMs: 8, rtoMs: 9 }, 5);
    expect(
      trace.paths.map(({ address, windows, roundTrips }) => [address, windows.length, roundTrips.length]),
    ).toEqual([
      ["10.0.0.2", 2, 2],
      ["10.1.0.2", 0, 1],
    ]);
    expect(trace.paths[0]?.windows[1]).toEqual({
      atMs: 1,
      cwndBytes: 1_001,
      ssthreshBytes: 1e9,
      flightBytes: 500,
    });
    expect(trace.paths[1]?.roundTrips).toEqual([{ atMs: 5, sampleMs: 7, srttMs: 8, rtoMs: 9 }]);
  });

  it("keeps no more paths than it may", () => {
    const trace = new PathHistory();
    for (let i = 0; i < 70; i++)
      trace.event(
        { kind: "rtt", association: 1, address: `10.0.0.${i}`, sampleMs: 1, srttMs: 1, rtoMs: 1 },
        i,
      );
    expect(trace.paths.length).toBe(64);
  });
});

describe("pathPlotSvg", () => {
  it("is well-formed, and has an axis for what it draws, not for an ssthresh that means no limit", () => {
    const svg = pathPlotSvg(named(history(100)), { title: "x < y", idPrefix: "p" });
    expect(xmlFaults(svg)).toEqual([]);
    const texts = textsOf(svg, "text");
    expect(texts).toContain("alice to 10.0.0.2");
    expect(texts).toContain("1,300"); // 1,099, some room, and a number with few digits.
    expect(texts).toContain("460");
    for (const name of ["cwnd", "ssthresh", "in flight", "round trip", "SRTT", "RTO"])
      expect(texts).toContain(name);
    expect(textsOf(svg, "title")).toEqual(["x < y"]);
    expect(textsOf(svg, "desc")[0]).toContain("alice to 10.0.0.2");
  });

  it("stays small with many samples, and keeps their extremes", () => {
    const trace = new PathHistory();
    for (let i = 0; i < 50_000; i++) {
      const cwndBytes = i === 25_000 ? 9_000 : 1_000 + (i % 2);
      trace.event(
        {
          kind: "congestion",
          association: 1,
          address: "a",
          reason: "x",
          cwndBytes,
          ssthreshBytes: 1,
          flightBytes: 1,
        },
        i / 10,
      );
    }
    const svg = pathPlotSvg(named(trace));
    expect(svg.length).toBeLessThan(100_000);
    const d = /class="line line0" d="M[^V]*V([^"]*)"/.exec(svg)?.[1] ?? "";
    const highest = Math.min(...[...d.matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y)));
    const [panelTop, panelHeight] = [62, 150];
    expect(highest).toBeCloseTo(panelTop + panelHeight * (1 - 9_000 / 11_000), 0);
  });

  it.each([undefined, 340])("names the curves where none of them comes, %s px wide", (width) => {
    const svg = pathPlotSvg(named(history(50)), width === undefined ? {} : { width });
    expect(svg).toContain(`viewBox="0 0 ${width ?? 840} `);
    const names = ["cwnd", "ssthresh", "in flight", "round trip", "SRTT", "RTO"];
    const places = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)]
      .filter(([, , , text = ""]) => names.includes(text))
      .map(([, x, y, text = ""]) => ({ x: Number(x), y: Number(y), endX: Number(x) + 6 * text.length }));
    expect(places).toHaveLength(6);
    const tops = [...svg.matchAll(/class="rule" d="M[\d.]+ ([\d.]+)V([\d.]+)/g)].map(([, top, bottom]) => ({
      top: Number(top),
      bottom: Number(bottom),
    }));
    for (const [i, { x, y, endX }] of places.entries()) {
      expect(tops.some(({ top, bottom }) => y > top && y < bottom)).toBe(false);
      expect(endX).toBeLessThan(width ?? 840);
      const next = places[i + 1];
      if (next?.y === y) expect(next.x - 25).toBeGreaterThan(endX);
      expect(x).toBeGreaterThan(0);
    }
  });

  it("has fewer labels of time where they would touch", () => {
    const labels = (width: number): number =>
      textsOf(pathPlotSvg(named(history(3)), { width }), "text").filter((text) => text.endsWith(" s")).length;
    expect([labels(320), labels(840)]).toEqual([6, 10]);
    expect(labels(1)).toBe(6);
  });

  it("ends where it is told to", () => {
    expect(textsOf(pathPlotSvg(named(history(3)), { toMs: 8_000 }), "text")).toContain("8 s");
  });

  it("leaves out the panel of what is not known", () => {
    const [path] = named(history(3));
    const texts = textsOf(pathPlotSvg(path === undefined ? [] : [{ ...path, windows: [] }]), "text");
    expect([texts.includes("cwnd"), texts.includes("RTO")]).toEqual([false, true]);
  });

  it("says so where there is nothing to draw", () => {
    const svg = pathPlotSvg([{ name: "x", address: "x", windows: [], roundTrips: [] }]);
    expect(xmlFaults(svg)).toEqual([]);
    expect(textsOf(svg, "text")).toEqual(["No path has sent anything."]);
  });
});
