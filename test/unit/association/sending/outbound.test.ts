/** The sending half by itself: that it outlives agreements, and that paths may come and go. */
import { beforeEach, describe, expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { RetransmissionTimeout } from "../../../../src/association/paths/rto.ts";
import { Outbound } from "../../../../src/association/sending/outbound.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import type { DataChunk } from "../../../../src/chunks/chunk.ts";
import { decodePacket } from "../../../../src/chunks/packet.ts";
import { PacketWriter } from "../../../../src/chunks/packet-writer.ts";
import { PacketSlab } from "../../../../src/chunks/slab.ts";
import { Rfc9260Controller } from "../../../../src/congestion/rfc9260.ts";

const OPTIONS = associationOptions({ outboundStreams: 20 });
const NOBODY = { onRetransmit() {}, onCongestionChange() {}, onRttSample() {}, onTimer() {} };

let paths: PathSet;
let outbound: Outbound;

function addPath(address: string, maxPacketBytes = 1_200): Path {
  const congestion = new Rfc9260Controller(maxPacketBytes - 12, 4);
  const rto = new RetransmissionTimeout(1_000, 1_000, 60_000);
  const path = new Path({
    address,
    localAddress: "10.0.0.1",
    remoteUdpPort: 9_899,
    confirmed: true,
    maxPacketBytes,
    congestion,
    rto,
    thresholds: OPTIONS,
  });
  paths.add(path);
  outbound.onPathAdded(path);
  return path;
}

function send(name: number, streamId: number, bytes = 100): void {
  outbound.enqueue(new OutboundMessage(new Uint8Array(bytes), { streamId, ppid: name }));
}

/** The DATA of the next packet; its PPIDs are the messages' names. */
function nextPacket(nowMs = 0): { readonly path: Path | undefined; readonly chunks: readonly DataChunk[] } {
  const path = outbound.nextPath(nowMs);
  if (path === undefined) return { path, chunks: [] };
  const slab = new PacketSlab();
  const writer = new PacketWriter();
  writer.begin(slab, 1, 2, 3, path.maxPacketBytes);
  outbound.fill(writer, path, false, nowMs);
  const { chunks } = decodePacket(slab.packet(writer.finish()).slice());
  return { path, chunks: chunks.filter((chunk) => chunk.kind === "DATA") };
}

const numbersOf = (chunks: readonly DataChunk[]): number[][] =>
  chunks.map(({ tsn, streamId, ssn, ppid }) => [tsn, streamId, ssn, ppid]);

beforeEach(() => {
  paths = new PathSet();
  outbound = new Outbound({ initialTsn: 500, options: OPTIONS, paths, observer: NOBODY });
});

describe("reset", () => {
  it("keeps what is queued or unacknowledged, and begins TSNs, SSNs and flights anew", () => {
    const path = addPath("10.0.0.2");
    outbound.reset({ initialTsn: 500, peerRwndBytes: 100_000, streamCount: 10, isInterleaved: false });
    send(0, 3);
    send(1, 3);
    send(2, 3, 3_000);
    expect(numbersOf(nextPacket().chunks).slice(0, 2)).toEqual([
      [500, 3, 0, 0],
      [501, 3, 1, 1],
    ]);
    expect(path.flight.flightBytes).toBeGreaterThan(0);
    send(3, 0);

    outbound.reset({ initialTsn: 0xffff_ffff, peerRwndBytes: 50_000, streamCount: 4, isInterleaved: false });
    expect(path.flight).toMatchObject({ flightBytes: 0, flightChunkCount: 0 });
    expect(outbound.sent.isEmpty).toBe(true);
    expect(outbound.peerWindow.freeBytes).toBe(50_000);
    expect(outbound.bufferedBytes).toBe(3_300);
    expect(outbound.queue.pendingBytes).toBe(3_300);
    const chunks = [nextPacket(), nextPacket(), nextPacket()].flatMap((packet) => packet.chunks);
    expect(numbersOf(chunks).slice(0, 3)).toEqual([
      [0xffff_ffff, 3, 0, 0],
      [0, 3, 1, 1],
      [1, 3, 2, 2],
    ]);
    expect(numbersOf(chunks).at(-1)).toEqual([chunks.length - 2, 0, 0, 3]);
  });

  it("sends nothing before the first one: the peer has told no window", () => {
    addPath("10.0.0.2");
    send(0, 0);
    expect(outbound.nextPath(0)).toBeUndefined();
  });
});

describe("the number of streams", () => {
  it("is what is asked for until the peer has agreed, and what was agreed from then on", () => {
    expect(outbound.streamCount).toBe(20);
    outbound.setOptions(associationOptions({ outboundStreams: 30 }));
    expect(outbound.streamCount).toBe(30);
    outbound.reset({ initialTsn: 1, peerRwndBytes: 1_000, streamCount: 5, isInterleaved: false });
    outbound.setOptions(associationOptions({ outboundStreams: 40 }));
    expect(outbound.streamCount).toBe(5);
  });
});

describe("paths", () => {
  beforeEach(() => {
    outbound.reset({ initialTsn: 500, peerRwndBytes: 100_000, streamCount: 10, isInterleaved: false });
  });

  it("cut messages for the smallest of their packets, as they come, change and go", () => {
    addPath("10.0.0.2", 1_200);
    expect(outbound.fragmentationPointBytes).toBe(1_172);
    const small = addPath("10.1.0.2", 600);
    expect(outbound.fragmentationPointBytes).toBe(572);
    small.maxPacketBytes = 800;
    outbound.onPacketSizeChanged();
    expect(outbound.fragmentationPointBytes).toBe(772);
    paths.remove(small);
    outbound.onPathRemoved(small);
    expect(outbound.fragmentationPointBytes).toBe(1_172);
  });

  it("give the room that their DATA had at the peer back when they go [A2]", () => {
    const first = addPath("10.0.0.2");
    addPath("10.1.0.2");
    send(0, 0, 1_000);
    nextPacket();
    expect(outbound.peerWindow.freeBytes).toBe(99_000);
    paths.remove(first);
    outbound.onPathRemoved(first);
    expect(outbound.peerWindow.freeBytes).toBe(100_000);
    nextPacket();
    expect(outbound.peerWindow.freeBytes).toBe(99_000);
  });

  it("leave their DATA to another one when they go", () => {
    const first = addPath("10.0.0.2");
    const second = addPath("10.1.0.2");
    send(0, 0);
    expect(nextPacket().path).toBe(first);
    paths.remove(first);
    outbound.onPathRemoved(first);
    const { path, chunks } = nextPacket();
    expect(path).toBe(second);
    expect(numbersOf(chunks)).toEqual([[500, 0, 0, 0]]);
  });
});
