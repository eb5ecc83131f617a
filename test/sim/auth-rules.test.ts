/** The checkers' own rule about AUTH chunks (RFC 4895 5.1, 6.2). */
import { expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import { authComplaint } from "../../src/sim/checks/auth-rules.ts";
import { PacketChecker } from "../../src/sim/checks/packet-checker.ts";
import { authParameters } from "../conformance/auth-peer.ts";
import { initAckChunk, initChunk } from "../conformance/lab.ts";

const [DATA, SACK, AUTH] = [0, 3, 15];

it("wants one AUTH chunk before the first chunk that is asked for, and something behind it", () => {
  const wanted = new Set([DATA]);
  for (const types of [[], [SACK], [AUTH, DATA, DATA], [SACK, AUTH, DATA], [AUTH, SACK]])
    expect(authComplaint(types, wanted)).toBeUndefined();
  expect(authComplaint([DATA], wanted)).toBe("sent chunk 0 without AUTH");
  expect(authComplaint([DATA, AUTH, DATA], wanted)).toBe("sent chunk 0 without AUTH");
  expect(authComplaint([AUTH, SACK, AUTH, DATA], wanted)).toBe("sent two AUTH chunks in a packet");
  expect(authComplaint([SACK, AUTH], wanted)).toBe("sent AUTH with nothing behind it");
});

it("wants none where it has not been agreed on", () => {
  expect(authComplaint([DATA, SACK], undefined)).toBeUndefined();
  expect(authComplaint([SACK, AUTH, DATA], undefined)).toBe("sent AUTH to somebody who does not know it");
  expect(authComplaint([AUTH, DATA], undefined)).toBe("sent AUTH to somebody who does not know it");
});

it("is applied to what both sides have announced", () => {
  const checkerFor = (knows: boolean): PacketChecker => {
    const checker = new PacketChecker();
    const parameters = authParameters([SACK]);
    const packet = (verificationTag: number, ...chunks: readonly Chunk[]): Uint8Array =>
      encodePacket({ sourcePort: 1, destinationPort: 2, verificationTag, chunks });
    checker.onSeen("asker", packet(0, initChunk({ initiateTag: 11, parameters })));
    checker.onSeen(
      "other",
      packet(11, initAckChunk({ initiateTag: 22, parameters: knows ? parameters : [] })),
    );
    return checker;
  };
  const heartbeat: Chunk = { kind: "HEARTBEAT", parameters: new Uint8Array(4), info: undefined };
  const auth: Chunk = { kind: "AUTH", sharedKeyId: 0, hmacId: 1, hmac: new Uint8Array(20) };
  const bytes = (...chunks: readonly Chunk[]): Uint8Array =>
    encodePacket({ sourcePort: 1, destinationPort: 2, verificationTag: 22, chunks });
  checkerFor(true).onSent("asker", bytes(auth, heartbeat), 1_200);
  expect(() => checkerFor(false).onSent("asker", bytes(auth, heartbeat), 1_200)).toThrow(/does not know it/);
  expect(() => checkerFor(true).onSent("asker", bytes(auth, auth, heartbeat), 1_200)).toThrow(/two AUTH/);
  checkerFor(true).onSent("asker", bytes(auth, { kind: "COOKIE ECHO", cookie: new Uint8Array(4) }), 1_200);
});
