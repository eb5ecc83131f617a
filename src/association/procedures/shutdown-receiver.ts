/**
 * SHUTDOWN, SHUTDOWN ACK and SHUTDOWN COMPLETE from the peer (RFC 9260 9.2).
 * Owns: in which states each of them counts. Does not own: what follows (shutdown.ts, termination.ts), the acknowledgement in
 * a SHUTDOWN (acknowledgements.ts).
 */
import type { Chunk } from "../../chunks/chunk.ts";
import { ChunkType } from "../../chunks/codes.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Seat } from "../model/seat.ts";
import { isSettingUp, maySendData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { UserEvents } from "../reporting/user-events.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { Shutdown } from "./shutdown.ts";
import type { Termination } from "./termination.ts";

const CHUNK_TYPES = [ChunkType.Shutdown, ChunkType.ShutdownAck, ChunkType.ShutdownComplete];

export interface ShutdownReceiverParts {
  readonly seat: Seat;
  readonly replyPaths: ReplyPaths;
  readonly lifecycle: Lifecycle;
  readonly acknowledgements: Acknowledgements;
  readonly shutdown: Shutdown;
  readonly termination: Termination;
  readonly events: UserEvents;
}

export class ShutdownReceiver implements ChunkHandler<Path> {
  readonly #parts: ShutdownReceiverParts;

  constructor(parts: ShutdownReceiverParts) {
    this.#parts = parts;
  }

  get chunkTypes(): readonly number[] {
    return CHUNK_TYPES;
  }

  onChunk(chunk: Chunk, source: Path, nowMs: number): ChunkOutcome {
    const { lifecycle, replyPaths, seat } = this.#parts;
    const { state } = lifecycle;
    switch (chunk.kind) {
      case "SHUTDOWN":
        return this.#onShutdown(chunk.cumulativeTsnAck, source, nowMs);
      case "SHUTDOWN ACK":
        if (state === "SHUTDOWN-SENT" || state === "SHUTDOWN-ACK-SENT")
          this.#parts.termination.completeShutdown(replyPaths.routeTo(source, seat.scratch.cameTo));
        return "stop";
      case "SHUTDOWN COMPLETE":
        if (state === "SHUTDOWN-ACK-SENT") this.#parts.termination.end({ kind: "shutdown" });
        return "stop";
      default:
        return "continue";
    }
  }

  #onShutdown(cumulativeTsnAck: number, source: Path, nowMs: number): ChunkOutcome {
    const { state } = this.#parts.lifecycle;
    if (isSettingUp(state)) return "continue"; // 9.2: silently discarded
    if (maySendData(state)) {
      const outcome = this.#parts.acknowledgements.onCumulativeAck(cumulativeTsnAck, nowMs);
      if (outcome === "stop") return outcome;
    }
    if (this.#parts.shutdown.onShutdown(source, nowMs)) this.#parts.events.shutdownReceived();
    return "continue";
  }
}
