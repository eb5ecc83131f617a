/** The interface of npm's sctp 1.0.0, as its documentation has it. */
import { createSocket, type Socket as DgramSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { EventEmitter, once } from "node:events";
import { createRequire } from "node:module";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as sctp from "../../src/compat/sctp.ts";

const M3UA = Buffer.from("010003010000001000110008000003ea", "hex");

let previous: sctp.Defaults;
beforeAll(() => {
  previous = { ...sctp.defaults() };
  sctp.defaults({ udp_port: 0, encap_port: 0 }); // Any free UDP port, one for the whole process.
});
afterAll(() => void sctp.defaults({ ...previous }));

async function listening(options: sctp.ListenOptions = {}, more?: sctp.ServerOptions): Promise<sctp.Server> {
  const server = sctp.createServer(more);
  await new Promise<void>((resolve) => server.listen({ port: 0, ...options }, resolve));
  return server;
}

async function pair(
  listen: sctp.ListenOptions = {},
  options: Partial<sctp.ConnectOptions> = {},
): Promise<{ server: sctp.Server; client: sctp.Socket; accepted: sctp.Socket }> {
  const server = await listening(listen);
  const connection = once(server, "connection") as Promise<[sctp.Socket]>;
  const client = sctp.connect({ host: "127.0.0.1", port: server.address().port ?? 0, ...options });
  await once(client, "connect");
  const [accepted] = await connection;
  return { server, client, accepted };
}

describe("a server and a socket", () => {
  it("exchange buffers, each of which knows its PPID", async () => {
    const server = sctp.createServer((socket) => {
      expect([socket.remoteAddress, socket.remoteFamily]).toEqual(["127.0.0.1", "IPv4"]);
      socket.on("data", (data) => {
        const answer: sctp.TaggedBuffer = Buffer.from(data);
        answer.ppid = (data.ppid ?? 0) + 100;
        socket.write(answer);
      });
    });
    server.listen(2_905, "127.0.0.1", 10, () => {});
    await once(server, "listening");
    expect([server.listening, server.address().port]).toEqual([true, 2_905]);
    const socket = sctp.createConnection({ host: "127.0.0.1", port: "2905", ppid: sctp.PPID.M3UA }, () => {
      socket.write(M3UA);
      const tagged: sctp.TaggedBuffer = Buffer.from("text");
      tagged.ppid = sctp.PPID.WEBRTC_STRING;
      socket.write(tagged);
    });
    const answers: Array<[string, number | undefined]> = [];
    for await (const data of socket as AsyncIterable<sctp.TaggedBuffer>) {
      answers.push([data.toString("hex"), data.ppid]);
      if (answers.length === 2) break;
    }
    expect(answers).toEqual([
      [M3UA.toString("hex"), 103],
      [Buffer.from("text").toString("hex"), 151],
    ]);
    server.close();
    await once(server, "close");
  });

  it("agree on streams: MIS and OS, 2 by default", async () => {
    const { server, client, accepted } = await pair({ OS: 10, MIS: 4 }, { OS: 6 });
    expect([client.OS, client.MIS, accepted.OS, accepted.MIS]).toEqual([4, 2, 2, 4]);
    expect(client.address()).toMatchObject({ port: client.localPort, family: "IPv4" });
    expect([client.remotePort, accepted.remotePort]).toEqual([server.address().port, client.localPort]);
    client.end();
    await once(accepted, "end");
    server.close();
    await once(server, "close");
  });

  it("end gracefully, which is told also to those who do not read", async () => {
    const { server, client, accepted } = await pair();
    client.write("unread");
    client.end();
    await Promise.all([once(accepted, "end"), once(client, "end")]);
    expect([client.bytesWritten, accepted.bytesRead]).toEqual([6, 6]);
    server.close();
    await once(server, "close");
  });

  it("abort when destroyed, which is the end for the other side, and no error", async () => {
    const { server, client, accepted } = await pair();
    const ended = Promise.all([once(accepted, "end"), once(accepted, "close")]);
    client.destroy();
    await ended;
    expect(client.connect(7)).toBe(client); // A second connect does nothing.
    server.close();
    await once(server, "close");
  });

  it("refuse more than maxConnections, and ports that are none", async () => {
    const server = sctp.createServer();
    server.maxConnections = 1;
    server.listen({ port: 0 });
    await once(server, "listening");
    const port = server.address().port ?? 0;
    const first = sctp.connect({ host: "127.0.0.1", port });
    await once(first, "connect");
    const second = sctp.connect({ host: "127.0.0.1", port });
    expect((await once(second, "error"))[0]).toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
    expect(() => sctp.connect({ port: 0 })).toThrow(/port must be a whole number from 1 to 65535/);
    first.end();
    server.close();
    await once(server, "close");
    expect(() => sctp.createServer().listen({ port: 70_000 })).toThrow(/port must be .* not 70000/);
  });
});

describe("streams", () => {
  it("are written with createStream, also before 'connect', and read with 'stream'", async () => {
    const server = await listening({ OS: 4, MIS: 4 });
    const seen: Array<[number, string, number | undefined]> = [];
    const all = new Promise<void>((resolve) => {
      server.on("connection", (socket) => {
        socket.on("stream", (stream, id) => {
          expect(stream.stream_id).toBe(id);
          stream.on("data", (data: sctp.TaggedBuffer) => {
            seen.push([id, data.toString(), data.ppid]);
            if (seen.length === 4) resolve();
          });
        });
      });
    });
    const client = sctp.connect({ host: "127.0.0.1", port: server.address().port ?? 0, OS: 4, ppid: 3 });
    const stream = client.createStream(1);
    stream.write("one");
    client.createStream(2, 46).write("two");
    expect([client.createStream(1) === stream, stream.stream_id, stream instanceof Writable]).toEqual([
      true,
      1,
      true,
    ]);
    client.write("zero");
    await once(client, "connect");
    const tagged: sctp.TaggedBuffer = Buffer.from("three");
    tagged.ppid = 51;
    stream.write(tagged);
    await all;
    expect(seen.sort((a, b) => a[0] - b[0])).toEqual([
      [0, "zero", 3],
      [1, "one", 3],
      [1, "three", 51],
      [2, "two", 46],
    ]);
    expect(stream.bytesWritten).toBe(8);
    expect(() => client.createStream(4)).toThrow(/wrong stream id 4: check the OS of this side \(4\)/);
    client.end();
    server.close();
    await once(server, "close");
  });

  it("give their messages to the socket's readers too", async () => {
    const { server, client, accepted } = await pair();
    const heard: string[] = [];
    const both = new Promise<void>((resolve) => {
      const note = (what: string): void => void (heard.push(what) === 2 && resolve());
      accepted.on("data", (data) => note(`socket ${data}`));
      accepted.on("stream", (stream) => stream.on("data", (data: Buffer) => note(`stream ${data}`)));
    });
    client.createStream(1).write("x");
    await both;
    expect(heard.sort()).toEqual(["socket x", "stream x"]);
    client.end();
    server.close();
    await once(server, "close");
  });

  it("hold the sender back when nobody reads", async () => {
    sctp.defaults({ RWND: 50_000 });
    const { server, client, accepted } = await pair();
    sctp.defaults({ RWND: previous.RWND });
    accepted.on("stream", () => {});
    let written = 0;
    for (let i = 0; i < 400; i++) client.write(Buffer.alloc(10_000), () => written++);
    while (accepted.bytesRead < 50_000) await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(accepted.bytesRead).toBeLessThan(400_000);
    expect(written).toBeLessThan(200);
    client.destroy();
    server.close();
    await once(server, "close");
  });
});

describe("what is closed at once", () => {
  it("never listens: a server tells its end, and a passive socket leaves its port to the next", async () => {
    const server = sctp.createServer();
    await new Promise<void>((resolve) => server.listen({ port: 0 }).close(resolve));
    const early = sctp.connect({ passive: true, host: "localhost", localPort: 3_571, port: 3_572 });
    early.destroy();
    await once(early, "close");
    for (let i = 0; i < 3; i++) await lookup("localhost"); // By then its own look-up has ended.
    const passive = sctp.connect({ passive: true, localPort: 3_571, port: 3_572 });
    const other = await listening();
    expect(server.listening).toBe(false);
    const active = sctp.connect({ host: "127.0.0.1", port: 3_571, localPort: 3_572 });
    await Promise.all([once(passive, "connect"), once(active, "connect")]);
    active.end();
    await once(passive, "end");
    other.close();
    await once(other, "close");
  });
});

describe("passive", () => {
  it("waits for the one peer that may connect", async () => {
    const passive = sctp.connect({ passive: true, localPort: 3_565, host: "127.0.0.1", port: 3_566 });
    const stranger = sctp.connect({ host: "127.0.0.1", localPort: 3_567, port: 3_565 });
    expect((await once(stranger, "error"))[0]).toMatchObject({
      code: "ERR_SCTP_ABORTED_BY_PEER",
      message: expect.stringContaining("another peer is expected"),
    });
    const connected = once(passive, "connect");
    const active = sctp.connect({ host: "127.0.0.1", localPort: 3_566, port: 3_565 });
    await Promise.all([connected, once(active, "connect")]);
    active.end("bye");
    expect((await once(passive, "data"))[0].toString()).toBe("bye");
    await once(passive, "end");
    const given = sctp.connect({ passive: true, localPort: 3_568, port: 1 });
    given.destroy();
    await once(given, "close");
  });
});

/** A bound UDP socket on 127.0.0.1. */
async function udp(): Promise<DgramSocket> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

describe("udpTransport", () => {
  it("with udpPeer carries SCTP between two UDP sockets of the user's, which stay the user's", async () => {
    const [near, far] = [await udp(), await udp()];
    const host = "127.0.0.1";
    const passive = sctp.connect({
      passive: true,
      localPort: 5_002,
      port: 5_001,
      udpTransport: far,
      udpPeer: { host, port: near.address().port },
      MIS: 100,
    });
    const active = sctp.connect({
      localPort: 5_001,
      port: 5_002,
      udpTransport: near,
      udpPeer: { address: host, port: far.address().port },
      OS: 100,
      ppid: sctp.PPID.WEBRTC_DCEP,
    });
    const large = Buffer.alloc(300_000, "hello");
    const got = once(passive, "data") as Promise<[sctp.TaggedBuffer]>;
    await once(active, "connect");
    expect(active.OS).toBe(100);
    active.createStream(1).write(large);
    const [data] = await got;
    expect([data.length, data.ppid]).toEqual([300_000, 50]);
    active.end();
    await once(active, "close");
    near.close();
    far.close();
  });

  it("may be a connected socket, and one that is not bound yet", async () => {
    const near = await udp();
    const far = createSocket("udp4");
    const server = sctp.createServer({
      udpTransport: far,
      udpPeer: { host: "127.0.0.1", port: near.address().port },
    });
    server.on("connection", (socket) => socket.on("data", (data) => socket.write(data)));
    server.listen({ port: 5_003 });
    far.bind(0, "127.0.0.1");
    await once(server, "listening");
    near.connect(far.address().port, "127.0.0.1");
    await once(near, "connect");
    const socket = sctp.connect({ port: 5_003, udpTransport: near });
    socket.write("there and back");
    expect((await once(socket, "data"))[0].toString()).toBe("there and back");
    const second = sctp.connect({ port: 5_003, udpTransport: near }); // One transport carries many associations.
    await once(second, "connect");
    for (const each of [socket, second]) each.end();
    server.close();
    await once(server, "close");
    near.close();
    far.close();
  });

  it("may be anything with send() and 'message', as a DTLS session is", async () => {
    class Tunnel extends EventEmitter {
      other: Tunnel | undefined;
      send(datagram: Uint8Array, offset: unknown, length: unknown, done?: unknown): void {
        const copy = Buffer.from(
          datagram.subarray(offset as number, (offset as number) + (length as number)),
        );
        setImmediate(() => {
          (done as (error: null) => void)(null);
          this.other?.emit("message", copy);
        });
      }
    }
    const [near, far] = [new Tunnel(), new Tunnel()];
    near.other = far;
    far.other = near;
    const passive = sctp.connect({ passive: true, localPort: 5_000, port: 5_000, udpTransport: far });
    const active = sctp.connect({ localPort: 5_000, port: 5_000, udpTransport: near });
    const got = once(passive, "data");
    active.write("through the tunnel");
    expect((await got)[0].toString()).toBe("through the tunnel");
    active.end();
    await once(passive, "end");
  });

  it("that is not connected needs udpPeer", async () => {
    const socket = await udp();
    const orphan = sctp.connect({ port: 5_000, udpTransport: socket });
    expect((await once(orphan, "error"))[0].message).toMatch(/say with udpPeer where the peer is/);
    const nowhere = sctp.connect({
      port: 5_000,
      udpTransport: await udp().then((s) => s.unref()),
      udpPeer: { port: 1 },
    });
    expect((await once(nowhere, "error"))[0].message).toMatch(/udpPeer needs an address/);
    socket.close();
  });
});

describe("the module", () => {
  it("has defaults named after net.sctp, which it returns, and keeps within bounds", () => {
    const before = { ...sctp.defaults() };
    expect(before).toMatchObject({ rto_initial: 3_000, rto_min: 1_000, rto_max: 60_000, sack_freq: 2 });
    const set = sctp.defaults({ rto_initial: 500, rto_min: 300, sack_timeout: 900, RWND: 100, nonsense: 1 });
    expect(set).toMatchObject({ rto_initial: 500, rto_min: 300, sack_timeout: 500, RWND: 4_096 });
    expect("nonsense" in set).toBe(false);
    expect(sctp.defaults()).toEqual(set);
    sctp.defaults({ ...before });
  });

  it("names PPIDs both ways", () => {
    expect([sctp.PPID.M3UA, sctp.PPID.WEBRTC_STRING, sctp.PPID[3], sctp.PPID[46]]).toEqual([
      3,
      51,
      "M3UA",
      "DIAMETER",
    ]);
  });

  it("has every name of the documentation", () => {
    for (const name of [
      "connect",
      "createConnection",
      "createServer",
      "defaults",
      "PPID",
      "Socket",
      "Server",
    ]) {
      expect(sctp).toHaveProperty(name);
    }
    expect(createRequire(import.meta.url)("../../package.json").exports).toHaveProperty("./compat/sctp");
  });
});
