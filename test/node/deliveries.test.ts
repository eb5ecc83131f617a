/** What became of messages: promises of delivery, and how much is on its way. What is lost is tested in virtual time. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { createEndpoint, type SendInfo, type Socket } from "../../src/index.ts";
import { connectTo, finish, listening, pair } from "./pair.ts";

const DELIVERED: SendInfo = { until: "delivered" };

it("a promise of delivery resolves when the peer has acknowledged the message: nothing of it is held any more", async () => {
  const ends = await pair();
  ends.accepted.resume();
  await ends.client.send(Buffer.alloc(100_000), DELIVERED);
  expect(ends.client.bufferedAmount).toBe(0);
  await ends.client.stream(3).send("by a stream", DELIVERED);
  expect(ends.client.stats().sentMessages).toBe(2);
  await finish(ends);
});

it("a promise of delivery resolves behind many others that wait for room", async () => {
  const ends = await pair({ client: { sendBufferBytes: 4_096 } });
  ends.accepted.resume();
  const all = Array.from({ length: 50 }, () => ends.client.send(Buffer.alloc(3_000), DELIVERED));
  await Promise.all(all);
  expect(ends.client.bufferedAmount).toBe(0);
  await finish(ends);
});

it("a promise of delivery rejects when the association ends before, and says whether the peer may have the message", async () => {
  const ends = await pair({ server: { receiveBufferBytes: 4_096 } });
  const { client, accepted } = ends;
  const arrived = once(accepted, "data");
  void client.send("first");
  const outcomes = Promise.allSettled([
    client.send(Buffer.alloc(1_000_000), DELIVERED),
    client.send("behind it", DELIVERED),
    client.send(Buffer.alloc(1_000_000)),
    client.send("never accepted", DELIVERED),
  ]);
  await arrived;
  accepted.abort("enough");
  const [sent, queued, , waiting] = await outcomes;
  expect(sent).toMatchObject({
    reason: { code: "ERR_SCTP_SEND_FAILED", transmitted: true, causeCodes: [12] },
  });
  expect(queued).toMatchObject({ reason: { code: "ERR_SCTP_SEND_FAILED", transmitted: false } });
  expect(waiting).toMatchObject({ reason: { code: "ERR_SCTP_ABORTED_BY_PEER" } });
  ends.server.close();
});

it("a promise of delivery is kept though the socket is destroyed meanwhile: what was accepted is delivered", async () => {
  const ends = await pair();
  ends.accepted.resume();
  const delivered = ends.client.send("the last word", DELIVERED);
  ends.client.destroy();
  await delivered;
  ends.server.close();
});

it("a mistake is told at once, where others wait for room and before there is an association", async () => {
  const ends = await pair({ client: { sendBufferBytes: 4_096, maxMessageBytes: 10_000 } });
  ends.accepted.pause();
  const waiting = Promise.allSettled(
    Array.from({ length: 500 }, () => ends.client.send(Buffer.alloc(4_000))),
  );
  const early = connectTo(ends.server, { host: "never.example", lookup: () => {} }).on("error", () => {});
  const mistakes: ReadonlyArray<readonly [data: Buffer, info: SendInfo, code: string]> = [
    [Buffer.alloc(0), {}, "ERR_SCTP_EMPTY_MESSAGE"],
    [Buffer.alloc(1), { ppid: -1 }, "ERR_SCTP_INVALID_ARGUMENT"],
    [Buffer.alloc(1), { streamId: 70_000 }, "ERR_SCTP_INVALID_STREAM"],
  ];
  for (const [data, info, code] of mistakes)
    for (const socket of [ends.client, early])
      await expect(socket.send(data, info)).rejects.toMatchObject({ code });
  await expect(ends.client.send(Buffer.alloc(10_001))).rejects.toMatchObject({
    code: "ERR_SCTP_MESSAGE_TOO_LARGE",
  });
  await expect(ends.client.send("x", { streamId: 10 })).rejects.toMatchObject({
    code: "ERR_SCTP_INVALID_STREAM",
  });
  early.destroy();
  ends.client.abort();
  await waiting;
  ends.server.close();
});

it("wrong wishes are refused at once", async () => {
  const ends = await pair();
  const wrong = { until: "read" } as unknown as SendInfo;
  await expect(ends.client.send("x", wrong)).rejects.toThrow(/until.*"accepted" or "delivered", not "read"/);
  expect(() => {
    ends.client.bufferedAmountLowThreshold = -1;
  }).toThrow(/bufferedAmountLowThreshold must be a whole number/);
  await finish(ends);
});

it("an endpoint's promise of delivery resolves with the association's id", async () => {
  const server = await listening();
  const accepted: Socket[] = [];
  server.on("connection", (socket) => accepted.push(socket.resume().on("error", () => {})));
  const { port = 0, localUdpPort = 0 } = server.address() ?? {};
  const endpoint = createEndpoint({ remoteUdpPort: localUdpPort });
  await endpoint.bind({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const peer = { hosts: ["127.0.0.1"], port };
  const id = await endpoint.send(peer, "first", DELIVERED);
  expect(await endpoint.send(id, Buffer.alloc(50_000), DELIVERED)).toBe(id);
  await expect(endpoint.send(id, "", DELIVERED)).rejects.toMatchObject({ code: "ERR_SCTP_EMPTY_MESSAGE" });
  const cut = endpoint.send(id, Buffer.alloc(1_000_000), DELIVERED);
  for (const socket of accepted) socket.abort();
  await expect(cut).rejects.toMatchObject({ code: "ERR_SCTP_SEND_FAILED" });
  endpoint.setOption("SCTP_DEFAULT_SNDINFO", { flags: ["SCTP_SENDALL"] });
  await expect(endpoint.send(peer, "to all", DELIVERED)).rejects.toThrow(/SCTP_SENDALL/);
  await endpoint.close();
  server.close();
});

it("'bufferedAmountLow' comes when no more than the threshold is held, on a stream and in all, waiting messages counted", async () => {
  const ends = await pair({ client: { sendBufferBytes: 4_096 } });
  const { client, accepted } = ends;
  accepted.resume();
  const told: string[] = [];
  client.bufferedAmountLowThreshold = 20_000;
  client.on("bufferedAmountLow", () => told.push(`all ${client.bufferedAmount <= 20_000}`));
  const stream = client.stream(2);
  stream.on("bufferedAmountLow", () => told.push(`stream ${stream.bufferedAmount}`));
  const sends = Array.from({ length: 20 }, (_, i) =>
    client.send(Buffer.alloc(3_000), { streamId: i % 2 ? 2 : 1 }),
  );
  expect(client.bufferedAmount).toBe(60_000);
  expect(stream.bufferedAmount).toBe(30_000);
  await Promise.all([...sends, once(stream, "bufferedAmountLow")]);
  expect(told).toEqual(["all true", "stream 0"]);
  await finish(ends);
});

it("'bufferedAmountLow' comes though what still waited for room was given up, or refused", async () => {
  const ends = await pair({ client: { sendBufferBytes: 4_096, maxPacketBytes: 8_192 } }); // One SACK tells of all.
  const { client, accepted } = ends;
  accepted.resume();
  const controller = new AbortController();
  const low = once(client, "bufferedAmountLow");
  void client.send(Buffer.alloc(4_096));
  const waiting = client.send(Buffer.alloc(1_000), { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  await low;
  const delivered = client.send(Buffer.alloc(4_096), DELIVERED);
  const refused = client.send("x", { streamId: 60_000 });
  const lowAgain = once(client, "bufferedAmountLow");
  await expect(refused).rejects.toMatchObject({ code: "ERR_SCTP_INVALID_STREAM" });
  await Promise.all([delivered, lowAgain]);
  expect(client.bufferedAmount).toBe(0);
  await finish(ends);
});

it("a socket that connects again has other streams: those of before send nothing, and take no mark away", async () => {
  const ends = await pair();
  const { server, client } = ends;
  server.on("connection", (socket) => socket.resume().on("error", () => {}));
  client.bufferedAmountLowThreshold = 10;
  const before = client.stream(2);
  client.destroy();
  await once(client, "close");
  const { port = 0, localUdpPort = 0 } = server.address() ?? {};
  client.connect({ port, host: "127.0.0.1", remoteUdpPort: localUdpPort });
  await once(client, "connect");
  const after = client.stream(2);
  const lows = Promise.all([once(after, "bufferedAmountLow"), once(client, "bufferedAmountLow")]);
  before.close();
  await expect(before.send("x")).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
  await after.send("more than ten", DELIVERED);
  await lows;
  client.destroy();
  server.close();
});
