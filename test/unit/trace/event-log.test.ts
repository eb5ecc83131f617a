import { describe, expect, it } from "vitest";
import type { TraceEvent } from "../../../src/base/trace-sink.ts";
import { EventLog } from "../../../src/trace/event-log.ts";
import { fanOut } from "../../../src/trace/fan-out.ts";
import * as talk from "./conversation.ts";

const STATE: TraceEvent = { kind: "state", association: 1, from: "CLOSED", to: "COOKIE-WAIT" };

describe("EventLog", () => {
  it("writes a line of JSON for each packet and event", () => {
    const lines: string[] = [];
    const log = new EventLog((line) => lines.push(line));
    const datagram = talk.fromClient([talk.cookieEcho, talk.data(1, "x")]);
    log.packet("sent", datagram, talk.CLIENT, { address: "::1", port: 9899 }, 12.345_678);
    log.event(STATE, 13);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        timeMs: 12.346,
        kind: "packet",
        direction: "sent",
        local: "127.0.0.1:40001",
        remote: "[::1]:9899",
        bytes: datagram.length,
        chunks: ["COOKIE ECHO", "DATA"],
      },
      { timeMs: 13, ...STATE },
    ]);
    expect(lines.join("")).not.toContain("\n");
  });

  it("names what can be named of bytes that are no packet", () => {
    const lines: string[] = [];
    const log = new EventLog((line) => lines.push(line));
    log.packet("received", new Uint8Array(0), talk.CLIENT, talk.SERVER, 0);
    const cut = talk.fromServer([talk.cookieAck, talk.data(1, "hello")]).subarray(0, 24);
    log.packet("received", cut, talk.CLIENT, talk.SERVER, 0);
    expect(lines.map((line) => JSON.parse(line).chunks)).toEqual([[], ["COOKIE ACK"]]);
  });

  it("leaves out the kinds that are not wanted", () => {
    const lines: string[] = [];
    const log = new EventLog((line) => lines.push(line), { kinds: new Set(["state"]) });
    log.packet("sent", talk.fromClient([talk.cookieAck]), talk.CLIENT, talk.SERVER, 0);
    log.event({ kind: "timer", association: 1, timer: "T3-rtx", address: undefined }, 0);
    log.event(STATE, 0);
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual(["state"]);
  });
});

describe("fanOut", () => {
  it("gives every sink everything", () => {
    const first: string[] = [];
    const second: string[] = [];
    const sink = fanOut(new EventLog((line) => first.push(line)), new EventLog((line) => second.push(line)));
    sink.packet("sent", talk.fromClient([talk.cookieAck]), talk.CLIENT, talk.SERVER, 0);
    sink.event(STATE, 0);
    expect(first).toHaveLength(2);
    expect(second).toEqual(first);
  });
});
