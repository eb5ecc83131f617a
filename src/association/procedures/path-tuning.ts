/**
 * Changing the parameters of one path of a living association (RFC 6458 8.1.12, RFC 6951 6.1).
 * Owns: the check of what is asked for, and what follows from it at once.
 * Does not own: what the parameters do (path.ts, path-set.ts, heartbeats.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { associationOptions } from "../../base/options.ts";
import type { PathThresholds } from "../model/path-thresholds.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { PeerAddresses } from "../paths/peer-addresses.ts";
import type { PathMonitor } from "./path-monitor.ts";

/** What may be changed; whatever is left out stays as it is. */
export interface PathChanges {
  /** HB.interval, 0 to 24 hours; 0 sends no heartbeats but those for path verification and on request. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** False stops the heartbeats of the path and remembers their interval. */
  readonly heartbeatEnabled?: boolean | undefined;
  /** Path.Max.Retrans, 0 to 255. */
  readonly pathMaxRetrans?: number | undefined;
  /** PotentiallyFailed.Max.Retrans, 0 to 65,535; 65,535 turns quick failover off for the path (RFC 7829 3.2). */
  readonly potentiallyFailedMaxRetrans?: number | undefined;
  /** Primary.Switchover.Max.Retrans, 0 to 65,535; 65,535: the path stays the primary if it is (RFC 7829 5). */
  readonly primarySwitchoverMaxRetrans?: number | undefined;
  /**
   * Largest SCTP packet sent there, 512 to 65,507 (RFC 9260 7.3). New messages are cut for the smallest of all paths;
   * what has been cut for larger ones goes out as it is. While larger ones are searched for, the search begins from there.
   */
  readonly maxPacketBytes?: number | undefined;
  /** Whether the largest packet that an active path carries is searched for; false: it stays as it is (RFC 8899). */
  readonly pathMtuDiscovery?: boolean | undefined;
  /** The UDP port of the peer at that address, 1 to 65,535; a datagram from there may change it (RFC 6951 5.4). */
  readonly remoteUdpPort?: number | undefined;
}

export interface PathTuningParts {
  readonly addresses: PeerAddresses;
  readonly monitor: PathMonitor;
  readonly paths: PathSet;
}

/**
 * Changes what was given, or nothing.
 * @throws SctpError ERR_SCTP_INVALID_OPTION
 */
export function tunePath(
  { addresses, monitor, paths }: PathTuningParts,
  path: Path,
  changes: PathChanges,
  nowMs: number,
): void {
  const { heartbeatIntervalMs, heartbeatEnabled, maxPacketBytes, remoteUdpPort } = changes;
  const thresholds = changedThresholds(path.thresholds, changes);
  const checked = associationOptions({
    ...(heartbeatIntervalMs === undefined ? {} : { heartbeatIntervalMs }),
    ...(thresholds ?? {}),
    ...(maxPacketBytes === undefined ? {} : { maxPacketBytes }),
  });
  if (remoteUdpPort !== undefined) {
    if (!Number.isInteger(remoteUdpPort) || remoteUdpPort < 1 || remoteUdpPort > 65_535) {
      throw new SctpError(
        SctpErrorCode.InvalidOption,
        `remoteUdpPort must be a whole number from 1 to 65535, not ${remoteUdpPort}`,
      );
    }
    path.remoteUdpPort = remoteUdpPort;
  }
  if (thresholds !== undefined) paths.setThresholds(path, thresholds);
  if (maxPacketBytes !== undefined) addresses.setMaxPacketBytes(path, checked.maxPacketBytes);
  if (heartbeatIntervalMs !== undefined) path.heartbeatIntervalMs = checked.heartbeatIntervalMs;
  if (heartbeatEnabled !== undefined) path.heartbeatEnabled = heartbeatEnabled;
  if (heartbeatIntervalMs !== undefined || heartbeatEnabled !== undefined || thresholds !== undefined)
    monitor.reschedule(path, nowMs);
}

/** The path's own from now on; undefined if none was given. */
function changedThresholds(own: PathThresholds, changes: PathChanges): PathThresholds | undefined {
  const { pathMaxRetrans, potentiallyFailedMaxRetrans, primarySwitchoverMaxRetrans } = changes;
  const given = [pathMaxRetrans, potentiallyFailedMaxRetrans, primarySwitchoverMaxRetrans];
  if (given.every((threshold) => threshold === undefined)) return undefined;
  return {
    pathMaxRetrans: pathMaxRetrans ?? own.pathMaxRetrans,
    potentiallyFailedMaxRetrans: potentiallyFailedMaxRetrans ?? own.potentiallyFailedMaxRetrans,
    primarySwitchoverMaxRetrans: primarySwitchoverMaxRetrans ?? own.primarySwitchoverMaxRetrans,
  };
}
