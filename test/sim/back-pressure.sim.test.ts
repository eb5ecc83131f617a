/** A fast sender and a reader that takes one message a second: memory stays where it is, for one association or a hundred. */
import { describe, expect, it } from "vitest";
import { type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";

const MESSAGE_BYTES = 4_000;
const OVERHEAD_BYTES = 64;
const SECOND_MS = 1_000;

interface Flood {
  readonly world: SimWorld;
  readonly senders: readonly SimAssociation[];
  readonly readers: readonly SimAssociation[];
}

/** Associations whose readers do not read yet. */
function connected(count: number, options: Parameters<SimHost["connect"]>[2]): Flood {
  const world = new SimWorld({ seed: 4 });
  const client = world.host("client", ["10.0.0.1"]);
  const server = world.host("server", ["10.0.0.2"]);
  world.link("10.0.0.1", "10.0.0.2", { delayMinMs: 5, delayMaxMs: 10, lossRate: 0.01 });
  server.listen(7, options);
  const senders = Array.from({ length: count }, () => client.connect(["10.0.0.2"], 7, options));
  world.runUntil(() => server.associations.filter(({ state }) => state === "ESTABLISHED").length === count, {
    limitMs: 60 * SECOND_MS,
  });
  for (const reader of server.associations) reader.autoRead = false;
  return { world, senders, readers: server.associations };
}

/** What each side holds at most while `seconds` pass and each reader takes one message in each of them. */
function flood(
  { world, senders, readers }: Flood,
  seconds: number,
): { held: number; buffered: number; read: number } {
  const highest = { held: 0, buffered: 0, read: 0 };
  for (let step = 0; step < seconds * 10; step++) {
    for (const sender of senders) {
      while (sender.isOpen && sender.association.isWritable) sender.send(1, new Uint8Array(MESSAGE_BYTES));
      highest.buffered = Math.max(highest.buffered, sender.association.bufferedBytes);
    }
    world.run(SECOND_MS / 10);
    for (const reader of readers) {
      if (step % 10 === 9) highest.read += reader.read(1);
      highest.held = Math.max(highest.held, reader.association.stats.heldBytes);
    }
  }
  return highest;
}

describe("a fast sender and a slow reader", () => {
  it.each([
    [1, 1_048_576],
    [100, 32_768],
  ])("with %i associations of %i bytes of buffer each hold no more than that", (count, bufferBytes) => {
    const options = { receiveBufferBytes: bufferBytes, sendBufferBytes: bufferBytes, heartbeatIntervalMs: 0 };
    const all = connected(count, options);
    const first = flood(all, 10);
    const later = flood(all, 30);
    // A window that is not silly takes one more packet, a sender that is writable one more message.
    const perMessage = MESSAGE_BYTES + OVERHEAD_BYTES;
    for (const { held, buffered } of [first, later]) {
      expect(held).toBeLessThanOrEqual(bufferBytes + perMessage);
      expect(buffered).toBeLessThan(bufferBytes + MESSAGE_BYTES);
    }
    expect(later.held).toBeLessThanOrEqual(first.held + perMessage);
    expect(later.read).toBe(count * 30); // The readers are never starved.
    for (const sender of all.senders) expect(sender.state).toBe("ESTABLISHED");
  });
});
