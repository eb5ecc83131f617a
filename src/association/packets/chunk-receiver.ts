/**
 * What an association does with the chunks of a packet that is known to be for it.
 * Owns: walking the packet, handing each chunk to the part whose business it is, unknown chunks (RFC 9260 3.2), and
 * what follows once the packet has been read to its end.
 * Does not own: checksum, tags and INITs (src/stack), what the parts do.
 *
 * Hot: DATA and SACK are read in place through views; everything else is decoded to plain objects.
 */

import type { DropReason } from "../../base/trace-sink.ts";
import type { Cause } from "../../chunks/causes.ts";
import { type Chunk, decodeChunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, chunkTypeName, unknownChunkAction } from "../../chunks/codes.ts";
import { ParseError } from "../../chunks/errors.ts";
import type { Scratch } from "../model/host.ts";
import { answersHeartbeats, isSettingUp, mayReceiveData, maySendData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { PathMonitor } from "../procedures/path-monitor.ts";
import type { Setup } from "../procedures/setup.ts";
import type { Teardown } from "../procedures/teardown.ts";
import type { SackVerdict } from "../sending/retransmission-queue.ts";
import type { Tcb } from "../tcb.ts";

/** What the wiring does for the receiver. */
export interface ReceiverOwner {
  readonly setup: Setup | undefined;
  drop(reason: DropReason, detail: string): void;
  abortWith(causes: readonly Cause[], detail: string): void;
  onPeerAbort(causes: readonly Cause[]): void;
  onRemoteError(causes: readonly Cause[]): void;
  onShutdownReceived(): void;
  onShutdownAck(path: Path): void;
  onShutdownComplete(): void;
  onAcknowledged(nowMs: number): void;
}

export class ChunkReceiver {
  readonly #tcb: Tcb;
  readonly #owner: ReceiverOwner;
  readonly #monitor: PathMonitor;
  readonly #teardown: Teardown;
  readonly #scratch: Scratch;
  #sawData = false;
  #unknownReported = 0;
  #errorsRead = 0;

  constructor(tcb: Tcb, owner: ReceiverOwner, monitor: PathMonitor, teardown: Teardown, scratch: Scratch) {
    this.#tcb = tcb;
    this.#owner = owner;
    this.#monitor = monitor;
    this.#teardown = teardown;
    this.#scratch = scratch;
  }

  /** Reads the chunks from `start` to the end of the datagram. */
  receive(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    path: Path,
    maxChunks: number,
    nowMs: number,
  ): void {
    const { cursor } = this.#scratch;
    this.#sawData = false;
    this.#unknownReported = 0;
    this.#errorsRead = 0;
    this.#tcb.control.beginReplies();
    cursor.bind(view, start, bytes.length);
    let count = 0;
    while (cursor.next()) {
      if (++count > maxChunks) {
        this.#owner.drop("limit-reached", "more chunks in a packet than are read");
        break;
      }
      const goOn = this.#chunk(bytes, view, cursor.start, cursor.lengthBytes, cursor.chunkType, path, nowMs);
      if (this.#tcb.state === "CLOSED") return;
      if (!goOn) break;
    }
    if (cursor.malformed) this.#owner.drop("malformed-chunk", "a chunk's length does not fit in the packet");
    this.#endOfPacket(path, nowMs);
  }

  /** @returns false to read no further in this packet */
  #chunk(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    lengthBytes: number,
    type: number,
    path: Path,
    nowMs: number,
  ): boolean {
    try {
      if (type === ChunkType.Data) return this.#onData(bytes, view, start, lengthBytes, path);
      if (type === ChunkType.Sack) return this.#onSack(view, start, lengthBytes, nowMs);
      if (!isKnown(type)) return this.#onUnknown(bytes, start, lengthBytes, type, path);
      return this.#onControl(decodeChunk(bytes, view, start, lengthBytes), path, nowMs);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#owner.drop("malformed-chunk", `${chunkTypeName(type)}: ${error.message}`);
      return true;
    }
  }

  #onData(bytes: Uint8Array, view: DataView, start: number, lengthBytes: number, path: Path): boolean {
    const tcb = this.#tcb;
    const chunk = this.#scratch.data.bind(view, start, lengthBytes);
    if (!mayReceiveData(tcb.state)) {
      this.#owner.drop("unexpected-chunk", `DATA in ${tcb.state}`); // 6
      return true;
    }
    if (chunk.payloadBytes === 0) {
      this.#owner.abortWith(
        [{ kind: "No User Data", code: CauseCode.NoUserData, tsn: chunk.tsn }],
        "DATA without user data",
      ); // 6.2
      return false;
    }
    this.#sawData = true;
    switch (tcb.inbound.onData(chunk, bytes)) {
      case "violation":
        this.#violation("fragments or stream sequence numbers contradict one another");
        return false;
      case "invalid-stream":
        this.#reportInvalidStream(chunk.streamId, path);
        return true;
      case "too-far-ahead":
        this.#owner.drop("tsn-out-of-window", `TSN ${chunk.tsn}`);
        return true;
      case "no-room":
        this.#owner.drop("receive-window-full", `TSN ${chunk.tsn}`);
        return true;
      default:
        return true;
    }
  }

  #onSack(view: DataView, start: number, lengthBytes: number, nowMs: number): boolean {
    const tcb = this.#tcb;
    // 6: in COOKIE-ECHOED they may be heeded; but a peer that restarts meanwhile must be sent everything again.
    if (!maySendData(tcb.state)) {
      this.#owner.drop("unexpected-chunk", `SACK in ${tcb.state}`); // 6
      return true;
    }
    const sack = this.#scratch.sack.bind(view, start, lengthBytes);
    return this.#acknowledged(tcb.outbound.onSack(sack, nowMs), nowMs);
  }

  #acknowledged(verdict: SackVerdict, nowMs: number): boolean {
    switch (verdict) {
      case "accepted":
        if (this.#tcb.outbound.sent.newlyAckedChunkCount > 0) this.#tcb.errorCount = 0; // 8.1
        this.#owner.onAcknowledged(nowMs);
        return true;
      case "stale":
        this.#owner.drop("stale-sack", "its Cumulative TSN Ack lies behind");
        return true;
      case "malformed":
        this.#owner.drop("invalid-sack", "its Gap Ack Blocks overlap or run backwards");
        return true;
      case "acks-unsent":
        this.#violation("a TSN was acknowledged that was never sent");
        return false;
    }
  }

  #onControl(chunk: Chunk, path: Path, nowMs: number): boolean {
    const tcb = this.#tcb;
    switch (chunk.kind) {
      case "HEARTBEAT":
        this.#onHeartbeat(chunk.parameters, chunk.info, path, nowMs);
        return true;
      case "HEARTBEAT ACK":
        this.#monitor.onHeartbeatAck(chunk.info, nowMs);
        return true;
      case "COOKIE ACK":
        this.#owner.setup?.onCookieAck(nowMs);
        return true;
      case "ABORT":
        this.#owner.onPeerAbort(chunk.causes);
        return false;
      case "ERROR":
        this.#onError(chunk.causes, nowMs);
        return true;
      case "SHUTDOWN":
        return this.#onShutdown(chunk.cumulativeTsnAck, path, nowMs);
      case "SHUTDOWN ACK":
        if (tcb.state === "SHUTDOWN-SENT" || tcb.state === "SHUTDOWN-ACK-SENT")
          this.#owner.onShutdownAck(path);
        return false;
      case "SHUTDOWN COMPLETE":
        if (tcb.state === "SHUTDOWN-ACK-SENT") this.#owner.onShutdownComplete();
        return false;
      default:
        this.#owner.drop("unexpected-chunk", `${chunk.kind} in ${tcb.state}`);
        return true;
    }
  }

  #onHeartbeat(parameters: Uint8Array, info: Uint8Array | undefined, path: Path, nowMs: number): void {
    const tcb = this.#tcb;
    if (!answersHeartbeats(tcb.state)) return;
    tcb.control.reply({ kind: "HEARTBEAT ACK", parameters, info }, path);
    // 5.1 C against 8.3: before the COOKIE ACK nothing may go out alone, so the answer rides behind the COOKIE ECHO.
    if (isSettingUp(tcb.state)) this.#owner.setup?.repeatCookieEcho(nowMs);
  }

  #onError(causes: readonly Cause[], nowMs: number): void {
    if (++this.#errorsRead > this.#tcb.options.maxErrorChunksPerPacket)
      return this.#owner.drop("limit-reached", "more ERROR chunks in a packet than are read");
    if (causes.some((cause) => cause.code === CauseCode.StaleCookie)) this.#owner.setup?.onStaleCookie(nowMs);
    if (this.#tcb.state !== "CLOSED") this.#owner.onRemoteError(causes);
  }

  #onShutdown(cumulativeTsnAck: number, path: Path, nowMs: number): boolean {
    const tcb = this.#tcb;
    if (isSettingUp(tcb.state)) return true; // 9.2: silently discarded
    if (maySendData(tcb.state)) {
      if (!this.#acknowledged(tcb.outbound.onCumulativeAck(cumulativeTsnAck, nowMs), nowMs)) return false;
    }
    if (this.#teardown.onShutdown(path, nowMs)) this.#owner.onShutdownReceived();
    if (tcb.state === "SHUTDOWN-ACK-SENT") this.#monitor.stop();
    return true;
  }

  /** RFC 9260 3.2, Table 2. */
  #onUnknown(bytes: Uint8Array, start: number, lengthBytes: number, type: number, path: Path): boolean {
    const action = unknownChunkAction(type);
    this.#owner.drop("unknown-chunk", chunkTypeName(type));
    if (action.report && this.#unknownReported < this.#tcb.options.maxUnrecognizedReported) {
      this.#unknownReported++;
      const chunk = bytes.slice(start, start + lengthBytes);
      const cause: Cause = { kind: "Unrecognized Chunk Type", code: CauseCode.UnrecognizedChunkType, chunk };
      if (maySendData(this.#tcb.state))
        this.#tcb.control.reply({ kind: "ERROR", causes: [cause] }, this.#tcb.replyPath(path));
    }
    return !action.stop;
  }

  #reportInvalidStream(streamId: number, path: Path): void {
    const tcb = this.#tcb;
    const cause: Cause = {
      kind: "Invalid Stream Identifier",
      code: CauseCode.InvalidStreamIdentifier,
      streamId,
    };
    tcb.control.reply({ kind: "ERROR", causes: [cause] }, tcb.replyPath(path));
  }

  /** The SACK policy decides once per packet, not per chunk. */
  #endOfPacket(path: Path, nowMs: number): void {
    const tcb = this.#tcb;
    if (this.#sawData) {
      tcb.sackPath = path;
      tcb.inbound.sackPolicy.onDataPacket(nowMs);
      if (tcb.state === "SHUTDOWN-SENT") this.#acknowledgeInShutdownSent(path, nowMs);
    } else if (tcb.state === "SHUTDOWN-SENT") {
      this.#teardown.onPacketInShutdownSent(nowMs);
    }
  }

  /** RFC 9260 9.2: a SHUTDOWN at once; a SACK beside it for what a cumulative ack cannot say: gaps, and the window. */
  #acknowledgeInShutdownSent(path: Path, nowMs: number): void {
    const { inbound } = this.#tcb;
    if (inbound.hasSackNews) inbound.sackPolicy.sendNow();
    else inbound.sackPolicy.onSackSent();
    this.#teardown.onDataInShutdownSent(path, nowMs);
  }

  #violation(information: string): void {
    const bytes = Uint8Array.from(information, (character) => character.charCodeAt(0));
    const cause: Cause = {
      kind: "Protocol Violation",
      code: CauseCode.ProtocolViolation,
      information: bytes,
    };
    this.#owner.abortWith([cause], information);
  }
}

/** Chunk types of RFC 9260; those of extensions count as known once they have been negotiated. */
function isKnown(type: number): boolean {
  return type <= ChunkType.CookieAck || type === ChunkType.ShutdownComplete;
}
