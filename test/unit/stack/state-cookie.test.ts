import { expect, it } from "vitest";
import { NO_CAPABILITIES } from "../../../src/association/model/capabilities.ts";
import { PortableHmac } from "../../../src/platform/portable-hmac.ts";
import { SeededRandom } from "../../../src/platform/random.ts";
import { CookieJar, type StateCookie } from "../../../src/stack/state-cookie.ts";

const LIFE_MS = 3_600_000;
const jar = (seed = 1): CookieJar =>
  new CookieJar(
    { random: new SeededRandom(seed), hmac: new PortableHmac(), allocate: (n) => new Uint8Array(n) },
    LIFE_MS,
  );

const cookie: StateCookie = {
  createdAtMs: 1_234.5,
  lifeMs: 60_000,
  localTag: 0xffff_ffff,
  peerTag: 2,
  localTieTag: 3,
  peerTieTag: 4,
  localInitialTsn: 5,
  peerInitialTsn: 6,
  peerRwndBytes: 7_000,
  outboundStreams: 10,
  inboundStreams: 65_535,
  localPort: 7,
  remotePort: 50_000,
  remoteUdpPort: 9_899,
  source: "10.0.0.1",
  localAddress: "::",
  addresses: ["10.0.0.2", "2001:db8::1"],
  capabilities: NO_CAPABILITIES,
};

it("gives back what was put in (RFC 9260 5.1.3)", () => {
  const cookies = jar();
  expect(cookies.open(cookies.seal(cookie, 0), 0)).toEqual(cookie);
});

it("gives back the zones of link-local addresses, whatever their names [A9]", () => {
  const cookies = jar();
  const zoned = {
    ...cookie,
    source: "fe80::2%eth0",
    localAddress: "fe80::1%\u00e9t\u00e9.7",
    addresses: ["fe80::3%12", "10.0.0.2"],
  };
  expect(cookies.open(cookies.seal(zoned, 0), 0)).toEqual(zoned);
});

it("carries what extensions saved, of any length, and nothing where none was agreed on", () => {
  const cookies = jar();
  const plain = cookies.seal(cookie, 0);
  const capabilities = [0, 1, 2, 3, 4, 255].reduce(
    (agreed, n) => agreed.with({ id: 65_535 - n, state: new Uint8Array(n).fill(n) }),
    NO_CAPABILITIES,
  );
  const sealed = cookies.seal({ ...cookie, capabilities }, 0);
  expect(cookies.open(sealed, 0)).toEqual({ ...cookie, capabilities });
  // Six headers, and what they head, padded but for the last.
  expect(sealed.length - plain.length).toBe(6 * 4 + 0 + 4 * 4 + 255);
  expect(plain).toHaveLength(68 + 5 + 17 + 5 + 17 + 32);
});

it("opens nothing that was changed, cut short or sealed elsewhere (RFC 9260 5.1.5)", () => {
  const cookies = jar();
  const sealed = cookies.seal(cookie, 0);
  for (let at = 0; at < sealed.length; at++) {
    const forged = sealed.slice();
    forged[at] = (forged[at] ?? 0) ^ 1;
    expect(cookies.open(forged, 0), `byte ${at}`).toBeUndefined();
    expect(cookies.open(sealed.subarray(0, at), 0), `${at} bytes`).toBeUndefined();
  }
  expect(jar(2).open(sealed, 0)).toBeUndefined();
});

it("keeps a secret for one more turn, and then no longer", () => {
  const cookies = jar();
  const sealed = cookies.seal(cookie, 0);
  expect(cookies.open(sealed, LIFE_MS)).toEqual(cookie);
  expect(cookies.open(sealed, 2 * LIFE_MS)).toBeUndefined();
  const quiet = jar();
  const early = quiet.seal(cookie, 0);
  expect(quiet.open(early, 5 * LIFE_MS)).toBeUndefined();
});
