/** The AUTH chunk in its place in a packet (RFC 4895 5.1, 6.2). */
import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { authFieldsAt, hmacIsRight, subjectChunkAt, writeAuth } from "../../../src/chunks/auth.ts";
import { PortableHmac } from "../../../src/platform/portable-hmac.ts";

const SECRET = Uint8Array.of(1, 2, 3);
const key = new PortableHmac().createSha1Key(SECRET);
const FIELDS = { sharedKeyId: 0x1234, hmacId: 1, hmacBytes: 20 };

/** 12 bytes of header, room for an AUTH chunk, 8 bytes behind it. */
function written(): Uint8Array {
  const packet = Uint8Array.from({ length: 48 }, (_, i) => i);
  writeAuth(packet, 12, packet.length, FIELDS, key);
  return packet;
}

it("is computed over itself with a field of zeros, and all that stands behind it", () => {
  const packet = written();
  expect([...packet.subarray(12, 20)]).toEqual([15, 0, 0, 28, 0x12, 0x34, 0, 1]);
  const covered = packet.slice(12);
  covered.fill(0, 8, 28);
  expect(Buffer.from(packet.subarray(20, 40))).toEqual(createHmac("sha1", SECRET).update(covered).digest());
  expect([...packet.subarray(40)]).toEqual([40, 41, 42, 43, 44, 45, 46, 47]);
});

it.each([
  ["a Uint8Array", (bytes: Uint8Array) => bytes],
  ["a Buffer", (bytes: Uint8Array) => Buffer.from(bytes)],
])("is verified in %s, which is afterwards what it was", (_name, made) => {
  const packet = made(written());
  const before = Uint8Array.from(packet);
  expect(authFieldsAt(packet, 12, 28)).toEqual(FIELDS);
  expect(hmacIsRight(packet, 12, FIELDS, key)).toBe(true);
  expect(Uint8Array.from(packet)).toEqual(before);
  for (const at of [12, 13, 17, 20, 39, 40, 47]) {
    const changed = made(before.slice());
    changed[at] = (changed[at] ?? 0) ^ 0x80;
    expect(hmacIsRight(changed, 12, FIELDS, key), `byte ${at}`).toBe(false);
  }
  expect(hmacIsRight(packet, 12, { ...FIELDS, hmacBytes: 19 }, key)).toBe(false);
  expect(Uint8Array.from(packet)).toEqual(before);
});

it("has no fields where it is too short", () => {
  expect(authFieldsAt(written(), 12, 7)).toBeUndefined();
  expect(authFieldsAt(written(), 12, 8)).toMatchObject({ hmacBytes: 0 });
});

it("leaves it to the chunk behind it to say whom a packet is for, if one fits there", () => {
  const packet = written();
  expect(subjectChunkAt(packet)).toBe(40);
  expect(subjectChunkAt(packet.subarray(0, 44))).toBe(40);
  expect(subjectChunkAt(packet.subarray(0, 43))).toBe(12);
  packet[15] = 25;
  expect(subjectChunkAt(packet)).toBe(40);
  packet[15] = 3;
  expect(subjectChunkAt(packet)).toBe(12);
  packet[15] = 16;
  expect(subjectChunkAt(packet)).toBe(28);
  packet[12] = 10;
  expect(subjectChunkAt(packet)).toBe(12);
});
