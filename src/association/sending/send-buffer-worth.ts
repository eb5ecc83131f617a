/**
 * How large a send buffer the flow is worth.
 * Owns: that rule. Does not own: the buffer, when it grows and shrinks (outbound.ts, send-buffer-growth.ts), what it may grow to (options, model/growth-budget.ts).
 */
import type { PathSet } from "../paths/path-set.ts";
import type { PeerWindow } from "./peer-window.ts";

/**
 * What may be in flight on all paths, twice: while one half of it is, the user fills the other. No more than the peer has room for
 * is in flight, so that one that does not read makes nobody keep more for it.
 * @param isSplit all paths are used at once: what the fast ones deliver is kept until the slowest has delivered what was sent before
 */
export function sendBufferWorth(
  paths: Pick<PathSet, "all">,
  { advertisedBytes }: Pick<PeerWindow, "advertisedBytes">,
  isSplit: boolean = false,
): number {
  let slowestMs = 0;
  if (isSplit) for (const { rto } of paths.all) if (rto.srttMs > slowestMs) slowestMs = rto.srttMs; // NaN: not measured.
  let cwndBytes = 0;
  for (const { congestion, rto } of paths.all) {
    const isQuick = rto.srttMs > 0 && rto.srttMs < slowestMs;
    cwndBytes += congestion.cwndBytes * (isQuick ? slowestMs / rto.srttMs : 1);
  }
  return 2 * (cwndBytes < advertisedBytes ? Math.ceil(cwndBytes) : advertisedBytes);
}
