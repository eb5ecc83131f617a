import { describe, expect, it } from "vitest";
import {
  SequenceDiagram,
  type SequenceDiagramOptions,
} from "../../../src/trace/drawings/sequence-diagram.ts";
import * as talk from "./conversation.ts";

function diagramOf(options: SequenceDiagramOptions): { lines: string[]; diagram: SequenceDiagram } {
  const lines: string[] = [];
  const names = { localName: "the client", remoteName: "the server" };
  return { lines, diagram: new SequenceDiagram((line) => lines.push(line), { ...names, ...options }) };
}

describe("SequenceDiagram", () => {
  it("draws an arrow for each packet, one way and the other, with the time since the first", () => {
    const { lines, diagram } = diagramOf({ widthColumns: 60 });
    talk.HANDSHAKE.forEach(([way, datagram], i) => {
      diagram.packet(way, datagram, talk.CLIENT, talk.SERVER, 5_000 + i * 1.5);
    });
    diagram.packet(
      "sent",
      talk.fromClient([talk.data(talk.CLIENT_TSN, "hello")]),
      talk.CLIENT,
      talk.SERVER,
      6_000,
    );
    diagram.packet(
      "received",
      talk.fromServer([talk.sack(talk.CLIENT_TSN)]),
      talk.CLIENT,
      talk.SERVER,
      6_001,
    );
    expect(lines).toEqual([
      "time (ms)  the client                             the server",
      "           127.0.0.1:40001                    127.0.0.1:9899",
      "     0.000 │── INIT ──────────────────────────────────────►│",
      "     1.500 │◄─ INIT ACK ───────────────────────────────────│",
      "     3.000 │── COOKIE ECHO ───────────────────────────────►│",
      "     4.500 │◄─ COOKIE ACK ─────────────────────────────────│",
      "  1000.000 │── DATA #1 stream 3, 5 bytes ─────────────────►│",
      "  1001.000 │◄─ SACK up to #1 ──────────────────────────────│",
    ]);
  });

  it("keeps every line to the width, cutting labels and wrapping explanations", () => {
    const { lines, diagram } = diagramOf({ widthColumns: 72, explain: "all" });
    for (const [way, datagram] of talk.HANDSHAKE) diagram.packet(way, datagram, talk.CLIENT, talk.SERVER, 0);
    const chunks = Array.from({ length: 12 }, (_, i) => talk.data(talk.CLIENT_TSN + 2 * i, "y".repeat(60)));
    diagram.packet("sent", talk.fromClient(chunks), talk.CLIENT, talk.SERVER, 1);
    diagram.note("x".repeat(500));
    expect(lines.slice(2).map((line) => line.length)).toEqual(lines.slice(2).map(() => 72));
    expect(lines.some((line) => line.includes("... ─"))).toBe(true);
    expect(lines.join("\n")).toContain("and 4 more chunks");
  });

  it("gives a reason once with `first`, each time with `all`, never with `none`", () => {
    const reasons = (explain: "none" | "first" | "all"): number => {
      const { lines, diagram } = diagramOf({ explain });
      for (let i = 0; i < 3; i++) {
        diagram.packet("sent", talk.fromClient([talk.cookieEcho]), talk.CLIENT, talk.SERVER, i);
      }
      return lines.filter((line) => line.includes("step 3 of 4")).length;
    };
    expect([reasons("none"), reasons("first"), reasons("all")]).toEqual([0, 1, 3]);
  });

  it("names the path once there is more than one", () => {
    const { lines, diagram } = diagramOf({});
    const datagram = talk.fromClient([talk.cookieAck]);
    diagram.packet("sent", datagram, talk.CLIENT, talk.SERVER, 0);
    diagram.packet("sent", datagram, talk.CLIENT, { address: "127.0.0.2", port: 9899 }, 1);
    diagram.packet("sent", datagram, talk.CLIENT, talk.SERVER, 2);
    expect(lines[2]).not.toContain("[");
    expect(lines[3]).toContain("COOKIE ACK [127.0.0.2] ─");
    expect(lines[4]).toContain("COOKIE ACK [127.0.0.1] ─");
  });

  it("draws what is no packet, and what has a wrong checksum", () => {
    const { lines, diagram } = diagramOf({});
    diagram.packet("received", Uint8Array.of(1, 2, 3), talk.CLIENT, talk.SERVER, 0);
    const damaged = talk.fromServer([talk.cookieAck]);
    damaged[8]! ^= 1;
    diagram.packet("received", damaged, talk.CLIENT, talk.SERVER, 1);
    expect(lines[2]).toContain("◄─ not SCTP: ");
    expect(lines[3]).toContain("COOKIE ACK (wrong checksum)");
  });

  it("says of lost DATA that it is sent again, and counts nothing as acknowledged by a lost SACK [C1]", () => {
    const { lines, diagram } = diagramOf({ explain: "all" });
    for (const [way, datagram] of talk.HANDSHAKE) diagram.packet(way, datagram, talk.CLIENT, talk.SERVER, 0);
    const data = talk.fromClient([talk.data(talk.CLIENT_TSN, "hello")]);
    const sack = talk.fromServer([talk.sack(talk.CLIENT_TSN)]);
    diagram.lost("sent", data, talk.CLIENT, talk.SERVER, 1);
    diagram.packet("sent", data, talk.CLIENT, talk.SERVER, 2);
    diagram.lost("received", sack, talk.CLIENT, talk.SERVER, 3);
    diagram.packet("received", sack, talk.CLIENT, talk.SERVER, 4);
    diagram.lost("received", Uint8Array.of(1), talk.CLIENT, talk.SERVER, 5);
    const text = lines.join("\n");
    expect(text).toContain("#1 (seen before: sent again)");
    expect(text).toContain("(new: #1)");
    expect(text).toContain("lost ✕─ not SCTP: ");
  });

  it("tells the wanted events only", () => {
    const { lines, diagram } = diagramOf({ events: ["state", "retransmit"] });
    diagram.event({ kind: "state", association: 1, from: "CLOSED", to: "COOKIE-WAIT" }, 0);
    expect(lines).toEqual([]);
    diagram.packet("sent", talk.fromClient([talk.init], 0), talk.CLIENT, talk.SERVER, 0);
    diagram.event({ kind: "retransmit", association: 1, reason: "T3-rtx", address: "127.0.0.1", tsn: 5 }, 1);
    diagram.event({ kind: "timer", association: 1, timer: "T3-rtx", address: "127.0.0.1" }, 1);
    expect(lines).toHaveLength(5);
    expect(lines[2]).toContain("* the client goes from CLOSED to COOKIE-WAIT");
    expect(lines[3]).toContain("INIT");
    expect(lines[4]).toContain("* TSN 5 is sent again to 127.0.0.1: T3-rtx");
  });

  it("gives each piece of a line to the style with its role", () => {
    const roles = new Set<string>();
    const { lines, diagram } = diagramOf({
      explain: "all",
      style: (text, role) => {
        roles.add(role);
        return text;
      },
    });
    for (const [way, datagram] of talk.HANDSHAKE) diagram.packet(way, datagram, talk.CLIENT, talk.SERVER, 0);
    expect([...roles].sort()).toEqual(["lifeline", "received", "sent", "text", "time", "why"]);
    expect(lines.length).toBeGreaterThan(4);
  });
});
