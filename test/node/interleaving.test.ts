/** Interleaved messages and shares of streams, in the faces of Node. Who is served when is tested in virtual time. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { createEndpoint, type Socket } from "../../src/index.ts";
import { connectTo, finish, listening, pair } from "./pair.ts";

const MIXED = { interleaving: true, streamScheduler: "rr" } as const;

it("large messages of several streams arrive whole, and a small one does not wait for them", async () => {
  const ends = await pair({
    client: { ...MIXED, receiveBufferBytes: 65_536 },
    server: { ...MIXED, receiveBufferBytes: 65_536 },
  });
  const { client, accepted } = ends;
  expect(client.status().isInterleaved).toBe(true);
  const large = [1, 2, 3].map((streamId) => Buffer.alloc(600_000, streamId));
  for (const [i, data] of large.entries()) void client.send(data, { streamId: i + 1 });
  await client.send("small", { streamId: 4 });
  const order: number[] = [];
  for await (const { data, info } of accepted.messages()) {
    order.push(info.streamId);
    if (info.streamId === 4) expect(data.toString()).toBe("small");
    else expect(data.equals(large[info.streamId - 1] ?? Buffer.alloc(0))).toBe(true);
    if (order.length === 4) break;
  }
  expect(order[0]).toBe(4);
  await finish(ends);
});

it("is not offered by itself, and not used where one end does not want it", async () => {
  for (const [client = {}, server = {}] of [
    [{}, MIXED],
    [MIXED, {}],
    [MIXED, { interleaving: true, interleavedDelivery: false }],
  ]) {
    const ends = await pair({ client, server });
    expect(ends.client.status().isInterleaved).toBe(false);
    await finish(ends);
  }
});

it("a stream has a priority and a weight, which can change at any time, before the association is there as well", async () => {
  const ends = await pair({ client: { streamScheduler: "priority" } });
  const { client } = ends;
  const stream = client.stream(3);
  expect([stream.priority, stream.weight]).toEqual([0, 1]);
  stream.priority = 5;
  stream.weight = 4;
  expect([stream.priority, stream.weight]).toEqual([5, 4]);
  expect(client.getOption("SCTP_STREAM_SCHEDULER_VALUE", undefined, { streamId: 3 })).toEqual({
    streamId: 3,
    value: 5,
  });
  for (const wrong of [-1, 1.5, 65_536, Number.NaN])
    expect(() => (stream.priority = wrong)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_ARGUMENT" }),
    );
  expect(() => (stream.weight = 0)).toThrow(/weight must be a whole number from 1 to 65535/);
  client.setOption("SCTP_STREAM_SCHEDULER", "SCTP_SS_WFQ");
  expect(client.getOption("SCTP_STREAM_SCHEDULER")).toBe("SCTP_SS_WFQ");
  await finish(ends);
});

it("what is said of a stream before there is an association holds for it", async () => {
  const server = await listening();
  const client = connectTo(server, {
    host: "localhost",
    lookup: (_host, _options, done) => setImmediate(done, null, [{ address: "127.0.0.1", family: 4 }]),
    outboundStreams: 4,
  });
  const stream = client.stream(2);
  stream.weight = 9;
  client.stream(60_000).weight = 9; // There will be no such stream to send on.
  expect([stream.priority, stream.weight]).toEqual([0, 9]);
  const connection = once(server, "connection") as Promise<[Socket]>;
  await client.opened;
  expect([stream.priority, stream.weight]).toEqual([0, 9]);
  expect(client.stream(3).weight).toBe(1);
  expect(() => (client.stream(7).weight = 2)).toThrow(
    expect.objectContaining({ code: "ERR_SCTP_INVALID_STREAM" }),
  );
  const [accepted] = await connection;
  await finish({ server, client, accepted });
});

it("an endpoint offers it by an option", async () => {
  const server = createEndpoint({ interleaving: true });
  const client = createEndpoint({ interleaving: true });
  await server.listen({ localAddresses: ["127.0.0.1"], localUdpPort: 0 });
  const { port = 0, localUdpPort: remoteUdpPort } = server.address() ?? {};
  const id = await client.connectx(["127.0.0.1"], port, { remoteUdpPort });
  expect(client.getOption("SCTP_INTERLEAVING_SUPPORTED", id)).toBe(true);
  expect(() => createEndpoint({ interleaving: 1 as unknown as boolean })).toThrow(/interleaving/);
  await Promise.all([client.close(), server.close()]);
});
