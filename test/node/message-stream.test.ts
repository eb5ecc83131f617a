/** The socket as a stream of messages: what of the stream's methods makes sense, and what is refused when it is called. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { PassThrough, pipeline, Transform, Writable } from "node:stream";
import { pipeline as piped } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { connect, createEndpoint, type Message } from "../../src/index.ts";
import { finish, pair } from "./pair.ts";

describe("setEncoding", () => {
  it("is refused when it is called, with what to do [B1]", async () => {
    const ends = await pair();
    expect(() => ends.accepted.setEncoding("utf8")).toThrow(
      expect.objectContaining({
        code: "ERR_SCTP_INVALID_ARGUMENT",
        message: expect.stringMatching(/message\.data\.toString\("utf8"\).*stream\(0\)\.toNode\(\)/),
      }),
    );
    const arrived = once(ends.accepted, "message") as Promise<[Message]>;
    await ends.client.send("still whole");
    expect((await arrived)[0].data.toString()).toBe("still whole");
    await finish(ends);
  });

  it("gives strings on a byte stream [B1]", async () => {
    const ends = await pair();
    const far = ends.accepted.stream(0).toNode().setEncoding("utf8");
    ends.client.stream(0).toNode().end("grüß Gott");
    let text = "";
    for await (const part of far) text += part;
    expect(text).toBe("grüß Gott");
    await finish(ends);
  });
});

describe("pipe", () => {
  it("of a socket into itself echoes messages with their streams and PPIDs [B2]", async () => {
    const ends = await pair();
    ends.accepted.pipe(ends.accepted);
    const sent = [0, 3, 5].map((streamId) => ({ streamId, ppid: 40 + streamId, unordered: streamId === 5 }));
    for (const info of sent) await ends.client.send(`on ${info.streamId}`, info);
    const heard: Message[] = [];
    for await (const message of ends.client.messages()) if (heard.push(message) === sent.length) break;
    heard.sort((a, b) => a.info.streamId - b.info.streamId);
    expect(heard.map(({ data }) => data.toString())).toEqual(["on 0", "on 3", "on 5"]);
    expect(heard.map(({ info }) => info)).toMatchObject(sent);
    ends.client.end(); // The echo ends with it.
    await once(ends.accepted, "close");
    ends.server.close();
  });

  it("of one association into another is a relay, by pipe(), pipeline() and through transforms [B2]", async () => {
    for (const how of ["pipe", "pipeline", "transform"] as const) {
      const [left, right] = [await pair(), await pair()];
      if (how === "pipe") left.accepted.pipe(right.client);
      else if (how === "pipeline") pipeline(left.accepted, right.client, () => {});
      else {
        const upper = new Transform({
          objectMode: true,
          transform: ({ data, info }: Message, _encoding, done) =>
            done(null, { data: Buffer.from(data.toString().toUpperCase()), info }),
        });
        left.accepted.pipe(upper).pipe(right.client);
      }
      for (let i = 0; i < 100; i++) await left.client.send(`m${i}`, { streamId: i % 3, ppid: i });
      left.client.end();
      const words: string[] = [];
      for await (const { data, info } of right.accepted.messages()) {
        expect(info.streamId).toBe(info.ppid % 3);
        words[info.ppid] = data.toString();
      }
      const word = how === "transform" ? "M" : "m";
      expect(words).toEqual(Array.from({ length: 100 }, (_, i) => `${word}${i}`));
      for (const { server } of [left, right]) server.close();
    }
  });

  it("heeds the back-pressure of a slow association [B2]", async () => {
    const small = { sendBufferBytes: 8_192, receiveBufferBytes: 8_192, highWaterMark: 4_096 };
    const [left, right] = [
      await pair({ client: small, server: small }),
      await pair({ client: small, server: small }),
    ];
    left.accepted.pipe(right.client);
    let taken = 0;
    const flood = (async () => {
      for (let i = 0; i < 200; i++) {
        await left.client.send(Buffer.alloc(1_000));
        taken++;
      }
    })();
    while (right.accepted.status().heldBytes < 6_000) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(100);
    let count = 0;
    for await (const _ of right.accepted.messages()) if (++count === 200) break;
    await flood;
    await Promise.all([finish(left), finish(right)]);
  });

  it("into a stream of bytes is refused when it is called, with what to do [B2]", async () => {
    const ends = await pair();
    const file = createWriteStream("/dev/null");
    const refusal = expect.objectContaining({
      code: "ERR_SCTP_INVALID_ARGUMENT",
      message: expect.stringContaining("stream(0).toNode().pipe("),
    });
    for (const bytes of [file, new PassThrough(), process.stdout]) {
      expect(() => ends.accepted.pipe(bytes)).toThrow(refusal);
    }
    await expect(piped(ends.accepted, new PassThrough())).rejects.toEqual(refusal);
    file.destroy();
    ends.server.close();
    ends.client.abort();
  });

  it("into a stream of objects gives messages [B2]", async () => {
    const ends = await pair();
    const heard: Message[] = [];
    const sink = new Writable({
      objectMode: true,
      write: (message: Message, _encoding, done) => {
        heard.push(message);
        done();
      },
    });
    ends.accepted.pipe(sink);
    await ends.client.send("x", { ppid: 9 });
    ends.client.end();
    await once(sink, "finish");
    expect(heard).toMatchObject([{ info: { ppid: 9 } }]);
    ends.server.close();
  });

  it("write() and end() take a message, and refuse what is none [B2]", async () => {
    const ends = await pair();
    ends.client.write({ data: Buffer.from("a"), info: { streamId: 2, ppid: 7 } });
    expect(() => ends.client.write({ data: "text" } as never)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
    );
    ends.client.end({ data: new Uint8Array([98]), info: { streamId: 3 } });
    const heard: string[] = [];
    for await (const { data, info } of ends.accepted.messages())
      heard.push(`${data} ${info.streamId} ${info.ppid}`);
    expect(heard).toEqual(["a 2 7", "b 3 0"]);
    ends.server.close();
  });
});

describe("messages()", () => {
  it("rejects with an AbortError when its signal is aborted, and takes no message with it [B20]", async () => {
    const ends = await pair();
    const controller = new AbortController();
    const reading = ends.accepted.messages({ signal: controller.signal }).next();
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(reading).rejects.toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: reason });
    await ends.client.send("for the next reader");
    expect((await ends.accepted.messages().next()).value?.data.toString()).toBe("for the next reader");
    await expect(ends.accepted.messages({ signal: controller.signal }).next()).rejects.toMatchObject({
      name: "AbortError",
    });
    await finish(ends);
  });

  it("is as events.once and events.on have it [B20]", async () => {
    const ends = await pair();
    const signal = AbortSignal.abort();
    const theirs = await once(ends.client, "never", { signal }).catch((error) => error);
    const ours = await ends.client
      .messages({ signal })
      .next()
      .catch((error) => error);
    expect([ours.name, ours.code, ours.message]).toEqual([theirs.name, theirs.code, theirs.message]);
    expect(ours.cause).toBe(theirs.cause);
    await finish(ends);
  });

  it("ends with the association, and throws when it was destroyed, as with net [B20]", async () => {
    const ends = await pair();
    const reading = ends.client.messages().next();
    const other = ends.accepted.messages().next();
    ends.client.destroy();
    await expect(reading).rejects.toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
    expect(await other).toEqual({ done: true, value: undefined });
    ends.server.close();
  });
});

describe("listening", () => {
  it("once leaves no flow behind: what comes between two iterations later is read by the second", async () => {
    const { client, accepted, server } = await pair();
    const first = once(accepted, "message");
    await client.send("one");
    await first;
    const next = async (): Promise<string | undefined> => {
      const messages = accepted.messages();
      const { value } = await messages.next();
      await messages.return();
      return value?.data.toString();
    };
    const second = next();
    await client.send("two");
    expect(await second).toBe("two");
    await client.send("three", { until: "delivered" });
    const third = next();
    await client.send("four");
    expect([await third, await next()]).toEqual(["three", "four"]);
    client.destroy();
    server.close();
  });

  it("is heard of again after removeAllListeners(), of a socket, a stream and an endpoint", async () => {
    const { client, accepted, server } = await pair();
    const heard: string[] = [];
    let onHeard = (): void => {};
    const hear = ({ data }: Message): void => {
      heard.push(data.toString());
      onHeard();
    };
    const first = new Promise<void>((resolve) => {
      onHeard = resolve;
    });
    accepted.on("message", hear).removeAllListeners("data");
    await Promise.all([first, client.send("one")]);
    accepted.removeAllListeners();
    expect([accepted.listenerCount("data"), heard]).toEqual([0, ["one"]]);
    accepted.on("message", hear);
    await Promise.all([once(accepted, "message"), client.send("two")]);
    expect(heard).toEqual(["one", "two"]);
    for (const emitter of [client.removeAllListeners(), client.stream(1).removeAllListeners()]) {
      const low = once(emitter, "bufferedAmountLow");
      await client.send("three", { streamId: 1 });
      await low;
    }
    const endpoint = createEndpoint().removeAllListeners();
    const arrived = once(endpoint, "message") as Promise<[Message]>;
    await endpoint.listen({ localAddresses: ["127.0.0.1"], localUdpPort: 0 });
    const { port = 0, localUdpPort = 0 } = endpoint.address() ?? {};
    const to = connect({ port, host: "127.0.0.1", remoteUdpPort: localUdpPort });
    await to.send("four");
    expect((await arrived)[0].data.toString()).toBe("four");
    for (const socket of [client, to]) socket.destroy();
    await endpoint.close();
    server.close();
  });
});
