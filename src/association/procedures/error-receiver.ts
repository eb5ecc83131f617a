/**
 * ERROR chunks from the peer (RFC 9260 3.3.10).
 * Owns: how many of a packet are read, telling the user. Does not own: a Stale Cookie (setup.ts).
 */
import type { Chunk } from "../../chunks/chunk.ts";
import { ChunkType } from "../../chunks/codes.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import type { Path } from "../paths/path.ts";
import type { UserEvents } from "../reporting/user-events.ts";

const CHUNK_TYPES = [ChunkType.Error];

export interface ErrorReceiverParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly events: UserEvents;
}

export class ErrorReceiver implements ChunkHandler<Path> {
  readonly #parts: ErrorReceiverParts;
  #readCount = 0;

  constructor(parts: ErrorReceiverParts) {
    this.#parts = parts;
  }

  get chunkTypes(): readonly number[] {
    return CHUNK_TYPES;
  }

  /** Another packet is about to be read. */
  beginPacket(): void {
    this.#readCount = 0;
  }

  onChunk(chunk: Chunk): ChunkOutcome {
    if (chunk.kind !== "ERROR") return "continue";
    if (++this.#readCount > this.#parts.settings.options.maxErrorChunksPerPacket) {
      this.#parts.seat.countDrop("limit-reached", "more ERROR chunks in a packet than are read");
      return "skip";
    }
    this.#parts.events.remoteError(chunk.causes);
    return "continue";
  }
}
