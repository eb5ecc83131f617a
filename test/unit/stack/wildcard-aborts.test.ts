/**
 * ABORTs with the T bit where packets leave from a wildcard: the host picks the address that each of them leaves from, by its routes, and a
 * peer that was told of no address of ours knows the one alone that the handshake left from. To what comes from another one it answers
 * as to a stranger (RFC 9260 8.4), and that is no word about the association.
 */
import { expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import {
  addressParameter,
  cookieParameter,
  Lab,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
} from "../../conformance/lab.ts";

const WILDCARD = "0.0.0.0";
const BOTH = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
const LISTED = BOTH.map(addressParameter);
const REFLECTED_ABORT: Chunk = { kind: "ABORT", tagReflected: true, causes: [] };

/** A client whose user has passed both addresses of the peer, which are confirmed thereby (5.4). */
function client(): Link {
  const parameters = [cookieParameter(), ...LISTED];
  return new Lab({ localAddresses: [WILDCARD] }).connected({}, { parameters }, BOTH);
}

function aborted(link: Link, from: string): void {
  link.receive([REFLECTED_ABORT], { tag: PEER_TAG, from, to: WILDCARD });
}

it("does not end with the HEARTBEAT to another address of a client's, and ends where the handshake went", () => {
  const link = new Lab({ localAddresses: [WILDCARD] }).accepted({}, { parameters: LISTED });
  expect(link.lab.runUntilSent()).toMatchObject([{ to: PEER_SECOND_ADDRESS, kinds: ["HEARTBEAT"] }]);
  aborted(link, PEER_SECOND_ADDRESS);
  expect(link.state).toBe("ESTABLISHED");
  expect(link.lab.stack.counters["no-association"]).toBe(1);
  aborted(link, PEER_ADDRESS);
  expect(link.state).toBe("CLOSED");
});

it("does not end with what a client sends to another address of its server's, and ends where the handshake went", () => {
  const link = client();
  aborted(link, PEER_SECOND_ADDRESS);
  expect(link.state).toBe("ESTABLISHED");
  aborted(link, PEER_ADDRESS);
  expect(link.state).toBe("CLOSED");
});

it("ends from another address once something has been answered there", () => {
  const link = client();
  link.association.requestHeartbeat(PEER_SECOND_ADDRESS, link.lab.nowMs);
  const [heartbeat] = link.lab.flush().flatMap(({ chunks }) => chunks);
  if (heartbeat?.kind !== "HEARTBEAT") throw new Error("no HEARTBEAT");
  link.lab.nowMs += 10;
  link.receive([{ ...heartbeat, kind: "HEARTBEAT ACK" }], { from: PEER_SECOND_ADDRESS, to: WILDCARD });
  aborted(link, PEER_SECOND_ADDRESS);
  expect(link.state).toBe("CLOSED");
});

it("ends where nothing has been answered anywhere: that says nothing against the only address", () => {
  const link = new Lab({ localAddresses: [WILDCARD] }).accepted({});
  aborted(link, PEER_ADDRESS);
  expect(link.state).toBe("CLOSED");
});
