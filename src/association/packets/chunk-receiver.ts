/**
 * What an association does with the chunks of a packet that is known to be for it.
 * Owns: walking the packet, handing each chunk to the parts whose business it is, unknown chunks (RFC 9260 3.2).
 * Does not own: checksum, tags and INITs (src/stack), what the parts do.
 *
 * Hot: DATA, I-DATA, SACK and NR-SACK are read in place through views; everything else is decoded to plain objects.
 */
import type { Cause } from "../../chunks/causes.ts";
import { type Chunk, decodeChunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, chunkTypeName, unknownChunkAction } from "../../chunks/codes.ts";
import { ParseError } from "../../chunks/errors.ts";
import { bindIData } from "../../chunks/i-data.ts";
import type { ExtensionHost } from "../extensions/association-extension.ts";
import type { ExtensionsAtWork } from "../extensions/extensions-at-work.ts";
import { ExtensionId } from "../model/capabilities.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Scratch } from "../model/scratch.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import { maySendData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { Acknowledgements } from "../procedures/acknowledgements.ts";
import type { ErrorReceiver } from "../procedures/error-receiver.ts";
import type { DataReceiver } from "./data-receiver.ts";

export interface ChunkReceiverParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  readonly data: DataReceiver;
  /** Asked anew each time: another agreement brings another. */
  readonly extensions: Pick<ExtensionsAtWork, "sharedHandlerOf" | "authentication" | "capabilities">;
  readonly extensionHost: ExtensionHost;
  readonly acknowledgements: Acknowledgements;
  readonly errorChunks: ErrorReceiver;
  readonly monitor: ChunkHandler<Path>;
  readonly termination: ChunkHandler<Path>;
  readonly shutdownChunks: ChunkHandler<Path>;
}

/** The parts of every association for all chunks but DATA and SACK. By name: a list of their own would cost each memory. */
const HANDLERS = ["monitor", "termination", "errorChunks", "shutdownChunks"] as const;
const NO_HANDLERS: readonly never[] = [];

export class ChunkReceiver {
  readonly #parts: ChunkReceiverParts;
  readonly #scratch: Scratch;
  /** Beyond those that every association has. */
  #moreHandlers: ReadonlyArray<ChunkHandler<Path>> = NO_HANDLERS;
  #unknownReported = 0;

  constructor(parts: ChunkReceiverParts) {
    this.#parts = parts;
    this.#scratch = parts.seat.scratch;
  }

  /** One more part that hears of its chunks, behind the others. */
  addHandler(handler: ChunkHandler<Path>): void {
    this.#moreHandlers = this.#moreHandlers.concat(handler);
  }

  removeHandler(handler: ChunkHandler<Path>): void {
    this.#moreHandlers = this.#moreHandlers.filter((other) => other !== handler);
  }

  /**
   * Reads the chunks from `start` to the end of the datagram.
   * @param source the path that it came on
   * @param maxChunks what lies behind so many is not read
   * @param isAuthenticated by an AUTH chunk before `start` (RFC 4895 6.3)
   */
  receive(
    datagram: Uint8Array,
    start: number,
    source: Path,
    maxChunks: number,
    nowMs: number,
    isAuthenticated = false,
  ): void {
    const { authentication } = this.#parts.extensions;
    authentication?.beginPacket(isAuthenticated);
    const { cursor, data } = this.#scratch;
    this.#unknownReported = 0;
    this.#parts.data.beginPacket();
    this.#parts.errorChunks.beginPacket();
    this.#parts.control.beginReplies();
    cursor.bind(datagram, start, datagram.length);
    let count = 0;
    while (cursor.next()) {
      if (++count > maxChunks) {
        this.#parts.seat.countDrop("limit-reached", "more chunks in a packet than are read");
        break;
      }
      const { chunkType } = cursor;
      let outcome: ChunkOutcome = "continue";
      try {
        if (authentication !== undefined) outcome = authentication.review(datagram, cursor.start, source);
        if (outcome !== "continue") {
          if (outcome === "stop") break;
          continue;
        }
        outcome =
          chunkType === ChunkType.Data
            ? this.#parts.data.onData(
                data.bind(datagram, cursor.start, cursor.lengthBytes),
                datagram,
                source,
                false,
              )
            : this.#onOther(datagram, source, nowMs);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        this.#parts.seat.countDrop("malformed-chunk", `${chunkTypeName(chunkType)}: ${error.message}`);
      }
      if (this.#parts.lifecycle.state === "CLOSED") return;
      if (outcome === "stop") break;
    }
    if (cursor.malformed)
      this.#parts.seat.countDrop("malformed-chunk", "a chunk's length does not fit in the packet");
    this.#parts.data.endPacket(source, nowMs);
  }

  /** The chunk that the cursor stands at; it is none of DATA. */
  #onOther(datagram: Uint8Array, source: Path, nowMs: number): ChunkOutcome {
    const { start, lengthBytes, chunkType } = this.#scratch.cursor;
    if (chunkType === ChunkType.IData) {
      const chunk = bindIData(this.#scratch.data, datagram, start, lengthBytes);
      return this.#parts.data.onData(chunk, datagram, source, true);
    }
    this.#scratch.arrivals.controlChunks++;
    if (chunkType === ChunkType.Sack || (chunkType === ChunkType.NrSack && this.#knowsNrSack))
      return this.#onSack(datagram, start, lengthBytes, nowMs);
    if (chunkType === ChunkType.Pad) return "continue"; // RFC 4820 3: whatever it says, it means nothing.
    if (!this.#isKnown(chunkType)) return this.#onUnknown(datagram, start, lengthBytes, chunkType, source);
    return this.#dispatch(decodeChunk(datagram, start, lengthBytes), chunkType, source, nowMs);
  }

  /** Whether both sides have agreed on it (draft-tuexen-tsvwg-sctp-multipath 4.1). */
  get #knowsNrSack(): boolean {
    return this.#parts.extensions.capabilities.has(ExtensionId.NonRenegableSack);
  }

  #onSack(datagram: Uint8Array, start: number, lengthBytes: number, nowMs: number): ChunkOutcome {
    const { state } = this.#parts.lifecycle;
    // 6: in COOKIE-ECHOED they may be heeded; but a peer that restarts meanwhile must be sent everything again.
    if (!maySendData(state)) {
      this.#parts.seat.countDrop("unexpected-chunk", `${chunkTypeName(datagram[start] ?? 0)} in ${state}`);
      return "continue";
    }
    return this.#parts.acknowledgements.onSack(this.#scratch.sack.bind(datagram, start, lengthBytes), nowMs);
  }

  #dispatch(chunk: Chunk, type: number, source: Path, nowMs: number): ChunkOutcome {
    let isHandled = false;
    for (let i = 0; ; i++) {
      const handler = this.#handlerAt(i);
      if (handler === undefined) break;
      if (!handler.chunkTypes.includes(type)) continue;
      isHandled = true;
      const outcome = handler.onChunk(chunk, source, nowMs);
      if (outcome === "stop" || this.#parts.lifecycle.state === "CLOSED") return "stop";
      if (outcome === "skip") break;
    }
    const shared = isHandled ? undefined : this.#parts.extensions.sharedHandlerOf(type);
    if (shared !== undefined) return shared.onChunk(chunk, this.#parts.extensionHost, source, nowMs);
    if (!isHandled)
      this.#parts.seat.countDrop("unexpected-chunk", `${chunk.kind} in ${this.#parts.lifecycle.state}`);
    return "continue";
  }

  /** In the order in which they are asked; undefined behind the last one. */
  #handlerAt(index: number): ChunkHandler<Path> | undefined {
    const name = HANDLERS[index];
    return name === undefined ? this.#moreHandlers[index - HANDLERS.length] : this.#parts[name];
  }

  /** Chunk types of RFC 9260, and those of the extensions that have been agreed on. */
  #isKnown(type: number): boolean {
    return (
      type <= ChunkType.CookieAck ||
      type === ChunkType.ShutdownComplete ||
      this.#moreHandlers.some(({ chunkTypes }) => chunkTypes.includes(type)) ||
      this.#parts.extensions.sharedHandlerOf(type) !== undefined
    );
  }

  /** RFC 9260 3.2, Table 2. */
  #onUnknown(
    datagram: Uint8Array,
    start: number,
    lengthBytes: number,
    type: number,
    source: Path,
  ): ChunkOutcome {
    const action = unknownChunkAction(type);
    this.#parts.seat.countDrop("unknown-chunk", chunkTypeName(type));
    const mayReport = this.#unknownReported < this.#parts.settings.options.maxUnrecognizedReported;
    if (action.report && mayReport) {
      this.#unknownReported++;
      const chunk = datagram.slice(start, start + lengthBytes);
      const cause: Cause = { kind: "Unrecognized Chunk Type", code: CauseCode.UnrecognizedChunkType, chunk };
      const { control, replyPaths, lifecycle } = this.#parts;
      const path = replyPaths.to(source);
      const localAddress = replyPaths.leavesFrom(path, source, this.#scratch.cameTo);
      if (maySendData(lifecycle.state)) control.reply({ kind: "ERROR", causes: [cause] }, path, localAddress);
    }
    return action.stop ? "stop" : "continue";
  }
}
