/** The option that chooses congestion control, and what a controller of the user's own is told. */
import { describe, expect, it } from "vitest";
import type {
  AckEvent,
  CongestionController,
  CongestionInit,
  LossEvent,
} from "../../../src/base/congestion-control.ts";
import { type AssociationOptions, associationOptions } from "../../../src/base/options.ts";
import { createController } from "../../../src/congestion/create.ts";
import { Rfc9260Controller } from "../../../src/congestion/rfc9260.ts";
import {
  addressParameter,
  chunksOf,
  cookieParameter,
  dataChunk,
  echoOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  twoPaths,
} from "../../conformance/lab.ts";

const QUIET = { heartbeatIntervalMs: 0, maxBurst: 1_000 };

/** A window that never changes, and a list of what it was told. */
class Listener implements CongestionController {
  cwndBytes = 10_000;
  readonly ssthreshBytes = 0;
  readonly partialBytesAcked = 0;
  readonly init: CongestionInit;
  readonly told: unknown[] = [];

  constructor(init: CongestionInit) {
    this.init = init;
  }
  onSent(sentBytes: number, flightBytes: number, nowMs: number): void {
    this.told.push(["sent", sentBytes, flightBytes, nowMs]);
  }
  onAck(event: AckEvent): void {
    this.told.push({ kind: "ack", ...event });
  }
  onFastRetransmit(event: LossEvent): void {
    this.told.push({ kind: "fast retransmit", ...event });
  }
  onFastRecoveryEnd(): void {
    this.told.push(["fast recovery ends"]);
  }
  onTimeout(event: LossEvent): void {
    this.told.push({ kind: "timeout", ...event });
  }
  onIdle(rtoCount: number, nowMs: number): void {
    this.told.push(["idle", rtoCount, nowMs]);
  }
  setPmdcs(pmdcsBytes: number): void {
    this.told.push(["pmdcs", pmdcsBytes]);
  }
  reset(): void {
    this.told.push(["reset"]);
  }
}

function listening(options: Partial<AssociationOptions> = {}): {
  readonly link: Link;
  readonly listener: Listener;
} {
  const made: Listener[] = [];
  const congestionControl = (init: CongestionInit): Listener => {
    made.push(new Listener(init));
    return made.at(-1)!;
  };
  const link = new Lab().accepted({ ...QUIET, congestionControl, ...options });
  return { link, listener: made.at(-1)! };
}

describe("the option congestionControl", () => {
  it("is a name that is known or a function, and an error tells the names", () => {
    expect(associationOptions().congestionControl).toBe("cubic");
    const own = (init: CongestionInit) => new Listener(init);
    expect(associationOptions({ congestionControl: own }).congestionControl).toBe(own);
    for (const wrong of ["reno", "", 5, {}]) {
      expect(() => associationOptions({ congestionControl: wrong as "rfc9260" })).toThrow(
        /congestionControl must be one of "rfc9260", "cubic", "bbr" or a function/,
      );
    }
  });

  it("makes a controller for each path, from its packet size and family", () => {
    const made: CongestionInit[] = [];
    const congestionControl = (init: CongestionInit) => {
      made.push(init);
      return new Listener(init);
    };
    twoPaths({ congestionControl, maxPacketBytes: 1_000 });
    expect(made).toEqual([
      { pmdcsBytes: 988, family: 4 },
      { pmdcsBytes: 988, family: 4 },
    ]);
  });

  it("refuses what is no controller, and says what is missing", () => {
    const init: CongestionInit = { pmdcsBytes: 1_188, family: 4 };
    const create = (congestionControl: AssociationOptions["congestionControl"]) => () =>
      createController(associationOptions({ congestionControl }), init, { all: [] });
    expect(create("rfc9260")()).toBeInstanceOf(Rfc9260Controller);
    const lacking = (name: string) => () =>
      Object.assign(new Listener(init), { [name]: undefined }) as CongestionController;
    expect(create(lacking("cwndBytes"))).toThrow(/no number cwndBytes/);
    expect(create(lacking("onTimeout"))).toThrow(/no method onTimeout/);
    const nothing = (() => undefined) as unknown as () => CongestionController;
    expect(create(nothing)).toThrow(/no number cwndBytes/);
    expect(create(lacking("onSent"))).not.toThrow();
  });

  it("that throws ends what it was to be made for, and never escapes a packet", () => {
    const made: CongestionInit[] = [];
    const throwsAfter = (count: number) => (init: CongestionInit) => {
      made.push(init);
      if (made.length > count) throw new RangeError("no more");
      return new Listener(init);
    };
    const parameters = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter);
    for (const count of [0, 1]) {
      made.length = 0;
      const lab = new Lab();
      lab.listen({ ...QUIET, congestionControl: throwsAfter(count) });
      const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
      const answers = lab.receive([echoOf(initAck), dataChunk()], { tag: initAck.initiateTag });
      expect(only(answers, "ABORT").causes).toEqual([{ kind: "Out of Resource", code: 4 }]);
      expect(lab.stack.associationCount).toBe(0);
      expect(lab.events.at(-1)).toMatchObject({
        kind: "closed",
        reason: { kind: "aborted", by: "local", detail: "congestionControl threw: no more" },
      });
    }
    made.length = 0;
    const lab = new Lab();
    const association = lab.connect({ ...QUIET, congestionControl: throwsAfter(1) });
    const { initiateTag: tag } = only(lab.flush(), "INIT");
    lab.receive([initAckChunk({ parameters: [cookieParameter(), ...parameters] })], { tag });
    expect(association.state).toBe("CLOSED");
    expect(lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { by: "local" } });
  });

  it("that throws is told to whoever connects, and leaves nothing behind", () => {
    const lab = new Lab();
    const congestionControl = (): CongestionController => {
      throw new RangeError("never");
    };
    expect(() => lab.connect({ congestionControl })).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_OPTION", message: "congestionControl threw: never" }),
    );
    expect(lab.stack.associationCount).toBe(0);
    lab.connect();
    expect(kindsOf(lab.flush())).toEqual(["INIT"]);
  });

  it("changed on a living association, it begins anew on every path", () => {
    const { link, listener } = listening();
    link.send(1_000);
    link.association.setOptions({ congestionControl: "rfc9260" }, link.lab.nowMs);
    expect(link.association.path(PEER_ADDRESS)).toMatchObject({ cwndBytes: 4_404, flightBytes: 1_016 });
    listener.told.length = 0;
    link.receive([link.sack(0)]);
    expect(listener.told).toEqual([]);
  });
});

describe("a controller is told", () => {
  it("of packets, headers and padding included, and of acknowledgements with times and a delivery rate", () => {
    const { link, listener } = listening();
    const startMs = link.lab.nowMs;
    link.send(1_001);
    link.lab.run(10);
    link.send(2_344); // Two full chunks.
    expect(listener.told).toEqual([
      ["sent", 1_020, 1_020, startMs],
      ["sent", 1_188, 2_208, startMs + 10],
      ["sent", 1_188, 3_396, startMs + 10],
    ]);
    listener.told.length = 0;
    link.lab.run(40);
    link.receive([link.sack(0)]);
    link.lab.run(30);
    link.receive([link.sack(2)]);
    const common = {
      kind: "ack",
      windowFilled: false,
      inFastRecovery: false,
      lostBytes: 0,
      cumulativeAckAdvanced: true,
    };
    expect(listener.told).toEqual([
      {
        ...common,
        nowMs: startMs + 50,
        ackedBytes: 1_020,
        flightBytesBefore: 3_396,
        flightBytes: 2_376,
        rttMs: 50,
        srttMs: 50,
        deliveredBytes: 1_020,
        intervalMs: 50,
      },
      {
        ...common,
        nowMs: startMs + 80,
        ackedBytes: 2_376,
        flightBytesBefore: 2_376,
        flightBytes: 0,
        rttMs: Number.NaN,
        srttMs: 50,
        deliveredBytes: 3_396, // The first chunk arrived while the last one was under way.
        intervalMs: 70,
      },
    ]);
  });

  it("of losses by reports, after the acknowledgement that showed them", () => {
    const { link, listener } = listening({ lossDetection: "rfc9260" });
    link.send(6 * 1_172);
    listener.told.length = 0;
    for (const end of [2, 3, 4]) link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })]);
    const { nowMs } = link.lab;
    expect(listener.told.slice(2)).toMatchObject([
      { kind: "ack", ackedBytes: 1_188, flightBytes: 2_376, lostBytes: 1_188, cumulativeAckAdvanced: false },
      { kind: "fast retransmit", nowMs, lostBytes: 1_188, flightBytesBefore: 4_752, flightBytes: 2_376 },
      ["sent", 1_188, 3_564, nowMs],
    ]);
  });

  it("of the end of Fast Recovery, after the acknowledgement that ends it and before a timeout that does", () => {
    const { link, listener } = listening({ lossDetection: "rfc9260" });
    link.send(6 * 1_172);
    const reportMissing = (acked: number, ends: readonly number[]): void => {
      for (const end of ends) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
    };
    reportMissing(-1, [2, 3, 4]);
    listener.told.length = 0;
    link.receive([link.sack(3)]);
    expect(listener.told).toMatchObject([{ kind: "ack", inFastRecovery: true }]);
    listener.told.length = 0;
    link.receive([link.sack(5)]);
    expect(listener.told).toMatchObject([{ kind: "ack", inFastRecovery: true }, ["fast recovery ends"]]);
    link.send(6 * 1_172);
    reportMissing(5, [2, 3, 4]);
    listener.told.length = 0;
    link.lab.runUntilSent();
    expect(listener.told.slice(0, 2)).toMatchObject([["fast recovery ends"], { kind: "timeout" }]);
  });

  it("of timeouts, and makes no sample of what was sent twice", () => {
    const { link, listener } = listening();
    link.send(2 * 1_172);
    listener.told.length = 0;
    const [again] = link.lab.runUntilSent();
    expect(chunksOf([again!], "DATA")).toHaveLength(1);
    expect(listener.told).toMatchObject([
      { kind: "timeout", lostBytes: 2_376, flightBytesBefore: 2_376, flightBytes: 0 },
      ["sent", 1_188, 1_188, link.lab.nowMs],
    ]);
    listener.told.length = 0;
    link.receive([link.sack(0)]);
    expect(listener.told[0]).toMatchObject({
      ackedBytes: 1_188,
      rttMs: Number.NaN,
      deliveredBytes: 0,
      intervalMs: Number.NaN,
    });
  });

  it("of a pause, counted in RTOs, and of another packet size", () => {
    const { link, listener } = listening();
    link.send(100);
    link.receive([link.sack(0)]);
    link.lab.run(5_500);
    listener.told.length = 0;
    const rtoMs = link.association.path(PEER_ADDRESS).rtoMs;
    link.send(100);
    expect(listener.told[0]).toEqual(["idle", Math.floor(5_500 / rtoMs), link.lab.nowMs]);
    link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 900 }, link.lab.nowMs);
    expect(listener.told.at(-1)).toEqual(["pmdcs", 888]);
  });
});
