/**
 * `sctp.defaults()`: parameters of the whole module, named after Linux' net.sctp.
 * Owns: the parameters and what they are called in sctpkit. Does not own: their effect.
 */
import {
  ASSOCIATION_OPTIONS,
  type AssociationOptionsInput,
  STACK_OPTIONS,
  type StackOptionsInput,
} from "../base/options.ts";

/** The parameters that have an effect. Times are milliseconds. */
export interface Defaults {
  rto_initial: number;
  rto_min: number;
  rto_max: number;
  max_burst: number;
  association_max_retrans: number;
  max_init_retransmits: number;
  hb_interval: number;
  /** 500 at most. */
  sack_timeout: number;
  sack_freq: number;
  valid_cookie_life: number;
  /** Bytes of the receive buffer; 4,096 at least. */
  RWND: number;
  /** Bytes of the largest IP packet, with its 20 bytes of IP header and 8 of UDP. */
  PMTU: number;
  /** The UDP port of this host; 0 takes a free one. */
  udp_port: number;
  /** The UDP port of peers; 0: the one of this host. */
  encap_port: number;
}

const IP_AND_UDP_BYTES = 28;

const current: Defaults = {
  rto_initial: 3_000,
  rto_min: 1_000,
  rto_max: 60_000,
  max_burst: 4,
  association_max_retrans: 10,
  max_init_retransmits: 8,
  hb_interval: 30_000,
  sack_timeout: 180,
  sack_freq: 2,
  valid_cookie_life: 60_000,
  RWND: 102_400,
  PMTU: ASSOCIATION_OPTIONS.maxPacketBytes.default + IP_AND_UDP_BYTES,
  udp_port: 9_899,
  encap_port: 9_899,
};

/** Sets parameters for sockets and servers made from now on; others than those of `Defaults` are ignored. */
export function defaults(parameters: Partial<Defaults> & Readonly<Record<string, unknown>> = {}): Defaults {
  for (const name of Object.keys(current) as Array<keyof Defaults>) {
    const value = parameters[name];
    if (typeof value === "number") current[name] = value;
  }
  current.sack_timeout = Math.min(current.sack_timeout, ASSOCIATION_OPTIONS.sackDelayMs.max);
  current.RWND = Math.max(current.RWND, ASSOCIATION_OPTIONS.receiveBufferBytes.min);
  return current;
}

/** The parameters as options of an association. */
export function associationDefaults(streams: {
  readonly OS?: number | undefined;
  readonly MIS?: number | undefined;
}): AssociationOptionsInput {
  return {
    outboundStreams: streams.OS ?? 2,
    maxInboundStreams: streams.MIS ?? 2,
    rtoInitialMs: current.rto_initial,
    rtoMinMs: current.rto_min,
    rtoMaxMs: current.rto_max,
    maxBurst: current.max_burst,
    associationMaxRetrans: current.association_max_retrans,
    maxInitRetransmits: current.max_init_retransmits,
    heartbeatIntervalMs: current.hb_interval,
    sackDelayMs: current.sack_timeout,
    sackFrequencyPackets: current.sack_freq,
    receiveBufferBytes: current.RWND,
    maxPacketBytes: current.PMTU - IP_AND_UDP_BYTES,
  };
}

/** The parameters as options of a stack. */
export function stackDefaults(): StackOptionsInput {
  return { cookieLifeMs: Math.min(current.valid_cookie_life, STACK_OPTIONS.cookieLifeMs.max) };
}
