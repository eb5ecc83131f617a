/** Signals that many share: each has one listener of the library's, for Node warns of more than ten, and none is left behind. */
import { getEventListeners, once } from "node:events";
import { expect, it } from "vitest";
import { createEndpoint, createServer } from "../../src/index.ts";
import { whenAborted } from "../../src/node/common/abort-listeners.ts";
import { connectTo, pair } from "./pair.ts";

const countAt = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

it("whoever waits is told once, but for those who wait no longer", () => {
  const controller = new AbortController();
  const { signal } = controller;
  const heard: number[] = [];
  const takeBack = [1, 2, 3].map((number) => whenAborted(signal, () => heard.push(number)));
  takeBack[1]?.();
  expect(countAt(signal)).toBe(1);
  controller.abort();
  expect([heard, countAt(signal)]).toEqual([[1, 3], 0]);
  for (const each of takeBack) each();
});

it("a signal that nobody waits for has no listener, and can be waited for again", () => {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  whenAborted(signal, () => count++)();
  expect(countAt(signal)).toBe(0);
  whenAborted(signal, () => count++);
  expect(countAt(signal)).toBe(1);
  controller.abort();
  expect(count).toBe(1);
  expect(() => whenAborted(undefined, () => count++)()).not.toThrow();
});

it("a signal is shared by sends that wait, iterations, sockets and servers, and ends them all", async () => {
  const { server, client, accepted } = await pair({ client: { sendBufferBytes: 4_096 } });
  accepted.pause();
  const controller = new AbortController();
  const { signal } = controller;
  const sends = Array.from({ length: 50 }, () => client.send(Buffer.alloc(4_000), { signal }));
  const others = Array.from({ length: 12 }, () => connectTo(server, { signal }).on("error", () => {}));
  const listening = createServer().listen({ port: 0, host: "127.0.0.1", localUdpPort: 0, signal });
  const endpoint = createEndpoint();
  const reads = [client.messages({ signal }).next(), endpoint.items({ signal }).next()];
  const ends = [...others, listening].map(
    (one) => new Promise<void>((resolve) => one.once("close", () => resolve())),
  );
  await Promise.all(
    others.map((other) => new Promise<void>((resolve) => other.once("connect", () => resolve()))),
  );
  expect(countAt(signal)).toBe(1);
  controller.abort();
  const outcomes = await Promise.allSettled([...sends, ...reads]);
  expect(outcomes.slice(-40).every(({ status }) => status === "rejected")).toBe(true);
  await Promise.all(ends);
  expect(countAt(signal)).toBe(0);
  client.abort();
  await Promise.all([endpoint.close(), once(server.close(), "close")]);
});
