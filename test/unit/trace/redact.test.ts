/** What is redacted keeps its length and its checksum, and nothing else that is somebody's own. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { decodePacket } from "../../../src/chunks/packet.ts";
import { readCapture } from "../../../src/trace/captures/read-capture.ts";
import { PcapngSink } from "../../../src/trace/pcapng.ts";
import { redactedPacket } from "../../../src/trace/redact.ts";
import * as talk from "./conversation.ts";

const SECRET = new TextEncoder().encode("correct horse");
const holds = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(Buffer.from(SECRET));
const piece = { beginning: true, ending: true, unordered: false, immediate: false, payload: SECRET };

describe("redactedPacket", () => {
  it.each<[string, Chunk]>([
    ["user data", talk.data(1, "correct horse")],
    ["user data of I-DATA", { kind: "I-DATA", ...piece, tsn: 1, streamId: 3, mid: 9, ppidOrFsn: 46 }],
    ["the cookie of a COOKIE ECHO", { kind: "COOKIE ECHO", cookie: SECRET }],
    [
      "the cookie of an INIT ACK",
      {
        ...(talk.initAck as Extract<Chunk, { kind: "INIT ACK" }>),
        parameters: [{ kind: "State Cookie", type: 7, cookie: SECRET }],
      },
    ],
    [
      "the reason of an ABORT",
      {
        kind: "ABORT",
        tagReflected: false,
        causes: [{ kind: "User-Initiated Abort", code: 12, reason: SECRET }],
      },
    ],
  ])("leaves out %s", (_what, chunk) => {
    const packet = Buffer.from(talk.fromClient([talk.cookieAck, chunk, talk.cookieAck])); // As Node's sockets give it.
    expect(holds(packet)).toBe(true);
    const redacted = redactedPacket(packet);
    expect(holds(redacted)).toBe(false);
    expect(holds(packet)).toBe(true); // The one that goes out is another.
    expect(redacted.length).toBe(packet.length);
    const [before, after] = [packet, redacted].map((bytes) => decodePacket(bytes));
    expect(after!.checksumValid).toBe(true);
    expect(after!.chunks.map(({ kind }) => kind)).toEqual(before!.chunks.map(({ kind }) => kind));
    expect(after!.verificationTag).toBe(before!.verificationTag);
  });

  it("keeps a wrong checksum wrong, and shows nothing of what cannot be read", () => {
    const damaged = talk.fromClient([talk.data(1, "x")]);
    damaged[8] = (damaged[8] ?? 0) ^ 1;
    expect(decodePacket(redactedPacket(damaged)).checksumValid).toBe(false);
    const cut = talk.fromClient([talk.cookieAck, talk.data(1, "correct horse battery")]).subarray(0, -8);
    expect(holds(cut)).toBe(true);
    expect(holds(redactedPacket(cut))).toBe(false);
    expect([...redactedPacket(SECRET.subarray(0, 11))]).toEqual(Array.from({ length: 11 }, () => 0));
  });

  it("takes any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80, size: "max" }), (bytes) => {
        expect(redactedPacket(bytes).length).toBe(bytes.length);
      }),
    );
  });
});

it("a capture that is redacted holds no payload, not in its comments either", () => {
  const pieces: Uint8Array[] = [];
  const sink = new PcapngSink((bytes) => pieces.push(bytes), {
    redact: true,
    comment: (datagram) => [`hex ${Buffer.from(datagram).toString("latin1")}`],
  });
  sink.packet("sent", talk.fromClient([talk.data(1, "correct horse")]), talk.CLIENT, talk.SERVER, 0);
  const file = Buffer.concat(pieces);
  expect(holds(file)).toBe(false);
  const [entry] = [...readCapture(file)];
  expect(entry?.kind).toBe("packet");
});
