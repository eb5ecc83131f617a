import { expect, it } from "vitest";
import { PortableHmac } from "../../../src/platform/portable-hmac.ts";
import { SHA1 } from "../../../src/platform/sha1.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

it.each([
  ["abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"],
  ["a", 1_000_000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"],
  [
    "0123456701234567012345670123456701234567012345670123456701234567",
    10,
    "dea356a2cddd90c7a7ecedc5ebb563934f460452",
  ],
])("hashes the RFC 3174 message %j, %d times", (message, times, digest) => {
  expect(hex(SHA1.hash(ascii(message.repeat(times))))).toBe(digest);
});

it.each([
  ["1", new Uint8Array(20).fill(0x0b), ascii("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"],
  ["2", ascii("Jefe"), ascii("what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
  [
    "3",
    new Uint8Array(20).fill(0xaa),
    new Uint8Array(50).fill(0xdd),
    "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
  ],
  [
    "4",
    Uint8Array.from({ length: 25 }, (_, i) => i + 1),
    new Uint8Array(50).fill(0xcd),
    "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
  ],
  [
    "6",
    new Uint8Array(80).fill(0xaa),
    ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
    "aa4ae5e15272d00e95705637ce8a3b55ed402112",
  ],
  [
    "7",
    new Uint8Array(80).fill(0xaa),
    ascii("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
    "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
  ],
])("signs case %s of RFC 2202", (_name, secret, data, mac) => {
  expect(hex(new PortableHmac().createSha1Key(secret).sign(data))).toBe(mac);
});
