/** Stream reconfiguration (RFC 6525). The first request of either side has the number of its Initial TSN. */
import { describe, expect, it } from "vitest";
import type { AssociationEvent } from "../../src/association/association-event.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { InitAckChunk } from "../../src/chunks/chunk.ts";
import { ReConfigResult } from "../../src/chunks/codes.ts";
import { encodeParameter, type Parameter } from "../../src/chunks/parameters.ts";
import {
  addressParameter,
  chunksOf,
  cookieParameter,
  echoOf,
  firstOf,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  RECONFIG_SUPPORTED,
  type SentPacket,
  twoPaths,
} from "./lab.ts";

const { NothingToDo, Performed, Denied, WrongSsn, RequestInProgress, BadSequenceNumber, InProgress } =
  ReConfigResult;
const ALLOWED = { allowStreamReset: true, allowAssociationReset: true, allowAddStreams: true } as const;

/** With a peer that says so; no heartbeats. */
function agreed(
  options: Partial<AssociationOptions> = {},
  said: readonly Parameter[] = [RECONFIG_SUPPORTED],
): Link {
  return new Lab().connected(
    { heartbeatIntervalMs: 0, ...options },
    { parameters: [cookieParameter(), ...said] },
  );
}

/** One that lets the peer do what it wants. */
const open = (options: Partial<AssociationOptions> = {}): Link => agreed({ ...ALLOWED, ...options });

// ---- What the peer says; numbers are counted from its Initial TSN, and from ours -------------------------------

function resetsOwn(
  link: Link,
  number: number,
  lastOffset: number,
  streamIds: readonly number[] = [],
  answers = -1,
): Parameter {
  return {
    kind: "Outgoing SSN Reset Request",
    type: 13,
    requestNumber: (link.peerTsn + number) >>> 0,
    responseNumber: (link.ourTsn + answers) >>> 0,
    lastTsn: (link.peerTsn + lastOffset) >>> 0,
    streamIds,
  };
}
const asksForReset = (link: Link, number: number, streamIds: readonly number[] = []): Parameter => ({
  kind: "Incoming SSN Reset Request",
  type: 14,
  requestNumber: (link.peerTsn + number) >>> 0,
  streamIds,
});
const asksForAll = (link: Link, number: number): Parameter => ({
  kind: "SSN/TSN Reset Request",
  type: 15,
  requestNumber: (link.peerTsn + number) >>> 0,
});
const addsOwn = (link: Link, number: number, newStreamCount: number): Parameter => ({
  kind: "Add Outgoing Streams Request",
  type: 17,
  requestNumber: (link.peerTsn + number) >>> 0,
  newStreamCount,
});
const asksForStreams = (link: Link, number: number, newStreamCount: number): Parameter => ({
  kind: "Add Incoming Streams Request",
  type: 18,
  requestNumber: (link.peerTsn + number) >>> 0,
  newStreamCount,
});
const answers = (
  link: Link,
  number: number,
  result: number,
  next?: readonly [number, number],
): Parameter => ({
  kind: "Re-configuration Response",
  type: 16,
  responseNumber: (link.ourTsn + number) >>> 0,
  result,
  nextTsns: next === undefined ? undefined : { sender: next[0], receiver: next[1] },
});
const says = (link: Link, ...parameters: readonly Parameter[]): SentPacket[] =>
  link.receive([{ kind: "RE-CONFIG", parameters }]);

/** The peer restarts. */
function restarts({ lab }: Link, initialTsn: number): InitAckChunk {
  const init = initChunk({ initiateTag: 99, initialTsn, parameters: [RECONFIG_SUPPORTED] });
  const initAck = firstOf(lab.receive([init]), "INIT ACK");
  lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
  return initAck;
}

// ---- What was sent ---------------------------------------------------------------------------------------------

const parametersIn = (packets: readonly SentPacket[]): readonly Parameter[] =>
  chunksOf(packets, "RE-CONFIG").flatMap(({ parameters }) => parameters);
/** The results that were answered, in order. */
const resultsIn = (packets: readonly SentPacket[]): number[] =>
  parametersIn(packets).flatMap((each) => (each.kind === "Re-configuration Response" ? [each.result] : []));
const onlyParameter = (packets: readonly SentPacket[]): Parameter => {
  const [parameter, ...more] = parametersIn(packets);
  if (parameter === undefined || more.length > 0) throw new Error(`${more.length} more parameters`);
  return parameter;
};
const ssnsIn = (packets: readonly SentPacket[]): Array<readonly [streamId: number, ssn: number]> =>
  chunksOf(packets, "DATA").map(({ streamId, ssn }) => [streamId, ssn] as const);

function reset(
  link: Link,
  direction: "incoming" | "outgoing" | "both",
  ids: readonly number[] = [],
): SentPacket[] {
  link.association.resetStreams(direction, ids, link.lab.nowMs);
  return link.lab.flush();
}
function resetAll(link: Link): SentPacket[] {
  link.association.resetAssociation(link.lab.nowMs);
  return link.lab.flush();
}
function add(link: Link, counts: { readonly inbound?: number; readonly outbound?: number }): SentPacket[] {
  link.association.addStreams(counts, link.lab.nowMs);
  return link.lab.flush();
}

/** What the user was told of it, without the association. */
function toldOf({ lab }: Link): unknown[] {
  const kinds: ReadonlyArray<AssociationEvent["kind"]> = [
    "streams-reset",
    "association-reset",
    "streams-changed",
    "reconfigured",
  ];
  return lab.events.filter(({ kind }) => kinds.includes(kind)).map(({ association: _, ...event }) => event);
}

describe("RFC 6525 3.1 RE-CONFIG Chunk", () => {
  it("SHOULD: answers parameters that do not go together with an ERROR of the cause Protocol Violation, and does nothing of what they ask", () => {
    const link = open();
    link.receive([link.data(0)]);
    const unsound: Array<readonly Parameter[]> = [
      [],
      [asksForAll(link, 0), resetsOwn(link, 1, 0)],
      [resetsOwn(link, 0, 0), resetsOwn(link, 1, 0)],
      [resetsOwn(link, 0, 0), addsOwn(link, 1, 1)],
      [answers(link, 0, Performed), addsOwn(link, 0, 1)],
      [resetsOwn(link, 0, 0), asksForReset(link, 1), answers(link, 0, Performed)],
      [{ kind: "unknown", type: 19, value: new Uint8Array(4) }],
    ];
    for (const parameters of unsound) {
      link.lab.nowMs++; // One complaint is enough for what comes at once.
      const causes = firstOf(says(link, ...parameters), "ERROR").causes.map(({ kind }) => kind);
      expect(causes).toEqual(["Protocol Violation"]);
    }
    expect(link.association.inboundStreams).toBe(10);
    link.receive([link.data(1)]);
    expect(link.read()).toEqual(["hello", "hello"]);
    expect(toldOf(link)).toEqual([]);
  });

  it("MAY: takes two requests in either order, and two answers", () => {
    const link = open();
    expect(resultsIn(says(link, addsOwn(link, 0, 1), asksForStreams(link, 1, 1)))).toEqual([
      Performed,
      Performed,
    ]);
    says(link, answers(link, 0, Performed));
    expect(resultsIn(says(link, asksForReset(link, 2), resetsOwn(link, 3, -1)))).toEqual([
      NothingToDo,
      Performed,
    ]);
    add(link, { inbound: 1, outbound: 1 });
    says(link, answers(link, 1, Performed), answers(link, 2, Denied));
    expect(toldOf(link).at(-1)).toEqual({ kind: "reconfigured", request: 1, outcome: "denied" });
  });
});

describe("RFC 6525 4.1 Outgoing SSN Reset Request Parameter", () => {
  it("MUST: has a length of 16 bytes and 2 for each stream; it names the last TSN", () => {
    const link = agreed();
    link.send(10, { streamId: 3 });
    const parameter = onlyParameter(reset(link, "outgoing", [3, 5, 7]));
    expect(encodeParameter(parameter).length).toBe(16 + 2 * 3);
    expect(parameter).toMatchObject({ lastTsn: link.ourTsn, streamIds: [3, 5, 7] });
  });
});

describe("RFC 6525 4.2 Incoming SSN Reset Request Parameter", () => {
  it("MUST: has a length of 8 bytes and 2 for each stream", () => {
    const parameter = onlyParameter(reset(agreed(), "incoming", [3, 5, 7]));
    expect(encodeParameter(parameter).length).toBe(8 + 2 * 3);
  });
});

describe("RFC 6525 4.3 SSN/TSN Reset Request Parameter", () => {
  it("MUST: has a length of 8 bytes", () => {
    expect(encodeParameter(onlyParameter(resetAll(agreed()))).length).toBe(8);
  });
});

describe("RFC 6525 4.4 Re-configuration Response Parameter", () => {
  it("MUST: has a length of 12 bytes, and of 20 with the TSNs of a reset of all", () => {
    const link = open();
    expect(encodeParameter(onlyParameter(says(link, resetsOwn(link, 0, -1)))).length).toBe(12);
    expect(encodeParameter(onlyParameter(says(link, asksForAll(link, 1)))).length).toBe(20);
  });

  it("MUST: tells every result that is no success apart from one, and goes on with the old numbers", () => {
    for (const [result, outcome] of [
      [Denied, "denied"],
      [WrongSsn, "failed"],
      [RequestInProgress, "failed"],
      [BadSequenceNumber, "failed"],
      [77, "failed"],
    ] as const) {
      const link = agreed();
      link.send(10);
      reset(link, "outgoing");
      expect(link.send(10)).toEqual([]);
      expect(ssnsIn(says(link, answers(link, 0, result)))).toEqual([[0, 1]]);
      expect(toldOf(link)).toEqual([
        { kind: "streams-reset", direction: "outgoing", streamIds: [], outcome, position: 0 },
        { kind: "reconfigured", request: 1, outcome },
      ]);
    }
  });
});

describe("RFC 6525 4.5 Add Outgoing Streams Request Parameter", () => {
  it("MUST: has a length of 12 bytes", () => {
    expect(encodeParameter(onlyParameter(add(agreed(), { outbound: 3 }))).length).toBe(12);
  });
});

describe("RFC 6525 4.6 Add Incoming Streams Request Parameter", () => {
  it("MUST: has a length of 12 bytes", () => {
    expect(encodeParameter(onlyParameter(add(agreed(), { inbound: 3 }))).length).toBe(12);
  });
});

describe("RFC 6525 5.1.1 Sender-Side Procedures for the RE-CONFIG Chunk", () => {
  it("MUST: lists the chunk type in the Supported Extensions of INIT and INIT ACK", () => {
    const lab = new Lab();
    lab.connect();
    expect(only(lab.flush(), "INIT").parameters).toContainEqual(RECONFIG_SUPPORTED);
    const link = new Lab().accepted({}, { parameters: [RECONFIG_SUPPORTED] });
    expect(chunksOf(link.lab.sent, "INIT ACK")[0]?.parameters).toContainEqual(RECONFIG_SUPPORTED);
    expect(link.association.streamReconfiguration).toBe(true);
  });

  it("MUST NOT: asks a peer for anything that has not listed it", () => {
    const said: Parameter = { kind: "Supported Extensions", type: 0x8008, chunkTypes: [192] };
    for (const link of [agreed({}, []), agreed({}, [said]), agreed({ streamReconfiguration: false })]) {
      for (const ask of [() => reset(link, "both"), () => resetAll(link), () => add(link, { outbound: 1 })])
        expect(ask).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_SUPPORTED" }));
      expect(link.lab.flush()).toEqual([]);
      expect(link.send(10).length).toBe(1);
    }
  });

  it("SHOULD: tells the application that the peer does not know it, or that an option forbids it", () => {
    expect(() => reset(agreed({}, []), "outgoing")).toThrow("the peer does not know stream reconfiguration");
    expect(() => reset(agreed({ streamReconfiguration: false }), "outgoing")).toThrow(
      "streamReconfiguration",
    );
  });

  it("MUST: skips a RE-CONFIG that nobody has agreed on, and reads what follows", () => {
    const link = agreed({ ...ALLOWED, streamReconfiguration: false });
    const sent = link.receive([{ kind: "RE-CONFIG", parameters: [addsOwn(link, 0, 5)] }, link.data(0)]);
    expect(kindsOf(sent)).toEqual(["SACK"]);
    expect(link.association.inboundStreams).toBe(10);
  });

  it("MUST NOT: has more than one request in flight; others wait for its end", () => {
    const link = agreed();
    expect(onlyParameter(reset(link, "outgoing", [1]))).toMatchObject({ requestNumber: link.ourTsn });
    expect(add(link, { outbound: 2 })).toEqual([]);
    expect(reset(link, "incoming", [2])).toEqual([]);
    const second = says(link, answers(link, 0, Performed));
    expect(onlyParameter(second)).toMatchObject({
      kind: "Add Outgoing Streams Request",
      requestNumber: (link.ourTsn + 1) >>> 0,
    });
    const third = says(link, answers(link, 1, Performed));
    expect(onlyParameter(third)).toMatchObject({ kind: "Incoming SSN Reset Request", streamIds: [2] });
    expect(link.association.isReconfiguring).toBe(true);
    expect(says(link, answers(link, 2, NothingToDo))).toEqual([]);
    expect(link.association.isReconfiguring).toBe(false);
  });

  it("MUST: repeats the request by a timer of one RTO that doubles, and counts an error of path and association each time", () => {
    const link = agreed({
      associationMaxRetrans: 3,
      pathMaxRetrans: 1,
      rtoInitialMs: 1_000,
      rtoMaxMs: 60_000,
    });
    const [first] = reset(link, "outgoing", [4]);
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const [again] = link.lab.runUntilSent();
      expect(again?.chunks).toEqual(first?.chunks);
      times.push((again?.atMs ?? 0) - (first?.atMs ?? 0));
    }
    expect(times).toEqual([1_000, 3_000, 7_000]);
    expect(link.association.paths()[0]).toMatchObject({ state: "inactive", errorCount: 2 });
    link.lab.run(60_000);
    expect(link.lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { kind: "unreachable" } });
    expect(link.association.stats.retransmittedReconfigurations).toBe(3);
  });

  it("MUST: an answer clears the error counts", () => {
    const link = agreed({ associationMaxRetrans: 2 });
    for (let number = 0; number < 4; number++) {
      reset(link, "outgoing", [4]);
      link.lab.runUntilSent();
      link.lab.runUntilSent();
      says(link, answers(link, number, Performed));
      expect(link.association.paths()[0]?.errorCount).toBe(0);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MAY: repeats it on another path", () => {
    const lab = new Lab({ localAddresses: ["10.0.0.1", "10.1.0.1"] });
    const addresses = ["10.0.0.2", "10.1.0.2"];
    const parameters = [
      cookieParameter(),
      RECONFIG_SUPPORTED,
      ...addresses.map((address): Parameter => ({ kind: "IPv4 Address", type: 5, address })),
    ];
    const link = lab.connected({ heartbeatIntervalMs: 0 }, { parameters }, addresses);
    expect(reset(link, "outgoing")[0]?.to).toBe("10.0.0.2");
    expect(link.lab.runUntilSent()[0]?.to).toBe("10.1.0.2");
    expect(() => reset(twoPaths(), "outgoing")).toThrow("the peer does not know");
  });

  it("MUST NOT: starts the timer for a chunk that only answers", () => {
    const link = open();
    says(link, resetsOwn(link, 0, -1));
    expect(link.lab.run(3_600_000)).toEqual([]);
  });
});

describe("RFC 6525 5.1.2 Sender-Side Procedures for the Outgoing SSN Reset Request Parameter", () => {
  it("MUST: A1 queues what is sent on the streams from then on, ordered or not, and nothing else", () => {
    const link = agreed();
    reset(link, "outgoing", [1, 2]);
    expect(link.send(10, { streamId: 1 })).toEqual([]);
    expect(link.send(10, { streamId: 2, unordered: true })).toEqual([]);
    expect(ssnsIn(link.send(10, { streamId: 3 }))).toEqual([[3, 0]]);
    expect(link.association.isDry).toBe(false);
  });

  it("MUST: what was queued before it gets its TSNs first, with the old SSNs", () => {
    const link = agreed({}, [RECONFIG_SUPPORTED]);
    link.receive([link.sack(-1, { aRwndBytes: 0 })]);
    link.send(10, { streamId: 1 }); // A probe of the closed window, sooner or later.
    expect(parametersIn(reset(link, "outgoing", [1]))).toEqual([]);
    link.send(20, { streamId: 1 });
    const probe = link.lab.runUntilSent();
    expect(ssnsIn(probe)).toEqual([[1, 0]]);
    expect(onlyParameter(probe)).toMatchObject({ lastTsn: link.ourTsn, streamIds: [1] });
    link.receive([link.sack(0)]);
    const after = says(link, answers(link, 0, Performed));
    expect(chunksOf(after, "DATA").map(({ ssn, payload }) => [ssn, payload.length])).toEqual([[0, 20]]);
  });

  it("MUST: A2, A3 numbers requests from the Initial TSN on, and names the next TSN less one", () => {
    const link = agreed();
    expect(onlyParameter(reset(link, "outgoing", [1]))).toMatchObject({
      requestNumber: link.ourTsn,
      lastTsn: (link.ourTsn - 1) >>> 0,
    });
    says(link, answers(link, 0, Performed));
    link.send(10);
    link.send(10);
    expect(onlyParameter(reset(link, "outgoing", [1]))).toMatchObject({
      requestNumber: (link.ourTsn + 1) >>> 0,
      lastTsn: (link.ourTsn + 1) >>> 0,
    });
  });

  it("MUST: A3 tells the peer nothing of TSNs behind the last one together with the old numbers: it may have reset the streams by then", () => {
    const link = agreed({ maxBurst: 100 });
    const once = { reliability: { maxRetransmits: 0 } } as const;
    for (let i = 0; i < 3; i++) link.send(10, { streamId: 1, ...once });
    reset(link, "outgoing", [1]);
    link.send(10, { streamId: 2, ...once });
    const told = chunksOf(link.lab.run(10_000), "FORWARD TSN");
    expect(new Set(told.map(({ newCumulativeTsn }) => newCumulativeTsn))).toEqual(
      new Set([(link.ourTsn + 2) >>> 0]),
    );
    says(link, answers(link, 0, Performed));
    const next = link.receive([link.sack(2)]);
    expect(firstOf(next, "FORWARD TSN")).toMatchObject({
      newCumulativeTsn: (link.ourTsn + 3) >>> 0,
      skipped: [{ streamId: 2, ssn: 0 }],
    });
  });

  it("SHOULD NOT: A4 lists no stream where all are meant", () => {
    expect(onlyParameter(reset(agreed(), "outgoing"))).toMatchObject({ streamIds: [] });
  });

  it("MUST: A4 lists those that are meant; the response number is that of the peer's last request", () => {
    const link = open();
    expect(onlyParameter(reset(link, "outgoing", [3, 1, 3]))).toMatchObject({
      streamIds: [3, 1],
      responseNumber: (link.peerTsn - 1) >>> 0,
    });
    says(link, answers(link, 0, Performed));
    says(link, resetsOwn(link, 0, -1));
    expect(onlyParameter(reset(link, "outgoing", [1]))).toMatchObject({ responseNumber: link.peerTsn });
  });

  it("MUST: A4 copies the list of a request that it answers, and its number", () => {
    const link = open();
    link.send(10, { streamId: 5 });
    expect(onlyParameter(says(link, asksForReset(link, 0, [5, 4, 5])))).toMatchObject({
      kind: "Outgoing SSN Reset Request",
      streamIds: [5, 4, 5],
      responseNumber: link.peerTsn,
      requestNumber: link.ourTsn,
    });
    // Another request comes before the answer can go out.
    const busy = open();
    busy.send(10, { streamId: 2 });
    reset(busy, "outgoing", [1]);
    says(busy, asksForReset(busy, 0, [2]));
    says(busy, addsOwn(busy, 1, 3));
    expect(onlyParameter(says(busy, answers(busy, 0, Performed)))).toMatchObject({
      kind: "Outgoing SSN Reset Request",
      streamIds: [2],
      responseNumber: busy.peerTsn,
    });
  });

  it("MUST: splits a list that fits into no packet; the last part ends the request", () => {
    const link = agreed({ outboundStreams: 600, maxPacketBytes: 512 }, [RECONFIG_SUPPORTED]);
    const ids = Array.from({ length: 10 }, (_, i) => i);
    expect(link.association.outboundStreams).toBe(10);
    expect(onlyParameter(reset(link, "outgoing", ids))).toMatchObject({ streamIds: ids });
    const lab = new Lab();
    const wide = lab.connected(
      { outboundStreams: 600, maxPacketBytes: 512, heartbeatIntervalMs: 0 },
      { inboundStreams: 600, parameters: [cookieParameter(), RECONFIG_SUPPORTED] },
    );
    const many = Array.from({ length: 500 }, (_, i) => i);
    let sent = reset(wide, "outgoing", many);
    const listed: number[] = [];
    for (let number = 0; parametersIn(sent).length > 0; number++) {
      const parameter = onlyParameter(sent);
      if (parameter.kind === "Outgoing SSN Reset Request") listed.push(...parameter.streamIds);
      expect(sent.every(({ lengthBytes }) => lengthBytes <= 512)).toBe(true);
      expect(toldOf(wide).filter((event) => (event as { kind: string }).kind === "reconfigured")).toEqual([]);
      sent = says(wide, answers(wide, number, Performed));
    }
    expect(listed).toEqual(many);
    expect(toldOf(wide).at(-1)).toEqual({ kind: "reconfigured", request: 1, outcome: "performed" });
  });

  it("MAY: asks for resets of other streams that have waited in one chunk", () => {
    const link = agreed();
    reset(link, "outgoing", [0]);
    for (const id of [1, 2, 3, 2]) expect(reset(link, "outgoing", [id])).toEqual([]);
    expect(onlyParameter(says(link, answers(link, 0, Performed)))).toMatchObject({ streamIds: [1, 2, 3] });
    // A stream that is reset twice is: something may stand between the two.
    expect(onlyParameter(says(link, answers(link, 1, Performed)))).toMatchObject({ streamIds: [2] });
    says(link, answers(link, 2, Performed));
    const done = toldOf(link).filter((event) => (event as { kind: string }).kind === "reconfigured");
    expect(done.map((event) => (event as { request: number }).request)).toEqual([1, 2, 3, 4, 5]);
  });

  it("MUST: what is sent between two resets of a stream stays between them", () => {
    const link = agreed();
    const sizes = (packets: readonly SentPacket[]): unknown =>
      chunksOf(packets, "DATA").map(({ ssn, payload }) => [ssn, payload.length]);
    link.send(1);
    reset(link, "outgoing", [0]);
    link.send(2);
    link.send(3);
    reset(link, "outgoing", [0]);
    link.send(4);
    reset(link, "outgoing", [0]);
    link.send(5);
    const first = says(link, answers(link, 0, Performed));
    expect(sizes(first)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(onlyParameter([...first, ...link.lab.flush()])).toMatchObject({
      lastTsn: (link.ourTsn + 2) >>> 0,
    });
    expect(sizes(says(link, answers(link, 1, Performed)))).toEqual([[0, 4]]);
    expect(sizes(says(link, answers(link, 2, Performed)))).toEqual([[0, 5]]);
  });
});

describe("RFC 6525 5.1.3 Sender-Side Procedures for the Incoming SSN Reset Request Parameter", () => {
  it("SHOULD NOT: B2 lists no stream where all are meant, and MUST list those that are", () => {
    expect(onlyParameter(reset(agreed(), "incoming"))).toMatchObject({ streamIds: [] });
    const link = agreed();
    expect(onlyParameter(reset(link, "incoming", [2, 4]))).toMatchObject({
      streamIds: [2, 4],
      requestNumber: link.ourTsn,
    });
  });

  it("MAY: B3 goes with the request for the outgoing streams, under the next number", () => {
    const link = agreed();
    const [outgoing, incoming, ...more] = parametersIn(reset(link, "both", [1]));
    expect(more).toEqual([]);
    expect(outgoing).toMatchObject({ kind: "Outgoing SSN Reset Request", requestNumber: link.ourTsn });
    expect(incoming).toMatchObject({
      kind: "Incoming SSN Reset Request",
      requestNumber: (link.ourTsn + 1) >>> 0,
    });
    // What has been answered is not asked again.
    says(link, answers(link, 0, Performed));
    expect(onlyParameter(link.lab.runUntilSent())).toEqual(incoming);
  });
});

describe("RFC 6525 5.1.4 Sender-Side Procedures for the SSN/TSN Reset Request Parameter", () => {
  it("MUST: C2 asks when nothing is outstanding, and sends no new data until it is answered", () => {
    const link = agreed();
    link.send(10, { streamId: 1 });
    expect(resetAll(link)).toEqual([]);
    expect(link.send(20)).toEqual([]);
    expect(onlyParameter(link.receive([link.sack(0)]))).toMatchObject({ kind: "SSN/TSN Reset Request" });
    expect(link.send(30)).toEqual([]);
    const after = says(link, answers(link, 0, Denied));
    expect(chunksOf(after, "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([1, 2]);
  });

  it("MUST NOT: C3 puts anything beside it into its chunk", () => {
    const link = agreed();
    expect(parametersIn(resetAll(link)).length).toBe(1);
    reset(link, "outgoing");
    expect(parametersIn(link.lab.runUntilSent()).length).toBe(1);
  });

  it("SHOULD: asks once within 30 s", () => {
    const link = agreed();
    resetAll(link);
    says(link, answers(link, 0, Denied));
    link.lab.run(29_999);
    expect(() => resetAll(link)).toThrow(expect.objectContaining({ code: "ERR_SCTP_IN_PROGRESS" }));
    link.lab.run(1);
    expect(onlyParameter(resetAll(link))).toMatchObject({ requestNumber: (link.ourTsn + 1) >>> 0 });
  });
});

describe("RFC 6525 5.1.5 Sender-Side Procedures for the Add Outgoing Streams Request Parameter", () => {
  it("MUST: waits for a success before it uses the new streams, and begins them with SSN 0", () => {
    const link = agreed();
    expect(onlyParameter(add(link, { outbound: 2 }))).toMatchObject({ newStreamCount: 2 });
    expect(() => link.send(10, { streamId: 11 })).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_STREAM" }),
    );
    says(link, answers(link, 0, Performed));
    expect(ssnsIn(link.send(10, { streamId: 11 }))).toEqual([[11, 0]]);
    expect(() => link.send(10, { streamId: 12 })).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_STREAM" }),
    );
    expect(toldOf(link)).toEqual([
      { kind: "streams-changed", outcome: "performed", inboundStreams: 10, outboundStreams: 12 },
      { kind: "reconfigured", request: 1, outcome: "performed" },
    ]);
  });

  it("MUST NOT: uses them if they were denied", () => {
    const link = agreed();
    add(link, { outbound: 2 });
    says(link, answers(link, 0, Denied));
    expect(link.association.outboundStreams).toBe(10);
    expect(toldOf(link)[0]).toMatchObject({ outcome: "denied", outboundStreams: 10 });
  });

  it("MUST NOT: asks for more than 65,535 in all, or for none", () => {
    const link = agreed();
    for (const counts of [{ outbound: 65_526 }, { inbound: 65_526 }, { outbound: -1 }, { inbound: 0.5 }, {}])
      expect(() => add(link, counts)).toThrow(expect.objectContaining({ code: "ERR_SCTP_INVALID_ARGUMENT" }));
    expect(onlyParameter(add(link, { outbound: 65_525 }))).toMatchObject({ newStreamCount: 65_525 });
  });
});

describe("RFC 6525 5.1.6 Sender-Side Procedures for the Add Incoming Streams Request Parameter", () => {
  it("MUST NOT: asks for more than 65,535 in all, those included that are asked for already", () => {
    const link = open({ maxInboundStreams: 65_535 });
    add(link, { outbound: 40_000 });
    expect(() => add(link, { outbound: 25_526 })).toThrow(/0 to 25525/);
    add(link, { outbound: 25_000, inbound: 60_000 });
    expect(() => add(link, { inbound: 5_526 })).toThrow(/0 to 5525/);
    expect(resultsIn(says(link, asksForStreams(link, 0, 526)))).toEqual([Denied]);
    says(link, answers(link, 0, Performed));
    says(link, answers(link, 1, Performed), answers(link, 2, Denied));
    expect(link.association.outboundStreams).toBe(65_010);
    expect(resultsIn(says(link, asksForStreams(link, 1, 525)))).toEqual([Performed]);
  });

  it("MUST: the peer's new streams begin with SSN 0, once it has added them", () => {
    const link = agreed();
    expect(onlyParameter(add(link, { inbound: 2 }))).toMatchObject({ kind: "Add Incoming Streams Request" });
    expect(link.association.inboundStreams).toBe(10);
    // The request of the peer is the answer, and needs no permission: this side has asked for it.
    expect(resultsIn(says(link, addsOwn(link, 0, 2)))).toEqual([Performed]);
    expect(link.association.inboundStreams).toBe(12);
    expect(link.association.isReconfiguring).toBe(false);
    link.receive([link.data(0, { streamId: 11, ssn: 0 })]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("MAY: takes an answer beside the request of the peer, in either order", () => {
    const before = agreed();
    add(before, { inbound: 2 });
    says(before, answers(before, 0, Performed));
    expect(resultsIn(says(before, addsOwn(before, 0, 2)))).toEqual([Performed]);
    const behind = agreed();
    add(behind, { inbound: 2 });
    expect(resultsIn(says(behind, addsOwn(behind, 0, 2)))).toEqual([Performed]);
    says(behind, answers(behind, 0, Performed));
    for (const link of [before, behind]) {
      expect(link.association.inboundStreams).toBe(12);
      expect(resultsIn(says(link, addsOwn(link, 1, 2)))).toEqual([Denied]); // This one nobody has asked for.
    }
  });
});

describe("RFC 6525 5.1.7 Sender-Side Procedures for the Re-configuration Response Parameter", () => {
  it("MUST: D1, D2 copies the number of the request, and tells its result", () => {
    const link = open();
    expect(onlyParameter(says(link, addsOwn(link, 0, 3)))).toMatchObject({
      kind: "Re-configuration Response",
      responseNumber: link.peerTsn,
      result: Performed,
    });
  });

  it("MUST: D3, D4 names the TSN that it uses next, and one 2^31 beyond what has come, for a reset of all", () => {
    const link = open();
    link.send(10);
    link.receive([link.data(0), link.sack(0)]);
    expect(onlyParameter(says(link, asksForAll(link, 0)))).toMatchObject({
      result: Performed,
      nextTsns: {
        sender: (link.ourTsn + 1) >>> 0,
        receiver: (link.peerTsn + 1 + 2 ** 31) >>> 0,
      },
    });
  });

  it("MUST NOT: names TSNs otherwise", () => {
    const link = open();
    for (const request of [resetsOwn(link, 0, -1), addsOwn(link, 1, 1), asksForReset(link, 2)])
      expect(onlyParameter(says(link, request))).toMatchObject({ nextTsns: undefined });
    const denying = agreed();
    expect(onlyParameter(says(denying, asksForAll(denying, 0)))).toMatchObject({
      result: Denied,
      nextTsns: undefined,
    });
  });
});

describe("RFC 6525 5.2.1 Receiver-Side Procedures for the RE-CONFIG Chunk", () => {
  it("MUST: all answers to a chunk go into one", () => {
    const link = open();
    link.send(10);
    const sent = says(link, resetsOwn(link, 0, -1), asksForReset(link, 1));
    const [chunk, ...more] = chunksOf(sent, "RE-CONFIG");
    expect(more).toEqual([]);
    expect(chunk?.parameters).toMatchObject([
      { kind: "Re-configuration Response", responseNumber: link.peerTsn, result: Performed },
      { kind: "Outgoing SSN Reset Request", responseNumber: (link.peerTsn + 1) >>> 0 },
    ]);
  });

  it("SHOULD: a SACK goes along", () => {
    const link = open();
    link.receive([link.data(0)]);
    link.lab.flush();
    expect(kindsOf(says(link, resetsOwn(link, 0, 0)))).toEqual(["RE-CONFIG+SACK"]);
  });

  it("MUST: repeats its answer to a request that comes again, and does it once", () => {
    const link = open();
    const request = addsOwn(link, 0, 3);
    const [first] = says(link, request);
    const [again] = says(link, request);
    expect(again?.chunks[0]).toEqual(first?.chunks[0]);
    expect(link.association.inboundStreams).toBe(13);
    const all = asksForAll(link, 1);
    const numbers = onlyParameter(says(link, all));
    link.send(10);
    expect(onlyParameter(says(link, all))).toEqual(numbers);
  });

  it("MUST: repeats both answers of a chunk with two requests", () => {
    const link = open();
    link.receive([link.data(0)]);
    const requests = [addsOwn(link, 0, 3), asksForStreams(link, 1, 2)];
    expect(resultsIn(says(link, ...requests))).toEqual([Performed, Performed]);
    expect(resultsIn(says(link, ...requests))).toEqual([Performed, Performed]);
    expect(link.association.inboundStreams).toBe(13);
  });

  it("MUST: answers a number that is neither the next nor the last with Bad Sequence Number, and does nothing", () => {
    const link = open();
    says(link, addsOwn(link, 0, 1));
    says(link, addsOwn(link, 1, 1));
    for (const number of [0, 3, -1, 2 ** 31])
      expect(resultsIn(says(link, addsOwn(link, number, 1)))).toEqual([BadSequenceNumber]);
    expect(link.association.inboundStreams).toBe(12);
    expect(resultsIn(says(link, addsOwn(link, 2, 1)))).toEqual([Performed]);
  });

  it("MUST: answers what it is not willing to do with Denied; that is everything, unless options say otherwise", () => {
    const link = agreed();
    const requests = [
      resetsOwn(link, 0, -1),
      asksForReset(link, 1),
      asksForAll(link, 2),
      addsOwn(link, 3, 1),
      asksForStreams(link, 4, 1),
    ];
    for (const request of requests) expect(resultsIn(says(link, request))).toEqual([Denied]);
    expect(toldOf(link)).toEqual([]);
    expect(link.association.stats.refusedReconfigurations).toBe(5);
    link.association.setOptions({ allowAddStreams: true }, link.lab.nowMs);
    expect(resultsIn(says(link, addsOwn(link, 5, 1)))).toEqual([Performed]);
    expect(resultsIn(says(link, resetsOwn(link, 6, -1)))).toEqual([Denied]);
  });

  it("MUST: denies streams that there are not", () => {
    const link = open();
    link.send(10);
    expect(resultsIn(says(link, resetsOwn(link, 0, -1, [3, 10])))).toEqual([Denied]);
    expect(resultsIn(says(link, asksForReset(link, 1, [65_535])))).toEqual([Denied]);
    expect(toldOf(link)).toEqual([]);
  });

  it("MUST: numbers begin anew with the peer that has restarted", () => {
    const link = new Lab().accepted(ALLOWED, { parameters: [RECONFIG_SUPPORTED] });
    says(link, addsOwn(link, 0, 1));
    reset(link, "outgoing", [1]);
    link.send(10, { streamId: 1 });
    const { lab, association } = link;
    const initAck = restarts(link, 5);
    expect(toldOf(link).at(-1)).toEqual({ kind: "reconfigured", request: 1, outcome: "failed" });
    expect(association.isReconfiguring).toBe(false);
    const answer = lab.receive(
      [
        {
          kind: "RE-CONFIG",
          parameters: [
            { kind: "Add Outgoing Streams Request", type: 17, requestNumber: 5, newStreamCount: 1 },
          ],
        },
      ],
      { tag: association.localTag },
    );
    expect(resultsIn(answer)).toEqual([Performed]);
    association.resetStreams("outgoing", [1], lab.nowMs);
    expect(onlyParameter(lab.flush())).toMatchObject({
      requestNumber: initAck.initialTsn,
      responseNumber: 5,
    });
  });

  it("MUST: a reset that waited for data of the peer from before its restart is no reset of what comes after", () => {
    const link = new Lab().accepted(ALLOWED, { parameters: [RECONFIG_SUPPORTED] });
    expect(resultsIn(says(link, resetsOwn(link, 0, 0, [1])))).toEqual([InProgress]);
    restarts(link, (link.peerTsn + 5) >>> 0);
    const { lab, association } = link;
    const data = [0, 1].map((ssn) => link.data(5 + ssn, { streamId: 1, ssn }));
    lab.receive(data, { tag: association.localTag });
    expect(link.read()).toEqual(["hello", "hello"]);
    expect(toldOf(link)).toEqual([]);
  });
});

describe("RFC 6525 5.2.2 Receiver-Side Procedures for the Outgoing SSN Reset Request Parameter", () => {
  it("MUST: E1 takes it for the answer to the request whose number it names", () => {
    const link = agreed();
    reset(link, "incoming", [2]);
    // Nothing is allowed, but this was asked for.
    expect(resultsIn(says(link, resetsOwn(link, 0, -1, [2], 0)))).toEqual([Performed]);
    expect(toldOf(link)).toEqual([
      { kind: "reconfigured", request: 1, outcome: "performed" },
      { kind: "streams-reset", direction: "incoming", streamIds: [2], outcome: "performed", position: 0 },
    ]);
    expect(link.lab.run(3_600_000)).toEqual([]);
  });

  it("MUST NOT: E1 takes the number of anything else for an answer", () => {
    const link = agreed();
    reset(link, "outgoing", [2]);
    expect(resultsIn(says(link, resetsOwn(link, 0, -1, [2], 0)))).toEqual([Denied]);
    expect(link.association.isReconfiguring).toBe(true);
  });

  it("MUST NOT: E1 takes a reset of other streams for what it has asked for, though it names that: any names the last request", () => {
    for (const [asked, other] of [
      [[1], [2]],
      [[1], []],
      [[], [2]],
    ] as const) {
      const link = agreed();
      reset(link, "incoming", asked);
      expect(resultsIn(says(link, resetsOwn(link, 0, -1, other, 0)))).toEqual([Denied]);
      expect(toldOf(link)).toEqual([]);
      expect(resultsIn(says(link, resetsOwn(link, 1, -1, asked, 0)))).toEqual([Performed]);
      expect(toldOf(link)).toMatchObject([
        { kind: "reconfigured" },
        { streamIds: asked, outcome: "performed" },
      ]);
      reset(link, "incoming", asked);
      says(link, answers(link, 1, Performed));
      expect(resultsIn(says(link, resetsOwn(link, 2, -1, other, 1)))).toEqual([Denied]);
    }
  });

  it("MUST: allows, and tells once and in its place, what it has asked for and the peer has begun by itself", () => {
    const link = agreed();
    reset(link, "incoming", [1]);
    expect(resultsIn(says(link, resetsOwn(link, 0, 0, [1], -1)))).toEqual([InProgress]);
    expect(toldOf(link)).toEqual([]);
    says(link, answers(link, 0, NothingToDo));
    expect(toldOf(link)).toEqual([{ kind: "reconfigured", request: 1, outcome: "performed" }]);
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    expect(toldOf(link).slice(1)).toEqual([
      { kind: "streams-reset", direction: "incoming", streamIds: [1], outcome: "performed", position: 1 },
    ]);
  });

  it("MUST: does so, too, where it hears first that there is nothing to do: what the peer has begun may be lost", () => {
    const link = agreed();
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    reset(link, "incoming", [1, 2]);
    says(link, answers(link, 0, NothingToDo));
    expect(toldOf(link)).toEqual([{ kind: "reconfigured", request: 1, outcome: "performed" }]);
    expect(resultsIn(says(link, resetsOwn(link, 0, 0, [1, 2], -1)))).toEqual([Performed]);
    expect(toldOf(link).slice(1)).toMatchObject([{ kind: "streams-reset", streamIds: [1, 2], position: 1 }]);
  });

  it("MUST: takes an answer that comes before it, and then allows what was asked for, once", () => {
    const link = agreed();
    reset(link, "incoming", [2, 3]);
    says(link, answers(link, 0, Performed));
    expect(resultsIn(says(link, resetsOwn(link, 0, -1, [2, 3])))).toEqual([Performed]);
    expect(resultsIn(says(link, resetsOwn(link, 1, -1, [2, 3])))).toEqual([Denied]);
  });

  it("MUST: E2 answers In progress while something up to the last TSN is missing, and keeps what lies behind it", () => {
    const link = open();
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    expect(resultsIn(says(link, resetsOwn(link, 0, 2, [1])))).toEqual([InProgress]);
    // Behind the last TSN, on that stream: whatever its number, it waits. Another stream does not.
    link.receive([link.data(3, { streamId: 1, ssn: 0, payload: Uint8Array.of(0x62) })]);
    link.receive([link.data(4, { streamId: 1, unordered: true, payload: Uint8Array.of(0x63) })]);
    link.receive([link.data(5, { streamId: 2, ssn: 0, payload: Uint8Array.of(0x64) })]);
    expect(link.read()).toEqual(["hello", "d"]);
    link.receive([link.data(1, { streamId: 1, ssn: 1 })]);
    expect(link.read()).toEqual(["hello"]);
    expect(toldOf(link)).toEqual([]);
    // E3 to E5: what comes now is the last; the peer hears that it is done.
    const done = link.receive([link.data(2, { streamId: 1, ssn: 2 })]);
    expect(resultsIn(done)).toEqual([Performed]);
    expect(toldOf(link)).toEqual([
      { kind: "streams-reset", direction: "incoming", streamIds: [1], outcome: "performed", position: 4 },
    ]);
    expect(link.read()).toEqual(["hello", "b", "c"]);
    link.receive([link.data(6, { streamId: 1, ssn: 1, payload: Uint8Array.of(0x65) })]);
    expect(link.read()).toEqual(["e"]);
  });

  it("MUST: E2 answers the same request with In progress until it is done, and with Performed then", () => {
    const link = open();
    const request = resetsOwn(link, 0, 0, [1]);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    link.receive([link.data(0)]);
    expect(resultsIn(says(link, request))).toEqual([Performed]);
    expect(link.association.stats.incomingStreamResets).toBe(1);
  });

  it("MUST: E2 answers once where the data that was missing comes behind the request in its packet", () => {
    const link = open();
    const request = { kind: "RE-CONFIG", parameters: [resetsOwn(link, 0, 0, [1])] } as const;
    expect(resultsIn(link.receive([request, link.data(0)]))).toEqual([Performed]);
  });

  it("MUST: E2 takes back no answer but its own where the data comes behind several requests", () => {
    const link = open();
    const chunks = [resetsOwn(link, 0, 0, [1]), addsOwn(link, 1, 5)].map((each) => ({
      kind: "RE-CONFIG" as const,
      parameters: [each],
    }));
    const answered = parametersIn(link.receive([...chunks, link.data(0)])).map((each) =>
      each.kind === "Re-configuration Response" ? [each.responseNumber - link.peerTsn, each.result] : [],
    );
    expect(answered).toEqual([
      [1, Performed],
      [0, Performed],
    ]);
  });

  it("MUST: E2 a FORWARD TSN may be what brings the last TSN", () => {
    const link = agreed({ ...ALLOWED }, [RECONFIG_SUPPORTED]);
    link.receive([link.data(1, { streamId: 1, ssn: 1 })]);
    expect(resultsIn(says(link, resetsOwn(link, 0, 1, [1])))).toEqual([InProgress]);
    link.receive([link.data(2, { streamId: 1, ssn: 0, payload: Uint8Array.of(0x62) })]);
    expect(link.read()).toEqual([]);
    expect(resultsIn(link.receive([link.forwardTsn(0, [{ streamId: 1, ssn: 0 }])]))).toEqual([Performed]);
    expect(link.read()).toEqual(["hello", "b"]);
  });

  it("MUST: E2 takes what a FORWARD TSN tells of the streams for the old numbers, also where it goes beyond the last TSN", () => {
    const link = open();
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    expect(resultsIn(says(link, resetsOwn(link, 0, 2, [1])))).toEqual([InProgress]);
    const forward = link.forwardTsn(3, [
      { streamId: 1, ssn: 2 },
      { streamId: 2, ssn: 0 },
    ]);
    expect(resultsIn(link.receive([forward]))).toEqual([Performed]);
    link.receive([link.data(4, { streamId: 1, ssn: 0 }), link.data(5, { streamId: 1, ssn: 1 })]);
    expect(link.read()).toHaveLength(3);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST: E2 refuses another one meanwhile with Request already in progress", () => {
    const link = open();
    says(link, resetsOwn(link, 0, 0, [1]));
    expect(resultsIn(says(link, resetsOwn(link, 1, 0, [2])))).toEqual([RequestInProgress]);
    link.receive([link.data(0)]);
    expect(resultsIn(says(link, resetsOwn(link, 2, 0, [2])))).toEqual([Performed]);
  });

  it("MUST: E3 resets the listed streams, and only them; all where none is listed", () => {
    const link = open();
    for (const streamId of [1, 2, 3]) link.receive([link.data(streamId - 1, { streamId, ssn: 0 })]);
    says(link, resetsOwn(link, 0, 2, [1, 3]));
    link.receive([link.data(3, { streamId: 1, ssn: 0 }), link.data(4, { streamId: 2, ssn: 1 })]);
    link.receive([link.data(5, { streamId: 3, ssn: 0 })]);
    expect(link.read().length).toBe(6);
    says(link, resetsOwn(link, 1, 5));
    for (const streamId of [1, 2, 3]) link.receive([link.data(5 + streamId, { streamId, ssn: 0 })]);
    expect(link.read().length).toBe(3);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST: E5 the user hears of the messages from before first, also where all comes in one packet", () => {
    const link = open();
    link.lab.events.length = 0;
    link.receive([
      link.data(0),
      { kind: "RE-CONFIG", parameters: [resetsOwn(link, 0, 0)] },
      link.data(1, { ssn: 0 }),
    ]);
    expect(link.lab.eventKinds).toEqual(["readable", "streams-reset"]);
    expect(toldOf(link)).toMatchObject([{ position: 1 }]);
    expect(link.read()).toEqual(["hello", "hello"]);
  });

  it("MUST: E3 gives what waited for messages that will never come to the user, in order, before the reset", () => {
    const link = open();
    link.receive([link.data(0, { streamId: 1, ssn: 3, payload: Uint8Array.of(0x63) })]);
    link.receive([link.data(1, { streamId: 1, ssn: 2, payload: Uint8Array.of(0x62) })]);
    expect(link.read()).toEqual([]);
    says(link, resetsOwn(link, 0, 1, [1]));
    expect(link.read()).toEqual(["b", "c"]);
    link.receive([link.data(2, { streamId: 1, ssn: 0 })]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: E3 takes no number for a new one that there were too few TSNs for since: a FORWARD TSN may have left before the answer came", () => {
    const link = open();
    for (let i = 0; i <= 4; i++) link.receive([link.data(i, { streamId: 1, ssn: i })]);
    says(link, resetsOwn(link, 0, 4, [1]));
    const late = link.forwardTsn(5, [
      { streamId: 1, ssn: 4 },
      { streamId: 2, ssn: 0 },
    ]);
    link.receive([late]);
    // These can be: two messages behind one on another stream.
    link.receive([link.forwardTsn(7, [{ streamId: 1, ssn: 1 }])]);
    link.receive([link.data(8, { streamId: 1, ssn: 2 }), link.data(9, { streamId: 2, ssn: 1 })]);
    expect(link.read()).toHaveLength(7);
  });

  it("MUST: E3 takes any number for a new one once the first has had its turn, though the TSNs have gone around since", () => {
    const link = open();
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    says(link, resetsOwn(link, 0, 0, [1]));
    link.receive([link.data(1, { streamId: 1, ssn: 0 })]);
    for (const third of [1, 2, 3]) link.receive([link.forwardTsn(Math.ceil((third * 2 ** 32) / 3))]);
    link.receive([link.forwardTsn(1, [{ streamId: 1, ssn: 40 }]), link.data(2, { streamId: 1, ssn: 41 })]);
    expect(link.read()).toHaveLength(3);
  });

  it("MUST: E4 messages in pieces behind the last TSN wait whole", () => {
    const link = open();
    says(link, resetsOwn(link, 0, 0, [1]));
    const piece = (offset: number, beginning: boolean, ending: boolean) =>
      link.data(offset, { streamId: 1, ssn: 0, beginning, ending, payload: Uint8Array.of(0x60 + offset) });
    link.receive([piece(1, true, false), piece(2, false, true)]);
    link.receive([link.data(3, { streamId: 1, ssn: 1, payload: Uint8Array.of(0x7a) })]);
    expect(link.read()).toEqual([]);
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    expect(link.read()).toEqual(["hello", "ab", "z"]);
  });

  it("MUST: E2 holds no more than half of the receive buffer behind a reset, and has room for what ends the wait", () => {
    const link = open({ receiveBufferBytes: 8_192 });
    says(link, resetsOwn(link, 0, 2, [1]));
    const payload = new Uint8Array(1_000).fill(0x61);
    for (let i = 3; i <= 14; i++) link.receive([link.data(i, { streamId: 1, ssn: i - 3, payload })]);
    // The last one that is taken may go beyond the half.
    expect(link.association.stats.heldBytes).toBeLessThan(8_192 / 2 + payload.length);
    for (let i = 0; i <= 2; i++) link.receive([link.data(i, { streamId: 1, ssn: i, payload })]);
    expect(toldOf(link)).toMatchObject([{ kind: "streams-reset" }]);
    expect(link.read().length).toBeGreaterThan(3);
    expect(link.state).toBe("ESTABLISHED");
  });
});

describe("RFC 6525 5.2.3 Receiver-Side Procedures for the Incoming SSN Reset Request Parameter", () => {
  it("MUST: F1, F2 asks for the reset itself; its answer ends that of the peer", () => {
    const link = open();
    link.send(10, { streamId: 1 });
    const sent = says(link, asksForReset(link, 0, [1]));
    expect(onlyParameter(sent)).toMatchObject({
      kind: "Outgoing SSN Reset Request",
      responseNumber: link.peerTsn,
    });
    link.send(20, { streamId: 1 });
    expect(ssnsIn(says(link, answers(link, 0, Performed)))).toEqual([[1, 0]]);
    expect(toldOf(link)).toEqual([
      { kind: "streams-reset", direction: "outgoing", streamIds: [1], outcome: "performed", position: 0 },
    ]);
  });

  it("MUST: repeats its own request for one that comes again, and tells Performed when it is done", () => {
    const link = open();
    link.send(10, { streamId: 1 });
    const request = asksForReset(link, 0, [1]);
    const ours = onlyParameter(says(link, request));
    expect(onlyParameter(says(link, request))).toEqual(ours);
    says(link, answers(link, 0, Performed));
    expect(resultsIn(says(link, request))).toEqual([Performed]);
    expect(link.association.stats.outgoingStreamResets).toBe(1);
  });

  it("MUST: answers In progress while what was queued before waits for its TSNs", () => {
    const link = open();
    link.receive([link.sack(-1, { aRwndBytes: 0 })]);
    link.send(10, { streamId: 1 });
    const request = asksForReset(link, 0, [1]);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    const probe = link.lab.runUntilSent();
    expect(onlyParameter(probe)).toMatchObject({ responseNumber: link.peerTsn, lastTsn: link.ourTsn });
  });

  it("MUST NOT: answers Performed where nothing has come of its own request", () => {
    const link = open();
    link.receive([link.sack(-1, { aRwndBytes: 0 })]);
    link.send(10, { streamId: 1 });
    const request = asksForReset(link, 0, [1]);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    expect(resultsIn(says(link, request))).toEqual([Denied]);
    const other = open();
    other.send(10, { streamId: 1 });
    says(other, asksForReset(other, 0, [1]));
    says(other, answers(other, 0, Denied));
    expect(resultsIn(says(other, asksForReset(other, 0, [1])))).toEqual([Denied]);
  });

  it("MUST: answers by itself while another request of its own is under way: two sides that ask each other would wait for ever", () => {
    const link = open();
    link.send(10, { streamId: 1 });
    reset(link, "incoming", [1]);
    const request = asksForReset(link, 0, [1]);
    expect(resultsIn(says(link, request))).toEqual([Performed]);
    expect(resultsIn(says(link, request))).toEqual([Performed]);
    // The peer does the same, and each asks for the reset of its own streams then.
    expect(onlyParameter(says(link, answers(link, 0, Performed)))).toMatchObject({
      kind: "Outgoing SSN Reset Request",
      responseNumber: link.peerTsn,
      streamIds: [1],
    });
    expect(resultsIn(says(link, resetsOwn(link, 1, -1, [1], 0)))).toEqual([Performed]);
  });

  it("MUST: answers Nothing to do where a request of its own that is under way covers all of it", () => {
    const link = open();
    for (const streamId of [1, 2]) link.send(10, { streamId });
    reset(link, "outgoing", [1, 2]);
    expect(resultsIn(says(link, asksForReset(link, 0, [2])))).toEqual([NothingToDo]);
    expect(resultsIn(says(link, asksForReset(link, 1)))).toEqual([Performed]);
  });

  it("MUST: does it all where that covers some of it", () => {
    const link = open();
    for (const streamId of [1, 2]) link.send(10, { streamId });
    reset(link, "outgoing", [1]);
    expect(resultsIn(says(link, asksForReset(link, 0, [1, 2])))).toEqual([Performed]);
    expect(onlyParameter(says(link, answers(link, 0, Performed)))).toMatchObject({
      streamIds: [1, 2],
      responseNumber: link.peerTsn,
    });
  });

  it("SHOULD: answers Nothing to do where the streams are at 0 already", () => {
    const link = open();
    link.send(10, { streamId: 1 });
    reset(link, "outgoing", [1]);
    says(link, answers(link, 0, Performed));
    expect(resultsIn(says(link, asksForReset(link, 0, [1, 5])))).toEqual([NothingToDo]);
    expect(resultsIn(says(link, asksForReset(link, 1)))).toEqual([NothingToDo]);
    link.send(10, { streamId: 1 });
    expect(onlyParameter(says(link, asksForReset(link, 2)))).toMatchObject({ streamIds: [] });
  });

  it("MUST: lets one request of the peer wait, and refuses more with Request already in progress", () => {
    const link = open();
    for (const streamId of [1, 2, 3]) link.send(10, { streamId });
    expect(parametersIn(says(link, asksForReset(link, 0, [1])))).toHaveLength(1);
    expect(resultsIn(says(link, asksForReset(link, 1, [2])))).toEqual([Performed]);
    expect(resultsIn(says(link, asksForReset(link, 2, [3])))).toEqual([RequestInProgress]);
    expect(resultsIn(says(link, asksForStreams(link, 3, 1)))).toEqual([RequestInProgress]);
  });
});

describe("RFC 6525 5.2.4 Receiver-Side Procedures for the SSN/TSN Reset Request Parameter", () => {
  it("MAY: refuses what it has been asked for again and again while nothing of its own is acknowledged", () => {
    const link = open();
    link.send(10);
    for (let i = 0; i <= 10; i++) expect(resultsIn(says(link, asksForAll(link, 0)))).toEqual([InProgress]);
    expect(link.send(20)).toEqual([]);
    const answer = says(link, asksForAll(link, 0));
    expect(resultsIn(answer)).toEqual([Denied]);
    expect(chunksOf(answer, "DATA").map(({ payload }) => payload.length)).toEqual([20]);
  });

  it("MUST: G3 to G6 begins all numbers anew: the peer's TSNs where it says, its own where they were", () => {
    const link = open();
    link.send(10, { streamId: 1 });
    link.receive([link.data(0, { streamId: 2, ssn: 0 }), link.sack(0)]);
    says(link, asksForAll(link, 0));
    expect(toldOf(link)).toEqual([
      {
        kind: "association-reset",
        outcome: "performed",
        localTsn: (link.ourTsn + 1) >>> 0,
        remoteTsn: (link.peerTsn + 1 + 2 ** 31) >>> 0,
        position: 1,
      },
    ]);
    expect(link.read()).toEqual(["hello"]);
    const sent = link.send(10, { streamId: 1 });
    expect(chunksOf(sent, "DATA").map(({ tsn, ssn }) => [tsn, ssn])).toEqual([[(link.ourTsn + 1) >>> 0, 0]]);
    const answer = link.receive([link.data(1 + 2 ** 31, { streamId: 2, ssn: 0 })]);
    expect(link.read()).toEqual(["hello"]);
    link.lab.run(500);
    const acknowledged = [...chunksOf(answer, "SACK"), ...chunksOf(link.lab.sent, "SACK")].at(-1);
    expect(acknowledged?.cumulativeTsnAck).toBe((link.peerTsn + 1 + 2 ** 31) >>> 0);
    // What was under way from before is old.
    link.receive([link.data(0, { streamId: 2, ssn: 0 })]);
    expect(link.read()).toEqual([]);
  });

  it("MUST: takes none of what it has sent for acknowledged: the peer waits until it is", () => {
    const link = open();
    link.send(10, { streamId: 1 });
    const request = asksForAll(link, 0);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    expect(link.send(20, { streamId: 1 })).toEqual([]);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    const done = link.receive([link.sack(0)]);
    expect(onlyParameter(done)).toMatchObject({
      result: Performed,
      nextTsns: { sender: (link.ourTsn + 1) >>> 0, receiver: (link.peerTsn + 2 ** 31) >>> 0 },
    });
    expect(ssnsIn(done)).toEqual([[1, 0]]);
  });

  it("MAY: refuses it once it has sent its SHUTDOWN: what the peer has to send waits for the answer", () => {
    const link = open();
    link.send(10);
    const request = asksForAll(link, 0);
    expect(resultsIn(says(link, request))).toEqual([InProgress]);
    link.association.shutdown(link.lab.nowMs);
    expect(kindsOf(link.receive([link.sack(0)]))).toEqual(["SHUTDOWN"]);
    expect(resultsIn(says(link, request))).toEqual([Denied]);
  });

  it("MUST: refuses it while a request of its own is under way, or another reset is: numbers would go two ways", () => {
    const own = open();
    resetAll(own);
    expect(resultsIn(says(own, asksForAll(own, 0)))).toEqual([RequestInProgress]);
    const deferred = open();
    says(deferred, resetsOwn(deferred, 0, 3));
    expect(resultsIn(says(deferred, asksForAll(deferred, 1)))).toEqual([RequestInProgress]);
    const pending = open();
    pending.send(10);
    says(pending, asksForAll(pending, 0));
    expect(resultsIn(says(pending, asksForAll(pending, 1)))).toEqual([RequestInProgress]);
    expect(reset(pending, "outgoing", [1])).toEqual([]);
    expect(parametersIn(pending.receive([pending.sack(0)]))).toMatchObject([
      { kind: "Re-configuration Response", result: Performed },
      { kind: "Outgoing SSN Reset Request", lastTsn: pending.ourTsn },
    ]);
  });

  it("MUST NOT: takes a FORWARD TSN of the old numbers that comes late for one of the new", () => {
    const link = open();
    for (let i = 0; i < 3; i++) link.receive([link.data(i, { streamId: 1, ssn: i })]);
    says(link, asksForAll(link, 0));
    for (const late of [0, 1, 2]) link.receive([link.forwardTsn(late, [{ streamId: 1, ssn: late }])]);
    link.receive([link.data(3 + 2 ** 31, { streamId: 1, ssn: 0 })]);
    expect(link.read()).toHaveLength(4);
    // Once the TSNs have gone around, these are new again.
    link.receive([link.forwardTsn(2 + 2 ** 31 + 2 ** 30)]);
    for (const left of [70_000, 30_000]) link.receive([link.forwardTsn(2 ** 32 - left)]);
    link.receive([link.forwardTsn(1, [{ streamId: 1, ssn: 1 }]), link.data(2, { streamId: 1, ssn: 2 })]);
    expect(link.read()).toHaveLength(1);
  });

  it("MUST: G4 drops what will not be ended, and tells the user of what has been begun", () => {
    const link = open({ partialDeliveryPointBytes: 1 });
    link.receive([link.data(0, { ending: false })]);
    expect(link.read()).toEqual(["hello"]);
    says(link, asksForAll(link, 0));
    expect(link.lab.eventKinds).toContain("delivery-aborted");
    link.receive([link.data(1 + 2 ** 31, { streamId: 0, ssn: 0 })]);
    expect(link.read()).toEqual(["hello"]);
  });
});

describe("RFC 6525 5.2.5 Receiver-Side Procedures for the Add Outgoing Streams Request Parameter", () => {
  it("MUST: adds so many inbound streams, which expect SSN 0", () => {
    const link = open();
    expect(resultsIn(says(link, addsOwn(link, 0, 2)))).toEqual([Performed]);
    link.receive([link.data(0, { streamId: 11, ssn: 0 })]);
    expect(link.read()).toEqual(["hello"]);
    expect(toldOf(link)).toEqual([
      { kind: "streams-changed", outcome: "performed", inboundStreams: 12, outboundStreams: 10 },
    ]);
  });

  it("SHOULD: denies more than maxInboundStreams, and adds up to there", () => {
    const link = open({ maxInboundStreams: 15 });
    expect(resultsIn(says(link, addsOwn(link, 0, 6)))).toEqual([Denied]);
    expect(resultsIn(says(link, addsOwn(link, 1, 5)))).toEqual([Performed]);
    expect(resultsIn(says(link, addsOwn(link, 2, 1)))).toEqual([Denied]);
    expect(resultsIn(says(link, addsOwn(link, 3, 0)))).toEqual([NothingToDo]);
    expect(resultsIn(says(link, addsOwn(link, 4, 65_535)))).toEqual([Denied]);
    expect(link.association.inboundStreams).toBe(15);
  });
});

describe("RFC 6525 5.2.6 Receiver-Side Procedures for the Add Incoming Streams Request Parameter", () => {
  it("MUST: asks for as many outgoing streams, in a chunk of its own, and says so", () => {
    const link = open();
    const sent = says(link, asksForStreams(link, 0, 4));
    expect(parametersIn(sent)).toMatchObject([
      { kind: "Re-configuration Response", responseNumber: link.peerTsn, result: Performed },
      { kind: "Add Outgoing Streams Request", requestNumber: link.ourTsn, newStreamCount: 4 },
    ]);
    expect(chunksOf(sent, "RE-CONFIG").length).toBe(2);
    says(link, answers(link, 0, Performed));
    expect(link.association.outboundStreams).toBe(14);
  });

  it("SHOULD: denies more than maxInboundStreams", () => {
    const link = open({ maxInboundStreams: 15 });
    expect(resultsIn(says(link, asksForStreams(link, 0, 6)))).toEqual([Denied]);
    expect(resultsIn(says(link, asksForStreams(link, 1, 0)))).toEqual([NothingToDo]);
  });
});

describe("RFC 6525 5.2.7 Receiver-Side Procedures for the Re-configuration Response Parameter", () => {
  it("MUST: what has been acknowledged while the answer is awaited is delivered though none comes", () => {
    const link = agreed();
    resetAll(link);
    link.receive([link.data(0)]);
    expect(link.read()).toEqual([]);
    link.receive([{ kind: "ABORT", tagReflected: false, causes: [] }]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: what has been given up while the answer is awaited has its turn behind what came before", () => {
    const link = agreed();
    resetAll(link);
    link.receive([link.data(0, { ssn: 0 })]);
    for (const [tsn, ssn] of [
      [1, 1],
      [2, 2],
    ] as const)
      link.receive([link.forwardTsn(tsn, [{ streamId: 0, ssn }])]);
    link.receive([link.data(3, { ssn: 3 })]);
    expect(link.read()).toEqual([]);
    says(link, answers(link, 0, Denied));
    expect(link.read()).toEqual(["hello", "hello"]);
  });

  it("MUST: H1 ignores what answers nothing that is under way", () => {
    const link = agreed();
    says(link, answers(link, 0, Performed));
    reset(link, "outgoing", [1]);
    for (const number of [-1, 1, 2 ** 31]) says(link, answers(link, number, Performed));
    expect(link.association.isReconfiguring).toBe(true);
    says(link, answers(link, 0, Performed));
    says(link, answers(link, 0, Denied));
    expect(toldOf(link).at(-1)).toEqual({ kind: "reconfigured", request: 1, outcome: "performed" });
  });

  it("MUST: H1 takes one answer to each request of a chunk, and the first that was refused for the outcome of both", () => {
    const link = agreed();
    link.send(10, { streamId: 1 });
    reset(link, "both", [1]);
    for (let i = 0; i < 2; i++) says(link, answers(link, 0, Denied));
    expect(link.association.isReconfiguring).toBe(true);
    says(link, answers(link, 1, NothingToDo));
    expect(toldOf(link)).toEqual([
      { kind: "streams-reset", direction: "outgoing", streamIds: [1], outcome: "denied", position: 0 },
      { kind: "streams-reset", direction: "incoming", streamIds: [1], outcome: "performed", position: 0 },
      { kind: "reconfigured", request: 1, outcome: "denied" },
    ]);
  });

  it("MUST NOT: H2 counts what is not answered after In progress as an error", () => {
    const link = agreed({ associationMaxRetrans: 2 });
    reset(link, "outgoing", [1]);
    says(link, answers(link, 0, InProgress));
    for (let i = 0; i < 6; i++) expect(parametersIn(link.lab.runUntilSent())).toHaveLength(1);
    expect(link.association.paths()[0]).toMatchObject({ errorCount: 0, state: "active" });
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: H2 asks again by another path where that one has been given up meanwhile", () => {
    const both = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
    const parameters = [cookieParameter(), ...both.map(addressParameter), RECONFIG_SUPPORTED];
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const link = lab.connected({ heartbeatIntervalMs: 0, pathMaxRetrans: 0 }, { parameters }, both);
    reset(link, "outgoing", [1]);
    says(link, answers(link, 0, InProgress));
    link.association.requestHeartbeat(PEER_ADDRESS, link.lab.nowMs);
    const asked = link.lab.run(10_000).filter((packet) => parametersIn([packet]).length > 0);
    expect(asked.at(-1)?.to).toBe(PEER_SECOND_ADDRESS);
  });

  it("MUST: H2 asks again after In progress, and counts no error", () => {
    const link = agreed({ associationMaxRetrans: 2 });
    link.send(10, { streamId: 1 });
    const first = onlyParameter(reset(link, "outgoing", [1]));
    link.send(10, { streamId: 1 });
    for (let i = 0; i < 10; i++) {
      says(link, answers(link, 0, InProgress));
      const again = link.lab.runUntilSent();
      if (parametersIn(again).length > 0) expect(onlyParameter(again)).toEqual(first);
      link.receive([{ ...link.sack(-1), gapBlocks: [] }]);
    }
    expect(link.association.isReconfiguring).toBe(true);
    expect(link.association.paths()[0]?.state).toBe("active");
    link.receive([link.sack(0)]);
    expect(ssnsIn(says(link, answers(link, 0, Performed)))).toEqual([[1, 0]]);
  });

  it("MUST: H4 takes In progress for Performed where the peer keeps saying so though it has acknowledged everything from before", () => {
    const link = agreed();
    link.send(10, { streamId: 1 });
    reset(link, "outgoing", [1]);
    link.send(10, { streamId: 1 });
    says(link, answers(link, 0, InProgress));
    link.receive([link.sack(0)]);
    // What was asked before the acknowledgement came may have been answered before, too.
    for (let i = 0; i < 5; i++) says(link, answers(link, 0, InProgress));
    for (let i = 0; i < 3; i++) {
      expect(link.association.isReconfiguring).toBe(true);
      expect(parametersIn(link.lab.runUntilSent())).toHaveLength(1);
      const sent = says(link, answers(link, 0, InProgress));
      if (i === 2) expect(ssnsIn(sent)).toEqual([[1, 0]]);
    }
    expect(toldOf(link).at(-1)).toEqual({ kind: "reconfigured", request: 1, outcome: "performed" });
  });

  it("MUST: H4 resets the streams of the request, and no other, and sends what has waited", () => {
    const link = agreed({ maxBurst: 100 });
    for (const streamId of [1, 2]) link.send(10, { streamId });
    reset(link, "outgoing", [1]);
    for (const streamId of [1, 1, 2]) link.send(10, { streamId });
    expect(ssnsIn(says(link, answers(link, 0, NothingToDo)))).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(ssnsIn(link.send(10, { streamId: 2 }))).toEqual([[2, 2]]);
  });

  it("MUST: H5 goes on with the TSNs of the answer, and with SSN 0 in both directions", () => {
    const link = agreed();
    link.send(10, { streamId: 1 });
    link.receive([link.data(0, { streamId: 1, ssn: 0 }), link.sack(0)]);
    resetAll(link);
    link.send(10, { streamId: 1 });
    const sent = says(link, answers(link, 0, Performed, [link.peerTsn + 1, 0xffff_ffff]));
    expect(chunksOf(sent, "DATA").map(({ tsn, ssn }) => [tsn, ssn])).toEqual([[0xffff_ffff, 0]]);
    link.receive([link.data(1, { streamId: 1, ssn: 0 })]);
    expect(link.read()).toEqual(["hello", "hello"]);
    link.receive([{ ...link.sack(0), cumulativeTsnAck: 0xffff_ffff }]);
    expect(link.association.isDry).toBe(true);
    expect(toldOf(link)[0]).toMatchObject({
      localTsn: 0xffff_ffff,
      remoteTsn: link.peerTsn + 1,
      position: 1,
    });
  });

  it("MUST: H5 takes what the peer has sent under new numbers before its answer came, and no SACK of new numbers for a breach", () => {
    const link = agreed();
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    resetAll(link);
    link.receive([link.data(1, { streamId: 1, ssn: 1, payload: Uint8Array.of(0x61) })]);
    link.receive([link.data(2, { streamId: 1, ssn: 0, payload: Uint8Array.of(0x62) })]);
    link.receive([{ ...link.sack(0), cumulativeTsnAck: (link.ourTsn + 2 ** 31 - 1) >>> 0 }]);
    expect(link.read()).toEqual(["hello"]);
    expect(link.association.cumulativeTsn).toBe(link.peerTsn + 2);
    says(link, answers(link, 0, Performed, [link.peerTsn + 2, 1_000]));
    expect(link.read()).toEqual(["a", "b"]);
    expect(link.association.cumulativeTsn).toBe(link.peerTsn + 2);
    link.receive([link.data(3, { streamId: 1, ssn: 1, payload: Uint8Array.of(0x63) })]);
    expect(link.read()).toEqual(["c"]);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST: H5 goes on asking when its own end has begun: the peer may send under the new numbers already", () => {
    const link = agreed();
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    resetAll(link);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    expect(link.state).toBe("SHUTDOWN-SENT");
    expect(parametersIn(link.lab.run(5_000)).length).toBeGreaterThan(0);
    link.receive([link.data(1, { streamId: 1, ssn: 0, payload: Uint8Array.of(0x61) })]);
    link.lab.run(5_000);
    says(link, answers(link, 0, Performed, [link.peerTsn + 1, 1_000]));
    link.receive([link.data(2, { streamId: 1, ssn: 1, payload: Uint8Array.of(0x62) })]);
    expect(link.read()).toEqual(["hello", "a", "b"]);
    expect(link.state).toBe("SHUTDOWN-SENT");
  });

  it("MUST: delivers what came under numbers that nobody will tell of any more, when the peer has nothing more to say", () => {
    const link = agreed();
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    resetAll(link);
    link.receive([link.data(1, { streamId: 1, ssn: 0, payload: Uint8Array.of(0x61) })]);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    link.lab.run(5_000);
    expect(link.read()).toEqual(["hello", "a"]);
    expect(toldOf(link).at(-1)).toMatchObject({ kind: "reconfigured", outcome: "failed" });
  });

  it("MUST: H5 hands out no piece of a message before it is known which numbers hold", () => {
    const link = agreed({ partialDeliveryPointBytes: 1 });
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    resetAll(link);
    const later = { streamId: 1, payload: Uint8Array.of(0x61, 0x62) };
    link.receive([link.data(1, { ...later, ssn: 0 }), link.data(2, { ...later, ssn: 1, ending: false })]);
    expect(link.read()).toEqual(["hello"]);
    says(link, answers(link, 0, Performed, [link.peerTsn + 1, 1_000]));
    link.receive([link.data(3, { ...later, ssn: 1, beginning: false })]);
    expect(link.read()).toEqual(["ab", "abab"]);
  });

  it("MUST: H5 drops what the peer will not end, up to the Sender's Next TSN, and takes what begins there", () => {
    for (const partialDeliveryPointBytes of [0, 1]) {
      const link = agreed({ partialDeliveryPointBytes });
      link.receive([link.data(0, { streamId: 1, ssn: 0, ending: false })]);
      resetAll(link);
      says(link, answers(link, 0, Performed, [link.peerTsn + 1, 1_000]));
      link.receive([link.data(1, { streamId: 1, ssn: 0, payload: Uint8Array.of(0x61) })]);
      const isBegun = partialDeliveryPointBytes > 0;
      expect(link.lab.eventKinds.includes("delivery-aborted")).toBe(isBegun);
      expect(link.read()).toEqual(isBegun ? ["hello", "a"] : ["a"]);
      expect(link.state).toBe("ESTABLISHED");
    }
  });

  it("MUST NOT: takes a SACK of the old numbers, or a SHUTDOWN with one, that comes after the answer for a breach", () => {
    const link = agreed();
    for (let i = 0; i < 3; i++) link.send(10);
    link.receive([link.sack(2)]);
    resetAll(link);
    says(link, answers(link, 0, Performed, [link.peerTsn, (link.ourTsn + 3 + 2 ** 31) >>> 0]));
    for (const late of [-1, 0, 1, 2]) link.receive([link.sack(late)]);
    expect(link.state).toBe("ESTABLISHED");
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.sack(0).cumulativeTsnAck }]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    const wrong = agreed();
    resetAll(wrong);
    says(wrong, answers(wrong, 0, Performed, [wrong.peerTsn, (wrong.ourTsn + 2 ** 31) >>> 0]));
    wrong.receive([wrong.sack(2 ** 31)]);
    expect(wrong.state).toBe("CLOSED");
  });

  it("MUST: H5 a denied reset of all leaves everything as it was", () => {
    const link = agreed();
    resetAll(link);
    link.receive([link.data(0, { streamId: 1, ssn: 0 })]);
    expect(link.read()).toEqual([]);
    says(link, answers(link, 0, Denied));
    expect(link.read()).toEqual(["hello"]);
    link.receive([link.data(1, { streamId: 1, ssn: 1 })]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: a success that names no TSNs is none of a reset of all", () => {
    const link = agreed();
    resetAll(link);
    says(link, answers(link, 0, Performed));
    expect(toldOf(link).at(-1)).toEqual({ kind: "reconfigured", request: 1, outcome: "failed" });
  });

  it("MUST: H6 adds the streams", () => {
    const link = agreed();
    add(link, { outbound: 5, inbound: 5 });
    says(link, answers(link, 0, Performed), answers(link, 1, Denied));
    expect(link.association.outboundStreams).toBe(15);
    expect(link.association.inboundStreams).toBe(10);
  });

  it("MUST: what waits for an answer goes out before the association ends, and what has not been asked is not", () => {
    const link = agreed();
    reset(link, "outgoing", [1]);
    link.send(10, { streamId: 1 });
    reset(link, "outgoing", [2]);
    link.send(10, { streamId: 2 });
    link.association.shutdown(link.lab.nowMs);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    const sent = says(link, answers(link, 0, Performed));
    expect([...ssnsIn(link.lab.sent), ...ssnsIn(sent)].slice(-2)).toContainEqual([1, 0]);
    expect(toldOf(link)).toContainEqual({ kind: "reconfigured", request: 2, outcome: "failed" });
    expect(kindsOf(link.receive([link.sack(1)]))).toEqual(["SHUTDOWN"]);
  });
});
