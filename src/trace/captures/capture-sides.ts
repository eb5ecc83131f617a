/**
 * Who is who in a capture that was made by neither side.
 * Owns: which of an association's two sides sent a packet: by its verification tag, and by its addresses where the tag is not known.
 * Does not own: what the packets say (explain.ts).
 */
import { uint32At } from "../../base/network-order.ts";
import { ChunkType } from "../../chunks/codes.ts";
import {
  COMMON_HEADER_BYTES,
  destinationPort,
  sourcePort,
  verificationTag,
} from "../../chunks/common-header.ts";
import type { Direction } from "../watcher.ts";
import type { CapturedPacket } from "./read-capture.ts";

/** Tags, and pairs of addresses and ports, that are remembered: a capture may be of days. */
const MAX_REMEMBERED = 4_096;
const INITIATE_TAG_AT = COMMON_HEADER_BYTES + 4;
const REFLECTED_TAG_FLAG = 1;

/** Finds, packet after packet, who sent it: "sent" means the side that was seen first. */
export class CaptureSides {
  /** By the tag that its packets carry, which side sends them. */
  readonly #byTag: Map<number, Direction>;
  readonly #byPair: Map<string, Direction>;

  constructor() {
    this.#byTag = new Map();
    this.#byPair = new Map();
  }

  sideOf({
    bytes,
    source,
    destination,
  }: Pick<CapturedPacket, "bytes" | "source" | "destination">): Direction {
    if (bytes.length < COMMON_HEADER_BYTES) return "sent";
    const from = `${source.address} ${sourcePort(bytes)}`;
    const to = `${destination.address} ${destinationPort(bytes)}`;
    const tag = verificationTag(bytes);
    const isReflected = isTagReflected(bytes);
    const byTag = this.#byTag.get(tag);
    const side =
      (isReflected && byTag !== undefined ? otherSide(byTag) : byTag) ??
      this.#byPair.get(`${from} ${to}`) ??
      "sent";
    remember(this.#byPair, `${from} ${to}`, side);
    remember(this.#byPair, `${to} ${from}`, otherSide(side));
    // An INIT carries no tag of its own; it and its answer announce the other side's.
    if (tag !== 0 && !isReflected) remember(this.#byTag, tag, side);
    const announced = announcedTag(bytes);
    if (announced !== undefined) remember(this.#byTag, announced, otherSide(side));
    return side;
  }
}

function otherSide(side: Direction): Direction {
  return side === "sent" ? "received" : "sent";
}

/** The tag that packets to the sender of an INIT or INIT ACK carry. */
export function announcedTag(bytes: Uint8Array): number | undefined {
  const type = bytes[COMMON_HEADER_BYTES];
  if (type !== ChunkType.Init && type !== ChunkType.InitAck) return undefined;
  return bytes.length < INITIATE_TAG_AT + 4 ? undefined : uint32At(bytes, INITIATE_TAG_AT);
}

/** The T bit: the packet carries the tag of the direction that it answers (RFC 9260 8.5.1 B, C). */
export function isTagReflected(bytes: Uint8Array): boolean {
  const type = bytes[COMMON_HEADER_BYTES];
  if (type !== ChunkType.Abort && type !== ChunkType.ShutdownComplete) return false;
  return ((bytes[COMMON_HEADER_BYTES + 1] ?? 0) & REFLECTED_TAG_FLAG) !== 0;
}

function remember<K>(map: Map<K, Direction>, key: K, side: Direction): void {
  map.set(key, side);
  if (map.size <= MAX_REMEMBERED) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
