/** Which path DATA goes to (RFC 9260 6.4). */
import { beforeEach, expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { Rfc9260PathScheduler } from "../../../../src/association/paths/rfc9260-path-scheduler.ts";
import { RetransmissionTimeout } from "../../../../src/association/paths/rto.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { Rfc9260Controller } from "../../../../src/congestion/rfc9260.ts";

let paths: PathSet;
let scheduler: Rfc9260PathScheduler;
let first: Path;
let second: Path;

function addPath(address: string): Path {
  const rto = new RetransmissionTimeout(1_000, 1_000, 60_000);
  const path = new Path({
    address,
    localAddress: "10.0.0.1",
    remoteUdpPort: 9_899,
    confirmed: true,
    maxPacketBytes: 1_200,
    congestion: new Rfc9260Controller(1_188, 4),
    rto,
    thresholds: associationOptions(),
  });
  paths.add(path);
  return path;
}

function messageTo(destination?: string): OutboundMessage {
  return new OutboundMessage(new Uint8Array(1), { to: destination });
}

beforeEach(() => {
  paths = new PathSet();
  scheduler = new Rfc9260PathScheduler(paths);
  first = addPath("10.0.0.2");
  second = addPath("10.1.0.2");
});

it("sends to the primary path, and to another one while that is inactive", () => {
  expect(scheduler.pathFor(messageTo())).toBe(first);
  first.active = false;
  expect(scheduler.pathFor(messageTo())).toBe(second);
});

it("sends to the address that the user wants while that works", () => {
  expect(scheduler.pathFor(messageTo("10.1.0.2"))).toBe(second);
  second.active = false;
  expect(scheduler.pathFor(messageTo("10.1.0.2"))).toBe(first);
  expect(scheduler.pathFor(messageTo("10.9.0.2"))).toBe(first);
});

it("has no path before an address is confirmed", () => {
  first.confirmed = false;
  second.confirmed = false;
  expect(scheduler.pathFor(messageTo())).toBeUndefined();
});

it("sends again where it was sent before, elsewhere what timed out, and somewhere what has lost its path", () => {
  expect(scheduler.retransmissionPath(second.flight, false)).toBe(second);
  expect(scheduler.retransmissionPath(first.flight, true)).toBe(second);
  expect(scheduler.retransmissionPath(undefined, false)).toBe(first);
  second.active = false;
  expect(scheduler.retransmissionPath(second.flight, false)).toBe(first);
  expect(scheduler.retransmissionPath(first.flight, true)).toBe(first);
});
