/**
 * The other end's part of RFC 5061: what a legal but different peer says, and reads.
 * Owns: writing ASCONFs and their answers, the handshake with a peer that knows them, reading what the stack sent.
 * Does not own: what is right (the tests), authentication (auth-peer.ts).
 */
import type { AssociationOptions, StackOptions } from "../../src/base/options.ts";
import type { Cause } from "../../src/chunks/causes.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  addressParameter,
  cookieParameter,
  type Envelope,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  supportedExtensions,
} from "./lab.ts";

export const PEER_THIRD_ADDRESS = "10.2.0.2";
export const OUR_THIRD_ADDRESS = "10.2.0.1";
/** Nobody is asked to authenticate: so each chunk can be written by hand. */
export const BARE = { dynamicAddresses: { authenticated: false } } as const;
/** What a peer lists that knows the extension (4.2.7). */
export const ADDRESSES_SUPPORTED: Parameter = supportedExtensions(193, 128, 15);

export type Asconf = Extract<Chunk, { readonly kind: "ASCONF" | "ASCONF-ACK" }>;
type ChangeName = "Add IP Address" | "Delete IP Address" | "Set Primary Address";

const CHANGE_TYPES: Readonly<Record<ChangeName, number>> = {
  "Add IP Address": 0xc001,
  "Delete IP Address": 0xc002,
  "Set Primary Address": 0xc004,
};

const change = (kind: ChangeName, address: string, correlationId: number): Parameter => ({
  kind,
  type: CHANGE_TYPES[kind],
  correlationId,
  address,
});
export const adds = (address: string, id = 1): Parameter => change("Add IP Address", address, id);
export const deletes = (address: string, id = 2): Parameter => change("Delete IP Address", address, id);
export const makesPrimary = (address: string, id = 3): Parameter =>
  change("Set Primary Address", address, id);

/** An ASCONF of the peer's. @param offset of its number from the first one, which is the Initial TSN */
export function asconf(
  link: Link,
  offset: number,
  parameters: readonly Parameter[],
  lookup: string = PEER_ADDRESS,
): Asconf {
  const serialNumber = (link.peerTsn + offset) >>> 0;
  return { kind: "ASCONF", serialNumber, parameters: [addressParameter(lookup), ...parameters] };
}

/** The peer's answer to an ASCONF of the stack's. */
export function answerTo({ serialNumber }: Asconf, ...parameters: readonly Parameter[]): Asconf {
  return { kind: "ASCONF-ACK", serialNumber, parameters };
}

/** @param cause one of those that hold the parameter that is refused */
export function refusal(correlationId: number, ...causes: readonly Cause[]): Parameter {
  return { kind: "Error Cause Indication", type: 0xc003, correlationId, causes };
}
export const success = (correlationId: number): Parameter => ({
  kind: "Success Indication",
  type: 0xc005,
  correlationId,
});
export const shortage: Cause = {
  kind: "Operation Refused Due to Resource Shortage",
  code: 161,
  parameter: new Uint8Array(0),
};

/** An association with a peer of two confirmed addresses, which knows the extension; this side has two as well, and tells of both. */
export function agreed(
  options: Partial<AssociationOptions> = {},
  peerAddresses: readonly string[] = [PEER_ADDRESS, PEER_SECOND_ADDRESS],
  localAddresses: readonly string[] = [OUR_ADDRESS, OUR_SECOND_ADDRESS],
  stack: Partial<StackOptions> = {},
): Link {
  const lab = new Lab({ localAddresses, stack });
  const parameters = [cookieParameter(), ...peerAddresses.map(addressParameter), ADDRESSES_SUPPORTED];
  return lab.connected({ heartbeatIntervalMs: 0, ...BARE, ...options }, { parameters }, peerAddresses);
}

/** Both sides have one address. */
export const single = (options: Partial<AssociationOptions> = {}): Link =>
  agreed(options, [PEER_ADDRESS], [OUR_ADDRESS]);

/** This side has one address more from now on. */
export function gains(link: Link, address: string): void {
  link.lab.stack.addLocalAddress(address);
}
/** And one less. */
export function loses(link: Link, address: string): void {
  link.lab.stack.removeLocalAddress(address, link.lab.nowMs);
}

/** The peer asks for something. */
export const says = (link: Link, chunk: Asconf, envelope: Envelope = {}): SentPacket[] =>
  link.receive([chunk], envelope);

/** What the stack asks and answers, by its parameters. */
export function asconfsIn(packets: readonly SentPacket[], kind: Asconf["kind"] = "ASCONF"): Asconf[] {
  return packets.flatMap(({ chunks }) => chunks.filter((chunk): chunk is Asconf => chunk.kind === kind));
}
export function onlyAsconf(packets: readonly SentPacket[], kind: Asconf["kind"] = "ASCONF"): Asconf {
  const [chunk, ...more] = asconfsIn(packets, kind);
  if (chunk === undefined || more.length > 0) {
    const seen = packets.map(({ kinds }) => kinds.join("+")).join(", ");
    throw new Error(`expected one ${kind}, saw: ${seen === "" ? "nothing" : seen}`);
  }
  return chunk;
}
/** In a few words: "add 10.0.0.1". */
export function asks({ parameters }: Asconf): string[] {
  const words: Readonly<Record<string, string>> = {
    "Add IP Address": "add",
    "Delete IP Address": "delete",
    "Set Primary Address": "primary",
    "IPv4 Address": "by",
    "IPv6 Address": "by",
  };
  return parameters.flatMap((each) =>
    "address" in each ? [`${words[each.kind] ?? each.kind} ${each.address}`] : [],
  );
}
export const idOf = (chunk: Asconf, index = 0): number => {
  const ids = chunk.parameters.flatMap((each) => ("correlationId" in each ? [each.correlationId] : []));
  return ids[index] ?? -1;
};
/** The codes of the causes of an answer, in order. */
export function causesIn({ parameters }: Asconf): number[] {
  return parameters.flatMap((each) =>
    each.kind === "Error Cause Indication" ? each.causes.map(({ code }) => code) : [],
  );
}

/** The outcomes that the user has heard of, in order: "add 10.0.0.1 performed". */
export function outcomesOf(link: Link): string[] {
  return link.lab.events.flatMap((event) =>
    event.kind === "address-change" ? [`${event.change} ${event.address} ${event.outcome}`] : [],
  );
}
/** What the user has heard of paths, in order: "10.0.0.2 added". */
export function pathNewsOf(link: Link): string[] {
  return link.lab.events.flatMap((event) =>
    event.kind === "path" ? [`${event.address} ${event.state}`] : [],
  );
}

// ---- What this side asks ---------------------------------------------------------------------------------------

export function asksToAdd(link: Link, address = OUR_THIRD_ADDRESS): Asconf {
  gains(link, address);
  link.association.addLocalAddress(address, link.lab.nowMs);
  return onlyAsconf(link.lab.flush());
}
export function asksToRemove(link: Link, address = OUR_SECOND_ADDRESS): Asconf {
  link.association.removeLocalAddress(address, link.lab.nowMs);
  return onlyAsconf(link.lab.flush());
}
/** The only address has been replaced by another one, which the peer does not know. */
export function moves(link: Link, to = OUR_SECOND_ADDRESS, from = OUR_ADDRESS): SentPacket[] {
  gains(link, to);
  loses(link, from);
  link.association.addLocalAddress(to, link.lab.nowMs);
  link.association.removeLocalAddress(from, link.lab.nowMs);
  return link.lab.flush();
}
export function codeThrownBy(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
}
export const drops = (link: Link, reason: string): number => link.lab.stack.counters[reason] ?? 0;
