/** A stream is a channel: its messages apart from those of the others, in every shape that Node has for such things. */
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { Message, SctpStream, Socket } from "../../src/index.ts";
import { connectTo, finish, listening, type Pair, pair } from "./pair.ts";

async function take(source: AsyncIterable<Message>, count: number): Promise<string[]> {
  const messages: string[] = [];
  for await (const { data } of source) {
    messages.push(data.toString());
    if (messages.length === count) break;
  }
  return messages;
}

/** Both ends of stream 2 as byte streams. */
async function bytePair(
  ends: Pair,
  options: { readonly allowHalfOpen?: boolean } = {},
): Promise<[Duplex, Duplex]> {
  const near = ends.client.stream(2).toNode(options);
  const far = ends.accepted.stream(2).toNode(options);
  return [near, far];
}

describe("a stream by itself", () => {
  it("gets what arrives on it, and the socket gets the rest", async () => {
    const ends = await pair();
    const stream = ends.accepted.stream(3);
    expect([stream.id, ends.accepted.stream(3) === stream, ends.accepted.openStreams]).toEqual([
      3,
      true,
      [3],
    ]);
    for (let i = 0; i < 6; i++) await ends.client.send(`m${i}`, { streamId: i % 2 === 0 ? 3 : 1 });
    expect(await take(stream, 3)).toEqual(["m0", "m2", "m4"]);
    expect(await take(ends.accepted.messages(), 3)).toEqual(["m1", "m3", "m5"]);
    await finish(ends);
  });

  it("sends with its defaults, and knows which streams exist", async () => {
    const ends = await pair({ client: { outboundStreams: 4, maxInboundStreams: 6 } });
    const stream = ends.client.stream(3, { ppid: 46, unordered: true });
    const arrived = once(ends.accepted, "message") as Promise<[Message]>;
    await stream.send("x");
    await stream.send("y", { ppid: 47 });
    expect((await arrived)[0].info).toMatchObject({ streamId: 3, ppid: 46, unordered: true });
    expect(() => ends.client.stream(6)).toThrow(/a stream id is a whole number from 0 to 5, not 6/);
    expect(() => ends.client.stream(-1)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_STREAM" }),
    );
    await expect(ends.client.stream(5).send("x")).rejects.toMatchObject({ code: "ERR_SCTP_INVALID_STREAM" });
    await finish(ends);
  });

  it("is announced by 'stream' at its first message, and all streams are while somebody listens", async () => {
    const server = await listening();
    const heard: number[] = [];
    const answered: Array<Promise<void>> = [];
    server.on("connection", (socket: Socket) => {
      socket.on("message", () => expect.unreachable());
      socket.on("stream", (stream) => {
        heard.push(stream.id);
        answered.push(
          (async () => {
            for await (const { data } of stream) await stream.send(`${stream.id}: ${data}`);
          })(),
        );
      });
    });
    const client = await connectTo(server).opened;
    const streams = [7, 0, 9].map((id) => client.stream(id));
    for (const word of ["a", "b"]) for (const stream of streams) await stream.send(word);
    expect(await Promise.all(streams.map((stream) => take(stream, 2)))).toEqual([
      ["7: a", "7: b"],
      ["0: a", "0: b"],
      ["9: a", "9: b"],
    ]);
    expect(heard).toEqual([7, 0, 9]);
    client.end();
    await once(client, "close");
    await Promise.all(answered); // The end of the association ends the loops.
    server.close();
  });

  it("given back, it is the socket's again", async () => {
    const ends = await pair();
    const stream = ends.accepted.stream(1);
    await ends.client.send("dropped", { streamId: 1 });
    while (stream.readableLength === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(stream.readableLength).toBe(7 + 64);
    await stream[Symbol.asyncDispose]();
    expect([stream.readableLength, ends.accepted.openStreams]).toEqual([0, []]);
    await ends.client.send("kept", { streamId: 1 });
    expect(await take(ends.accepted.messages(), 1)).toEqual(["kept"]);
    expect(await stream[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    await finish(ends);
  });

  it("is closed by whoever does not want it, as often as it comes, and nothing is held for it", async () => {
    const ends = await pair();
    let count = 0;
    const all = new Promise<void>((resolve) => {
      ends.accepted.on("stream", (stream) => {
        stream.close();
        if (++count === 200) resolve();
      });
    });
    for (let i = 0; i < 200; i++) await ends.client.send(Buffer.alloc(1_000), { streamId: i % 5 });
    await all;
    expect(ends.accepted.openStreams).toEqual([]);
    await finish(ends);
  });

  it("ends with the association: what waits can still be read", async () => {
    const ends = await pair();
    const stream = ends.accepted.stream(1);
    await ends.client.send("last words", { streamId: 1 });
    ends.client.end();
    await once(ends.client, "close");
    expect(await take(stream, 2)).toEqual(["last words"]);
    await expect(stream.send("x")).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
    expect(await take(ends.accepted.stream(5), 1)).toEqual([]);
    ends.server.close();
  });

  it("without a reader stalls no other until the association's buffer is full", async () => {
    const ends = await pair({ server: { receiveBufferBytes: 65_536, highWaterMark: 8_192 } });
    const [idle, busy] = [ends.accepted.stream(0), ends.accepted.stream(1)];
    for (let i = 0; i < 40; i++) await ends.client.send(Buffer.alloc(1_000), { streamId: 0 });
    await ends.client.send("through", { streamId: 1 });
    expect(await take(busy, 1)).toEqual(["through"]);
    expect(idle.readableLength).toBe(40 * 1_064);
    for (let i = 0; i < 200; i++) void ends.client.send(Buffer.alloc(1_000), { streamId: 0 });
    while (ends.accepted.status().heldBytes < 50_000) await new Promise((resolve) => setImmediate(resolve));
    expect(idle.readableLength).toBeLessThan(65_536 + 1_064); // No more is taken than the association would hold.
    expect((await take(idle, 240)).length).toBe(240);
    await finish(ends);
  });
});

describe("as Web Streams", () => {
  it("messages can be read and written", async () => {
    const ends = await pair();
    const writer = ends.client.stream(4).writable.getWriter();
    const reader = ends.accepted.stream(4).readable.getReader();
    await writer.write("one");
    await writer.write(Buffer.from("two"));
    await writer.close();
    const messages = [await reader.read(), await reader.read()].map(({ value }) => value?.data.toString());
    expect(messages).toEqual(["one", "two"]);
    expect(ends.client.stream(4).readable).toBe(ends.client.stream(4).readable);
    const end = reader.read();
    ends.client.end();
    expect((await end).done).toBe(true);
    ends.server.close();
  });

  it("cancelling gives the stream back, and an association that dies is an error", async () => {
    const ends = await pair();
    await ends.accepted.stream(4).readable.cancel();
    expect(ends.accepted.openStreams).toEqual([]);
    const reading = ends.accepted.stream(4).readable.getReader().read();
    const writer = ends.client.stream(4).writable.getWriter();
    ends.client.abort("enough");
    await expect(reading).rejects.toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
    await expect(writer.write("x")).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
    ends.server.close();
  });
});

describe("as a byte Duplex", () => {
  it("carries bytes both ways, and each side's end", async () => {
    const ends = await pair();
    const [near, far] = await bytePair(ends, { allowHalfOpen: true });
    const letters = "abcdefghij".repeat(20_000);
    near.end(letters);
    let heard = "";
    far.on("data", (data: Buffer) => {
      heard += data.toString();
    });
    await once(far, "end");
    expect(heard).toBe(letters);
    far.end("and back");
    expect(await text(near)).toBe("and back");
    await Promise.all([near, far].map((side) => side.closed || once(side, "close")));
    expect([ends.client.openStreams, ends.accepted.openStreams]).toEqual([[], []]);
    await finish(ends);
  });

  it("keeps what is written although the writer uses its memory again", async () => {
    const ends = await pair();
    const [near, far] = await bytePair(ends);
    const buffer = Buffer.alloc(50_000, "a");
    await new Promise((resolve) => near.write(buffer, resolve));
    buffer.fill("b");
    near.end();
    expect(await text(far)).toBe("a".repeat(50_000));
    await finish(ends);
  });

  it("can be opened again and again on one stream, also where one side went early", async () => {
    const ends = await pair();
    const served: string[] = [];
    ends.accepted.on("stream", (stream: SctpStream) => {
      const connection = stream.toNode();
      connection.on("data", (data: Buffer) => served.push(data.toString()));
      connection.write("welcome");
    });
    for (const word of ["one", "two", "three"]) {
      const connection = ends.client.stream(2).toNode();
      connection.write(word);
      await once(connection, "data");
      if (word === "two") connection.destroy();
      else connection.end();
      while (ends.client.openStreams.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(served).toEqual(["one", "two", "three"]);
    await finish(ends);
  });

  it("sends nothing after its end when it is destroyed in the midst of a large write", async () => {
    const ends = await pair({ client: { sendBufferBytes: 65_536 }, server: { receiveBufferBytes: 65_536 } });
    const near = ends.client.stream(2).toNode();
    near.on("error", () => {});
    near.write(Buffer.alloc(1_000_000));
    const far = ends.accepted.stream(2).toNode();
    await once(far, "readable");
    near.destroy();
    far.resume();
    await once(far, "close");
    expect(far.bytesRead).toBeLessThan(1_000_000);
    while (ends.client.openStreams.length > 0) await new Promise((resolve) => setImmediate(resolve));
    const next = ends.client.stream(2).toNode();
    next.end("anew");
    const [stream] = (await once(ends.accepted, "stream")) as [SctpStream];
    expect(await text(stream.toNode())).toBe("anew");
    await finish(ends);
  });

  it("hands what belongs to the next connection over to it", async () => {
    const ends = await pair();
    const first = ends.client.stream(2).toNode();
    first.on("error", () => {});
    // The peer ends a connection and begins another one while nobody reads the first.
    await ends.accepted.send("old", { streamId: 2 });
    await ends.accepted.send(new Uint8Array(1), { streamId: 2, ppid: 57 });
    await ends.accepted.send("new", { streamId: 2 });
    const next = once(ends.client, "stream") as Promise<[SctpStream]>;
    expect(await text(first)).toBe("old");
    expect(await take((await next)[0], 1)).toEqual(["new"]);
    await finish(ends);
  });

  it("has the face of net.Socket", async () => {
    const server = await listening();
    const client = connectTo(server);
    const side = client.stream(2).toNode();
    expect([side.connecting, side.pending, side.readyState, side.streamId]).toEqual([
      true,
      true,
      "opening",
      2,
    ]);
    await once(side, "connect");
    expect([side.connecting, side.pending, side.readyState]).toEqual([false, false, "open"]);
    expect(side.address()).toEqual(client.address());
    expect(side).toMatchObject({
      localAddress: client.localAddress,
      localFamily: "IPv4",
      localPort: client.localPort,
      remoteAddress: "127.0.0.1",
      remoteFamily: "IPv4",
      remotePort: client.remotePort,
    });
    expect(side.setNoDelay().setKeepAlive(true, 1_000).ref().unref()).toBe(side);
    side.setTimeout(10);
    expect(side.timeout).toBe(10);
    await once(side, "timeout");
    side.write("12345");
    side.destroySoon();
    await once(side, "close");
    expect([side.bytesWritten, side.readyState]).toEqual([5, "closed"]);
    expect(() => client.stream(2).toNode()).toThrow(/is a byte stream already/);
    client.destroy();
    server.close();
  });

  it("ends with the association, or fails with it", async () => {
    const graceful = await pair();
    const [near, far] = await bytePair(graceful);
    near.write("x");
    expect((await once(far, "data"))[0].toString()).toBe("x");
    const ended = once(far, "end");
    far.resume();
    near.resume();
    near.end();
    graceful.client.end();
    await ended;
    graceful.server.close();
    const sudden = await pair();
    const [, other] = await bytePair(sudden);
    const failed = once(other, "error");
    sudden.client.abort();
    expect((await failed)[0]).toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
    sudden.server.close();
  });
});
