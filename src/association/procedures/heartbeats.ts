/**
 * Path heartbeats and path verification (RFC 9260 8.3, 5.4).
 * Owns: when a path is due for a HEARTBEAT, what the HEARTBEAT says, and whether an answer is genuine.
 * Does not own: error counts and path states (path-set.ts), the sending.
 */
import { addressBytes } from "../../platform/address.ts";
import type { RandomSource } from "../../platform/random.ts";
import type { Path } from "../paths/path.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Nonce (8), time (8), destination address (16). */
const INFO_BYTES = 32;
/** A HEARTBEAT of ours: chunk header, parameter header, info. */
export const HEARTBEAT_BYTES = 8 + INFO_BYTES;

/**
 * Sets the next deadline of a path: one RTO, jittered by half of it either way, plus HB.interval. A path that is potentially
 * failed is probed once per RTO, unless its heartbeats are off (RFC 7829 3.2-5).
 */
export function scheduleHeartbeat(path: Path, random: RandomSource, nowMs: number): void {
  if (path.heartbeatIntervalMs === 0 || !path.heartbeatEnabled) {
    path.heartbeatDeadlineMs = NEVER;
    return;
  }
  if (path.isPotentiallyFailed) {
    path.heartbeatDeadlineMs = nowMs + path.rto.rtoMs;
    return;
  }
  const jitter = 0.5 + random.uint32() / 0x1_0000_0000;
  path.heartbeatDeadlineMs = nowMs + path.heartbeatIntervalMs + path.rto.rtoMs * jitter;
}

/** Whether DATA has measured the path within the current heartbeat period: it is not idle then. */
export function isIdle(path: Path, nowMs: number): boolean {
  return nowMs - path.lastDataSentMs >= path.heartbeatIntervalMs || !path.usable;
}

/** HEARTBEATs are about to go out on a path: notes what a genuine answer must carry. */
export function beginHeartbeat(path: Path, random: RandomSource, nowMs: number): void {
  path.heartbeatNonceHigh = random.uint32();
  path.heartbeatNonceLow = random.uint32();
  path.heartbeatSentAtMs = nowMs;
  path.heartbeatOutstanding = true;
  path.heartbeatAckDeadlineMs = nowMs + path.rto.rtoMs;
}

/** The Heartbeat Info for a path. @param source the number of the local address that it leaves from, told by the nonce */
export function heartbeatInfo(path: Path, source: number): Uint8Array {
  const info = new Uint8Array(INFO_BYTES);
  const view = new DataView(info.buffer);
  view.setUint32(0, path.heartbeatNonceHigh);
  view.setUint32(4, path.heartbeatNonceLow + source);
  view.setFloat64(8, path.heartbeatSentAtMs);
  const address = addressBytes(path.address) ?? new Uint8Array(0);
  info.set(address, INFO_BYTES - address.length);
  return info;
}

/** Whether `info` is the answer to the HEARTBEAT from that source that is outstanding on `path`. */
export function answersHeartbeat(path: Path, info: Uint8Array, source: number): boolean {
  if (!path.heartbeatOutstanding || info.length !== INFO_BYTES) return false;
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const low = (path.heartbeatNonceLow + source) >>> 0;
  return view.getUint32(0) === path.heartbeatNonceHigh && view.getUint32(4) === low;
}

/** Stops all heartbeating on a path (RFC 9260 8.3: after SHUTDOWN or SHUTDOWN ACK was sent). */
export function stopHeartbeats(path: Path): void {
  path.heartbeatDeadlineMs = NEVER;
  path.heartbeatAckDeadlineMs = NEVER;
  path.heartbeatOutstanding = false;
}
