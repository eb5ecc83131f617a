/**
 * Messages whose contents follow from their index: the twin of fill_message in peers/usrsctp-peer.c.
 * Owns: making and checking them.
 */
import type { Message, Socket } from "../../src/index.ts";

export function messageBytes(index: number, lengthBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(lengthBytes);
  for (let i = 0; i < lengthBytes; i++) bytes[i] = (index * 31 + i * 7 + (i >>> 8)) & 0xff;
  return bytes;
}

/** FNV-1a, 32 bits. */
export function digest(bytes: Uint8Array): number {
  let hash = 2_166_136_261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16_777_619);
  return hash >>> 0;
}

/** Sizes that go up evenly, as the peer's `send` makes them. */
export function sizeOf(i: number, count: number, smallest: number, largest: number): number {
  return count > 1 ? smallest + Math.floor(((largest - smallest) * i) / (count - 1)) : smallest;
}

/** The next `count` messages. Whoever asks may look at the result later. */
export function receive(socket: Socket, count: number): Promise<Message[]> {
  return awaitedLater(receiveNow(socket, count));
}

async function receiveNow(socket: Socket, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  if (count === 0) return messages;
  for await (const message of socket.messages()) {
    messages.push(message);
    if (messages.length === count) break;
  }
  if (messages.length < count)
    throw new Error(`the association ended after ${messages.length} of ${count} messages`);
  return messages;
}

/** A case that fails elsewhere never looks at this promise: its rejection must not end the whole run. */
export function awaitedLater<T>(work: Promise<T>): Promise<T> {
  void work.catch(() => {});
  return work;
}

export function check(condition: boolean, complaint: string): asserts condition {
  if (!condition) throw new Error(complaint);
}
