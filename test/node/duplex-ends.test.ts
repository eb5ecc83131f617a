/** How a stream's byte Duplex ends: whole with 'end', or told to be cut short, never short behind a clean 'end'. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Duplex, pipeline, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { SctpStream, ServerOptions, Socket } from "../../src/index.ts";
import { insideOf } from "../../src/node/socket/association-duplex.ts";
import { finish, type Pair, pair } from "./pair.ts";

const BODY_BYTES = 2_000_000;
const PREMATURE = "ERR_STREAM_PREMATURE_CLOSE";

function counter(): { readonly sink: Writable; readonly bytes: () => number } {
  let bytes = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      setImmediate(done);
    },
  });
  return { sink, bytes: () => bytes };
}

/** Reads a Duplex to its end by `pipeline`: how many bytes came, and the code of what went wrong. */
function received(duplex: Duplex): Promise<{ bytes: number; code: string | undefined }> {
  const { sink, bytes } = counter();
  return new Promise((resolve) => {
    pipeline(duplex, sink, (error) => resolve({ bytes: bytes(), code: error?.code }));
  });
}

async function closed(socket: Socket | Duplex): Promise<void> {
  if (!socket.closed) await once(socket, "close");
}

/** Both ends of stream 2, the near one with a buffer too small for a body. */
async function bodyPair(server: ServerOptions = {}): Promise<Pair & { near: Duplex; far: Duplex }> {
  const ends = await pair({ client: { sendBufferBytes: 65_536 }, server });
  const near = ends.client.stream(2).toNode();
  const far = ends.accepted.stream(2).toNode();
  near.on("error", () => {});
  far.on("error", () => {});
  return { ...ends, near, far };
}

/** Until a part of the body has arrived, and not all of it. */
async function underWay(far: Duplex): Promise<void> {
  while (far.readableLength === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe("socket.end() with byte streams open", () => {
  it("delivers all that an ended one had accepted [B4]", async () => {
    const { near, far, client, server } = await bodyPair();
    const body = received(far);
    near.end(Buffer.alloc(BODY_BYTES));
    client.end();
    expect(await body).toEqual({ bytes: BODY_BYTES, code: undefined });
    await Promise.all([closed(client), closed(near)]);
    server.close();
    await once(server, "close");
  });

  it("delivers what many of them had accepted, and the answers [B4]", async () => {
    const { client, accepted, server } = await pair({ client: { sendBufferBytes: 65_536 } });
    accepted.on("stream", (stream: SctpStream) => {
      const duplex = stream.toNode({ allowHalfOpen: true });
      void received(duplex).then(({ bytes }) => duplex.end(Buffer.alloc(bytes / 2)));
    });
    const answers = [1, 2, 3, 4].map((id) => {
      const duplex = client.stream(id).toNode();
      duplex.end(Buffer.alloc(id * 100_000));
      return received(duplex);
    });
    client.end();
    expect(await Promise.all(answers)).toEqual(
      [1, 2, 3, 4].map((id) => ({ bytes: id * 50_000, code: undefined })),
    );
    await closed(client);
    server.close();
  });

  it("waits for one that has not been ended, as a server waits for its connections [B4]", async () => {
    const { near, far, client, accepted, server } = await bodyPair();
    const body = received(far);
    client.end();
    for (let i = 0; i < 20; i++) {
      near.write(Buffer.alloc(100_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(client.status().state).toBe("ESTABLISHED");
    near.end();
    expect(await body).toEqual({ bytes: BODY_BYTES, code: undefined });
    accepted.resume();
    await closed(client);
    server.close();
  });

  it("sends what was written to a Web Stream [B4]", async () => {
    const { client, accepted, server } = await pair();
    const writer = client.stream(3).writable.getWriter();
    const writes = Array.from({ length: 20 }, (_, i) => writer.write(`m${i}`));
    client.end();
    const words: string[] = [];
    for await (const { data } of accepted.messages()) words.push(data.toString());
    await Promise.all(writes);
    expect(words).toEqual(Array.from({ length: 20 }, (_, i) => `m${i}`));
    server.close();
  });
});

describe("an association that ends early", () => {
  it.each([
    ["destroy()", "client", PREMATURE, PREMATURE],
    ["destroy() at the peer", "accepted", PREMATURE, PREMATURE],
    ["abort()", "client", PREMATURE, "ERR_SCTP_ABORTED_BY_PEER"],
    ["abort() at the peer", "accepted", PREMATURE, "ERR_SCTP_ABORTED_BY_PEER"],
  ] as const)("by %s cuts its byte streams short at both ends [B5]", async (how, who, ownCode, otherCode) => {
    const ends = await bodyPair();
    const { server, client } = ends;
    const [own, other] = who === "client" ? [ends.near, ends.far] : [ends.far, ends.near];
    const errors: string[] = [];
    for (const socket of [ends.client, ends.accepted]) socket.on("error", () => errors.push("error"));
    own.write(Buffer.alloc(BODY_BYTES)); // Nothing the other way: what is left unread, or comes later, is an ABORT.
    await underWay(other);
    const idle = client.stream(3).toNode();
    const outcomes = [received(own), received(other), received(idle)];
    idle.on("error", () => {});
    if (how.startsWith("abort")) ends[who].abort();
    else ends[who].destroy();
    const codes = (await Promise.all(outcomes)).map(({ code }) => code);
    expect(codes.slice(0, 2)).toEqual([ownCode, otherCode]);
    if (who === "client") expect(codes[2]).toBe(PREMATURE);
    server.close();
    await once(server, "close");
    // The far end of the stream answers, by itself, to an association that is ending: that is no reason for an ABORT.
    expect(errors.length).toBe(how.startsWith("destroy") ? 0 : 1);
  });

  it("by destroy() is a clean end of the streams on which nothing was written [B5]", async () => {
    const { client, accepted, server } = await pair();
    const far = accepted.stream(1).toNode();
    client.stream(1).toNode();
    client.stream(2).toNode(); // Of which the peer never hears.
    client.destroy();
    expect(await received(far)).toEqual({ bytes: 0, code: undefined });
    await closed(accepted);
    server.close();
  });

  it("by destroy() closes the byte streams whose peers have ended theirs, whatever was written [B5]", async () => {
    const { client, accepted, server } = await pair();
    const nears = [1, 2].map((id) => client.stream(id).toNode({ allowHalfOpen: true }).resume());
    const fars = [1, 2].map((id) => accepted.stream(id).toNode({ allowHalfOpen: true }).end());
    nears[0]?.write("half");
    const outcome = received(fars[0] as Duplex);
    await Promise.all(nears.map((near) => once(near, "end")));
    const closings = nears.map(closed);
    client.destroy();
    await Promise.all(closings);
    expect((await outcome).code).toBe(PREMATURE);
    expect(nears.map(({ errored }) => errored)).toEqual([null, null]);
    server.close();
    await once(server, "close");
  });

  it.each(["before", "after"])(
    "by destroy() is none of an ABORT for ends that came %s it [B5]",
    async (when) => {
      const { client, accepted, server } = await pair({ client: { readableHighWaterMark: 1 } });
      const errors: unknown[] = [];
      accepted.on("error", (error) => errors.push(error));
      await accepted.send("which fills the buffer, so that all behind it stays in the association");
      while (client.readableLength === 0) await new Promise(setImmediate);
      const end = (): unknown => accepted.stream(5).toNode().end();
      if (when === "before") end();
      while ((insideOf(client).association?.readableCount ?? 0) === 0 && when === "before")
        await new Promise(setImmediate);
      client.destroy();
      if (when === "after") end();
      await closed(accepted);
      expect(errors).toEqual([]);
      server.close();
    },
  );

  it.each(["its socket", "a byte stream"])(
    "says EPIPE to whoever writes on %s then, as with net",
    async (what) => {
      const { client, accepted, server } = await pair();
      const side = what === "its socket" ? accepted : accepted.stream(1).toNode({ allowHalfOpen: true });
      const failed = once(side, "error");
      accepted.once("shutdown", () => side.write("late"));
      client.end();
      expect((await failed)[0]).toMatchObject({
        code: "EPIPE",
        errno: -32,
        syscall: "write",
        sctpCode: "ERR_SCTP_NOT_CONNECTED",
      });
      server.close();
    },
  );

  it("by a restart of the peer cuts its byte streams short, and gives the streams back [B5]", async () => {
    const ends = await bodyPair();
    const { near, far, client } = ends;
    const gone = client.stream(3).toNode();
    gone.destroy(); // It waits for the end of a peer that will never tell it.
    near.write("half");
    await underWay(far);
    const outcome = received(near);
    const { user, association } = insideOf(client);
    if (association !== undefined)
      user.onAssociationEvent({ kind: "restarted", waitingCount: 0, association });
    expect((await outcome).code).toBe(PREMATURE);
    expect(client.openStreams).toEqual([]);
    far.destroy();
    await finish(ends);
  });

  it("by destroy() is an error to whoever iterates over a stream [B5]", async () => {
    const { client, server } = await pair();
    const next = client.stream(1)[Symbol.asyncIterator]().next();
    const reading = client.stream(2).readable.getReader().read();
    client.destroy();
    await expect(next).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
    await expect(reading).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
    server.close();
  });

  it("does not cut what had arrived whole [B5]", async () => {
    const { near, far, client, accepted, server } = await bodyPair();
    near.end("all of it");
    far.end("and back");
    await Promise.all([once(near, "readable"), once(far, "readable")]);
    client.end();
    await once(accepted, "close");
    expect((await received(far)).bytes).toBe(9);
    expect((await received(near)).bytes).toBe(8);
    server.close();
  });
});

describe("a byte stream that is destroyed", () => {
  it.each([
    ["with an error", (near: Duplex) => near.write("half"), new Error("broken")],
    ["with an error after end()", (near: Duplex) => near.end(Buffer.alloc(BODY_BYTES)), new Error("broken")],
    ["before all was accepted", (near: Duplex) => near.write(Buffer.alloc(BODY_BYTES)), undefined],
    ["while its end() waits", (near: Duplex) => near.end(Buffer.alloc(BODY_BYTES)), undefined],
  ])("%s never looks whole to its peer [B5]", async (_name, write, error) => {
    const ends = await bodyPair({ receiveBufferBytes: 65_536 });
    const { near, far, client, accepted } = ends;
    write(near);
    await underWay(far);
    const body = received(far);
    near.destroy(error);
    const { bytes, code } = await body;
    expect([bytes < BODY_BYTES, code]).toEqual([true, PREMATURE]);
    while (client.openStreams.length + accepted.openStreams.length > 0)
      await new Promise((resolve) => setImmediate(resolve));
    const next = client.stream(2).toNode();
    next.end("anew");
    const [stream] = (await once(accepted, "stream")) as [SctpStream];
    expect(await received(stream.toNode())).toEqual({ bytes: 4, code: undefined });
    await finish(ends);
  });

  it("without an error delivers what was written, and the peer's 'end', as with net [B12]", async () => {
    const ends = await bodyPair();
    const { near, far } = ends;
    near.write("last ");
    near.write("words");
    near.destroy();
    expect(await received(far)).toEqual({ bytes: 10, code: undefined });
    await finish(ends);
  });

  it("tells a peer whose bytes it throws away, though that has ended, and gives the stream back [B5]", async () => {
    const ends = await bodyPair();
    const { near, far, client, accepted } = ends;
    const heard: string[] = [];
    near.on("end", () => heard.push("end"));
    const failed = once(near, "error");
    far.once("data", () => far.destroy());
    near.resume();
    near.end(Buffer.alloc(BODY_BYTES / 4));
    expect((await failed)[0]).toMatchObject({ code: "ECONNRESET", sctpCode: "ERR_SCTP_ABORTED_BY_PEER" });
    await closed(near);
    expect(heard).toEqual([]);
    while (client.openStreams.length + accepted.openStreams.length > 0)
      await new Promise((resolve) => setImmediate(resolve));
    await finish(ends);
  });

  it("tells a peer of nothing that it has read, and lets it write no more [B5]", async () => {
    const ends = await pair();
    const near = ends.client.stream(2).toNode({ allowHalfOpen: true });
    const far = ends.accepted.stream(2).toNode();
    near.write("all of it");
    await once(far, "data");
    far.destroy();
    near.resume();
    await once(near, "end");
    near.write("too late");
    expect((await once(near, "error"))[0]).toMatchObject({ code: "ECONNRESET" });
    await finish(ends);
  });

  it("keeps order and bytes whatever the stream's defaults say [B5]", async () => {
    const ends = await pair();
    const near = ends.client
      .stream(2, { unordered: true, reliability: { lifetimeMs: 1 }, ppid: 57 })
      .toNode();
    const info = new Promise((resolve) => ends.accepted.once("message", (message) => resolve(message.info)));
    near.write("x");
    expect(await info).toMatchObject({ unordered: false, ppid: 0 });
    near.destroy(); // The peer reads messages, and will not say that its side has ended.
    await finish(ends);
  });
});

describe("a byte stream that is destroyed behind the end of its association", () => {
  it("gives nothing of what it has not read to the socket, which has told its end", async () => {
    const { client, accepted, server } = await pair();
    const unread = accepted.stream(1).toNode({ highWaterMark: 1 });
    for (const streamId of [0, 1, 1, 1]) await client.send(`on ${streamId}`, { streamId });
    client.end().resume();
    await once(client, "close");
    while (accepted.status().state !== "CLOSED") await new Promise(setImmediate);
    const failed: unknown[] = [];
    const heard: string[] = [];
    accepted.on("error", (error) => failed.push(error));
    unread.destroy();
    accepted.on("message", ({ data }) => heard.push(data.toString()));
    await once(accepted, "close");
    expect([failed, heard]).toEqual([[], ["on 0"]]);
    server.close();
  });
});

describe("a byte stream that nobody reads", () => {
  it("has no error of a peer that ended the association before it was used [B6]", async () => {
    const { client, accepted, server } = await pair();
    const ended = once(accepted, "shutdown");
    const duplex = accepted.stream(2).toNode();
    client.end();
    await ended;
    duplex.end();
    await Promise.all([closed(duplex), closed(accepted)]);
    expect(duplex.errored).toBe(null);
    server.close();
  });

  it("hears the peer's end, and closes [B6]", async () => {
    const ends = await pair();
    const far = ends.accepted.stream(2).toNode();
    const ended = once(far, "end");
    const near = ends.client.stream(2).toNode();
    near.end();
    await Promise.all([ended, closed(far), closed(near)]);
    expect([ends.client.openStreams, ends.accepted.openStreams]).toEqual([[], []]);
    await finish(ends);
  });

  it("is read to its end later, also after the association's [B6]", async () => {
    const { near, far, client, accepted, server } = await bodyPair();
    near.end("unread");
    accepted.end();
    client.end();
    await Promise.all([closed(client), closed(accepted)]);
    expect(await received(far)).toEqual({ bytes: 6, code: undefined });
    server.close();
    await once(server, "close");
  });

  it("lets the process exit when both ends have ended and the server is closed [B6]", async () => {
    const program = fileURLToPath(new URL("./exits-unread.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    expect((await once(child, "exit"))[0]).toBe(0);
  });

  it("hears the graceful end of a peer that sent messages and knows no byte streams [B6]", async () => {
    const { client, accepted, server } = await pair();
    const far = accepted.stream(1).toNode();
    const body = received(far);
    await client.send("messages", { streamId: 1 });
    client.end();
    expect(await body).toEqual({ bytes: 8, code: undefined });
    await closed(client);
    server.close();
  });
});
