/** Addresses that come and go (RFC 5061). The first ASCONF of either side has the number of its Initial TSN. */
import { describe, expect, it } from "vitest";
import {
  adds,
  agreed,
  answerTo,
  asconf,
  asks,
  deletes,
  gains,
  loses,
  makesPrimary,
  OUR_THIRD_ADDRESS,
  onlyAsconf,
  outcomesOf,
  PEER_THIRD_ADDRESS,
  pathNewsOf,
  says,
  single,
} from "./address-peer.ts";
import { kindsOf, OUR_ADDRESS, OUR_SECOND_ADDRESS, PEER_ADDRESS, PEER_SECOND_ADDRESS } from "./lab.ts";

describe("RFC 5061 4.1.1 Address Configuration Change Chunk (ASCONF)", () => {
  it("MUST: names an address of the sender's by which the peer finds the association, then what is asked", () => {
    const link = agreed();
    gains(link, OUR_THIRD_ADDRESS);
    const number = link.association.addLocalAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    const sent = link.lab.flush();
    const chunk = onlyAsconf(sent);
    expect(chunk.serialNumber).toBe(link.ourTsn);
    expect(asks(chunk)).toEqual([`by ${OUR_ADDRESS}`, `add ${OUR_THIRD_ADDRESS}`]);
    expect(sent[0]?.from).toBe(OUR_ADDRESS);
    says(link, answerTo(chunk));
    expect(link.lab.events.at(-1)).toMatchObject({
      kind: "address-change",
      request: number,
      outcome: "performed",
    });
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} performed`]);
  });
});

describe("RFC 5061 5.2 Upon Reception of an ASCONF Chunk", () => {
  it("MUST: E6 answers to where the ASCONF came from, and performs it once", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [
      adds(PEER_THIRD_ADDRESS),
      makesPrimary(PEER_SECOND_ADDRESS),
      deletes(PEER_ADDRESS),
    ]);
    const sent = says(link, chunk, { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS });
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK"]);
    expect(sent[0]).toMatchObject({ to: PEER_SECOND_ADDRESS, from: OUR_SECOND_ADDRESS });
    expect(onlyAsconf(sent, "ASCONF-ACK")).toEqual(answerTo(chunk));
    expect(link.association.remoteAddresses).toEqual([PEER_SECOND_ADDRESS, PEER_THIRD_ADDRESS]);
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    expect(pathNewsOf(link)).toEqual([`${PEER_THIRD_ADDRESS} added`, `${PEER_ADDRESS} removed`]);
  });
});

describe("RFC 5061 5.3.2 A Special Case for Changing an Address", () => {
  it("MUST: an only address is replaced from the new one, under the name of the old one", () => {
    const link = single();
    gains(link, OUR_SECOND_ADDRESS);
    loses(link, OUR_ADDRESS);
    link.association.addLocalAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    link.association.removeLocalAddress(OUR_ADDRESS, link.lab.nowMs);
    const sent = link.lab.flush();
    expect(sent[0]?.from).toBe(OUR_SECOND_ADDRESS);
    const chunk = onlyAsconf(sent);
    expect(asks(chunk)).toEqual([`by ${OUR_ADDRESS}`, `add ${OUR_SECOND_ADDRESS}`, `delete ${OUR_ADDRESS}`]);
    says(link, answerTo(chunk), { to: OUR_SECOND_ADDRESS });
    expect(link.association.localAddresses).toEqual([OUR_SECOND_ADDRESS]);
    expect(link.send(10)[0]?.from).toBe(OUR_SECOND_ADDRESS);
  });

  it("MUST: one that the peer replaces so is found by the old name, and answered at the new one", () => {
    const link = single();
    const chunk = asconf(link, 0, [adds(PEER_SECOND_ADDRESS), deletes(PEER_ADDRESS)]);
    const sent = says(link, chunk, { from: PEER_SECOND_ADDRESS, fromUdpPort: 4_000 });
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK"]);
    expect(sent[0]).toMatchObject({ to: PEER_SECOND_ADDRESS, toUdpPort: 4_000 });
    expect(link.association.remoteAddresses).toEqual([PEER_SECOND_ADDRESS]);
  });
});
