/**
 * The options of quick failover (RFC 7829 7).
 * Owns: what they do. Does not own: their names and fields (options-extensions.ts), what a threshold means
 * (src/association/paths), what is told of a potentially failed path (src/socket/state/announce.ts).
 */
import { isWildcardAddress } from "../../platform/address.ts";
import type { SocketCore } from "../state/socket-core.ts";
import { Fault } from "../terms/errno.ts";
import type { OptionAccesses, OptionScope } from "./option-access.ts";
import type { OptionInput, OptionValue } from "./options-table.ts";

export const FAILOVER_ACCESSES = {
  SCTP_PEER_ADDR_THLDS: { get: readThresholds, set: setThresholds },
  SCTP_EXPOSE_POTENTIALLY_FAILED_STATE: {
    get: ({ settings }) => settings.hiddenFailures === undefined,
    set: ({ settings }, exposes) => {
      settings.hiddenFailures = exposes ? undefined : (settings.hiddenFailures ?? new Set());
    },
  },
} satisfies OptionAccesses;

function readThresholds(
  { core, entry, options }: OptionScope,
  query: { readonly address?: string | undefined } | undefined,
): OptionValue<"SCTP_PEER_ADDR_THLDS"> {
  const address = pathIn(core, query?.address);
  const path = entry === undefined || address === undefined ? undefined : entry.association.path(address);
  const thresholds = path ?? options;
  return {
    address: core.shown(path?.address ?? "0.0.0.0"),
    pathMaxRetransmissions: thresholds.pathMaxRetrans,
    potentiallyFailedThreshold: thresholds.potentiallyFailedMaxRetrans,
    primarySwitchoverThreshold: thresholds.primarySwitchoverMaxRetrans,
  };
}

function setThresholds(scope: OptionScope, value: OptionInput<"SCTP_PEER_ADDR_THLDS">): void {
  const { core, entry, nowMs } = scope;
  const { pathMaxRetransmissions, potentiallyFailedThreshold, primarySwitchoverThreshold } = value;
  const changes = {
    pathMaxRetrans: pathMaxRetransmissions,
    potentiallyFailedMaxRetrans: potentiallyFailedThreshold,
    ...(primarySwitchoverThreshold === undefined
      ? {}
      : { primarySwitchoverMaxRetrans: primarySwitchoverThreshold }),
  };
  const address = pathIn(core, value.address);
  if (address === undefined) scope.change(changes);
  else if (entry === undefined) throw new Fault("EINVAL", "an address needs an association");
  if (entry === undefined) return;
  const addresses = address === undefined ? entry.association.remoteAddresses : [address];
  for (const each of addresses) entry.association.setPathOptions(each, changes, nowMs);
  core.host.scheduleFlush();
}

/** RFC 7829 7.2: a wildcard address stands for all. */
function pathIn(core: SocketCore, address: string | undefined): string | undefined {
  const literal = address === undefined ? undefined : core.literal(address);
  return literal === undefined || isWildcardAddress(literal) ? undefined : literal;
}
