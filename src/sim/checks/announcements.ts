/**
 * What an INIT or INIT ACK announces, as far as the checkers look.
 * Owns: reading it without the stack's codec. Does not own: what follows from it (packet-checker.ts).
 */

const I_DATA = 64;
const RE_CONFIG = 130;
const FORWARD_TSN = 192;
const I_FORWARD_TSN = 194;
const RANDOM = 0x8002;
const CHUNKS = 0x8003;
const HMAC_ALGO = 0x8004;
const FORWARD_TSN_SUPPORTED = 0xc000;
const SUPPORTED_EXTENSIONS = 0x8008;

/** Who announced a tag, its Initial TSN and its window. */
export interface Announcement {
  readonly host: string;
  readonly tag: number;
  readonly tsn: number;
  readonly rwnd: number;
  /** Knows FORWARD TSN. */
  readonly skips: boolean;
  /** Knows I-FORWARD-TSN. */
  readonly skipsInterleaved: boolean;
  /** Knows I-DATA. */
  readonly interleaves: boolean;
  /** Knows RE-CONFIG. */
  readonly reconfigures: boolean;
  /** Knows AUTH. */
  readonly authenticates: boolean;
  /** Chunk types that it takes only where they are authenticated. */
  readonly wantsAuthenticated: ReadonlySet<number>;
}

/** @param value of the chunk */
export function announcementIn(host: string, value: DataView): Announcement {
  const { parameterTypes, chunkTypes, wantsAuthenticated } = extensionsIn(value);
  return {
    host,
    tag: value.getUint32(0),
    rwnd: value.getUint32(4),
    tsn: value.getUint32(12),
    skips: parameterTypes.has(FORWARD_TSN_SUPPORTED) || chunkTypes.has(FORWARD_TSN),
    skipsInterleaved: chunkTypes.has(I_FORWARD_TSN),
    interleaves: chunkTypes.has(I_DATA),
    reconfigures: chunkTypes.has(RE_CONFIG),
    authenticates: parameterTypes.has(RANDOM) && parameterTypes.has(HMAC_ALGO),
    wantsAuthenticated,
  };
}

interface Extensions {
  readonly parameterTypes: Set<number>;
  readonly chunkTypes: Set<number>;
  readonly wantsAuthenticated: Set<number>;
}

function extensionsIn(value: DataView): Extensions {
  const wantsAuthenticated = new Set<number>();
  const parameterTypes = new Set<number>();
  const chunkTypes = new Set<number>();
  for (let at = 16; at + 4 <= value.byteLength; ) {
    const type = value.getUint16(at);
    const length = value.getUint16(at + 2);
    if (length < 4) break;
    parameterTypes.add(type);
    const listed =
      type === SUPPORTED_EXTENSIONS ? chunkTypes : type === CHUNKS ? wantsAuthenticated : undefined;
    if (listed !== undefined)
      for (let i = 4; i < length && at + i < value.byteLength; i++) listed.add(value.getUint8(at + i));
    at += Math.ceil(length / 4) * 4;
  }
  return { parameterTypes, chunkTypes, wantsAuthenticated };
}
