/**
 * What an association does with the chunks of a packet that is known to be for it.
 * Owns: walking the packet, handing each chunk to the parts whose business it is, unknown chunks (RFC 9260 3.2).
 * Does not own: checksum, tags and INITs (src/stack), what the parts do.
 *
 * Hot: DATA and SACK are read in place through views; everything else is decoded to plain objects.
 */
import type { Cause } from "../../chunks/causes.ts";
import { type Chunk, decodeChunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, chunkTypeName, unknownChunkAction } from "../../chunks/codes.ts";
import { ParseError } from "../../chunks/errors.ts";
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

export interface ChunkReceiverInit {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  readonly data: DataReceiver;
  readonly acknowledgements: Acknowledgements;
  readonly errorChunks: ErrorReceiver;
}

export class ChunkReceiver {
  readonly #seat: Seat;
  readonly #settings: Settings;
  readonly #lifecycle: Lifecycle;
  readonly #replyPaths: ReplyPaths;
  readonly #control: ControlQueue<Path>;
  readonly #data: DataReceiver;
  readonly #acknowledgements: Acknowledgements;
  readonly #errorChunks: ErrorReceiver;
  readonly #scratch: Scratch;
  #handlers: ReadonlyArray<ChunkHandler<Path>>;
  #unknownReported = 0;

  /** @param handlers the parts for all chunks but DATA and SACK; where two know a type, the first of them comes first */
  constructor(init: ChunkReceiverInit, handlers: ReadonlyArray<ChunkHandler<Path>>) {
    this.#seat = init.seat;
    this.#settings = init.settings;
    this.#lifecycle = init.lifecycle;
    this.#replyPaths = init.replyPaths;
    this.#control = init.control;
    this.#data = init.data;
    this.#acknowledgements = init.acknowledgements;
    this.#errorChunks = init.errorChunks;
    this.#scratch = init.seat.scratch;
    this.#handlers = handlers;
  }

  /** One more part that hears of its chunks, behind the others. */
  addHandler(handler: ChunkHandler<Path>): void {
    this.#handlers = this.#handlers.concat(handler);
  }

  removeHandler(handler: ChunkHandler<Path>): void {
    this.#handlers = this.#handlers.filter((other) => other !== handler);
  }

  /**
   * Reads the chunks from `start` to the end of the datagram.
   * @param source the path that it came on
   * @param maxChunks what lies behind so many is not read
   */
  receive(
    datagram: Uint8Array,
    view: DataView,
    start: number,
    source: Path,
    maxChunks: number,
    nowMs: number,
  ): void {
    const { cursor, data } = this.#scratch;
    this.#unknownReported = 0;
    this.#data.beginPacket();
    this.#errorChunks.beginPacket();
    this.#control.beginReplies();
    cursor.bind(view, start, datagram.length);
    let count = 0;
    while (cursor.next()) {
      if (++count > maxChunks) {
        this.#seat.countDrop("limit-reached", "more chunks in a packet than are read");
        break;
      }
      const { chunkType } = cursor;
      let outcome: ChunkOutcome = "continue";
      try {
        outcome =
          chunkType === ChunkType.Data
            ? this.#data.onData(data.bind(view, cursor.start, cursor.lengthBytes), datagram, source)
            : this.#onOther(datagram, view, source, nowMs);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        this.#seat.countDrop("malformed-chunk", `${chunkTypeName(chunkType)}: ${error.message}`);
      }
      if (this.#lifecycle.state === "CLOSED") return;
      if (outcome === "stop") break;
    }
    if (cursor.malformed)
      this.#seat.countDrop("malformed-chunk", "a chunk's length does not fit in the packet");
    this.#data.endPacket(source, nowMs);
  }

  /** The chunk that the cursor stands at; it is none of DATA. */
  #onOther(datagram: Uint8Array, view: DataView, source: Path, nowMs: number): ChunkOutcome {
    const { start, lengthBytes, chunkType } = this.#scratch.cursor;
    if (chunkType === ChunkType.Sack) return this.#onSack(view, start, lengthBytes, nowMs);
    if (!this.#isKnown(chunkType)) return this.#onUnknown(datagram, start, lengthBytes, chunkType, source);
    return this.#dispatch(decodeChunk(datagram, view, start, lengthBytes), chunkType, source, nowMs);
  }

  #onSack(view: DataView, start: number, lengthBytes: number, nowMs: number): ChunkOutcome {
    const { state } = this.#lifecycle;
    // 6: in COOKIE-ECHOED they may be heeded; but a peer that restarts meanwhile must be sent everything again.
    if (!maySendData(state)) {
      this.#seat.countDrop("unexpected-chunk", `SACK in ${state}`); // 6
      return "continue";
    }
    return this.#acknowledgements.onSack(this.#scratch.sack.bind(view, start, lengthBytes), nowMs);
  }

  #dispatch(chunk: Chunk, type: number, source: Path, nowMs: number): ChunkOutcome {
    let isHandled = false;
    for (const handler of this.#handlers) {
      if (!handler.chunkTypes.includes(type)) continue;
      isHandled = true;
      const outcome = handler.onChunk(chunk, source, nowMs);
      if (outcome === "stop" || this.#lifecycle.state === "CLOSED") return "stop";
    }
    if (!isHandled) this.#seat.countDrop("unexpected-chunk", `${chunk.kind} in ${this.#lifecycle.state}`);
    return "continue";
  }

  /** Chunk types of RFC 9260, and those of the extensions that have been agreed on. */
  #isKnown(type: number): boolean {
    return (
      type <= ChunkType.CookieAck ||
      type === ChunkType.ShutdownComplete ||
      this.#handlers.some(({ chunkTypes }) => chunkTypes.includes(type))
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
    this.#seat.countDrop("unknown-chunk", chunkTypeName(type));
    const mayReport = this.#unknownReported < this.#settings.options.maxUnrecognizedReported;
    if (action.report && mayReport) {
      this.#unknownReported++;
      const chunk = datagram.slice(start, start + lengthBytes);
      const cause: Cause = { kind: "Unrecognized Chunk Type", code: CauseCode.UnrecognizedChunkType, chunk };
      if (maySendData(this.#lifecycle.state))
        this.#control.reply({ kind: "ERROR", causes: [cause] }, this.#replyPaths.to(source));
    }
    return action.stop ? "stop" : "continue";
  }
}
