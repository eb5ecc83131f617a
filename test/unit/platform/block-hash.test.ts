import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { BlockHash } from "../../../src/platform/block-hash.ts";
import type { HmacKey } from "../../../src/platform/hmac.ts";
import { PortableHmac } from "../../../src/platform/portable-hmac.ts";
import { SHA1 } from "../../../src/platform/sha1.ts";
import { SHA256 } from "../../../src/platform/sha256.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const { createKey, createSha1Key } = new PortableHmac();
const HASHES: ReadonlyArray<readonly [name: string, BlockHash, (secret: Uint8Array) => HmacKey]> = [
  ["sha1", SHA1, createSha1Key],
  ["sha256", SHA256, createKey],
];

it.each(HASHES)("%s agrees with another implementation for every length and key", (name, hash, keyOf) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300, size: "max" }),
      fc.uint8Array({ maxLength: 150, size: "max" }),
      (data, key) => {
        expect(hex(hash.hash(data))).toBe(createHash(name).update(data).digest("hex"));
        expect(hex(keyOf(key).sign(data))).toBe(createHmac(name, key).update(data).digest("hex"));
      },
    ),
  );
});

it.each(HASHES)("%s signs a packet of 64 KiB", (name, _hash, keyOf) => {
  const data = Uint8Array.from({ length: 65_536 }, (_, i) => i * 31);
  const secret = new Uint8Array(100).fill(9);
  expect(hex(keyOf(secret).sign(data))).toBe(createHmac(name, secret).update(data).digest("hex"));
});
