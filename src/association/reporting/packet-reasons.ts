/**
 * Why an association sends a packet.
 * Owns: a sentence for each kind of chunk in it, from what has happened since the last one of that kind. Does not own: the decision,
 * which has been made (packets/packet-scheduler.ts), what the chunk says (src/trace). It is made only where somebody listens.
 */
import { uint16At, uint32At } from "../../base/network-order.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import { ChunkType, chunkTypeName, ParameterType } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { SackView } from "../../chunks/sack.ts";
import { TlvCursor } from "../../chunks/tlv.ts";
import type { Path } from "../paths/path.ts";
import type { RetransmitReason } from "../sending/loss-recovery.ts";

/** Timers whose expiry has something sent. Not T3-rtx: of that, each chunk that goes again is told. */
const SENDING_TIMERS: ReadonlySet<TimerName> = new Set([
  "T1-init",
  "T1-cookie",
  "T2-shutdown",
  "delayed-sack",
  "zero-window-probe",
  "T4-rto",
  "re-configuration",
]);
/** Why DATA goes again. */
const AGAIN: ReadonlyMap<RetransmitReason, string> = new Map([
  ["T3-rtx", "not acknowledged before T3-rtx expired (RFC 9260 6.3.3)"],
  ["fast-retransmit", "SACKs show that it is lost (RFC 9260 7.2.4, or by time RFC 8985 6.2)"],
  ["tail-loss-probe", "nothing has come for two round trips, and what is last may be lost (RFC 8985 7.3)"],
  ["rescheduled", "everything else waits for it, and it was sent on a slower path"],
]);
/** Chunks that go again when a timer expires, and what is said then. */
const REPEATED: Readonly<Record<number, readonly [TimerName, string]>> = {
  [ChunkType.Init]: ["T1-init", "not answered before T1-init expired, so it goes again (RFC 9260 5.1 A)"],
  [ChunkType.CookieEcho]: [
    "T1-cookie",
    "not answered before T1-cookie expired, so it goes again (RFC 9260 5.1 C)",
  ],
  [ChunkType.Shutdown]: [
    "T2-shutdown",
    "not answered before T2-shutdown expired, so it goes again (RFC 9260 9.2)",
  ],
  [ChunkType.ShutdownAck]: [
    "T2-shutdown",
    "not answered before T2-shutdown expired, so it goes again (RFC 9260 9.2)",
  ],
  [ChunkType.Asconf]: ["T4-rto", "not answered before T4-rto expired, so it goes again (RFC 5061 5.1 B)"],
};
const PLAIN: Readonly<Record<number, string>> = {
  [ChunkType.Init]: "the user asks for an association (RFC 9260 5.1 A)",
  [ChunkType.InitAck]: "answers an INIT, with all that must be known later in its cookie (RFC 9260 5.1 B)",
  [ChunkType.CookieEcho]: "returns the cookie of the INIT ACK (RFC 9260 5.1 C)",
  [ChunkType.CookieAck]: "the cookie is genuine (RFC 9260 5.1 D, 5.2.4)",
  [ChunkType.HeartbeatAck]: "answers a HEARTBEAT (RFC 9260 8.3)",
  [ChunkType.Abort]:
    "ends an association at once, or tells a stranger that there is none (RFC 9260 9.1, 8.4)",
  [ChunkType.Error]: "reports what was wrong with a packet (RFC 9260 3.3.10)",
  [ChunkType.Shutdown]: "the user ends the association, and all that was sent is acknowledged (RFC 9260 9.2)",
  [ChunkType.ShutdownAck]:
    "the peer ends the association, and all that was sent is acknowledged (RFC 9260 9.2)",
  [ChunkType.ShutdownComplete]: "answers a SHUTDOWN ACK: the association is over (RFC 9260 9.2, 8.5.1 C)",
  [ChunkType.ForwardTsn]: "messages were given up: the peer is not to wait for them (RFC 3758 3.5)",
  [ChunkType.IForwardTsn]: "messages were given up: the peer is not to wait for them (RFC 8260 2.3.1)",
  [ChunkType.Asconf]: "an address of this side changes (RFC 5061 5.1)",
  [ChunkType.AsconfAck]: "answers an ASCONF (RFC 5061 5.2)",
  [ChunkType.Auth]: "the peer takes what follows only if it is authenticated (RFC 4895 6.2)",
};
const FIRST_PARAMETER_AT = 4;
/** TSNs that are named, of those that go again in one packet. */
const MAX_NAMED_TSNS = 8;

/** The E and B bits, and the U bit (RFC 9260 3.3.1, RFC 8260 2.1). */
const WHOLE_FLAGS = 3;
const UNORDERED_FLAG = 4;
const DATA_HEADER_BYTES = 16;
const I_DATA_HEADER_BYTES = 20;

/** A chunk that holds a part of a message. */
export interface MessagePiece {
  readonly tsn: number;
  readonly streamId: number;
  readonly unordered: boolean;
  readonly bytes: number;
}

/** Why a packet goes that belongs to no association, or to one that has ended. */
export function reasonWithoutAssociation(chunkType: number): string {
  return `${chunkTypeName(chunkType)}: ${PLAIN[chunkType] ?? "the last word of an association"}`;
}

export class PacketReasons {
  /** Those that have expired, and nothing was sent for that yet. */
  readonly #expired: Set<TimerName> = new Set();
  /** The addresses whose path was idle for so long that it is tested. */
  readonly #idle: Set<string> = new Set();
  /** The TSNs that go again with the packet at hand. */
  readonly #repeated: Map<number, RetransmitReason> = new Map();
  readonly #cursor = new TlvCursor();

  onTimer(timer: TimerName, address: string | undefined): void {
    if (timer === "heartbeat" && address !== undefined) this.#idle.add(address);
    else if (SENDING_TIMERS.has(timer)) this.#expired.add(timer);
  }

  onRetransmit(tsn: number, reason: RetransmitReason): void {
    this.#repeated.set(tsn, reason);
  }

  /** What the packet at hand carries, for the first time, of messages that are too large for one chunk. To be asked before `of`. */
  newPieces(packet: Uint8Array): MessagePiece[] {
    const pieces: MessagePiece[] = [];
    const cursor = this.#cursor.bind(packet, COMMON_HEADER_BYTES, packet.length);
    while (cursor.next()) {
      const { chunkType, chunkFlags, start, lengthBytes } = cursor;
      if (chunkType !== ChunkType.Data && chunkType !== ChunkType.IData) continue;
      const tsn = uint32At(packet, start + 4);
      if ((chunkFlags & WHOLE_FLAGS) === WHOLE_FLAGS || this.#repeated.has(tsn)) continue;
      const headerBytes = chunkType === ChunkType.Data ? DATA_HEADER_BYTES : I_DATA_HEADER_BYTES;
      const unordered = (chunkFlags & UNORDERED_FLAG) !== 0;
      pieces.push({
        tsn,
        streamId: uint16At(packet, start + 8),
        unordered,
        bytes: lengthBytes - headerBytes,
      });
    }
    return pieces;
  }

  /** The reasons for the packet at hand, one for each kind of chunk; DATA that goes again has its own. */
  of(packet: Uint8Array, path: Path): string[] {
    const types = new Map<number, number[]>();
    const cursor = this.#cursor.bind(packet, COMMON_HEADER_BYTES, packet.length);
    while (cursor.next()) {
      const starts = types.get(cursor.chunkType);
      if (starts === undefined) types.set(cursor.chunkType, [cursor.start]);
      else starts.push(cursor.start);
    }
    const reasons: string[] = [];
    for (const [type, starts] of types) {
      for (const reason of this.#reasonsFor(type, starts, packet, types, path))
        reasons.push(`${chunkTypeName(type)}: ${reason}`);
    }
    this.#repeated.clear();
    return reasons;
  }

  #reasonsFor(
    type: number,
    starts: readonly number[],
    packet: Uint8Array,
    types: ReadonlyMap<number, unknown>,
    path: Path,
  ): readonly string[] {
    switch (type) {
      case ChunkType.Data:
      case ChunkType.IData:
        return this.#dataReasons(starts, packet);
      case ChunkType.Sack:
      case ChunkType.NrSack:
        return [this.#sackReason(packet, starts[0] ?? 0, types)];
      case ChunkType.Heartbeat:
        return [this.#heartbeatReason(types.has(ChunkType.Pad) ? packet.length : 0, path)];
      case ChunkType.ReConfig:
        return [this.#reConfigReason(uint16At(packet, (starts[0] ?? 0) + FIRST_PARAMETER_AT))];
      case ChunkType.Pad:
        return [];
      default: {
        const [timer, words] = REPEATED[type] ?? [];
        if (timer !== undefined && words !== undefined && this.#expired.delete(timer)) return [words];
        return [PLAIN[type] ?? "an extension asks for it"];
      }
    }
  }

  #dataReasons(starts: readonly number[], packet: Uint8Array): string[] {
    const again = new Map<RetransmitReason, number[]>();
    let newCount = 0;
    for (const start of starts) {
      const tsn = uint32At(packet, start + 4);
      const reason = this.#repeated.get(tsn);
      if (reason === undefined) newCount++;
      else again.set(reason, [...(again.get(reason) ?? []), tsn]);
    }
    const reasons: string[] = [];
    for (const [reason, words] of AGAIN) {
      const tsns = again.get(reason);
      if (tsns !== undefined) reasons.push(`${tsnsText(tsns)} again: ${words}`);
    }
    if (newCount > 0 && this.#expired.delete("zero-window-probe"))
      reasons.push("asks whether the peer's window is still closed (RFC 9260 6.1 A)");
    else if (newCount > 0) reasons.push("new, as the windows allow (RFC 9260 6.1)");
    return reasons;
  }

  #sackReason(packet: Uint8Array, start: number, types: ReadonlyMap<number, unknown>): string {
    const { gapBlockCount, duplicateCount } = new SackView().bind(packet, start, uint16At(packet, start + 2));
    if (gapBlockCount > 0) return "DATA is missing, which is told at once (RFC 9260 6.7)";
    if (duplicateCount > 0) return "DATA came twice, which is told at once (RFC 9260 6.2)";
    if (this.#expired.delete("delayed-sack"))
      return "DATA has waited for it as long as it may (RFC 9260 6.2)";
    return types.has(ChunkType.Data) || types.has(ChunkType.IData)
      ? "goes along with DATA, for all that has come (RFC 9260 6.1)"
      : "due: for every second packet with DATA, the first one, or one that asks for it (RFC 9260 6.2, 5.1)";
  }

  #heartbeatReason(probeBytes: number, { address, confirmed, stateName }: Path): string {
    const wasIdle = this.#idle.delete(address);
    if (probeBytes > 0) return `does a packet of ${probeBytes} bytes arrive? (RFC 8899 6.2.1.2)`;
    if (!confirmed) return "is the peer at this address? (RFC 9260 5.4)";
    if (stateName !== "active")
      return `the path is ${stateName}: does it answer again? (RFC 9260 8.3, RFC 7829 3.2)`;
    return wasIdle
      ? "nothing went on this path for a while: is it alive? (RFC 9260 8.3)"
      : "is the path alive? (RFC 9260 8.3)";
  }

  #reConfigReason(parameterType: number): string {
    if (parameterType === ParameterType.ReConfigResponse) return "answers a RE-CONFIG (RFC 6525 5.2)";
    return this.#expired.delete("re-configuration")
      ? "not answered or not done in time, so it goes again (RFC 6525 5.1.1)"
      : "the user asks for streams to begin anew, or for more of them (RFC 6525 5.1)";
  }
}

/** "TSN 5, 6". */
function tsnsText(tsns: readonly number[]): string {
  const more = tsns.length > MAX_NAMED_TSNS ? `, and ${tsns.length - MAX_NAMED_TSNS} more` : "";
  return `TSN ${tsns.slice(0, MAX_NAMED_TSNS).join(", ")}${more}`;
}
