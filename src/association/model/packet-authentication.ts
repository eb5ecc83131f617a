/**
 * The seam between the packets of an association and whoever authenticates them (RFC 4895).
 * Owns: its shape. Does not own: what is behind it (src/association/extensions/authentication.ts), the walk over a packet
 * (src/association/packets), the AUTH chunk in its place (src/chunks/auth.ts).
 *
 * There is none unless both sides have agreed on it. Other extensions ask here whether a chunk at hand is the peer's own word
 * (`isAuthenticated`), and whether either side has asked for that (`mustBeAuthenticated`, `requires`).
 */
import type { PacketSigner } from "../../chunks/auth.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import type { ChunkOutcome } from "./chunk-handler.ts";

/** @typeParam P the path that a packet came on */
export interface PacketAuthentication<P> extends PacketSigner {
  /** Whether this side takes chunks of the type only where they are authenticated. */
  mustBeAuthenticated(chunkType: number): boolean;
  /** Whether the chunk at hand stands behind an AUTH chunk that is right. */
  readonly isAuthenticated: boolean;

  /** A packet is about to be read. @param isAuthenticated by an AUTH chunk before the place where that begins */
  beginPacket(isAuthenticated: boolean): void;
  /**
   * A chunk of it, before anybody else sees it: "skip" where it goes no further, "stop" where nothing behind it does either.
   * What is dropped has been counted.
   */
  review(packet: Uint8Array, start: number, source: P): ChunkOutcome;
  /** Whether the AUTH chunk at `authAt` is right, for a packet that has not been given to the association yet. */
  accepts(packet: Uint8Array, authAt: number): boolean;

  /** Packets are about to be asked for: the time to say that a key is used no more. */
  reviewKeys(): void;
  /** The chunks of a packet of their own, behind an AUTH chunk if the peer wants that. */
  covered(chunks: readonly Chunk[]): readonly Chunk[];

  /** Chunk types that this side, and the peer, have asked for. */
  readonly ourChunkTypes: readonly number[];
  readonly peerChunkTypes: readonly number[];
}
