/** Set Primary Address in an INIT and an INIT ACK (RFC 5061 4.2.4). */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { ADDRESSES_SUPPORTED, asconf, BARE, makesPrimary, says } from "./address-peer.ts";
import { authParameters } from "./auth-peer.ts";
import {
  addressParameter,
  cookieOf,
  cookieParameter,
  echoOf,
  initAckChunk,
  initChunk,
  Lab,
  Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
} from "./lab.ts";

const VICTIM = "192.0.2.66";
const QUIET = { heartbeatIntervalMs: 0, ...BARE } as const;
const LISTED: readonly Parameter[] = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter);

const labOf = (): Lab => new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });

/** The peer asks for the association. */
function asked(parameters: readonly Parameter[], options: Partial<AssociationOptions> = QUIET): Link {
  return labOf().accepted(options, { parameters: [...LISTED, ADDRESSES_SUPPORTED, ...parameters] });
}

/** This side asks for it. @param from where the INIT ACK comes from */
function asking(
  parameters: readonly Parameter[],
  from: string = PEER_ADDRESS,
  options: Partial<AssociationOptions> = QUIET,
): Link {
  const lab = labOf();
  const association = lab.connect(options, [PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  const init = only(lab.flush(), "INIT");
  const all = [cookieParameter(), ...LISTED, ADDRESSES_SUPPORTED, ...parameters];
  const initAck = initAckChunk({ parameters: all });
  lab.receive([initAck], { tag: init.initiateTag, from });
  lab.receive([{ kind: "COOKIE ACK" }], { tag: init.initiateTag, from });
  return new Link(lab, association, initAck.initialTsn, init.initialTsn);
}

const dataTo = (packets: readonly SentPacket[]): string[] =>
  packets.flatMap(({ to, kinds }) => (kinds.includes("DATA") ? [to] : []));
const primaryNews = ({ lab }: Link): string[] =>
  lab.events.flatMap((event) => (event.kind === "primary" ? [event.address] : []));

/** The peer answers the HEARTBEAT that went to one of its addresses. */
function confirms(link: Link, address: string): void {
  for (const { chunks, to } of [...link.lab.sent]) {
    if (to !== address) continue;
    for (const chunk of chunks)
      if (chunk.kind === "HEARTBEAT") link.receive([{ ...chunk, kind: "HEARTBEAT ACK" }], { from: address });
  }
}

describe("RFC 5061 4.2.4 Set Primary IP Address", () => {
  it("MAY: an INIT says which of its addresses is to be the primary one, through the State Cookie", () => {
    const link = asked([makesPrimary(PEER_SECOND_ADDRESS)]);
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    expect(link.lab.eventKinds).toEqual(["established", "primary"]);
    expect(primaryNews(link)).toEqual([PEER_SECOND_ADDRESS]);
  });

  it("MAY: nothing but HEARTBEATs goes there before one has been answered, and user data from then on", () => {
    const link = asked([makesPrimary(PEER_SECOND_ADDRESS)]);
    expect(dataTo(link.send(10))).toEqual([PEER_ADDRESS]);
    link.receive([link.sack(0)]);
    link.lab.run(1_000);
    confirms(link, PEER_SECOND_ADDRESS);
    expect(dataTo(link.send(10))).toEqual([PEER_SECOND_ADDRESS]);
    expect(dataTo(link.lab.sent)).toEqual([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  });

  it("MAY: an INIT ACK says so when the COOKIE ACK has come; what went with the COOKIE ECHO went where that goes", () => {
    const link = asking([makesPrimary(PEER_SECOND_ADDRESS)]);
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    expect(link.lab.eventKinds).toEqual(["established", "primary"]);
    expect(dataTo(link.send(10))).toEqual([PEER_SECOND_ADDRESS]); // The user has named it: it counts as confirmed.
  });

  it("MAY: the wildcard stands for where the chunk came from", () => {
    expect(asking([makesPrimary("0.0.0.0")]).association.primaryAddress).toBe(PEER_ADDRESS);
    const other = asking([makesPrimary("::")], PEER_SECOND_ADDRESS);
    expect(other.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    expect(primaryNews(other)).toEqual([PEER_SECOND_ADDRESS]);
    expect(primaryNews(asked([makesPrimary("0.0.0.0")]))).toEqual([]); // It is so anyway.
  });

  it("MAY: an IPv6 address is as good, be it one of a link", () => {
    const [ours, first, second] = ["fe80::1%eth0", "fe80::2%eth0", "fe80::3%eth0"];
    const lab = new Lab({ localAddresses: [ours] });
    lab.listen(QUIET);
    const listed = ["fe80::2", "fe80::3"].map(addressParameter);
    const init = initChunk({ parameters: [...listed, ADDRESSES_SUPPORTED, makesPrimary("fe80::3")] });
    const envelope = { from: first, to: ours };
    const initAck = only(lab.receive([init], envelope), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag, ...envelope });
    const [association] = lab.stack.associations;
    expect(association?.primaryAddress).toBe(second);
  });

  it("MAY: of several the first counts, whatever it names", () => {
    const two = [makesPrimary(PEER_SECOND_ADDRESS), makesPrimary(PEER_ADDRESS)];
    expect(asked(two).association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    expect(asked([makesPrimary(VICTIM), two[0] as Parameter]).association.primaryAddress).toBe(PEER_ADDRESS);
  });

  it("MUST NOT: names an address that is not listed, and none is added by it", () => {
    // The last one begins with the bytes of the second address.
    for (const address of [VICTIM, "127.0.0.1", "224.0.0.1", "fd00::2", "10.1.0.20", "10.1.0.1", "a01:2::"])
      for (const link of [asked([makesPrimary(address)]), asking([makesPrimary(address)])]) {
        expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
        expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
        expect(primaryNews(link)).toEqual([]);
      }
  });

  it("MAY: the choice that the user makes later counts, and the one of a later ASCONF", () => {
    const link = asked([makesPrimary(PEER_SECOND_ADDRESS)]);
    link.association.setPrimary(PEER_ADDRESS);
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
    says(link, asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)]));
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
  });

  it("MAY: a peer that begins anew says it anew", () => {
    const link = asked([]);
    const parameters = [...LISTED, ADDRESSES_SUPPORTED, makesPrimary(PEER_SECOND_ADDRESS)];
    const init = initChunk({ initiateTag: 0x55, initialTsn: 0x77, parameters });
    const initAck = only(link.lab.receive([init]), "INIT ACK");
    link.lab.receive([{ kind: "COOKIE ECHO", cookie: cookieOf(initAck) }], { tag: initAck.initiateTag });
    expect(link.lab.eventKinds).toEqual(["established", "restarted", "primary"]);
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
  });

  it("MAY: with authentication, too: nothing authenticates an INIT, which lists addresses all the same", () => {
    const authenticated = { heartbeatIntervalMs: 0, dynamicAddresses: true } as const;
    const secure = authParameters([193, 128]);
    const both = [...secure, makesPrimary(PEER_SECOND_ADDRESS)];
    expect(asked(both, authenticated).association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    expect(asking(both, PEER_ADDRESS, authenticated).association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
  });

  it("MUST: is reported as unknown where the user does not want addresses to change, and does nothing", () => {
    const lab = labOf();
    lab.listen({ heartbeatIntervalMs: 0 });
    const parameters = [...LISTED, makesPrimary(PEER_SECOND_ADDRESS)];
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    expect(initAck.parameters.filter(({ kind }) => kind === "Unrecognized Parameter")).toHaveLength(1);
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect([...lab.stack.associations].map(({ primaryAddress }) => primaryAddress)).toEqual([PEER_ADDRESS]);
  });

  it("MUST: does nothing where the peer does not list the chunks of the extension", () => {
    const lab = labOf();
    const link = lab.accepted(QUIET, { parameters: [...LISTED, makesPrimary(PEER_SECOND_ADDRESS)] });
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
  });
});
