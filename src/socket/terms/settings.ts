/**
 * What a socket's user has chosen.
 * Owns: the values that belong to the socket, and those that each association has a copy of.
 * Does not own: how they are read and set (association-options.ts, socket-options.ts), the association's own options
 * (src/base/options.ts).
 */

import type { StreamShare } from "../../association/model/stream-share.ts";
import { type AssociationOptions, associationOptions } from "../../base/options.ts";
import type { PrInfo, SendFlag } from "./ancillary.ts";
import type { NotificationType } from "./notifications.ts";

/** What sending calls take for granted. */
export interface DefaultSndInfo {
  readonly streamId: number;
  readonly flags: readonly Extract<SendFlag, "SCTP_UNORDERED" | "SCTP_EOF" | "SCTP_SENDALL">[];
  readonly ppid: number;
  readonly context: number;
}

/** Every association has its own; a socket's are those of associations to come. */
export class AssociationSettings {
  readonly events: Set<NotificationType>;
  /** SCTP_CONTEXT. */
  context = 0;
  sndinfo: DefaultSndInfo = { streamId: 0, flags: [], ppid: 0, context: 0 };
  prinfo: PrInfo = { policy: "SCTP_PR_SCTP_NONE", value: 0 };
  /** SCTP_STREAM_SCHEDULER_VALUE of associations to come, by stream. */
  readonly streamShares: Map<number, StreamShare> = new Map();
  /**
   * SCTP_EXPOSE_POTENTIALLY_FAILED_STATE. Undefined: those paths are told of; otherwise the addresses of which it was not told that
   * they are potentially failed, so that it is not told either that they work again.
   */
  hiddenFailures: Set<string> | undefined = undefined;

  constructor(events: Iterable<NotificationType> = []) {
    this.events = new Set(events);
  }

  clone(): AssociationSettings {
    const copy = new AssociationSettings(this.events);
    copy.context = this.context;
    copy.sndinfo = this.sndinfo;
    copy.prinfo = this.prinfo;
    for (const [streamId, share] of this.streamShares) copy.streamShares.set(streamId, share);
    if (this.hiddenFailures !== undefined) copy.hiddenFailures = new Set();
    return copy;
  }
}

export class SocketSettings {
  /** Of associations to come. */
  future: AssociationOptions;
  readonly defaults: AssociationSettings;
  /** SCTP_REMOTE_UDP_ENCAPS_PORT of associations to come. */
  remoteUdpPort: number;
  lingerEnabled = false;
  lingerSeconds = 0;
  reusePort = false;
  mappedV4 = false;
  disableFragments = false;
  explicitEor = false;
  fragmentInterleave: number;
  receiveRcvInfo = false;
  receiveNxtInfo = false;
  /** SCTP_EVENTS sctp_data_io_event: SCTP_SNDRCV with every message. */
  receiveSndRcv = false;
  useExtRcvInfo = false;

  constructor(remoteUdpPort: number, fragmentInterleave: number, future?: AssociationOptions) {
    this.remoteUdpPort = remoteUdpPort;
    this.fragmentInterleave = fragmentInterleave;
    this.future = future ?? associationOptions({ interleavedDelivery: fragmentInterleave === 2 });
    this.defaults = new AssociationSettings();
  }

  /**
   * For a socket that is accepted by this one or branched off from it: one-to-one style, with the same choices.
   * @param defaults of the association that it gets
   */
  inherit(defaults: AssociationSettings): SocketSettings {
    const copy = new SocketSettings(this.remoteUdpPort, this.fragmentInterleave, this.future);
    for (const event of defaults.events) copy.defaults.events.add(event);
    copy.defaults.context = defaults.context;
    copy.defaults.sndinfo = defaults.sndinfo;
    copy.defaults.prinfo = defaults.prinfo;
    for (const [streamId, share] of defaults.streamShares) copy.defaults.streamShares.set(streamId, share);
    if (defaults.hiddenFailures !== undefined) copy.defaults.hiddenFailures = new Set();
    copy.lingerEnabled = this.lingerEnabled;
    copy.lingerSeconds = this.lingerSeconds;
    copy.reusePort = this.reusePort;
    copy.mappedV4 = this.mappedV4;
    copy.disableFragments = this.disableFragments;
    copy.explicitEor = this.explicitEor;
    copy.receiveRcvInfo = this.receiveRcvInfo;
    copy.receiveNxtInfo = this.receiveNxtInfo;
    copy.receiveSndRcv = this.receiveSndRcv;
    copy.useExtRcvInfo = this.useExtRcvInfo;
    return copy;
  }
}
