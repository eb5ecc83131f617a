/**
 * DATA and I-DATA chunks from the peer (RFC 9260 6.2, RFC 8260 2.2.3).
 * Owns: in which states they count, what is answered to one that cannot be taken, what follows at the end of a packet that
 * brought some. Does not own: what becomes of the data, and when it is acknowledged (src/association/receiving).
 *
 * Hot: a chunk is read in place, through a view that is bound anew for each.
 */
import type { Cause } from "../../chunks/causes.ts";
import { CauseCode } from "../../chunks/codes.ts";
import type { DataChunkView } from "../../chunks/data.ts";
import type { ChunkOutcome } from "../model/chunk-handler.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Seat } from "../model/seat.ts";
import { mayReceiveData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { Shutdown } from "../procedures/shutdown.ts";
import type { Termination } from "../procedures/termination.ts";
import type { Inbound } from "../receiving/inbound.ts";

export interface DataReceiverParts {
  readonly seat: Seat;
  readonly lifecycle: Lifecycle;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  readonly inbound: Inbound;
  readonly shutdown: Shutdown;
  readonly termination: Termination;
}

export class DataReceiver {
  readonly #parts: DataReceiverParts;
  #sawData = false;

  constructor(parts: DataReceiverParts) {
    this.#parts = parts;
  }

  beginPacket(): void {
    this.#sawData = false;
  }

  /** Something in the packet at hand is acknowledged as DATA is. */
  countAsData(): void {
    this.#sawData = true;
  }

  /**
   * @param datagram what the view is bound to
   * @param isIData which of the two chunks it is
   */
  onData(chunk: DataChunkView, datagram: Uint8Array, source: Path, isIData: boolean): ChunkOutcome {
    if (!mayReceiveData(this.#parts.lifecycle.state)) {
      this.#parts.seat.countDrop("unexpected-chunk", `${nameOf(isIData)} in ${this.#parts.lifecycle.state}`); // 6
      return "continue";
    }
    if (isIData !== this.#parts.inbound.isInterleaved) {
      this.#parts.termination.abortForViolation(`${nameOf(isIData)} is not what was agreed on`); // RFC 8260 2.2.3
      return "stop";
    }
    if (chunk.payloadBytes === 0) {
      const cause: Cause = { kind: "No User Data", code: CauseCode.NoUserData, tsn: chunk.tsn };
      this.#parts.termination.abortWith([cause], `${nameOf(isIData)} without user data`); // 6.2
      return "stop";
    }
    this.#sawData = true;
    switch (this.#parts.inbound.onData(chunk, datagram)) {
      case "violation":
        this.#parts.termination.abortForViolation(
          "fragments or stream sequence numbers contradict one another",
        );
        return "stop";
      case "invalid-stream":
        this.#reportInvalidStream(chunk.streamId, source);
        break;
      case "too-far-ahead":
        this.#parts.seat.countDrop("tsn-out-of-window", `TSN ${chunk.tsn}`);
        return "continue";
      case "no-room":
        this.#parts.seat.countDrop("receive-window-full", `TSN ${chunk.tsn}`);
        return "continue";
      case "completed":
        this.#parts.seat.scratch.arrivals.reassembledMessages++;
        break;
      case "duplicate":
        return "continue";
    }
    const { arrivals } = this.#parts.seat.scratch;
    if (chunk.isUnordered) arrivals.unorderedChunks++;
    else arrivals.orderedChunks++;
    return "continue";
  }

  /** The packet has been read to its end: the SACK policy decides once per packet, not per chunk. */
  endPacket(source: Path, nowMs: number): void {
    const isShutdownSent = this.#parts.lifecycle.state === "SHUTDOWN-SENT";
    if (this.#sawData) {
      this.#parts.replyPaths.onData(source, this.#parts.seat.scratch.cameTo);
      this.#parts.inbound.sackPolicy.onDataPacket(nowMs);
      if (isShutdownSent) this.#parts.shutdown.onDataInShutdownSent(source, nowMs);
    } else if (isShutdownSent) {
      this.#parts.shutdown.onPacketInShutdownSent(nowMs);
    }
  }

  #reportInvalidStream(streamId: number, source: Path): void {
    const cause: Cause = {
      kind: "Invalid Stream Identifier",
      code: CauseCode.InvalidStreamIdentifier,
      streamId,
    };
    const { control, replyPaths, seat } = this.#parts;
    const path = replyPaths.to(source);
    control.reply(
      { kind: "ERROR", causes: [cause] },
      path,
      replyPaths.leavesFrom(path, source, seat.scratch.cameTo),
    );
  }
}

function nameOf(isIData: boolean): string {
  return isIData ? "I-DATA" : "DATA";
}
