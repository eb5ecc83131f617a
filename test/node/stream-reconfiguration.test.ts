/** Streams that are reset and added, in the face of `node:net`. What is lost on the way is tested in virtual time. */
import { once } from "node:events";
import { expect, it } from "vitest";
import type { Message, SctpStream, Socket, StreamsReset } from "../../src/index.ts";
import { finish, pair } from "./pair.ts";

const ALLOWED = { allowStreamReset: true, allowAssociationReset: true, allowAddStreams: true };
const allowing = () => pair({ server: ALLOWED, client: ALLOWED });

async function all(stream: AsyncIterable<Message>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { data } of stream) texts.push(data.toString());
  return texts;
}

const nextReset = (socket: Socket): Promise<[StreamsReset]> =>
  once(socket, "streamsReset") as Promise<[StreamsReset]>;

it("a stream that is reset ends the peer's channel behind what was sent before, and what follows begins a new one", async () => {
  const ends = await allowing();
  const { client, accepted } = ends;
  const channels: SctpStream[] = [];
  const read: Array<Promise<string[]>> = [];
  accepted.on("stream", (stream) => {
    channels.push(stream);
    read.push(all(stream));
  });
  const stream = client.stream(3);
  const reset = nextReset(accepted);
  void stream.send("one");
  void stream.send("two");
  const done = stream.reset();
  void stream.send("three");
  await done;
  expect((await reset)[0]).toEqual({ direction: "incoming", streamIds: [3] });
  expect(await read[0]).toEqual(["one", "two"]);
  if (channels.length < 2) await once(accepted, "stream");
  expect(accepted.openStreams).toEqual([3]);
  expect(channels[1]).not.toBe(channels[0]);
  await finish(ends);
  expect(await read[1]).toEqual(["three"]);
});

it("what waits for room goes before the reset, as it was asked for before", async () => {
  const ends = await pair({ server: ALLOWED, client: { sendBufferBytes: 4_096 } });
  const { client, accepted } = ends;
  const got: Array<[string, number]> = [];
  accepted.on("message", ({ data, info }: Message) => got.push([data.toString("latin1", 0, 1), info.ssn]));
  for (const letter of ["a", "b", "c", "d"]) void client.send(Buffer.alloc(3_000, letter), { streamId: 1 });
  const done = client.resetStreams("outgoing", [1]);
  void client.send("e", { streamId: 1 });
  await done;
  while (got.length < 5) await once(accepted, "message");
  expect(got).toEqual([
    ["a", 0],
    ["b", 1],
    ["c", 2],
    ["d", 3],
    ["e", 0],
  ]);
  await finish(ends);
});

it("a Web Stream's writes go before the reset that is asked for behind them", async () => {
  const ends = await pair({ server: ALLOWED, client: { sendBufferBytes: 4_096 } });
  const { client, accepted } = ends;
  const ssns: number[] = [];
  accepted.on("message", ({ info }: Message) => ssns.push(info.ssn));
  const stream = client.stream(2);
  const writer = stream.writable.getWriter();
  for (let i = 0; i < 4; i++) void writer.write(Buffer.alloc(3_000));
  await stream.reset();
  await stream.send("behind");
  while (ssns.length < 5) await once(accepted, "message");
  expect(ssns).toEqual([0, 1, 2, 3, 0]);
  await finish(ends);
});

it("a byte stream is ended before it is reset", async () => {
  const ends = await allowing();
  const stream = ends.client.stream(2);
  const far = ends.accepted.stream(2).toNode();
  const near = stream.toNode();
  near.write("x");
  await expect(stream.reset()).rejects.toMatchObject({ code: "ERR_SCTP_INVALID_ARGUMENT" });
  far.resume();
  far.end();
  near.resume();
  near.end();
  await once(near, "close");
  await stream.reset();
  await finish(ends);
});

it("the peer's own streams are reset on request, and all numbers begin anew", async () => {
  const ends = await allowing();
  const { client, accepted } = ends;
  const ssns: number[] = [];
  client.on("message", ({ info }: Message) => ssns.push(info.ssn));
  for (let i = 0; i < 3; i++) await accepted.send("x", { streamId: 4 });
  while (ssns.length < 3) await once(client, "message");
  const heard = Promise.all([nextReset(client), nextReset(accepted)]);
  await client.resetStreams("incoming", [4]);
  const [[near], [far]] = await heard;
  expect([near.direction, far.direction]).toEqual(["incoming", "outgoing"]);
  await accepted.send("x", { streamId: 4 });
  await once(client, "message");
  const both = Promise.all([once(client, "associationReset"), once(accepted, "associationReset")]);
  // What was received is to be acknowledged before: the peer waits for it by itself.
  await client.resetAssociation();
  await both;
  await accepted.send("x", { streamId: 4 });
  await once(client, "message");
  expect(ssns).toEqual([0, 1, 2, 0, 0]);
  await expect(client.resetAssociation()).rejects.toMatchObject({ code: "ERR_SCTP_IN_PROGRESS" });
  expect(client.stats()).toMatchObject({ incomingStreamResets: 1, outgoingStreamResets: 0 });
  expect(accepted.stats()).toMatchObject({ incomingStreamResets: 0, outgoingStreamResets: 1 });
  await finish(ends);
});

it("streams are added in both directions, and can be used when the promise has resolved", async () => {
  const ends = await pair({ server: { ...ALLOWED, outboundStreams: 4 }, client: { outboundStreams: 4 } });
  const { client, accepted } = ends;
  expect(() => client.stream(5)).toThrow(/from 0 to 3/);
  const changed = once(accepted, "streamsChanged");
  await client.addStreams({ outbound: 2 });
  expect(await changed).toEqual([{ inboundStreams: 6, outboundStreams: 4 }]);
  const message = once(accepted, "message") as Promise<[Message]>;
  await client.send("x", { streamId: 5 });
  expect((await message)[0].info).toMatchObject({ streamId: 5, ssn: 0 });
  const more = once(client, "streamsChanged");
  await client.addStreams({ inbound: 3 });
  expect(await more).toEqual([{ inboundStreams: 7, outboundStreams: 6 }]);
  expect(client.stream(6).id).toBe(6);
  if (accepted.outboundStreams === 4) await once(accepted, "streamsChanged");
  expect(accepted.outboundStreams).toBe(7);
  await finish(ends);
});

it("what a peer does not allow is refused, and everything goes on as before", async () => {
  const ends = await pair();
  const { client, accepted } = ends;
  const ssns: number[] = [];
  accepted.on("message", ({ info }: Message) => ssns.push(info.ssn));
  await client.send("x", { streamId: 1 });
  const denied = { code: "ERR_SCTP_RECONFIGURATION_DENIED" };
  await expect(client.stream(1).reset()).rejects.toMatchObject(denied);
  await expect(client.resetStreams("both")).rejects.toMatchObject(denied);
  await expect(client.addStreams({ inbound: 1, outbound: 1 })).rejects.toMatchObject(denied);
  await client.send("x", { streamId: 1 });
  while (ssns.length < 2) await once(accepted, "message");
  expect(ssns).toEqual([0, 1]);
  expect(accepted.stats().refusedReconfigurations).toBe(5);
  await finish(ends);
});

it("wrong arguments, and a peer that does not know of it, are told by name", async () => {
  const ends = await pair({ server: { streamReconfiguration: false } });
  const { client } = ends;
  await expect(client.stream(1).reset()).rejects.toMatchObject({ code: "ERR_SCTP_NOT_SUPPORTED" });
  await finish(ends);
  const others = await allowing();
  const wrong = others.client.resetStreams("in" as "incoming");
  await expect(wrong).rejects.toThrow(/"incoming", "outgoing" or "both", not "in"/);
  await expect(others.client.resetStreams("outgoing", [70_000])).rejects.toMatchObject({
    code: "ERR_SCTP_INVALID_STREAM",
  });
  await expect(others.client.addStreams({ in: 1 } as object)).rejects.toThrow(/"in".*inbound/);
  await expect(others.client.addStreams({})).rejects.toMatchObject({ code: "ERR_SCTP_INVALID_ARGUMENT" });
  expect(() => others.client.setOption("SCTP_RESET_STREAMS", { direction: [] })).toThrow();
  others.client.setOption("SCTP_RESET_STREAMS", { direction: ["SCTP_STREAM_RESET_OUTGOING"] });
  expect(() => others.client.setOption("SCTP_RESET_ASSOC", {})).toThrow(
    expect.objectContaining({ code: "ERR_SCTP_IN_PROGRESS" }),
  );
  await finish(others);
});

it("a socket that is destroyed leaves no promise open", async () => {
  const ends = await allowing();
  const reset = ends.client.resetStreams("outgoing");
  ends.client.destroy();
  await expect(reset).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
  ends.accepted.destroy();
  ends.server.close();
});
