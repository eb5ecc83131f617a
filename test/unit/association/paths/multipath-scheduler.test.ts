/** Which of several paths DATA goes to, where all are used at once. */
import { beforeEach, describe, expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { MultipathScheduler, type PathRoom } from "../../../../src/association/paths/multipath-scheduler.ts";
import { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { RetransmissionTimeout } from "../../../../src/association/paths/rto.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { Rfc9260Controller } from "../../../../src/congestion/rfc9260.ts";

const NOW_MS = 1_000;
const CWND_BYTES = 10_000;

let paths: PathSet;
let scheduler: MultipathScheduler;
let quick: Path;
let slow: Path;
let full: Set<Path>;
let windowBytes: number;

function addPath(address: string, srttMs: number): Path {
  const congestion = new Rfc9260Controller(1_188, 4);
  congestion.cwndBytes = CWND_BYTES;
  const path = new Path({
    address,
    localAddress: "10.0.0.1",
    remoteUdpPort: 9_899,
    confirmed: true,
    maxPacketBytes: 1_200,
    congestion,
    rto: new RetransmissionTimeout(1_000, 1_000, 60_000),
    thresholds: associationOptions(),
  });
  path.rto.srttMs = srttMs;
  paths.add(path);
  return path;
}

const toAny = (): OutboundMessage => new OutboundMessage(new Uint8Array(1), {});

beforeEach(() => {
  paths = new PathSet();
  full = new Set();
  windowBytes = 1_000_000;
  const room: PathRoom = {
    mayStart: (path) => !full.has(path),
    mayResend: (path) => !full.has(path),
    get windowBytes() {
      return windowBytes;
    },
  };
  scheduler = new MultipathScheduler(paths, room);
  slow = addPath("10.0.0.2", 50);
  quick = addPath("10.1.0.2", 10);
});

describe("new DATA", () => {
  it("goes to the path with the shortest round trip that has room, one that is not measured comes last", () => {
    const unknown = addPath("10.2.0.2", Number.NaN);
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(quick);
    full.add(quick);
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(slow);
    full.add(slow);
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(unknown);
    full.add(unknown);
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBeUndefined();
  });

  it("goes to no path that has failed, and where none works to the least doubtful one", () => {
    quick.errorCount = 1;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(slow);
    slow.errorCount = 2;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(quick);
  });

  it("waits for the quick path while that could fill the buffers before the slow one answers", () => {
    full.add(quick);
    quick.flight.flightBytes = CWND_BYTES;
    windowBytes = 51_200; // Five of its windows, and one packet.
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(slow);
    windowBytes--;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBeUndefined();
    quick.flight.flightBytes = 0; // Nothing would end the waiting.
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(slow);
    quick.flight.flightBytes = CWND_BYTES;
    quick.errorCount = 1;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(slow);
  });

  it("waits longer for a slow answer where something is in flight there", () => {
    full.add(quick);
    quick.flight.flightBytes = CWND_BYTES;
    slow.flight.flightBytes = CWND_BYTES / 2;
    windowBytes = 75_000 + CWND_BYTES / 2 + 1_200;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(slow);
    windowBytes--;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBeUndefined();
  });

  it("has a path hold no more than its share of the buffers, but one packet in any case", () => {
    windowBytes = 8_000;
    slow.rto.srttMs = 10;
    quick.flight.flightBytes = 2_800;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(slow);
    slow.errorCount = 1; // The other one has all of them now.
    quick.flight.flightBytes = 6_800;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(quick);
    quick.flight.flightBytes = 6_801;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBeUndefined();
    quick.flight.flightBytes = 0;
    windowBytes = 0;
    expect(scheduler.pathFor(toAny(), NOW_MS)).toBe(quick);
  });

  it("goes along in a packet to any path, unless the user has named another one that works", () => {
    const named = new OutboundMessage(new Uint8Array(1), { to: "10.0.0.2" });
    expect(scheduler.mayJoin(toAny(), quick)).toBe(true);
    expect(scheduler.mayJoin(named, quick)).toBe(false);
    expect(scheduler.mayJoin(named, slow)).toBe(true);
    slow.active = false;
    expect(scheduler.mayJoin(named, quick)).toBe(true);
  });
});

describe("what is sent again", () => {
  it("goes where it went before, or wherever there is room; what timed out goes elsewhere (RFC 9260 6.4)", () => {
    expect(scheduler.retransmissionPath(slow.flight, false, NOW_MS)).toBe(slow);
    full.add(slow);
    expect(scheduler.retransmissionPath(slow.flight, false, NOW_MS)).toBe(quick);
    full.add(quick);
    expect(scheduler.retransmissionPath(slow.flight, false, NOW_MS)).toBe(slow);
    full.clear();
    expect(scheduler.retransmissionPath(quick.flight, true, NOW_MS)).toBe(slow);
    full.add(slow);
    expect(scheduler.retransmissionPath(quick.flight, true, NOW_MS)).toBe(slow);
  });

  it("goes to the quick path where the slow one would hold up everything, and where its own is gone", () => {
    windowBytes = 50_000;
    quick.flight.flightBytes = 1;
    expect(scheduler.retransmissionPath(slow.flight, false, NOW_MS)).toBe(quick);
    expect(scheduler.retransmissionPath(undefined, false, NOW_MS)).toBe(quick);
  });
});
