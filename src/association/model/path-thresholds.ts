/**
 * How many consecutive errors of a path are too many for what (RFC 9260 8.2, RFC 7829 3.2, 5).
 * Owns: the shape, which the options of an association have, so that paths without thresholds of their own share those; what is
 * left of a path's own when the options change. Does not own: what exceeding one means (src/association/paths).
 */

export interface PathThresholds {
  /** Path.Max.Retrans: beyond it the path is inactive. */
  readonly pathMaxRetrans: number;
  /** PotentiallyFailed.Max.Retrans: beyond it the path is suspected; NEVER_EXCEEDED turns quick failover off. */
  readonly potentiallyFailedMaxRetrans: number;
  /** Primary.Switchover.Max.Retrans: beyond it the path is the primary no longer; NEVER_EXCEEDED: it stays it. */
  readonly primarySwitchoverMaxRetrans: number;
}

/** A path's own thresholds stay unless the same option has changed. */
export function thresholdsAfter(
  own: PathThresholds,
  options: PathThresholds,
  before: PathThresholds,
): PathThresholds {
  if (own === before) return options;
  const kept = (name: keyof PathThresholds): number =>
    options[name] === before[name] ? own[name] : options[name];
  return {
    pathMaxRetrans: kept("pathMaxRetrans"),
    potentiallyFailedMaxRetrans: kept("potentiallyFailedMaxRetrans"),
    primarySwitchoverMaxRetrans: kept("primarySwitchoverMaxRetrans"),
  };
}
