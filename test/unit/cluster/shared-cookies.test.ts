import { expect, it } from "vitest";
import { NO_CAPABILITIES } from "../../../src/association/model/capabilities.ts";
import { PortableHmac } from "../../../src/platform/portable-hmac.ts";
import { SeededRandom } from "../../../src/platform/random.ts";
import type { CookieSecrets, SharedPort } from "../../../src/stack/shared-port.ts";
import { CookieJar, type StateCookie } from "../../../src/stack/state-cookie.ts";

const secret = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const turn = (id: number): CookieSecrets => ({ id, current: secret(id), previous: secret(id - 1) });

interface Seat {
  cookieSecrets: CookieSecrets;
  readonly jar: CookieJar;
}

/** A stack's jar; `clockOffsetMs` is how far its clock is behind the shared one. */
function seat(secrets: CookieSecrets, clockOffsetMs = 0, startedAtMs = 0): Seat {
  const shared = {
    cookieSecrets: secrets,
    clockOffsetMs,
    startedAtMs,
    newTag: () => 1,
    mayPickPort: () => true,
    claim: () => true,
    unclaim: () => {},
  };
  const jar = new CookieJar(
    { random: new SeededRandom(1), hmac: new PortableHmac(), allocate: (n) => new Uint8Array(n) },
    1_000,
    shared satisfies SharedPort,
  );
  return Object.assign(shared, { jar });
}

const cookie: StateCookie = {
  createdAtMs: 5_000,
  lifeMs: 60_000,
  localTag: 1,
  peerTag: 2,
  localTieTag: 0,
  peerTieTag: 0,
  localInitialTsn: 5,
  peerInitialTsn: 6,
  peerRwndBytes: 7_000,
  outboundStreams: 10,
  inboundStreams: 10,
  localPort: 7,
  remotePort: 50_000,
  remoteUdpPort: 9_899,
  source: "10.0.0.1",
  localAddress: "0.0.0.0",
  addresses: [],
  capabilities: NO_CAPABILITIES,
};

it("any stack of a shared port opens what another sealed (RFC 9260 5.1.3)", () => {
  const [a, b, stranger] = [seat(turn(4)), seat(turn(4)), seat(turn(40))];
  expect(b.jar.open(a.jar.seal(cookie, 5_000), 5_001)).toEqual(cookie);
  expect(stranger.jar.open(a.jar.seal(cookie, 5_000), 5_001)).toBeUndefined();
});

it("secrets turn together, however long the own clock says they live, and an old one verifies once more", () => {
  for (const id of [4, 5, 255]) {
    const next = { id: (id + 1) & 0xff, current: secret(id + 1), previous: secret(id) };
    const [a, b] = [seat(turn(id)), seat(turn(id))];
    const early = a.jar.seal(cookie, 5_000);
    expect(b.jar.open(early, 5_000_000)).toEqual(cookie);
    b.cookieSecrets = next;
    expect(b.jar.open(early, 5_001)).toEqual(cookie);
    expect(a.jar.open(b.jar.seal(cookie, 5_001), 5_001)).toBeUndefined(); // a has not heard of it yet
    a.cookieSecrets = next;
    expect(a.jar.open(b.jar.seal(cookie, 5_002), 5_002)).toEqual(cookie);
    b.cookieSecrets = { id: (id + 2) & 0xff, current: secret(id + 2), previous: secret(id + 1) };
    expect(b.jar.open(early, 5_003)).toBeUndefined();
  }
});

it("times are told between clocks that began at different moments", () => {
  const [early, late] = [seat(turn(4), 1_000), seat(turn(4), 61_000, -10_000_000)];
  expect(late.jar.open(early.jar.seal(cookie, 5_000), 0)?.createdAtMs).toBe(5_000 + 1_000 - 61_000);
  expect(early.jar.open(early.jar.seal(cookie, 5_000), 5_000)).toEqual(cookie);
});

it("a cookie from before the stack began has no life left, however young it is (RFC 9260 5.1.5)", () => {
  const [before, after] = [seat(turn(4)), seat(turn(4), 0, 5_100)];
  const opened = after.jar.open(before.jar.seal(cookie, 5_000), 5_101);
  expect(opened).toEqual({ ...cookie, lifeMs: 100 }); // stale since 5,100
  const shortLived = { ...cookie, lifeMs: 30 };
  expect(after.jar.open(before.jar.seal(shortLived, 5_000), 5_101)).toEqual(shortLived);
  const own = { ...cookie, createdAtMs: 5_100 };
  expect(after.jar.open(after.jar.seal(own, 5_100), 5_101)).toEqual(own);
});
