/**
 * The options that a socket has as a whole.
 * Owns: what they do. Does not own: their names and fields (options-table.ts), the options of associations
 * (association-options.ts).
 */

import { follow } from "../state/following.ts";
import { Fault } from "../terms/errno.ts";
import type { NotificationType } from "../terms/notifications.ts";
import { INIT_ACCESS, subscribe } from "./association-options.ts";
import type { OptionAccesses, OptionScope } from "./option-access.ts";
import type { OptionInput, OptionValue } from "./options-table.ts";

/** The notifications behind the fields of SCTP_EVENTS (RFC 6458 6.2.1). */
const EVENT_FIELDS = {
  associationEvent: "SCTP_ASSOC_CHANGE",
  addressEvent: "SCTP_PEER_ADDR_CHANGE",
  sendFailureEvent: "SCTP_SEND_FAILED",
  peerErrorEvent: "SCTP_REMOTE_ERROR",
  shutdownEvent: "SCTP_SHUTDOWN_EVENT",
  partialDeliveryEvent: "SCTP_PARTIAL_DELIVERY_EVENT",
  adaptationLayerEvent: "SCTP_ADAPTATION_INDICATION",
  authenticationEvent: "SCTP_AUTHENTICATION_EVENT",
  senderDryEvent: "SCTP_SENDER_DRY_EVENT",
} as const satisfies Readonly<Record<string, NotificationType>>;

export const SOCKET_ACCESSES = {
  ...INIT_ACCESS,
  SO_LINGER: {
    get: ({ core: { settings } }) => ({
      enabled: settings.lingerEnabled,
      lingerSeconds: settings.lingerSeconds,
    }),
    set: ({ core: { settings } }, { enabled, lingerSeconds = 0 }) => {
      settings.lingerEnabled = enabled;
      settings.lingerSeconds = lingerSeconds;
    },
  },
  SCTP_NODELAY: {
    get: ({ options }) => options.noDelay,
    set: (scope, noDelay) => scope.changeAll({ noDelay }),
  },
  SO_RCVBUF: {
    get: ({ options }) => options.receiveBufferBytes,
    set: (scope, receiveBufferBytes) => scope.changeAll({ receiveBufferBytes }),
  },
  SO_SNDBUF: {
    get: ({ options }) => options.sendBufferBytes,
    set: (scope, sendBufferBytes) => scope.changeAll({ sendBufferBytes }),
  },
  SCTP_AUTOCLOSE: {
    get: ({ options }) => options.autoCloseMs / 1_000,
    set: (scope, seconds) => scope.changeAll({ autoCloseMs: seconds * 1_000 }),
  },
  SCTP_DISABLE_FRAGMENTS: {
    get: ({ core }) => core.settings.disableFragments,
    set: ({ core }, value) => {
      core.settings.disableFragments = value;
    },
  },
  SCTP_AUTO_ASCONF: {
    get: ({ core }) => core.stopFollowing !== undefined,
    set: ({ core }, isWanted) => follow(core, isWanted),
  },
  SCTP_ADAPTATION_LAYER: {
    get: ({ core: { settings } }) => ({ adaptationIndication: settings.future.adaptationIndication ?? 0 }),
    set: ({ core }, { adaptationIndication }) => core.changeOptions({ adaptationIndication }, true, []),
  },
  SCTP_EVENTS: { get: readEvents, set: setEvents },
  SCTP_I_WANT_MAPPED_V4_ADDR: {
    get: ({ core }) => {
      requireIpv6(core);
      return core.settings.mappedV4;
    },
    set: ({ core }, value) => {
      requireIpv6(core);
      core.settings.mappedV4 = value;
    },
  },
  SCTP_FRAGMENT_INTERLEAVE: {
    get: ({ core }) => core.settings.fragmentInterleave,
    set: (scope, level) => {
      const { settings, queue } = scope.core;
      if (level === 2 && !settings.receiveRcvInfo && !settings.receiveSndRcv) {
        throw new Fault(
          "EINVAL",
          "level 2 needs SCTP_RECVRCVINFO: without the stream nobody can tell the pieces apart",
        );
      }
      if (level !== 2 && (settings.future.interleaving || mixesPieces(scope.core)))
        throw new Fault(
          "EINVAL",
          "where I-DATA is used, or offered, pieces of messages come mixed: that is level 2",
        );
      settings.fragmentInterleave = level;
      queue.interleaveLevel = level;
      scope.changeAll({ interleavedDelivery: level === 2 });
    },
  },
  SCTP_PARTIAL_DELIVERY_POINT: {
    get: ({ options }) => options.partialDeliveryPointBytes,
    set: (scope, value) => {
      const { receiveBufferBytes } = scope.core.settings.future;
      if (value > receiveBufferBytes)
        throw new Fault("EINVAL", `the receive buffer has ${receiveBufferBytes} bytes (SO_RCVBUF)`);
      scope.changeAll({ partialDeliveryPointBytes: value });
    },
  },
  SCTP_USE_EXT_RCVINFO: {
    get: ({ core }) => core.settings.useExtRcvInfo,
    set: ({ core }, value) => {
      core.settings.useExtRcvInfo = value;
    },
  },
  SCTP_EXPLICIT_EOR: {
    get: ({ core }) => core.settings.explicitEor,
    set: ({ core }, value) => {
      core.settings.explicitEor = value;
    },
  },
  SCTP_REUSE_PORT: {
    get: ({ core }) => core.settings.reusePort,
    set: ({ core }, value) => {
      if (core.port !== 0) throw new Fault("EINVAL", "SCTP_REUSE_PORT is set before the socket is bound");
      core.settings.reusePort = value;
    },
  },
  SCTP_RECVRCVINFO: {
    get: ({ core }) => core.settings.receiveRcvInfo,
    set: ({ core }, value) => {
      core.settings.receiveRcvInfo = value;
    },
  },
  SCTP_RECVNXTINFO: {
    get: ({ core }) => core.settings.receiveNxtInfo,
    set: ({ core }, value) => {
      core.settings.receiveNxtInfo = value;
    },
  },
  SCTP_GET_ASSOC_NUMBER: { get: ({ core }) => core.entries.size },
  SCTP_GET_ASSOC_ID_LIST: { get: ({ core }) => core.entries.keys() },
} satisfies OptionAccesses;

/** Whether an association has agreed on I-DATA. */
function mixesPieces({ entries }: OptionScope["core"]): boolean {
  for (const { association } of entries.values()) if (association.isInterleaved) return true;
  return false;
}

function requireIpv6({ domain }: OptionScope["core"]): void {
  if (domain === "PF_INET") throw new Fault("EINVAL", "an IPv4 socket has no mapped addresses");
}

function readEvents({ core }: OptionScope): OptionValue<"SCTP_EVENTS"> {
  const { events } = core.settings.defaults;
  const on = (field: keyof typeof EVENT_FIELDS): boolean => events.has(EVENT_FIELDS[field]);
  return {
    dataIoEvent: core.settings.receiveSndRcv,
    associationEvent: on("associationEvent"),
    addressEvent: on("addressEvent"),
    sendFailureEvent: on("sendFailureEvent"),
    peerErrorEvent: on("peerErrorEvent"),
    shutdownEvent: on("shutdownEvent"),
    partialDeliveryEvent: on("partialDeliveryEvent"),
    adaptationLayerEvent: on("adaptationLayerEvent"),
    authenticationEvent: on("authenticationEvent"),
    senderDryEvent: on("senderDryEvent"),
  };
}

function setEvents({ core }: OptionScope, value: OptionInput<"SCTP_EVENTS">): void {
  const { dataIoEvent, ...events } = value;
  if (dataIoEvent !== undefined) core.settings.receiveSndRcv = dataIoEvent;
  for (const field of Object.keys(EVENT_FIELDS) as (keyof typeof EVENT_FIELDS)[]) {
    const on = events[field];
    if (on === undefined) continue;
    for (const entry of [undefined, ...core.entries.values()])
      subscribe(core, entry, EVENT_FIELDS[field], on);
  }
}
