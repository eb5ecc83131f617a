/** What a UDP socket of Deno is made to do, tried on one of Node's. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, it, vi } from "vitest";
import { asOnNode } from "../../src/node/transport/deno-socket.ts";

/** Whatever a test makes of `setInterval`: the timers that keep this process alive. */
function timersHeld(): () => number {
  const made = vi.spyOn(globalThis, "setInterval");
  const cleared = vi.spyOn(globalThis, "clearInterval");
  return () => {
    const gone = new Set(cleared.mock.calls.map(([timer]) => timer));
    return made.mock.results.filter(({ value }) => value.hasRef() && !gone.has(value)).length;
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

it("a socket of Deno keeps the process alive by a timer alone, as long as it is referenced", async () => {
  const held = timersHeld();
  const bare = createSocket("udp4");
  const unref = vi.spyOn(bare, "unref");
  const ref = vi.spyOn(bare, "ref");
  const socket = asOnNode(bare);
  expect([unref.mock.calls.length, held()]).toEqual([1, 1]);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  expect(socket.unref()).toBe(socket);
  expect(held()).toBe(0);
  socket.ref().ref();
  expect([ref.mock.calls.length, held()]).toEqual([0, 1]);
  socket.close();
  await once(socket, "close");
  expect(held()).toBe(0);
});

it("a socket of Deno that cannot be bound keeps nothing alive", async () => {
  const held = timersHeld();
  const socket = asOnNode(createSocket("udp4"));
  socket.bind(0, "192.0.2.1");
  await once(socket, "error");
  expect(held()).toBe(0);
});

it("a socket of Deno is not told of a receive buffer: each datagram is read into memory of its size", async () => {
  const socket = asOnNode(createSocket("udp4"));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const bytes = socket.getRecvBufferSize();
  socket.setRecvBufferSize(4_096);
  expect(socket.getRecvBufferSize()).toBe(bytes);
  socket.close();
  await once(socket, "close");
});

it("a datagram that a socket of Deno has read holds no more memory than it has bytes", async () => {
  const socket = asOnNode(createSocket("udp4"));
  const message = once(socket, "message") as Promise<[Buffer]>;
  const read = new Uint8Array(65_536).fill(7, 100, 128);
  socket.emit("message", Buffer.from(read.buffer, 100, 28), { address: "127.0.0.1", port: 9 });
  const [datagram] = await message;
  expect([datagram.byteOffset, datagram.buffer.byteLength]).toEqual([0, 28]);
  expect(datagram).toEqual(Buffer.alloc(28, 7));
  socket.close();
});
