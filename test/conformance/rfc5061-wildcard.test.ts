/** Removing an address that is gone, on a port that is bound to a wildcard (RFC 5061 4.2.2, 5.3): the host alone knows what it had. */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import {
  ADDRESSES_SUPPORTED,
  answerTo,
  asks,
  BARE,
  codeThrownBy,
  gains,
  idOf,
  onlyAsconf,
  outcomesOf,
  refusal,
  says,
  shortage,
} from "./address-peer.ts";
import { cookieParameter, initAckChunk, Lab, Link, only, type SentPacket } from "./lab.ts";

const WILDCARD = "0.0.0.0";
/** What the host had when the association was set up, and what it has instead. */
const [LOST, FRESH, OTHER] = ["10.0.0.1", "10.1.0.1", "10.2.0.1"] as const;
const HERE = { to: WILDCARD } as const;

/** An association of a port that is bound to wildcards. */
function wildcard(options: Partial<AssociationOptions> = {}, localAddresses = [WILDCARD, "::"]): Link {
  const lab = new Lab({ localAddresses });
  const association = lab.connect({ heartbeatIntervalMs: 0, ...BARE, ...options });
  const init = only(lab.flush(), "INIT");
  const initAck = initAckChunk({ parameters: [cookieParameter(), ADDRESSES_SUPPORTED] });
  lab.receive([initAck], { tag: init.initiateTag, ...HERE });
  lab.receive([{ kind: "COOKIE ACK" }], { tag: init.initiateTag, ...HERE });
  return new Link(lab, association, initAck.initialTsn, init.initialTsn);
}

function removes(link: Link, address: string = LOST): SentPacket[] {
  link.association.removeLocalAddress(address, link.lab.nowMs);
  return link.lab.flush();
}

/** The peer takes the new address up. */
function adds(link: Link, address: string = FRESH): void {
  gains(link, address);
  link.association.addLocalAddress(address, link.lab.nowMs);
  says(link, answerTo(onlyAsconf(link.lab.flush())), HERE);
}

describe("RFC 5061 4.2.2 Delete IP Address", () => {
  it("MAY: an address is removed that a wildcard stands for, from wherever the host sends now", () => {
    const link = wildcard();
    adds(link);
    expect(link.association.mayRemoveLocalAddress(LOST)).toBe(true);
    const sent = removes(link);
    expect(asks(onlyAsconf(sent))).toEqual(["by 0.0.0.0", `delete ${LOST}`]);
    expect(sent.map(({ from }) => from)).toEqual([WILDCARD]);
    says(link, answerTo(onlyAsconf(sent)), HERE);
    expect(outcomesOf(link)).toEqual([`add ${FRESH} performed`, `remove ${LOST} performed`]);
    expect(link.association.knownLocalAddresses).toEqual([WILDCARD, FRESH]);
    expect(link.send(10).map(({ from }) => from)).toEqual([WILDCARD]);
  });

  it("MAY: it goes in one chunk with the address that takes its place, added first", () => {
    const link = wildcard();
    gains(link, FRESH);
    link.association.addLocalAddress(FRESH, link.lab.nowMs);
    const chunk = onlyAsconf(removes(link));
    expect(asks(chunk)).toEqual(["by 0.0.0.0", `add ${FRESH}`, `delete ${LOST}`]);
  });

  it("MAY: behind a NAT it is the wildcard that is added and removed, one after the other: all but where the packet comes from", () => {
    const link = wildcard({ dynamicAddresses: { authenticated: false, behindNat: true } });
    gains(link, FRESH);
    link.association.addLocalAddress(FRESH, link.lab.nowMs);
    const first = onlyAsconf(removes(link));
    expect(asks(first)).toEqual(["by 0.0.0.0", "add 0.0.0.0"]);
    const second = onlyAsconf(says(link, answerTo(first), HERE));
    expect(asks(second)).toEqual(["by 0.0.0.0", "delete 0.0.0.0"]);
    says(link, answerTo(second), HERE);
    expect(outcomesOf(link)).toEqual([`add ${FRESH} performed`, `remove ${LOST} performed`]);
    expect(link.association.knownLocalAddresses).toEqual([WILDCARD, FRESH]);
  });

  it("MUST NOT: behind a NAT, where more than one of the others has to stay", () => {
    const link = wildcard({ dynamicAddresses: { authenticated: false, behindNat: true } });
    for (const address of [FRESH, OTHER]) adds(link, address);
    expect(codeThrownBy(() => removes(link))).toBe("ERR_SCTP_NOT_SUPPORTED");
  });

  it("MUST: a peer that refuses, for it is sent to from there, keeps the address, and this side nothing of it", () => {
    const link = wildcard();
    adds(link);
    for (let round = 0; round < 2; round++) {
      const chunk = onlyAsconf(removes(link));
      says(link, answerTo(chunk, refusal(idOf(chunk), shortage)), HERE);
    }
    expect(outcomesOf(link).slice(1)).toEqual([`remove ${LOST} denied`, `remove ${LOST} denied`]);
    expect(link.association.knownLocalAddresses).toEqual([WILDCARD, FRESH]);
    expect(link.send(10).map(({ from }) => from)).toEqual([WILDCARD]);
  });

  it("MUST: one beside the wildcard that has not been removed stays known", () => {
    const link = wildcard();
    adds(link);
    const chunk = onlyAsconf(removes(link, FRESH));
    expect(link.association.knownLocalAddresses).toEqual([WILDCARD]);
    says(link, answerTo(chunk, refusal(idOf(chunk), shortage)), HERE);
    expect(link.association.knownLocalAddresses).toEqual([WILDCARD, FRESH]);
  });

  it.each([
    ["0.0.0.0", "names nothing"],
    ["::", "names nothing"],
    ["224.0.0.1", "is nobody's"],
    ["169.254.0.1", "does not reach as far as the peer's"],
    ["127.0.0.1", "does not reach as far as the peer's"],
    ["fd00::1", "is of a family that no path has"],
  ])("MUST NOT: asks about %s, which %s", (address) => {
    const link = wildcard();
    expect(link.association.mayRemoveLocalAddress(address)).toBe(false);
    expect(codeThrownBy(() => removes(link, address))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(link.lab.flush()).toEqual([]);
  });

  it("MUST NOT: asks about what no wildcard stands for", () => {
    const link = wildcard({}, [WILDCARD]);
    adds(link);
    expect(link.association.mayRemoveLocalAddress(FRESH)).toBe(true);
    const bound = new Lab().connected(BARE, { parameters: [cookieParameter(), ADDRESSES_SUPPORTED] });
    expect(bound.association.mayRemoveLocalAddress(OTHER)).toBe(false);
    expect(codeThrownBy(() => removes(bound, OTHER))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(codeThrownBy(() => link.association.setPeerPrimaryAddress(LOST, 0))).toBe(
      "ERR_SCTP_INVALID_ADDRESS",
    );
  });

  it("MUST NOT: where it has not been agreed on", () => {
    const link = new Lab({ localAddresses: [WILDCARD] }).connected();
    expect(link.association.mayRemoveLocalAddress(WILDCARD)).toBe(false);
  });
});
