import { beforeEach, expect, it } from "vitest";
import { type ControlDestination, ControlQueue } from "../../../../src/association/model/control-queue.ts";
import { type Chunk, chunkLengthBytes } from "../../../../src/chunks/chunk.ts";

const PATH = { maxPacketBytes: 1_200 };
const OTHER = { maxPacketBytes: 1_200 };
/** What one packet has room for behind its header. */
const ROOM_BYTES = 1_200 - 12;

let queue: ControlQueue<ControlDestination>;

/** A HEARTBEAT ACK of some length. */
function ack(lengthBytes: number): Chunk {
  return { kind: "HEARTBEAT ACK", parameters: new Uint8Array(lengthBytes - 4), info: undefined };
}
/** A chunk of another kind and some length. */
function pad(lengthBytes: number): Chunk {
  return { kind: "PAD", padding: new Uint8Array(lengthBytes - 4) };
}
const cookieAck: Chunk = { kind: "COOKIE ACK" };
const shutdownAck: Chunk = { kind: "SHUTDOWN ACK" };

function drain(): Array<Chunk["kind"]> {
  const kinds: Array<Chunk["kind"]> = [];
  for (; queue.first !== undefined; queue.shift()) kinds.push(queue.first.chunk.kind);
  return kinds;
}

beforeEach(() => {
  queue = new ControlQueue({ maxControlChunksQueued: 8, maxReplyBytesQueued: 2_000 });
});

it("gives chunks in order, what goes first before the others", () => {
  queue.push(pad(8), PATH);
  queue.push(shutdownAck, PATH);
  queue.pushFront(cookieAck, OTHER);
  expect(queue.first).toMatchObject({ chunk: cookieAck, path: OTHER });
  expect(drain()).toEqual(["COOKIE ACK", "PAD", "SHUTDOWN ACK"]);
  expect(queue.isEmpty).toBe(true);
});

it("drops the last one for what has to go first, and what comes to a full queue", () => {
  for (let i = 0; i < 7; i++) queue.push(pad(8), PATH);
  queue.push(shutdownAck, PATH);
  queue.push(cookieAck, PATH);
  queue.pushFront(cookieAck, PATH);
  expect(drain()).toEqual(["COOKIE ACK", ...new Array<string>(7).fill("PAD")]);
});

it("answers one packet with one packet to one address (RFC 9260 12.4)", () => {
  queue.beginReplies();
  expect(queue.reply(pad(ROOM_BYTES - 8), PATH)).toBe(true);
  expect(queue.reply(pad(8), OTHER)).toBe(false);
  expect(queue.reply(pad(9), PATH)).toBe(false);
  expect(queue.reply(pad(8), PATH)).toBe(true);
  expect(queue.reply(pad(4), PATH)).toBe(false);
  queue.beginReplies();
  expect(queue.reply(pad(4), OTHER)).toBe(true);
});

it("lets a HEARTBEAT ACK be as large as its HEARTBEAT, if it is alone", () => {
  expect(chunkLengthBytes(ack(ROOM_BYTES + 4))).toBe(ROOM_BYTES + 4);
  queue.beginReplies();
  expect(queue.reply(pad(ROOM_BYTES + 4), PATH)).toBe(false);
  expect(queue.reply(ack(ROOM_BYTES + 4), PATH)).toBe(true);
  expect(queue.reply(pad(4), PATH)).toBe(false);
  queue.beginReplies();
  expect(queue.reply(pad(4), PATH)).toBe(true);
  expect(queue.reply(ack(ROOM_BYTES), PATH)).toBe(false);
});

it("counts the bytes of answers that wait, until they are sent or dropped", () => {
  const one = (): boolean => {
    queue.beginReplies();
    return queue.reply(pad(1_000), PATH);
  };
  expect([one(), one(), one()]).toEqual([true, true, false]);
  queue.shift();
  expect(one()).toBe(true);
  queue.remove("PAD");
  expect([one(), one(), one()]).toEqual([true, true, false]);
  queue.removePath(PATH);
  expect([one(), one()]).toEqual([true, true]);
  queue.clear();
  expect([one(), one(), one()]).toEqual([true, true, false]);
});

it("drops by kind and by path", () => {
  queue.push(cookieAck, PATH);
  queue.push(pad(8), OTHER);
  queue.push(shutdownAck, PATH);
  queue.push(pad(8), PATH);
  queue.remove("COOKIE ACK", "SHUTDOWN ACK");
  queue.removePath(OTHER);
  expect(queue.first?.path).toBe(PATH);
  expect(drain()).toEqual(["PAD"]);
});
