/** Messages that may be given up, in the face of `node:net`. What is lost on the way is tested in virtual time. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { finish, pair } from "./pair.ts";

it("a message that is more important does not wait for room: what is less important comes back, and is counted", async () => {
  const ends = await pair({ client: { sendBufferBytes: 8_192 } });
  const { client, accepted } = ends;
  const failed: number[] = [];
  client.on("sendFailed", ({ context, transmitted }) => failed.push(transmitted ? -context : context));
  const received: number[] = [];
  accepted.on("data", ({ info }) => received.push(info.ppid));
  for (let i = 1; i <= 5; i++)
    void client.send(Buffer.alloc(2_000), { reliability: { priority: 5 }, context: i, ppid: i });
  await client.send(Buffer.alloc(2_000), { reliability: { priority: 1 }, context: 9, ppid: 9 });
  while (received.length < 4) await once(accepted, "data");
  expect(received).toEqual([3, 4, 5, 9]);
  expect(failed).toEqual([1, 2]);
  expect(client.stats()).toMatchObject({ abandonedUnsent: 2, abandonedSent: 0 });
  await finish(ends);
});

it("a stream's default holds for its messages, and a wrong one is refused", async () => {
  const ends = await pair();
  const { client, accepted } = ends;
  const stream = client.stream(1, { reliability: { lifetimeMs: 60_000 } });
  const message = once(accepted, "data");
  await stream.send("in time");
  expect((await message)[0]).toMatchObject({ info: { streamId: 1 } });
  const wrong = { reliability: { lifetimeMs: 1, priority: 2 } } as unknown as {
    reliability: { priority: number };
  };
  await expect(stream.send("x", wrong)).rejects.toThrow(/one of lifetimeMs, maxRetransmits and priority/);
  await finish(ends);
});

it("a message that is refused makes no room: nothing comes back for it", async () => {
  const ends = await pair({ client: { sendBufferBytes: 8_192, maxMessageBytes: 100_000 } });
  const { client } = ends;
  let failedCount = 0;
  client.on("sendFailed", () => failedCount++);
  for (let i = 1; i <= 5; i++) void client.send(Buffer.alloc(2_000), { reliability: { priority: 5 } });
  const wrong = [
    client.send(Buffer.alloc(100_001)),
    client.send("x", { streamId: 60_000 }),
    client.send("x", { reliability: { priority: Number.NaN } }),
  ];
  for (const { status } of await Promise.allSettled(wrong)) expect(status).toBe("rejected");
  await client.send("x", { until: "delivered" });
  expect(failedCount).toBe(1);
  await finish(ends);
});
