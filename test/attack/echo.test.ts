/**
 * What a peer has echoed to it: HEARTBEATs, unknown chunks and unknown parameters of any size.
 * Owns: that an answer fits a datagram, is one packet, and that nothing oversized stays in the way of the rest.
 */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { PacketSlab, SLAB_BYTES } from "../../src/chunks/slab.ts";
import {
  addressParameter,
  echoOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  OUR_ADDRESS,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_COOKIE,
  PEER_PORT,
  UDP_PORT,
} from "../conformance/lab.ts";

/** The largest chunk that a UDP datagram can hold. */
const LARGEST_CHUNK_BYTES = (SLAB_BYTES - 12) & ~3;

const unknownChunk = (lengthBytes: number, type = 0xfe): Chunk => ({
  kind: "unknown",
  type,
  flags: 0,
  value: new Uint8Array(lengthBytes - 4),
});
const unknownParameter = (lengthBytes: number, type = 0xf000): Parameter => ({
  kind: "unknown",
  type,
  value: new Uint8Array(lengthBytes - 4),
});

describe("an unknown chunk that asks for a report", () => {
  it.each([1_176, 1_180, 1_184, 1_200, 9_000, LARGEST_CHUNK_BYTES - 8, LARGEST_CHUNK_BYTES])(
    "of %i bytes is answered by one packet at most, and the association goes on",
    (lengthBytes) => {
      const link = new Lab().accepted();
      const answers = link.receive([unknownChunk(lengthBytes)]);
      expect(answers.length).toBeLessThanOrEqual(1);
      for (const answer of answers) {
        expect(answer.kinds).toEqual(["ERROR"]);
        expect(answer.lengthBytes).toBeLessThanOrEqual(1_200);
      }
      expect(link.lab.run(1_000)).toEqual([]);
      expect(kindsOf(link.send(10))).toEqual(["DATA"]);
    },
  );
});

describe("a HEARTBEAT", () => {
  it.each([1_188, 1_192, 1_200, 9_000, LARGEST_CHUNK_BYTES])(
    "of %i bytes is echoed whole, in one packet as large as its own",
    (lengthBytes) => {
      const link = new Lab().accepted();
      const parameters = new Uint8Array(lengthBytes - 4);
      new DataView(parameters.buffer).setUint32(0, (1 << 16) | (lengthBytes - 4));
      const answers = link.receive([{ kind: "HEARTBEAT", parameters, info: undefined }]);
      expect(firstOf(answers, "HEARTBEAT ACK").parameters).toEqual(parameters);
      expect(answers.map((answer) => answer.lengthBytes)).toEqual([12 + lengthBytes]);
      expect(kindsOf(link.send(10))).toEqual(["DATA"]);
    },
  );
});

describe("a driver whose packets are smaller than what is to be said", () => {
  /** Lengths of what is sent, with slabs of 2,048 bytes. */
  function poll({ stack, nowMs }: Lab): number[] {
    const slab = new PacketSlab(new Uint8Array(2_048));
    const lengths: number[] = [];
    for (
      let out = stack.pollTransmit(slab, nowMs);
      out !== undefined;
      out = stack.pollTransmit(slab, nowMs)
    ) {
      lengths.push(out.lengthBytes);
      if (lengths.length > 10) break;
    }
    return lengths;
  }

  it("sends the rest of it", () => {
    const link = new Lab().accepted();
    const { lab, association } = link;
    const parameters = new Uint8Array(4_000);
    new DataView(parameters.buffer).setUint32(0, (1 << 16) | 4_000);
    const bytes = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: association.localTag,
      chunks: [{ kind: "HEARTBEAT", parameters, info: undefined }, link.data(0)],
    });
    lab.stack.receive(bytes, { address: PEER_ADDRESS, port: UDP_PORT }, OUR_ADDRESS, lab.nowMs);
    expect(poll(lab)).toEqual([28]); // The SACK.
    expect(lab.flush()).toEqual([]);
    expect(kindsOf(link.receive([HEARTBEAT]))).toEqual(["HEARTBEAT ACK"]);
  });

  it("answers the next stranger", () => {
    const lab = new Lab();
    lab.listen();
    const addresses = Array.from({ length: 300 }, (_, i) => addressParameter(`192.0.${i >>> 8}.${i & 0xff}`));
    const host = { kind: "Host Name Address", type: 11, hostName: new Uint8Array(4_000) } as const;
    for (const parameters of [[host], addresses]) {
      const chunks = [initChunk({ parameters })];
      const bytes = encodePacket({ sourcePort: 1, destinationPort: OUR_PORT, verificationTag: 0, chunks });
      lab.stack.receive(bytes, { address: PEER_ADDRESS, port: UDP_PORT }, OUR_ADDRESS, lab.nowMs);
    }
    expect(poll(lab)).toHaveLength(1); // The INIT ACK, not the ABORT that repeats the host name.
  });
});

describe("an unknown parameter that asks for a report", () => {
  it.each([1_000, 60_000, LARGEST_CHUNK_BYTES - 20])(
    "of %i bytes in an INIT leaves the INIT ACK a packet",
    (lengthBytes) => {
      const lab = new Lab();
      lab.listen();
      const initAck = only(
        lab.receive([initChunk({ parameters: [unknownParameter(lengthBytes)] })]),
        "INIT ACK",
      );
      lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
      expect(lab.stack.associationCount).toBe(1);
    },
  );

  it.each([1_000, 60_000, LARGEST_CHUNK_BYTES - 20 - 36])(
    "of %i bytes in an INIT ACK does not stop the set-up",
    (lengthBytes) => {
      const lab = new Lab();
      const association = lab.connect();
      const init = only(lab.flush(), "INIT");
      const cookie: Parameter = { kind: "State Cookie", type: 7, cookie: PEER_COOKIE };
      const parameters = [cookie, unknownParameter(lengthBytes)];
      const answers = lab.receive([initAckChunk({ parameters })], { tag: init.initiateTag });
      expect(answers.length).toBeLessThanOrEqual(2);
      expect(answers[0]?.kinds[0]).toBe("COOKIE ECHO");
      lab.receive([{ kind: "COOKIE ACK" }], { tag: init.initiateTag });
      expect(association.state).toBe("ESTABLISHED");
      expect(lab.run(1_000)).toEqual([]);
    },
  );
});
