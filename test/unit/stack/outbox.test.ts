import { beforeEach, expect, it } from "vitest";
import type { AssociationEngine } from "../../../src/association/engine.ts";
import type { AssociationState } from "../../../src/association/model/state.ts";
import type { PacketScheduler } from "../../../src/association/packets/packet-scheduler.ts";
import { decodePacket } from "../../../src/chunks/packet.ts";
import { PacketSlab, SLAB_BYTES } from "../../../src/chunks/slab.ts";
import { DropCounter } from "../../../src/stack/drop-counter.ts";
import { Outbox } from "../../../src/stack/outbox.ts";
import type { Transmit } from "../../../src/stack/types.ts";
import { TimerNode, TimerWheel } from "../../../src/timer/timer-wheel.ts";
import { standIn, testPath } from "../../inside/seat.ts";

const PATH = testPath("10.0.0.2");
const SLAB = new PacketSlab();

let wheel: TimerWheel<AssociationEngine>;
let drops: DropCounter;
let outbox: Outbox;

/** An association with packets of these lengths to send. */
function engine(packets: number[], state: AssociationState = "ESTABLISHED"): AssociationEngine {
  const made: AssociationEngine = standIn<AssociationEngine>({
    isDirty: false,
    state,
    deadlineMs: 500,
    packets: standIn<PacketScheduler>({
      next: () => ({ lengthBytes: packets.shift() ?? 0, path: PATH, localAddress: PATH.localAddress }),
    }),
  });
  Object.assign(made, { timer: new TimerNode(made) });
  return made;
}

/** As the stack does. */
function poll(slab: PacketSlab, nowMs: number): Transmit | undefined {
  const detached = outbox.takeDetached(slab, nowMs);
  if (detached !== undefined) return detached;
  for (let first = outbox.first; first !== undefined; first = outbox.first) {
    const { lengthBytes, path, localAddress } = first.packets.next(slab, nowMs);
    if (lengthBytes > 0 && path !== undefined)
      return outbox.transmitting(slab, lengthBytes, localAddress, path, nowMs);
    outbox.dismissFirst(nowMs);
  }
  return undefined;
}

function lengths(): number[] {
  const seen: number[] = [];
  for (let next = poll(SLAB, 0); next !== undefined; next = poll(SLAB, 0)) seen.push(next.lengthBytes);
  return seen;
}

/** A packet with a chunk of so many bytes. */
function packet(lengthBytes: number, verificationTag = 1): Parameters<Outbox["answer"]>[0] {
  const chunks = [{ kind: "PAD", padding: new Uint8Array(lengthBytes - 4) } as const];
  return { localPort: 7, remotePort: 8, verificationTag, chunks, route: PATH };
}

beforeEach(() => {
  wheel = new TimerWheel();
  drops = new DropCounter(undefined);
  outbox = new Outbox({ wheel, drops, trace: undefined, udpPort: 9_899, maxQueuedAnswers: 2 });
});

it("sends what belongs to no association first, then each association's packets in the order of their touches", () => {
  const [first, second] = [engine([100, 101]), engine([200])];
  outbox.touch(second);
  outbox.touch(first);
  outbox.answer(packet(48));
  outbox.touch(second);
  expect(lengths()).toEqual([60, 200, 100, 101]);
  expect(outbox.sentPackets).toBe(4);
});

it("writes a packet of its own with ports, tag and route", () => {
  outbox.sendLastWord({
    ...packet(8, 99),
    route: testPath("10.7.0.2", { localAddress: "10.7.0.1", remoteUdpPort: 5 }),
  });
  const transmit = poll(SLAB, 0);
  expect(transmit).toEqual({
    lengthBytes: 20,
    localAddress: "10.7.0.1",
    remoteAddress: "10.7.0.2",
    remoteUdpPort: 5,
  });
  expect(decodePacket(SLAB.bytes.slice(0, 20))).toMatchObject({
    sourcePort: 7,
    destinationPort: 8,
    verificationTag: 99,
    checksumValid: true,
  });
});

it("keeps the route of a last word as it was when it was said", () => {
  const path = testPath("10.0.0.2");
  outbox.sendLastWord({ ...packet(8), route: path });
  path.remoteUdpPort = 1;
  expect(poll(SLAB, 0)?.remoteUdpPort).toBe(9_899);
});

it("lets maxQueuedAnswers wait and drops more, but no last word", () => {
  for (let i = 0; i < 3; i++) outbox.answer(packet(8 + 4 * i));
  outbox.sendLastWord(packet(100));
  expect(drops.counts).toEqual({ "limit-reached": 1 });
  expect(lengths()).toEqual([20, 24, 112]);
  outbox.answer(packet(8));
  expect(lengths()).toEqual([20]);
});

it("skips what fits into no datagram", () => {
  const largest = SLAB_BYTES - 12 - (SLAB_BYTES % 4);
  outbox.answer(packet(largest + 4));
  outbox.answer(packet(largest));
  expect(lengths()).toEqual([largest + 12]);
});

it("asks an association until it has nothing more, and then sets its timer", () => {
  const asked = engine([100]);
  outbox.touch(asked);
  expect(poll(SLAB, 0)?.lengthBytes).toBe(100);
  const fired: AssociationEngine[] = [];
  const fire = (nowMs: number): void => {
    for (let due = wheel.takeDue(nowMs); due !== undefined; due = wheel.takeDue(nowMs)) fired.push(due);
  };
  fire(400);
  expect([asked.isDirty, fired]).toEqual([true, []]);
  expect(poll(SLAB, 400)).toBeUndefined();
  expect(asked.isDirty).toBe(false);
  fire(499);
  expect(fired).toHaveLength(0);
  fire(600);
  expect(fired).toEqual([asked]);
});

it("neither asks nor times an association that is over", () => {
  outbox.touch(engine([100], "CLOSED"));
  expect(lengths()).toEqual([]);
  const ending = engine([100]);
  outbox.touch(ending);
  Object.assign(ending, { state: "CLOSED" });
  expect(lengths()).toEqual([100]);
  expect(wheel.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
});
