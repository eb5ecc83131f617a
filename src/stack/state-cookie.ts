/**
 * The State Cookie: all that this side needs to know of an association that does not exist yet (RFC 9260 5.1.3).
 * Owns: its encoding, its MAC, the two secrets that sign it in turn, its life.
 * Does not own: what is made of a valid cookie (stack.ts), the INIT ACK that carries it (init-responder.ts).
 *
 * Layout, big endian: key id (1), flags (1), count of addresses, times, tags, TSNs, window, streams, ports, length of what
 * extensions saved, unused; the address that the INIT came from, the local address it came to, the peer's listed addresses; what
 * extensions saved, as TLVs whose types are their ids; HMAC-SHA-256 (32).
 */
import { type Capabilities, NO_CAPABILITIES } from "../association/model/capabilities.ts";
import { NOTHING_SAVED } from "../association/model/extension.ts";
import { equalInConstantTime } from "../base/constant-time.ts";
import { ByteBuilder } from "../chunks/byte-builder.ts";
import { padded, TlvCursor } from "../chunks/tlv.ts";
import { addressBytes, formatAddress } from "../platform/address.ts";
import type { HmacKey } from "../platform/hmac.ts";
import type { Platform } from "../platform/platform.ts";
import type { CookieSecrets, SharedPort } from "./shared-port.ts";

const MAC_BYTES = 32;
const NO_MAC = new Uint8Array(MAC_BYTES);
const FIXED_BYTES = 68;
/** Where the length stands of what extensions saved. */
const SAVED_LENGTH_AT = 58;
const SECRET_BYTES = 32;
const MAX_ZONE_LENGTH = 255;
/** Beside the length of an address: a zone stands behind it. */
const HAS_ZONE = 0x80;

/** The contents of a State Cookie. */
export interface StateCookie {
  readonly createdAtMs: number;
  readonly lifeMs: number;
  readonly localTag: number;
  readonly peerTag: number;
  readonly localTieTag: number;
  readonly peerTieTag: number;
  readonly localInitialTsn: number;
  readonly peerInitialTsn: number;
  readonly peerRwndBytes: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly localPort: number;
  readonly remotePort: number;
  readonly remoteUdpPort: number;
  /** Where the INIT came from, and so where the INIT ACK went. */
  readonly source: string;
  /** The local address that the INIT came to; may be a wildcard. */
  readonly localAddress: string;
  /** Further addresses that the INIT listed. */
  readonly addresses: readonly string[];
  /** What was agreed on by the INIT ACK that carries the cookie. */
  readonly capabilities: Capabilities;
}

export class CookieJar {
  readonly #platform: Platform;
  readonly #secretLifeMs: number;
  /** Two secrets take turns; an id beyond the current one's is one that has been forgotten. */
  #keys: [HmacKey, HmacKey];
  #keyId = 0;
  #rotateAtMs: number = Number.NaN;
  readonly #shared: SharedPort | undefined;
  #adopted: CookieSecrets | undefined;

  /**
   * @param secretLifeMs how long a secret signs before the next one does; it verifies for as long again
   * @param shared gives the secrets, and turns them, where several stacks must open one another's cookies
   */
  constructor(platform: Platform, secretLifeMs: number, shared?: SharedPort) {
    this.#platform = platform;
    this.#secretLifeMs = secretLifeMs;
    this.#shared = shared;
    this.#keys = [this.#newKey(), this.#newKey()];
  }

  seal(cookie: StateCookie, nowMs: number): Uint8Array {
    this.#rotate(nowMs);
    const out = new ByteBuilder();
    out
      .u8(this.#keyId)
      .u8(0)
      .u16(2 + cookie.addresses.length);
    out.f64(cookie.createdAtMs + (this.#shared?.clockOffsetMs ?? 0)).f64(cookie.lifeMs);
    out.u32(cookie.localTag).u32(cookie.peerTag).u32(cookie.localTieTag).u32(cookie.peerTieTag);
    out.u32(cookie.localInitialTsn).u32(cookie.peerInitialTsn).u32(cookie.peerRwndBytes);
    out.u16(cookie.outboundStreams).u16(cookie.inboundStreams);
    out.u16(cookie.localPort).u16(cookie.remotePort).u16(cookie.remoteUdpPort);
    out.u16(savedLength(cookie.capabilities)).u32(0).u32(0);
    saveAddress(out, cookie.source);
    saveAddress(out, cookie.localAddress);
    for (const address of cookie.addresses) saveAddress(out, address);
    save(out, cookie.capabilities);
    const macAt = out.length;
    const bytes = out.raw(NO_MAC).build();
    bytes.set(this.#key(this.#keyId).sign(bytes.subarray(0, macAt)), macAt);
    return bytes;
  }

  /** The contents of a cookie that this jar sealed; undefined for any other (RFC 9260 5.1.5 steps 1 and 2). */
  open(bytes: Uint8Array, nowMs: number): StateCookie | undefined {
    this.#rotate(nowMs);
    if (bytes.length < FIXED_BYTES + MAC_BYTES) return undefined;
    const macAt = bytes.length - MAC_BYTES;
    const keyId = bytes[0] ?? 0;
    if (keyId !== this.#keyId && keyId !== ((this.#keyId + 0xff) & 0xff)) return undefined;
    if (!equalInConstantTime(this.#key(keyId).sign(bytes.subarray(0, macAt)), bytes.subarray(macAt)))
      return undefined;
    const cookie = decode(bytes);
    return this.#shared === undefined ? cookie : inClockOf(this.#shared, cookie);
  }

  #key(id: number): HmacKey {
    return this.#keys[(id & 1) as 0 | 1];
  }

  #newKey(): HmacKey {
    const secret = new Uint8Array(SECRET_BYTES);
    this.#platform.random.fill(secret);
    return this.#platform.hmac.createKey(secret);
  }

  #adopt(secrets: CookieSecrets): void {
    if (secrets === this.#adopted) return;
    this.#adopted = secrets;
    this.#keyId = secrets.id;
    const [current, previous] = [secrets.current, secrets.previous].map((secret) =>
      this.#platform.hmac.createKey(secret),
    ) as [HmacKey, HmacKey];
    this.#keys = (secrets.id & 1) === 0 ? [current, previous] : [previous, current];
  }

  #rotate(nowMs: number): void {
    if (this.#shared !== undefined) return this.#adopt(this.#shared.cookieSecrets);
    if (Number.isNaN(this.#rotateAtMs)) this.#rotateAtMs = nowMs + this.#secretLifeMs;
    if (nowMs < this.#rotateAtMs) return;
    // Quiet for so long that both secrets are over: neither may verify any more.
    const both = nowMs >= this.#rotateAtMs + this.#secretLifeMs;
    this.#keyId = (this.#keyId + 1) & 0xff;
    this.#keys[(this.#keyId & 1) as 0 | 1] = this.#newKey();
    if (both) this.#keys[((this.#keyId + 1) & 1) as 0 | 1] = this.#newKey();
    this.#rotateAtMs = nowMs + this.#secretLifeMs;
  }
}

/** The MAC has been verified, so the layout can be relied on. */
function decode(bytes: Uint8Array): StateCookie {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const addresses: string[] = [];
  let at = FIXED_BYTES;
  for (let i = view.getUint16(2); i > 0; i--) {
    const form = view.getUint8(at++);
    const lengthBytes = (form & ~HAS_ZONE) === 16 ? 16 : 4;
    const zoneLength = (form & HAS_ZONE) === 0 ? 0 : view.getUint8(at++);
    const zoneAt = at + lengthBytes;
    let address = formatAddress(bytes, at, lengthBytes);
    for (let unit = 0; unit < zoneLength; unit++)
      address += String.fromCharCode(view.getUint16(zoneAt + 2 * unit));
    addresses.push(address);
    at = zoneAt + 2 * zoneLength;
  }
  const [source = "", localAddress = "", ...listed] = addresses;
  return {
    createdAtMs: view.getFloat64(4),
    lifeMs: view.getFloat64(12),
    localTag: view.getUint32(20),
    peerTag: view.getUint32(24),
    localTieTag: view.getUint32(28),
    peerTieTag: view.getUint32(32),
    localInitialTsn: view.getUint32(36),
    peerInitialTsn: view.getUint32(40),
    peerRwndBytes: view.getUint32(44),
    outboundStreams: view.getUint16(48),
    inboundStreams: view.getUint16(50),
    localPort: view.getUint16(52),
    remotePort: view.getUint16(54),
    remoteUdpPort: view.getUint16(56),
    source,
    localAddress,
    addresses: listed,
    capabilities: capabilitiesIn(bytes, at, at + view.getUint16(SAVED_LENGTH_AT)),
  };
}

/**
 * An address with its zone, which says on which link a link-local one is: length of the address (1), of the zone (1) if
 * there is one, the address, the zone in units of 16 bits, "%" included.
 */
function saveAddress(out: ByteBuilder, address: string): void {
  const bytes = addressBytes(address) ?? new Uint8Array(4);
  const percent = address.indexOf("%");
  if (percent === -1) {
    out.u8(bytes.length).raw(bytes);
    return;
  }
  const zone = address.slice(percent, percent + MAX_ZONE_LENGTH);
  out
    .u8(bytes.length | HAS_ZONE)
    .u8(zone.length)
    .raw(bytes);
  for (let i = 0; i < zone.length; i++) out.u16(zone.charCodeAt(i));
}

function save(out: ByteBuilder, { all }: Capabilities): void {
  const start = out.length;
  for (const { id, state } of all) out.pad(start).tlv(id, state);
}

/** The bytes that `save` writes. */
function savedLength({ all }: Capabilities): number {
  let bytes = 0;
  for (const { state } of all) bytes = padded(bytes) + 4 + state.length;
  return bytes;
}

function capabilitiesIn(bytes: Uint8Array, start: number, end: number): Capabilities {
  let capabilities = NO_CAPABILITIES;
  const cursor = new TlvCursor().bind(bytes, start, end);
  while (cursor.next()) {
    const state = cursor.lengthBytes === 4 ? NOTHING_SAVED : bytes.subarray(cursor.start + 4, cursor.end);
    capabilities = capabilities.with({ id: cursor.type, state });
  }
  return capabilities;
}

/** A cookie from before this stack began has lived until then: what came of it is gone (RFC 9260 5.1.5 step 4). */
function inClockOf({ clockOffsetMs, startedAtMs }: SharedPort, cookie: StateCookie): StateCookie {
  const createdAtMs = cookie.createdAtMs - clockOffsetMs;
  const lifeMs =
    createdAtMs < startedAtMs ? Math.min(cookie.lifeMs, startedAtMs - createdAtMs) : cookie.lifeMs;
  return { ...cookie, createdAtMs, lifeMs };
}
