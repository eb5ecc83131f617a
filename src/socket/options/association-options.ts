/**
 * The options that an association has, or that associations to come will have.
 * Owns: what they do. Does not own: their names and fields (options-table.ts), those of quick failover (failover-options.ts), the
 * options of the socket (socket-options.ts), whether they may be used at all (options.ts).
 */

import type { Association } from "../../association/association.ts";
import type { AbandonedCounts } from "../../association/extensions/partial-reliability.ts";
import type { ResetDirection } from "../../association/extensions/stream-reconfiguration.ts";
import type { ReliabilityPolicy } from "../../association/model/reliability.ts";
import { isSettingUp } from "../../association/model/state.ts";
import type { PathChanges } from "../../association/procedures/path-tuning.ts";
import type { PathInfo } from "../../association/reporting/status.ts";
import {
  type AssociationOptions,
  type AssociationOptionsInput,
  initTimeoutMaxMsOf,
  STACK_OPTIONS,
} from "../../base/options.ts";
import type { StreamSchedulerName } from "../../base/stream-schedulers.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import type { AssociationEntry } from "../state/association-entry.ts";
import { initOptions, type SocketCore } from "../state/socket-core.ts";
import { Fault } from "../terms/errno.ts";
import type { NotificationType } from "../terms/notifications.ts";
import type { OptionAccesses, OptionScope } from "./option-access.ts";
import type { OptionInput, OptionValue } from "./options-table.ts";

/** RFC 6458 8.1.24: 0 sets no bound; as many packets leave no window over. */
const NO_BURST_BOUND = 1_024;

/** What RFC 6525 6.3.1 calls what a peer may ask for. */
const PERMISSIONS = {
  SCTP_ENABLE_RESET_STREAM_REQ: "allowStreamReset",
  SCTP_ENABLE_RESET_ASSOC_REQ: "allowAssociationReset",
  SCTP_ENABLE_CHANGE_ASSOC_REQ: "allowAddStreams",
} as const satisfies Readonly<Record<string, keyof AssociationOptions>>;
type Permission = keyof typeof PERMISSIONS;
const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as readonly Permission[];

/** What RFC 7496 4.3 calls the policies. */
const POLICIES = {
  SCTP_PR_SCTP_ALL: undefined,
  SCTP_PR_SCTP_TTL: "lifetime",
  SCTP_PR_SCTP_RTX: "retransmissions",
  SCTP_PR_SCTP_PRIO: "priority",
} as const satisfies Readonly<Record<string, ReliabilityPolicy | undefined>>;

/** What RFC 8260 4.3.2 calls the schedulers; where there are two names, the last one is the one that is read. */
const SCHEDULERS = {
  SCTP_SS_DEFAULT: "fcfs",
  SCTP_SS_FCFS: "fcfs",
  SCTP_SS_RR: "rr",
  SCTP_SS_RR_PKT: "rr-packet",
  SCTP_SS_PRIO: "priority",
  SCTP_SS_FB: "fair",
  SCTP_SS_FC: "fair",
  SCTP_SS_WFQ: "wfq",
} as const satisfies Readonly<Record<OptionValue<"SCTP_STREAM_SCHEDULER">, StreamSchedulerName>>;

/** Of a stack that does not say. */
const COOKIE_LIFE_MS = STACK_OPTIONS.cookieLifeMs.default;

export const ASSOCIATION_ACCESSES = {
  SCTP_RTOINFO: {
    get: ({ options }) => ({
      initialMs: options.rtoInitialMs,
      maxMs: options.rtoMaxMs,
      minMs: options.rtoMinMs,
    }),
    set: (scope, { initialMs, maxMs, minMs }) =>
      scope.change(unlessZero({ rtoInitialMs: initialMs, rtoMaxMs: maxMs, rtoMinMs: minMs })),
  },
  SCTP_ASSOCINFO: {
    get: ({ core, options, entry }) => {
      const status = entry?.association.status();
      return {
        maxRetransmissions: options.associationMaxRetrans,
        numberPeerDestinations: entry?.association.remoteAddresses.length ?? 0,
        peerRwndBytes: status?.peerRwndBytes ?? 0,
        localRwndBytes: status?.localRwndBytes ?? options.receiveBufferBytes,
        cookieLifeMs: Math.min(options.maxCookieLifeMs, core.host.cookieLifeMs ?? COOKIE_LIFE_MS),
      };
    },
    set: (scope, { maxRetransmissions, cookieLifeMs }) =>
      scope.change(unlessZero({ associationMaxRetrans: maxRetransmissions, maxCookieLifeMs: cookieLifeMs })),
  },
  SCTP_PRIMARY_ADDR: {
    get: ({ core, entry }) => ({ address: core.shown(living(entry).association.primaryAddress) }),
    set: ({ core, entry }, { address }) => {
      const { association } = living(entry);
      association.setPrimary(core.literal(address));
      core.host.scheduleFlush();
    },
  },
  SCTP_PEER_ADDR_PARAMS: { get: readPathParameters, set: setPathParameters },
  SCTP_DEFAULT_SEND_PARAM: {
    get: ({ settings }) => {
      const { policy, value } = settings.prinfo;
      return { ...settings.sndinfo, timeToLiveMs: policy === "SCTP_PR_SCTP_TTL" ? value : 0 };
    },
    set: ({ settings }, { timeToLiveMs, ...sndinfo }) => {
      setDefaultSndInfo(settings, sndinfo);
      if (timeToLiveMs !== undefined) settings.prinfo = { policy: "SCTP_PR_SCTP_TTL", value: timeToLiveMs };
    },
  },
  SCTP_MAXSEG: {
    get: ({ options }) => options.maxFragmentBytes,
    // 8.1.16: a value above the largest datagram leaves the choice to SCTP.
    set: (scope, value) => scope.change({ maxFragmentBytes: value > 65_507 ? 0 : value }),
  },
  SCTP_DELAYED_SACK: {
    get: ({ options }) => ({
      delayMs: options.sackDelayMs,
      frequencyPackets: options.sackFrequencyPackets,
    }),
    set: (scope, { delayMs, frequencyPackets }) =>
      scope.change(unlessZero({ sackDelayMs: delayMs, sackFrequencyPackets: frequencyPackets })),
  },
  SCTP_MAX_BURST: {
    get: ({ options }) => (options.maxBurst === NO_BURST_BOUND ? 0 : options.maxBurst),
    set: (scope, value) =>
      scope.change({ maxBurst: value === 0 ? NO_BURST_BOUND : Math.min(value, NO_BURST_BOUND) }),
  },
  SCTP_CONTEXT: {
    get: ({ settings }) => settings.context,
    set: ({ settings }, value) => {
      settings.context = value;
    },
  },
  SCTP_EVENT: {
    get: ({ settings }, { type }) => ({ type, on: settings.events.has(type) }),
    set: ({ core, entry }, { type, on }) => subscribe(core, entry, type, on),
  },
  SCTP_DEFAULT_SNDINFO: {
    get: ({ settings }) => settings.sndinfo,
    set: ({ settings }, value) => setDefaultSndInfo(settings, value),
  },
  SCTP_DEFAULT_PRINFO: {
    get: ({ settings }) => settings.prinfo,
    set: ({ settings }, { policy, value = 0 }) => {
      settings.prinfo = { policy, value };
    },
  },
  SCTP_PR_SUPPORTED: {
    get: ({ entry, options }) => entry?.association.partialReliability ?? options.partialReliability,
    set: ({ core, entry }, partialReliability) => {
      // RFC 7496 4.5: what has been agreed on stays.
      if (entry !== undefined) throw new Fault("EINVAL", "SCTP_PR_SUPPORTED is for associations to come");
      core.changeOptions({ partialReliability }, true, []);
    },
  },
  SCTP_INTERLEAVING_SUPPORTED: {
    get: ({ entry, options }) => entry?.association.isInterleaved ?? options.interleaving,
    set: ({ core, entry }, interleaving) => {
      if (entry !== undefined)
        throw new Fault("EINVAL", "SCTP_INTERLEAVING_SUPPORTED is for associations to come");
      if (interleaving && core.settings.fragmentInterleave !== 2)
        throw new Fault("EINVAL", "set SCTP_FRAGMENT_INTERLEAVE to 2 before: pieces of messages come mixed");
      core.changeOptions({ interleaving }, true, []);
    },
  },
  SCTP_NRSACK_SUPPORTED: {
    get: ({ entry, options }) => entry?.association.nrSack ?? options.nrSack,
    set: ({ core, entry }, nrSack) => {
      if (entry !== undefined) throw new Fault("EINVAL", "SCTP_NRSACK_SUPPORTED is for associations to come");
      core.changeOptions({ nrSack }, true, []);
    },
  },
  SCTP_AUTH_SUPPORTED: {
    get: ({ entry, options }) => entry?.association.authentication ?? options.authentication !== false,
    set: ({ core, entry }, isWanted) => {
      if (entry !== undefined) throw new Fault("EINVAL", "SCTP_AUTH_SUPPORTED is for associations to come");
      const { authentication } = core.settings.future;
      if (isWanted !== (authentication !== false)) core.changeOptions({ authentication: isWanted }, true, []);
    },
  },
  SCTP_ASCONF_SUPPORTED: {
    get: ({ entry, options }) => entry?.association.dynamicAddresses ?? options.dynamicAddresses !== false,
    set: ({ core, entry }, isWanted) => {
      if (entry !== undefined) throw new Fault("EINVAL", "SCTP_ASCONF_SUPPORTED is for associations to come");
      const { dynamicAddresses } = core.settings.future;
      if (isWanted !== (dynamicAddresses !== false))
        core.changeOptions({ dynamicAddresses: isWanted }, true, []);
    },
  },
  SCTP_SET_PEER_PRIMARY_ADDR: {
    set: ({ core, entry, nowMs }, { address }) => {
      living(entry).association.setPeerPrimaryAddress(core.literal(address), nowMs);
      core.host.scheduleFlush();
    },
  },
  SCTP_RECONFIG_SUPPORTED: {
    get: ({ entry, options }) => entry?.association.streamReconfiguration ?? options.streamReconfiguration,
    set: ({ core, entry }, streamReconfiguration) => {
      if (entry !== undefined)
        throw new Fault("EINVAL", "SCTP_RECONFIG_SUPPORTED is for associations to come");
      core.changeOptions({ streamReconfiguration }, true, []);
    },
  },
  SCTP_STREAM_SCHEDULER: {
    get: ({ options }) => schedulerOptionOf(options.streamScheduler),
    set: (scope, value) => scope.change({ streamScheduler: SCHEDULERS[value] }),
  },
  SCTP_STREAM_SCHEDULER_VALUE: {
    get: ({ entry, settings, options }, { streamId }) => {
      const { priority, weight } = entry?.association.streamShare(streamId) ??
        settings.streamShares.get(streamId) ?? { priority: 0, weight: 0 };
      return { streamId, value: options.streamScheduler === "wfq" ? weight : priority };
    },
    set: ({ entry, settings }, { streamId, value }) => {
      const share = { priority: value, weight: Math.max(1, value) };
      if (entry === undefined) settings.streamShares.set(streamId, share);
      else entry.association.setStreamShare(streamId, share);
    },
  },
  SCTP_PR_STREAM_STATUS: {
    get: ({ entry }, { streamId, policy }) => {
      const { association } = living(entry);
      if (streamId >= association.outboundStreams)
        throw new Fault("EINVAL", `the association has ${association.outboundStreams} outbound streams`);
      return abandonedOf(streamId, association.abandoned(streamId, POLICIES[policy]));
    },
  },
  SCTP_PR_ASSOC_STATUS: {
    get: ({ entry }, { policy }) =>
      abandonedOf(0, living(entry).association.abandoned(undefined, POLICIES[policy])),
  },
  SCTP_ENABLE_STREAM_RESET: {
    get: ({ options }) => ALL_PERMISSIONS.filter((name) => options[PERMISSIONS[name]]),
    set: (scope, allowed) =>
      scope.change(
        Object.fromEntries(ALL_PERMISSIONS.map((name) => [PERMISSIONS[name], allowed.includes(name)])),
      ),
  },
  SCTP_RESET_STREAMS: {
    set: (scope, { direction, streams }) => {
      const association = idle(scope);
      association.resetStreams(directionOf(direction), streams ?? [], scope.nowMs);
      scope.core.host.scheduleFlush();
    },
  },
  SCTP_RESET_ASSOC: {
    set: (scope) => {
      idle(scope).resetAssociation(scope.nowMs);
      scope.core.host.scheduleFlush();
    },
  },
  SCTP_ADD_STREAMS: {
    set: (scope, { inboundStreams, outboundStreams }) => {
      idle(scope).addStreams({ inbound: inboundStreams, outbound: outboundStreams }, scope.nowMs);
      scope.core.host.scheduleFlush();
    },
  },
  SCTP_STATUS: { get: readStatus },
  SCTP_GET_PEER_ADDR_INFO: {
    get: ({ core, entry }, { address, port }) => {
      const found = entry ?? (port === undefined ? undefined : core.entryAt({ address, port }));
      if (found === undefined) throw new Fault("ENOENT", `no association has ${address} for its peer`);
      return pathInfoOf(core, found, found.association.path(core.literal(address)));
    },
  },
  SCTP_PLPMTUD_PROBE_INTERVAL: {
    get: ({ options }) => (options.pathMtuDiscovery === false ? 0 : options.pathMtuProbeTimeoutMs),
    set: (scope, value) =>
      scope.change({
        pathMtuDiscovery: value > 0,
        ...(value > 0 ? { pathMtuProbeTimeoutMs: value } : {}),
      }),
  },
  SCTP_REMOTE_UDP_ENCAPS_PORT: {
    get: ({ core, entry }, query) => {
      if (entry === undefined) return { address: "0.0.0.0", port: core.settings.remoteUdpPort };
      const { association } = entry;
      const path = association.path(core.literal(query?.address ?? association.primaryAddress));
      return { address: core.shown(path.address), port: path.remoteUdpPort };
    },
    set: ({ core, entry, nowMs }, { address, port }) => {
      if (port === 0) throw new Fault("EOPNOTSUPP", "this stack has nothing but UDP to send in");
      if (entry === undefined || address === undefined) core.settings.remoteUdpPort = port;
      else entry.association.setPathOptions(core.literal(address), { remoteUdpPort: port }, nowMs);
    },
  },
} satisfies OptionAccesses;

/** Turns a notification on or off, for an association or for those to come (RFC 6458 6.2.2). */
export function subscribe(
  core: SocketCore,
  entry: AssociationEntry | undefined,
  type: NotificationType,
  on: boolean,
): void {
  const { events } = entry?.settings ?? core.settings.defaults;
  const wasOn = events.has(type);
  if (on) events.add(type);
  else events.delete(type);
  // 6.1.9: whoever asks to hear when everything has been sent is told at once if that is so.
  if (type !== "SCTP_SENDER_DRY_EVENT" || !on || wasOn || entry === undefined || entry.isClosed) return;
  if (isSettingUp(entry.association.state) || !entry.association.isDry) return;
  core.notify(entry, { type, associationId: entry.id });
  core.onReady?.();
}

export const INIT_ACCESS: OptionAccesses = {
  SCTP_INITMSG: {
    get: ({ core }) => {
      const { future } = core.settings;
      return {
        outboundStreams: future.outboundStreams,
        maxInboundStreams: future.maxInboundStreams,
        maxAttempts: future.maxInitRetransmits,
        maxInitTimeoutMs: initTimeoutMaxMsOf(future),
      };
    },
    set: ({ core }, value) => core.changeOptions(initOptions(value), true, []),
  },
};

function readStatus({ core, entry }: OptionScope): OptionValue<"SCTP_STATUS"> {
  if (entry === undefined) throw new Fault("ENOTCONN");
  const { association } = entry;
  const status = association.status();
  return {
    associationId: entry.id,
    state: `SCTP_${status.state.replaceAll("-", "_")}` as OptionValue<"SCTP_STATUS">["state"],
    rwndBytes: status.peerRwndBytes,
    unackedData: status.unackedChunks,
    pendingData: status.readableMessages,
    inboundStreams: status.inboundStreams,
    outboundStreams: status.outboundStreams,
    fragmentationPointBytes: status.fragmentationPointBytes,
    primary: pathInfoOf(core, entry, association.path(status.primaryAddress)),
  };
}

function pathInfoOf(
  core: SocketCore,
  entry: AssociationEntry,
  path: PathInfo,
): OptionValue<"SCTP_GET_PEER_ADDR_INFO"> {
  const isHidden = entry.settings.hiddenFailures !== undefined;
  const states = {
    active: "SCTP_ACTIVE",
    "potentially-failed": isHidden ? "SCTP_ACTIVE" : "SCTP_POTENTIALLY_FAILED",
    inactive: "SCTP_INACTIVE",
    unconfirmed: "SCTP_UNCONFIRMED",
    removed: "SCTP_INACTIVE",
  } as const;
  return {
    associationId: entry.id,
    address: core.shown(path.address),
    state: states[path.state],
    cwndBytes: path.cwndBytes,
    srttMs: path.srttMs ?? 0,
    rtoMs: path.rtoMs,
    mtuBytes: path.maxPacketBytes - COMMON_HEADER_BYTES,
  };
}

function readPathParameters(
  scope: OptionScope,
  query: { readonly address?: string | undefined } | undefined,
): OptionValue<"SCTP_PEER_ADDR_PARAMS"> {
  const { core, entry, options } = scope;
  const path =
    entry === undefined || query?.address === undefined
      ? undefined
      : entry.association.path(core.literal(query.address));
  const heartbeatIntervalMs = path?.heartbeatIntervalMs ?? options.heartbeatIntervalMs;
  return {
    address: core.shown(path?.address ?? "0.0.0.0"),
    heartbeatEnabled: (path?.heartbeatEnabled ?? true) && heartbeatIntervalMs > 0,
    heartbeatIntervalMs,
    heartbeatTimeIsZero: false,
    heartbeatDemand: false,
    pathMaxRetransmissions: path?.pathMaxRetrans ?? options.pathMaxRetrans,
    pathMtuBytes: (path?.maxPacketBytes ?? options.maxPacketBytes) - COMMON_HEADER_BYTES,
    pmtudEnabled: path === undefined ? options.pathMtuDiscovery !== false : path.pathMtuSearch !== undefined,
  };
}

/** An interval of 0 turns heartbeats off in the core; the shortest that it knows stands for "after the RTO alone". */
const SHORTEST_INTERVAL_MS = 1;

function setPathParameters(scope: OptionScope, value: OptionInput<"SCTP_PEER_ADDR_PARAMS">): void {
  const { core, entry, nowMs } = scope;
  const { heartbeatEnabled, heartbeatIntervalMs, heartbeatTimeIsZero, heartbeatDemand } = value;
  const { pathMaxRetransmissions, pathMtuBytes, pmtudEnabled } = value;
  const interval = heartbeatTimeIsZero ? SHORTEST_INTERVAL_MS : heartbeatIntervalMs;
  const numbers: AssociationOptionsInput = {
    ...(interval ? { heartbeatIntervalMs: interval } : {}),
    ...(pathMaxRetransmissions ? { pathMaxRetrans: pathMaxRetransmissions } : {}),
    // 8.1.12: without SPP_PMTUD_DISABLE the field is ignored, whatever stands there.
    ...(pathMtuBytes && pmtudEnabled === false ? { maxPacketBytes: pathMtuBytes + COMMON_HEADER_BYTES } : {}),
  };
  const changes: PathChanges = { ...numbers, heartbeatEnabled, pathMtuDiscovery: pmtudEnabled };
  const { address } = value;
  if (heartbeatDemand && (entry === undefined || address === undefined))
    throw new Fault("EINVAL", "heartbeatDemand needs an association and an address");
  if (entry !== undefined && address !== undefined) {
    const { association } = entry;
    association.setPathOptions(core.literal(address), changes, nowMs);
    if (heartbeatDemand) association.requestHeartbeat(core.literal(address), nowMs);
    core.host.scheduleFlush();
    return;
  }
  if (address !== undefined) throw new Fault("EINVAL", "an address needs an association");
  // Paths to come follow the association's interval, in which 0 means no heartbeats.
  scope.change({
    ...numbers,
    ...(heartbeatEnabled === false ? { heartbeatIntervalMs: 0 } : {}),
    ...(pmtudEnabled === undefined ? {} : { pathMtuDiscovery: pmtudEnabled }),
  });
  if (entry === undefined) return;
  for (const path of entry.association.remoteAddresses)
    entry.association.setPathOptions(path, changes, nowMs);
}

function setDefaultSndInfo(
  settings: OptionScope["settings"],
  { streamId, flags, ppid, context }: OptionInput<"SCTP_DEFAULT_SNDINFO">,
): void {
  const before = settings.sndinfo;
  settings.sndinfo = {
    streamId: streamId ?? before.streamId,
    flags: flags ?? before.flags,
    ppid: ppid ?? before.ppid,
    context: context ?? before.context,
  };
}

function abandonedOf(
  streamId: number,
  { unsent, sent }: Readonly<AbandonedCounts>,
): OptionValue<"SCTP_PR_STREAM_STATUS"> {
  return { streamId, abandonedUnsent: unsent, abandonedSent: sent };
}

function schedulerOptionOf(scheduler: StreamSchedulerName): OptionValue<"SCTP_STREAM_SCHEDULER"> {
  const names = Object.keys(SCHEDULERS) as (keyof typeof SCHEDULERS)[];
  return names.findLast((name) => SCHEDULERS[name] === scheduler) ?? "SCTP_SS_FCFS";
}

/** RFC 6525 6.3: one request at a time. */
function idle({ entry }: OptionScope): Association {
  const { association } = living(entry);
  if (association.isReconfiguring) throw new Fault("EALREADY");
  return association;
}

function directionOf(flags: OptionInput<"SCTP_RESET_STREAMS">["direction"]): ResetDirection {
  const isIncoming = flags.includes("SCTP_STREAM_RESET_INCOMING");
  const isOutgoing = flags.includes("SCTP_STREAM_RESET_OUTGOING");
  if (isIncoming && isOutgoing) return "both";
  if (isIncoming) return "incoming";
  if (isOutgoing) return "outgoing";
  throw new Fault("EINVAL", "SCTP_RESET_STREAMS needs a direction");
}

function living(entry: AssociationEntry | undefined): AssociationEntry {
  if (entry === undefined) throw new Fault("ENOTCONN");
  return entry;
}

/** RFC 6458 8.1: 0 keeps a value. */
function unlessZero(
  values: Readonly<Partial<Record<keyof AssociationOptions, number | undefined>>>,
): AssociationOptionsInput {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== 0));
}
