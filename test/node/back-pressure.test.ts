/** A hundred fast senders and readers that take one message at a time, over real UDP sockets: memory stays flat. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { type Socket, UdpPort } from "../../src/index.ts";
import { connectTo, listening } from "./pair.ts";

const COUNT = 100;
const MESSAGE_BYTES = 1_000;
const BUFFER_BYTES = 16_384;
const MARK_BYTES = 8_192;

/** Bytes that one pair of sockets may hold: both buffers of the association, both of the streams, and a message more in each. */
const LIMIT_BYTES = 2 * (BUFFER_BYTES + 2 * MESSAGE_BYTES) + 2 * (MARK_BYTES + 2 * MESSAGE_BYTES);

it("a hundred associations at once hold what their buffers allow, however long it goes on", async () => {
  const buffers = {
    receiveBufferBytes: BUFFER_BYTES,
    sendBufferBytes: BUFFER_BYTES,
    highWaterMark: MARK_BYTES,
  };
  const server = await listening(buffers);
  const readers: Socket[] = [];
  const ready = new Promise<void>((resolve) => {
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      if (readers.push(socket) === COUNT) resolve();
    });
  });
  const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const senders = Array.from({ length: COUNT }, () => connectTo(server, { ...buffers, udp }));
  await Promise.all([ready, ...senders.map((sender) => sender.opened)]);

  let accepted = 0;
  let goesOn = true;
  const floods = senders.map(async (sender) => {
    while (goesOn) {
      await sender.send(Buffer.alloc(MESSAGE_BYTES));
      accepted++;
    }
  });
  /** Until every sender waits and every window is closed. */
  const full = async (): Promise<void> => {
    while (readers.some((reader) => reader.status().heldBytes < BUFFER_BYTES - 2 * MESSAGE_BYTES)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const held = (): number => {
    let bytes = 0;
    for (const reader of readers) bytes += reader.status().heldBytes + reader.readableLength;
    for (const sender of senders) bytes += sender.bufferedAmount;
    return bytes;
  };
  await full();
  const [firstBytes, firstMemory] = [held(), process.memoryUsage().arrayBuffers];
  expect(firstBytes).toBeLessThan(COUNT * LIMIT_BYTES);
  let read = 0;
  // Some runtimes read a datagram in a turn, others many.
  for (let round = 0; round < 100 || (read <= COUNT * 50 && round < 10_000); round++) {
    for (const reader of readers) if (reader.read() !== null) read++;
    await new Promise((resolve) => setImmediate(resolve));
    if (round % 20 === 0) expect(held()).toBeLessThan(COUNT * LIMIT_BYTES);
  }
  await full();
  expect(read).toBeGreaterThan(COUNT * 50);
  expect(accepted).toBeLessThan((read * MESSAGE_BYTES + COUNT * LIMIT_BYTES) / MESSAGE_BYTES);
  expect(held()).toBeLessThan(COUNT * LIMIT_BYTES);
  // What the collector has not taken yet counts here: several times what is held is still flat.
  expect(process.memoryUsage().arrayBuffers - firstMemory).toBeLessThan(8 * COUNT * LIMIT_BYTES);

  goesOn = false;
  for (const sender of senders) sender.on("error", () => {}).destroy();
  await Promise.allSettled(floods);
  for (const reader of readers) reader.destroy();
  server.close();
  await once(server, "close");
  udp.close();
});
