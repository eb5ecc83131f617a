/**
 * Each limit on what a peer can make grow, one below its edge, at it, and one above.
 * Owns: the edges. Does not own: which limits there are (limits.ts), what else an attack does (the files beside this).
 */
import { describe, expect, it } from "vitest";
import type { AssociationExtension } from "../../src/association/extensions/association-extension.ts";
import type { Chunk, DataChunk, InitChunk } from "../../src/chunks/chunk.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  addressParameter,
  chunksOf,
  echoOf,
  firstOf,
  HEARTBEAT,
  initChunk,
  Lab,
  type LabOptions,
  type Link,
  OUR_ADDRESS,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  type SentPacket,
  UDP_PORT,
} from "../conformance/lab.ts";
import { WindowPeer } from "../conformance/window-peer.ts";

function listening(options: Parameters<Lab["listen"]>[0] = {}, stack: LabOptions["stack"] = {}): Lab {
  const lab = new Lab({ stack });
  lab.listen(options);
  return lab;
}

/** A peer of its own for each port. */
function handshake(lab: Lab, sourcePort: number): SentPacket[] {
  const initAck = firstOf(lab.receive([initChunk()], { sourcePort }), "INIT ACK");
  return lab.receive([echoOf(initAck)], {
    sourcePort,
    tag: initAck.initiateTag,
  });
}

/** Packets that arrive before anything is sent. */
function receiveUnflushed(link: Link, packets: ReadonlyArray<readonly Chunk[]>): void {
  const { association, lab } = link;
  for (const chunks of packets) {
    const header = {
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: association.localTag,
    };
    const from = { address: PEER_ADDRESS, port: UDP_PORT };
    lab.stack.receive(encodePacket({ ...header, chunks }), from, OUR_ADDRESS, lab.nowMs);
  }
}

/** How large a send buffer gets for a peer that takes all that comes. */
function grownByAcks(link: Link): number {
  const { association, lab } = link;
  let bytes = 0;
  for (let i = 0; i < 20; i++) {
    while (association.isWritable) association.send(new Uint8Array(1_000), {}, lab.nowMs);
    lab.run(50);
    bytes = Math.max(bytes, association.status().sendBufferBytes);
    const count = chunksOf(lab.sent, "DATA").length;
    link.receive([link.sack(count - 1, { aRwndBytes: 1_000_000 })]);
  }
  return bytes;
}

function middle(link: Link, offset: number, more: Partial<DataChunk> = {}): DataChunk {
  return link.data(offset, { beginning: false, ending: false, unordered: true, ssn: 0, ...more });
}

function unknownParameters(count: number, valueBytes: number): Parameter[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: "unknown",
    type: 0xf000 + i,
    value: new Uint8Array(valueBytes),
  }));
}

describe("in an INIT", () => {
  it.each([9, 10, 11])("maxInboundStreams = 10: %i asked for", (outboundStreams) => {
    const link = new Lab().accepted({ maxInboundStreams: 10 }, { outboundStreams });
    expect(link.association.inboundStreams).toBe(Math.min(outboundStreams, 10));
    const answer = link.receive([link.data(0, { streamId: 10 })]);
    expect(chunksOf(answer, "ERROR")).toHaveLength(1);
  });

  it.each([3, 4, 5])("maxPeerAddresses = 4: %i listed", (count) => {
    const listed = Array.from({ length: count }, (_, i) => `192.0.2.${i + 1}`);
    const link = new Lab().accepted({ maxPeerAddresses: 4 }, { parameters: listed.map(addressParameter) });
    // The source of the INIT counts beside the list.
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, ...listed.slice(0, 4)]);
  });

  it.each([2, 3, 4])("maxUnrecognizedReported = 3: %i unknown parameters", (count) => {
    const lab = listening({ maxUnrecognizedReported: 3 });
    const initAck = only(lab.receive([initChunk({ parameters: unknownParameters(count, 4) })]), "INIT ACK");
    const reported = initAck.parameters.filter(({ kind }) => kind === "Unrecognized Parameter");
    expect(reported).toHaveLength(Math.min(count, 3));
  });

  it.each([96, 100, 101])("maxUnrecognizedBytes = 100: a parameter of %i bytes", (lengthBytes) => {
    const lab = listening({ maxUnrecognizedBytes: 100 });
    const parameters = unknownParameters(1, lengthBytes - 4);
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    const reported = initAck.parameters.filter(({ kind }) => kind === "Unrecognized Parameter");
    expect(reported).toHaveLength(lengthBytes <= 100 ? 1 : 0);
  });

  it.each([1_023, 1_024, 1_025])("1,024 parameters are read at most: %i", (count) => {
    const lab = listening();
    const parameters = new Array<Parameter>(count).fill({ kind: "ECN Capable", type: 0x8000 });
    expect(lab.receive([initChunk({ parameters })])).toHaveLength(count <= 1_024 ? 1 : 0);
    expect(lab.stack.counters["malformed-chunk"] ?? 0).toBe(count <= 1_024 ? 0 : 1);
  });
});

describe("a State Cookie", () => {
  it.each([1_019, 1_020, 1_021])("carries 1,024 bytes of extensions at most: one saves %i", (savedBytes) => {
    const extension: AssociationExtension = {
      id: 1,
      parameterTypes: [0xf000],
      isWanted: () => true,
      offer: () => ({ parameters: unknownParameters(1, 0), chunkTypes: [] }),
      review: (_ours, { parameters: [theirs] }) => (theirs?.kind === "unknown" ? theirs.value : undefined),
      join: () => ({ handlers: [], timed: [] }),
    };
    const lab = new Lab({ extensions: [extension] });
    lab.listen();
    const [plain, asked] = [[], unknownParameters(1, savedBytes)].map((parameters) =>
      only(lab.receive([initChunk({ parameters })]), "INIT ACK"),
    );
    if (plain === undefined || asked === undefined) throw new Error("no INIT ACK");
    const grownBytes = echoOf(asked).cookie.length - echoOf(plain).cookie.length;
    expect(grownBytes).toBe(savedBytes <= 1_020 ? savedBytes + 4 : 0);
    // What was not agreed on is not said either.
    expect(asked.parameters).toHaveLength(savedBytes <= 1_020 ? 2 : 1);
  });

  it.each([4_999, 5_000, 5_001])("cookieLifeMs = 5,000: comes back after %i ms", (ms) => {
    const lab = listening({}, { cookieLifeMs: 5_000 });
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    lab.nowMs += ms;
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(lab.stack.associationCount).toBe(ms <= 5_000 ? 1 : 0);
  });

  it.each([999, 1_000, 1_001])("maxCookiePreservativeMs = 1,000: %i asked for", (incrementMs) => {
    const lab = listening({}, { cookieLifeMs: 5_000, maxCookiePreservativeMs: 1_000 });
    const parameters: InitChunk["parameters"] = [{ kind: "Cookie Preservative", type: 9, incrementMs }];
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    const livesMs = 5_000 + Math.min(incrementMs, 1_000);
    const echo = [echoOf(initAck)];
    lab.nowMs += livesMs + 1;
    expect(chunksOf(lab.receive(echo, { tag: initAck.initiateTag }), "ERROR")).toHaveLength(1);
    lab.nowMs -= 1;
    expect(chunksOf(lab.receive(echo, { tag: initAck.initiateTag }), "COOKIE ACK")).toHaveLength(1);
  });

  it.each([9_999, 10_000, 20_000])("cookieSecretLifeMs = 10,000: comes back after %i ms", (ms) => {
    const lab = listening(
      {},
      { cookieSecretLifeMs: 10_000, cookieLifeMs: 10_000, maxCookiePreservativeMs: 0 },
    );
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    lab.nowMs += ms;
    const echo = [echoOf(initAck)];
    const answers = lab.receive(echo, { tag: initAck.initiateTag });
    // A secret verifies for as long again as it has signed: no cookie outlives it.
    expect(lab.stack.associationCount).toBe(ms < 20_000 ? 1 : 0);
    expect(answers).toHaveLength(ms < 20_000 ? 1 : 0);
  });

  it.each([1, 2, 3])("maxClosedTags = 2: replayed after %i later associations have ended", (count) => {
    const lab = listening({}, { maxClosedTags: 2 });
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const echo = [echoOf(initAck)];
    const abortAll = (): void => {
      for (const association of [...lab.stack.associations]) association.abort(new Uint8Array(0), lab.nowMs);
    };
    lab.receive(echo, { tag: initAck.initiateTag });
    abortAll();
    for (let i = 1; i < count; i++) {
      handshake(lab, 6_000 + i);
      abortAll();
    }
    lab.receive(echo, { tag: initAck.initiateTag });
    expect(lab.stack.associationCount).toBe(count <= 2 ? 0 : 1);
  });
});

describe("on a stack", () => {
  it("maxAssociations = 3: the fourth is refused with ABORT, and taken once there is room", () => {
    const lab = listening({}, { maxAssociations: 3 });
    for (const port of [1, 2, 3]) expect(chunksOf(handshake(lab, port), "COOKIE ACK")).toHaveLength(1);
    const refusal = firstOf(handshake(lab, 4), "ABORT");
    expect(refusal.causes.map(({ kind }) => kind)).toEqual(["Out of Resource"]);
    expect(lab.stack.associationCount).toBe(3);
    [...lab.stack.associations][0]?.abort(new Uint8Array(0), lab.nowMs);
    lab.flush();
    expect(chunksOf(handshake(lab, 5), "COOKIE ACK")).toHaveLength(1);
  });

  it.each([9, 10, 11])("maxOotbAnswersPerSecond = 10: %i packets out of the blue", (count) => {
    const lab = listening({}, { maxOotbAnswersPerSecond: 10 });
    const answers = Array.from({ length: count }, (_, i) =>
      lab.receive([HEARTBEAT], { tag: 5, from: `192.0.2.${i}` }),
    ).flat();
    expect(answers).toHaveLength(Math.min(count, 10));
    lab.nowMs += 1_000;
    expect(lab.receive([HEARTBEAT], { tag: 5 })).toHaveLength(1);
  });

  it.each([9, 10, 11])("maxInitAnswersPerSecond = 10: %i INITs", (count) => {
    const lab = listening({}, { maxInitAnswersPerSecond: 10 });
    const answers = Array.from({ length: count }, (_, i) =>
      lab.receive([initChunk()], { from: `192.0.2.${i}` }),
    ).flat();
    expect(answers).toHaveLength(Math.min(count, 10));
    lab.nowMs += 1_000;
    expect(lab.receive([initChunk()])).toHaveLength(1);
  });

  it.each([15, 16, 17])("maxChunksPerPacket = 16: %i chunks", (count) => {
    const link = new Lab({ stack: { maxChunksPerPacket: 16 } }).accepted();
    link.receive(Array.from({ length: count }, (_, i) => link.data(i)));
    expect(link.association.readableCount).toBe(Math.min(count, 16));
  });

  it.each([15, 16, 17])("maxQueuedAnswers = 16: %i INITs while nothing can be sent", (count) => {
    const lab = listening({}, { maxQueuedAnswers: 16 });
    const init = encodePacket({
      sourcePort: 1,
      destinationPort: OUR_PORT,
      verificationTag: 0,
      chunks: [initChunk()],
    });
    const from = { address: PEER_ADDRESS, port: UDP_PORT };
    for (let i = 0; i < count; i++) lab.stack.receive(init, from, OUR_ADDRESS, lab.nowMs);
    expect(lab.flush()).toHaveLength(Math.min(count, 16));
    expect(lab.stack.counters["limit-reached"] ?? 0).toBe(Math.max(0, count - 16));
  });

  it("maxQueuedAnswers does not hold back what ends associations", () => {
    const lab = listening({}, { maxQueuedAnswers: 16 });
    for (let port = 1; port <= 40; port++) handshake(lab, port);
    for (const association of [...lab.stack.associations]) association.abort(new Uint8Array(0), lab.nowMs);
    expect(chunksOf(lab.flush(), "ABORT")).toHaveLength(40);
  });

  it.each([63, 64, 65])(
    "maxQueuedEvents = 64: %i packets with an event each, and a user that takes none",
    (count) => {
      const link = new Lab({ stack: { maxQueuedEvents: 64 } }).accepted();
      receiveUnflushed(link, new Array<Chunk[]>(count).fill([{ kind: "ERROR", causes: [] }]));
      expect(link.lab.stack.counters["limit-reached"] ?? 0).toBe(Math.max(0, count - 64));
      link.lab.flush();
      expect(link.lab.eventKinds.filter((kind) => kind === "remote-error")).toHaveLength(Math.min(count, 64));
      link.receive([link.data(0)]);
      expect(link.association.readableCount).toBe(1);
    },
  );
});

describe("of several associations together", () => {
  it.each([9, 10, 11])(
    "maxProbesPerSecond = 10: %i associations, each with an unconfirmed address",
    (count) => {
      const lab = listening({}, { maxProbesPerSecond: 10 });
      for (let i = 0; i < count; i++) {
        const init = initChunk({ parameters: [addressParameter(`192.0.2.${i + 1}`)] });
        const initAck = only(lab.receive([init], { sourcePort: i + 1 }), "INIT ACK");
        lab.receive([echoOf(initAck)], {
          sourcePort: i + 1,
          tag: initAck.initiateTag,
        });
      }
      expect(chunksOf(lab.run(500), "HEARTBEAT")).toHaveLength(Math.min(count, 10));
      expect(new Set(lab.run(2_000).map(({ to }) => to)).size).toBe(count);
    },
  );
});

describe("in an association", () => {
  it.each([15, 16, 17])("maxErrorChunksPerPacket = 16: %i ERROR chunks in a packet", (count) => {
    const link = new Lab().accepted({ maxErrorChunksPerPacket: 16 });
    link.receive(new Array<Chunk>(count).fill({ kind: "ERROR", causes: [] }));
    expect(link.lab.eventKinds.filter((kind) => kind === "remote-error")).toHaveLength(Math.min(count, 16));
    link.receive([{ kind: "ERROR", causes: [] }]);
    expect(link.lab.eventKinds.filter((kind) => kind === "remote-error")).toHaveLength(
      Math.min(count, 16) + 1,
    );
  });

  it.each([7, 8, 9])("maxControlChunksQueued = 8: %i HEARTBEATs while nothing can be sent", (count) => {
    const link = new Lab().accepted({ maxControlChunksQueued: 8 });
    receiveUnflushed(link, new Array<Chunk[]>(count).fill([HEARTBEAT]));
    expect(chunksOf(link.lab.flush(), "HEARTBEAT ACK")).toHaveLength(Math.min(count, 8));
    expect(chunksOf(link.receive([HEARTBEAT]), "HEARTBEAT ACK")).toHaveLength(1);
  });

  it("maxControlChunksQueued = 8: a COOKIE ACK takes the place of the last answer", () => {
    const lab = listening({ maxControlChunksQueued: 8 });
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const tag = initAck.initiateTag;
    const echo = echoOf(initAck);
    lab.receive([echo], { tag });
    const [association] = [...lab.stack.associations];
    const link = { association, lab } as Link;
    receiveUnflushed(link, [...new Array<Chunk[]>(20).fill([HEARTBEAT]), [echo], [echo]]);
    const answers = lab.flush();
    expect(chunksOf(answers, "COOKIE ACK")).toHaveLength(2);
    expect(chunksOf(answers, "HEARTBEAT ACK")).toHaveLength(6);
  });

  it.each([32_764, 32_768, 32_772])(
    "maxReplyBytesQueued = 65,536: two HEARTBEATs of %i bytes",
    (lengthBytes) => {
      const link = new Lab().accepted({ maxReplyBytesQueued: 65_536 });
      const parameters = new Uint8Array(lengthBytes - 4);
      new DataView(parameters.buffer).setUint32(0, (1 << 16) | (lengthBytes - 4));
      const heartbeat: Chunk = { kind: "HEARTBEAT", parameters, info: undefined };
      receiveUnflushed(link, [[heartbeat], [heartbeat]]);
      const expected = lengthBytes <= 32_768 ? 2 : 1;
      expect(chunksOf(link.lab.flush(), "HEARTBEAT ACK")).toHaveLength(expected);
      expect(chunksOf(link.receive([heartbeat]), "HEARTBEAT ACK")).toHaveLength(1);
    },
  );

  it.each([3, 4, 5])("maxDuplicateTsnsReported = 4: %i duplicates", (count) => {
    const link = new Lab().accepted({ maxDuplicateTsnsReported: 4 });
    link.receive([link.data(0)]);
    const sack = only(link.receive(new Array<Chunk>(count).fill(link.data(0))), "SACK");
    expect(sack.duplicateTsns).toHaveLength(Math.min(count, 4));
  });

  it.each([3, 4, 5])("maxGapBlocksReported = 4: %i gaps", (count) => {
    const link = new Lab().accepted({ maxGapBlocksReported: 4 });
    const sack = only(link.receive(Array.from({ length: count }, (_, i) => link.data(2 + 2 * i))), "SACK");
    expect(sack.gapBlocks).toHaveLength(Math.min(count, 4));
  });

  it.each([65_534, 65_535, 65_536])(
    "a TSN %i beyond the cumulative one, of which a SACK can tell 65,535",
    (beyond) => {
      const link = new Lab().accepted();
      link.receive([link.data(beyond - 1, { unordered: true })]);
      expect(link.association.readableCount).toBe(beyond <= 65_535 ? 1 : 0);
      expect(link.lab.stack.counters["tsn-out-of-window"] ?? 0).toBe(beyond <= 65_535 ? 0 : 1);
    },
  );

  it.each([15, 16, 17])("maxReassemblyFragments = 16: %i lone fragments", (count) => {
    const link = new Lab().accepted({ maxReassemblyFragments: 16 });
    for (let i = 0; i < count; i++) link.receive([middle(link, 2 + 2 * i)]);
    expect(link.association.status().heldBytes).toBe(256 * Math.min(count, 16));
    expect(link.lab.stack.counters["receive-window-full"] ?? 0).toBe(Math.max(0, count - 16));
  });

  it.each([255, 256, 257])(
    "minReceiveChargeBytes = 256: a held message and a held fragment of %i bytes",
    (size) => {
      const payload = new Uint8Array(size);
      const charge = Math.max(size, 256);
      const held = (chunk: (link: Link) => DataChunk): number => {
        const link = new Lab().accepted({ minReceiveChargeBytes: 256 });
        link.receive([chunk(link)]);
        return link.association.status().heldBytes;
      };
      expect(held((link) => link.data(0, { payload }))).toBe(charge); // Ready for the user.
      expect(held((link) => link.data(1, { payload }))).toBe(charge); // Too early.
      expect(held((link) => middle(link, 1, { payload }))).toBe(charge); // In pieces.
    },
  );

  it.each([
    // The window is shown as closed below 1,500 bytes; the 8,192 that were allowed before are taken all the same.
    [31, 256, 31],
    [32, 256, 32],
    [33, 256, 32],
    // What costs more than its payload is taken up to four times the buffer.
    [127, 5, 127],
    [128, 5, 128],
    [129, 5, 128],
  ])("receiveBufferBytes = 8,192: %i messages of %i bytes, and nobody reads", (count, size, taken) => {
    const link = new Lab().accepted({ receiveBufferBytes: 8_192 });
    const payload = new Uint8Array(size);
    for (let i = 0; i < count; i++) link.receive([link.data(i, { payload })]);
    expect(link.association.readableCount).toBe(taken);
    expect(link.association.status().heldBytes).toBe(256 * taken);
    expect(link.lab.stack.counters["receive-window-full"] ?? 0).toBe(count - taken);
    expect(link.read()).toHaveLength(taken);
    for (let i = taken; i < count; i++) link.receive([link.data(i, { payload })]);
    expect(link.read()).toHaveLength(count - taken);
  });

  it.each([39_999, 40_000, 40_001])(
    "receiveBufferLimitBytes = 40,000, and one less and more: a peer that sends what it may grows it to %i bytes",
    (bytes) => {
      const link = new Lab().accepted({ receiveBufferBytes: 20_000, receiveBufferLimitBytes: bytes });
      new WindowPeer(link, 20_000).flow(10, 100);
      expect(link.association.status().receiveBufferBytes).toBe(bytes);
    },
  );

  it.each([29_999, 30_000, 30_001])(
    "sendBufferLimitBytes = 30,000, and one less and more: a peer that takes everything grows it to %i bytes",
    (bytes) => {
      const options = { sendBufferBytes: 4_096, sendBufferLimitBytes: bytes, maxBurst: 1_024 };
      const link = new Lab().accepted(options);
      expect(grownByAcks(link)).toBe(bytes);
    },
  );

  it.each([9_999, 10_000, 10_001])(
    "maxBufferGrowthBytes = 10,000, and one less and more: both buffers of an association grow by %i bytes together",
    (bytes) => {
      const lab = new Lab({ stack: { maxBufferGrowthBytes: bytes } });
      const limits = { receiveBufferLimitBytes: 26_000, sendBufferLimitBytes: 100_000 };
      const sizes = { receiveBufferBytes: 20_000, sendBufferBytes: 4_096 };
      const link = lab.accepted({ ...sizes, ...limits, maxBurst: 1_024 });
      new WindowPeer(link, 20_000).flow(10, 100);
      expect(link.association.status().receiveBufferBytes).toBe(26_000);
      expect(grownByAcks(link)).toBe(4_096 + bytes - 6_000);
    },
  );

  it.each([1, 2, 3])("heartbeatMaxBurst = 2: %i unconfirmed addresses", (count) => {
    const victims = Array.from({ length: count }, (_, i) => addressParameter(`192.0.2.${i + 1}`));
    const link = new Lab().accepted({ heartbeatMaxBurst: 2 }, { parameters: victims });
    expect(chunksOf(link.lab.run(100), "HEARTBEAT")).toHaveLength(Math.min(count, 2));
  });
});
