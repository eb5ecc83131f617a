/** What Node gives the core: its HMACs are the same below and above the length from which OpenSSL computes them. */
import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { nodePlatform } from "../../src/node/common/platform.ts";

const { hmac } = nodePlatform;

it.each([
  ["sha256", (secret: Uint8Array) => hmac.createKey(secret)],
  ["sha1", (secret: Uint8Array) => hmac.createSha1Key(secret)],
] as const)("signs data of every length as HMAC-%s does", (hash, prepare) => {
  for (const keyBytes of [0, 1, 32, 64, 65, 200]) {
    const secret = new Uint8Array(keyBytes).fill(7);
    const key = prepare(secret);
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 383, 384, 385, 1_000, 65_536]) {
      const data = Uint8Array.from({ length }, (_, i) => i * 31);
      const expected = createHmac(hash, secret).update(data).digest("hex");
      expect(Buffer.from(key.sign(data)).toString("hex"), `${keyBytes}, ${length}`).toBe(expected);
    }
  }
});
