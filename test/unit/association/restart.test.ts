import { expect, it } from "vitest";
import type { InitChunk } from "../../../src/chunks/chunk.ts";
import {
  addressParameter,
  cookieParameter,
  echoOf,
  initAckChunk,
  initChunk,
  Lab,
  type Link,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  twoPaths,
} from "../../conformance/lab.ts";

const QUIET = { heartbeatIntervalMs: 0 } as const;
const NEW_TAG = 0x0a0b0c0d;

/** The peer of an association begins anew (RFC 9260 5.2.4 A). */
function restart({ lab }: Link, more: Partial<InitChunk> = {}): void {
  const init = initChunk({ initiateTag: NEW_TAG, initialTsn: 0x9000, ...more });
  const initAck = only(lab.receive([init]), "INIT ACK");
  lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
}

it("tells a user who waits for room that what was queued has failed with the peer that it was for [A16]", () => {
  const link = new Lab().accepted({ ...QUIET, sendBufferBytes: 4_096 });
  link.send(8_000);
  expect(link.association.isWritable).toBe(false);
  link.lab.events.length = 0;
  restart(link);
  expect(link.association.bufferedBytes).toBe(0);
  expect(link.lab.eventKinds).toEqual(["send-failed", "restarted", "writable"]);
});

it("tells a user who waits for room that what was queued has no stream to go out on [A16]", () => {
  const lab = new Lab();
  const association = lab.connect({ ...QUIET, outboundStreams: 10, sendBufferBytes: 4_096 });
  const { initiateTag: tag } = only(lab.flush(), "INIT");
  association.send(new Uint8Array(8_000), { streamId: 9 }, lab.nowMs);
  expect(association.isWritable).toBe(false);
  lab.receive([initAckChunk({ inboundStreams: 1, parameters: [cookieParameter()] })], { tag });
  expect(lab.eventKinds).toEqual(["send-failed", "writable"]);
});

it("gives a peer that began anew the whole time before it counts as idle", () => {
  const link = new Lab().accepted({ ...QUIET, autoCloseMs: 1_000 });
  link.lab.run(1_100);
  expect(link.state).toBe("SHUTDOWN-SENT");
  restart(link);
  expect(link.state).toBe("ESTABLISHED");
  link.lab.run(900);
  expect(link.state).toBe("ESTABLISHED");
  link.lab.run(200);
  expect(link.state).toBe("SHUTDOWN-SENT");
});

it("shuts down towards an address that the peer still has, not where a SHUTDOWN came from before it began anew [A14]", () => {
  const link = twoPaths();
  link.send(10);
  const shutdown = { kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 } as const;
  link.receive([shutdown], { from: PEER_SECOND_ADDRESS });
  expect(link.state).toBe("SHUTDOWN-RECEIVED");
  restart(link, { parameters: [addressParameter(PEER_ADDRESS)] });
  expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
  link.association.shutdown(link.lab.nowMs);
  expect(link.lab.flush()).toMatchObject([{ kinds: ["SHUTDOWN"], to: PEER_ADDRESS }]);
});
