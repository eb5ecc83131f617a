/** What a sink that asks for details is told beside the reasons: timers, messages, and what the user hears. */
import { describe, expect, it } from "vitest";
import type { TraceDetail, TraceEvent, TraceSink } from "../../src/base/trace-sink.ts";
import { BOB, net, up } from "./traced-hosts.ts";

type DetailOf<K extends TraceDetail["kind"]> = Extract<TraceDetail, { readonly kind: K }> & {
  readonly atMs: number;
};

function watch(): {
  readonly trace: TraceSink;
  readonly of: <K extends TraceDetail["kind"]>(kind: K) => Array<DetailOf<K>>;
  readonly timers: (name: string) => string[];
} {
  const all: Array<
    (TraceDetail | Extract<TraceEvent, { readonly kind: "timer" }>) & { readonly atMs: number }
  > = [];
  const trace: TraceSink = {
    packet() {},
    event(event, atMs) {
      if (event.kind === "timer") all.push({ ...event, atMs });
    },
    detail: (detail, atMs) => void all.push({ ...detail, atMs }),
  };
  return {
    trace,
    of: (kind) => all.filter((detail) => detail.kind === kind) as never,
    timers: (name) =>
      all
        .filter((one) => "timer" in one && one.timer === name)
        .map((one) =>
          one.kind === "timer-set"
            ? `${one.atMs} set until ${one.deadlineMs}`
            : `${one.atMs} ${one.kind === "timer" ? "expired" : "cancelled"}`,
        ),
  };
}

describe("the timers of a trace", () => {
  it("are told when they are set, and when they are cancelled", () => {
    const { trace, timers, of } = watch();
    const bench = net(trace);
    const association = up(bench);
    const atMs = bench.world.nowMs;
    const { rtoMs } = association.association.path(BOB);
    association.send(0, new Uint8Array(1));
    bench.world.run(100);
    expect(timers("T1-init")).toEqual(["0 set until 1000", "20 cancelled"]);
    expect(timers("T1-cookie")).toEqual(["20 set until 1020", `${atMs} cancelled`]);
    expect(timers("T3-rtx").slice(-2)).toEqual([
      `${atMs} set until ${atMs + rtoMs}`,
      `${atMs + 20} cancelled`,
    ]);
    const [t3] = of("timer-set").filter(({ timer }) => timer === "T3-rtx");
    expect(t3).toMatchObject({ association: association.association.id, address: BOB });
    expect(timers("heartbeat").length).toBeGreaterThan(0);
  });

  it("are not told as cancelled when they have expired", () => {
    const { trace, timers } = watch();
    const bench = net(trace);
    bench.world.lose("INIT");
    up(bench);
    expect(timers("T1-init")).toEqual([
      "0 set until 1000",
      "1000 expired",
      "1000 set until 3000",
      "1020 cancelled",
    ]);
  });

  it("are told as expired, and no more, where nothing follows", () => {
    const { trace, timers } = watch();
    const bench = net(trace);
    up(bench);
    const [peer] = bench.bob.associations;
    peer?.send(0, new Uint8Array(1)); // The first DATA is acknowledged at once (RFC 9260 5.1).
    bench.world.run(1_000);
    peer?.send(0, new Uint8Array(1));
    bench.world.run(1_000);
    expect(
      timers("delayed-sack").map((text) => text.replace(/^[\d.]+ /, "").replace(/ [\d.]+$/, "")),
    ).toEqual(["set until", "expired"]);
  });

  it("are all cancelled when the association ends", () => {
    const { trace, timers } = watch();
    const bench = net(trace);
    const association = up(bench);
    bench.world.run(5);
    const atMs = bench.world.nowMs;
    association.abort();
    expect(timers("heartbeat").at(-1)).toBe(`${atMs} cancelled`);
  });
});

describe("the messages of a trace", () => {
  it("are queued, cut where they are too large, and delivered", () => {
    const { trace, of } = watch();
    const bench = net(trace);
    const association = up(bench);
    association.send(3, new Uint8Array(2_000), { ppid: 46, unordered: true });
    association.send(4, new Uint8Array(10));
    bench.world.run(100);
    bench.bob.associations[0]?.send(1, new Uint8Array(20), { ppid: 9 });
    bench.world.run(100);
    const steps = of("message").map(({ step, streamId, unordered, bytes, ppid }) => [
      ...[step, streamId, unordered, bytes, ppid],
    ]);
    const { fragmentationPointBytes } = association.association;
    expect(steps).toEqual([
      ["queued", 3, true, 2_000, 46],
      ["cut", 3, true, fragmentationPointBytes, undefined],
      ["cut", 3, true, 2_000 - fragmentationPointBytes, undefined],
      ["queued", 4, false, 10, 0],
      ["delivered", 1, false, 20, 9],
    ]);
    const initialTsn = association.association.localInitialTsn;
    expect(of("message").flatMap(({ tsn }) => tsn ?? [])).toEqual([initialTsn, (initialTsn + 1) >>> 0]);
  });

  it("are cut once: what goes again is not told anew", () => {
    const { trace, of } = watch();
    const bench = net(trace);
    const association = up(bench);
    bench.world.lose("DATA");
    association.send(3, new Uint8Array(2_000));
    bench.world.run(5_000);
    expect(association.association.stats.retransmittedChunks).toBe(1);
    expect(of("message").filter(({ step }) => step === "cut")).toHaveLength(2);
  });

  it("are abandoned, or fail", () => {
    const { trace, of } = watch();
    const bench = net(trace);
    const association = up(bench);
    bench.world.cut("10.0.0.1", BOB);
    association.send(1, new Uint8Array(10), { reliability: { lifetimeMs: 50 } });
    association.send(2, new Uint8Array(20));
    bench.world.run(3_000);
    association.abort();
    expect(of("message").map(({ step, streamId }) => `${step} ${streamId}`)).toEqual([
      "queued 1",
      "queued 2",
      "abandoned 1",
      "failed 2",
    ]);
  });
});

describe("what the user is told", () => {
  it("is told to the trace by its name and its plain fields", () => {
    const { trace, of } = watch();
    const bench = net(trace);
    const association = up(bench, { allowStreamReset: true });
    bench.bob.associations[0]?.association.setOptions({ allowStreamReset: true }, bench.world.nowMs);
    association.resetStreams("outgoing", [2]);
    bench.world.run(1_000);
    association.send(0, new Uint8Array(5));
    association.abort(Uint8Array.of(1, 2, 3));
    const told = of("told").map(({ news, facts }) => [news, facts]);
    expect(told).toContainEqual(["established", { inbound: false }]);
    expect(told).toContainEqual([
      "streams-reset",
      { direction: "outgoing", streamIds: [2], outcome: "performed", position: 0 },
    ]);
    expect(told.find(([news]) => news === "send-failed")?.[1]).toMatchObject({
      streamId: 0,
      transmitted: true,
    });
    expect(told.at(-1)?.[0]).toBe("closed");
    expect(told.at(-1)?.[1]).toMatchObject({ kind: "aborted", by: "local" });
    expect(JSON.stringify(told)).not.toContain("data");
  });
});
