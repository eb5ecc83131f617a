/** What the peer is told of messages that were given up, and what is made of it: corners of RFC 3758 3.5 and 3.6. */
import { expect, it } from "vitest";
import type { Reliability } from "../../../../../src/association/model/reliability.ts";
import type { AssociationOptions } from "../../../../../src/base/options.ts";
import {
  addressParameter,
  BY_RFC_9260_7_2,
  chunksOf,
  cookieParameter,
  FORWARD_TSN_SUPPORTED,
  firstOf,
  kindsOf,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  supportedExtensions,
} from "../../../../conformance/lab.ts";

const ONCE: { readonly reliability: Reliability } = { reliability: { maxRetransmits: 0 } };

function agreed(options: Partial<AssociationOptions> = {}, addresses = [PEER_ADDRESS]): Link {
  const parameters = [cookieParameter(), FORWARD_TSN_SUPPORTED, ...addresses.map(addressParameter)];
  const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
  return lab.connected({ ...BY_RFC_9260_7_2, heartbeatIntervalMs: 0, ...options }, { parameters }, addresses);
}

it("lists no unordered message of which a part was never sent", () => {
  const link = agreed();
  const sent = chunksOf(link.send(60_000, { ...ONCE, unordered: true }), "DATA");
  expect(firstOf(link.lab.runUntilSent(), "FORWARD TSN")).toEqual({
    kind: "FORWARD TSN",
    newCumulativeTsn: (link.ourTsn + sent.length) >>> 0,
    skipped: [],
  });
});

it("says nothing more when a SHUTDOWN has acknowledged what was skipped, and more", () => {
  const link = agreed();
  link.send(10, ONCE);
  link.send(10);
  link.send(10);
  expect(kindsOf(link.lab.runUntilSent())).toEqual(["FORWARD TSN+DATA+DATA"]);
  link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.sack(1).cumulativeTsnAck }]);
  expect(kindsOf(link.lab.runUntilSent())).toEqual(["DATA"]);
});

it("goes to another address when it was not answered (RFC 9260 6.4.1)", () => {
  const link = agreed({}, [PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  link.send(10, ONCE);
  const destinations = [1, 2, 3].map(() => link.lab.runUntilSent().map(({ kinds, to }) => [...kinds, to]));
  expect(destinations).toEqual([
    [["FORWARD TSN", PEER_ADDRESS]],
    [["FORWARD TSN", PEER_SECOND_ADDRESS]],
    [["FORWARD TSN", PEER_ADDRESS]],
  ]);
});

it("is repeated half a second later if a SACK shows that it has not come, however long a round trip is", () => {
  const link = agreed();
  const roundTrips = 20;
  for (let offset = 0; offset < roundTrips; offset++) {
    link.send(10);
    link.lab.run(900);
    link.receive([link.sack(offset)]);
  }
  expect(link.association.path(PEER_ADDRESS).srttMs).toBeGreaterThan(800);
  link.send(10, ONCE);
  link.send(10);
  link.lab.runUntilSent();
  const gap = link.sack(roundTrips - 1, { gapBlocks: [{ start: 2, end: 2 }] });
  link.lab.run(450);
  expect(kindsOf(link.receive([gap]))).toEqual([]);
  link.lab.run(60);
  expect(kindsOf(link.receive([gap]))).toEqual(["FORWARD TSN"]);
});

it("may end in the middle of one message after another: the rest of each is dropped", () => {
  const link = agreed();
  const rest = (offset: number, ssn: number) => link.data(offset, { ssn, beginning: false });
  link.receive([link.forwardTsn(0, [{ streamId: 0, ssn: 0 }])]);
  link.receive([link.forwardTsn(2, [{ streamId: 0, ssn: 1 }])]);
  link.receive([rest(3, 1)]);
  link.receive([link.data(4, { ssn: 2 })]);
  expect(link.state).toBe("ESTABLISHED");
  expect(link.read()).toEqual(["hello"]);
});

it("skips up to the largest MID of a stream, wherever an I-FORWARD-TSN lists it (RFC 8260 2.3.1)", () => {
  const parameters = [cookieParameter(), FORWARD_TSN_SUPPORTED, supportedExtensions(64, 192, 194)];
  const link = new Lab().connected({ heartbeatIntervalMs: 0, interleaving: true }, { parameters });
  const skipped = [1, 0].map((mid) => ({ streamId: 0, unordered: false, mid }));
  link.receive([link.iForwardTsn(1, skipped)]);
  link.receive([link.iData(2, { mid: 2 })]);
  expect(link.read()).toEqual(["hello"]);
});
