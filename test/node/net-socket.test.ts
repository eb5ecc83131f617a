/** The socket, beside `net.Socket`: what a program written for one meets on the other. */
import { spawn } from "node:child_process";
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Socket as NetSocket } from "node:net";
import { pipeline, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  type AssociationDiagnostics,
  connect,
  createConnection,
  decodePacket,
  type Message,
  type PacketDiagnostics,
  type SctpError,
  Socket,
  type TraceSink,
  UdpPort,
} from "../../src/index.ts";
import { connectTo, finish, listening, pair } from "./pair.ts";

describe("connect", () => {
  it("takes net's forms, an address of the field, and a socket made before", async () => {
    expect(createConnection).toBe(connect);
    const server = await listening();
    const { port = 0, localUdpPort: udpPort } = server.address() ?? {};
    const forms: Array<(done: () => void) => Socket> = [
      (done) => connect({ port, remoteUdpPort: udpPort, host: "127.0.0.1" }, done),
      (done) => connect({ port, remoteUdpPort: udpPort, host: "127.0.0.1/[::1]" }, done),
      (done) => connect({ port, remoteUdpPort: udpPort, host: "0.0.0.0" }, done), // This host, as with net.
      (done) => new Socket().connect({ port, remoteUdpPort: udpPort, hosts: ["127.0.0.1"] }, done),
    ];
    for (const form of forms) {
      const socket = await new Promise<Socket>((resolve) => {
        const made = form(() => resolve(made));
      });
      expect(socket.remoteAddresses[0]).toBe("127.0.0.1");
      socket.destroy();
    }
    server.close();
    await once(server, "close");
  });

  it("takes port, host and listener, and tells of the lookup", async () => {
    const nowhere = connect(7, "nowhere.invalid", () => {});
    const [error, , , host] = await once(nowhere, "lookup");
    expect([host, (error as NodeJS.ErrnoException).syscall]).toEqual(["nowhere.invalid", "getaddrinfo"]);
    await once(nowhere, "error").catch((failure) => expect(failure).toBe(error));
    const server = await listening();
    const socket = connectTo(server, {
      host: "somewhere",
      lookup: (_name, _options, callback) => callback(null, "127.0.0.1", 4), // As for one address, though all were asked for.
    });
    expect(await once(socket, "lookup")).toEqual([null, "127.0.0.1", 4, "somewhere"]);
    await socket.opened;
    socket.destroy();
    server.close();
  });

  it.each([
    [{ port: 0 }, /port must be a whole number from 1 to 65535, not 0/],
    [{ port: 7, remoteUdpPort: 0 }, /remoteUdpPort must be a whole number from 1 to 65535, not 0/],
    [{ port: 7, localPort: 65_536 }, /localPort must be a whole number from 0 to 65535/],
    [{ port: 7, family: 5 } as never, /family must be 4, 6, 0, "IPv4" or "IPv6", not 5/],
    [{ port: 7, timeout: -1 }, /timeout must be a number from 0 to 2147483647, not -1/],
    [{ port: 7, rtoMinMs: 0 }, /rtoMinMs must be a number from 1 to 60000/],
    [{ port: 7, highWaterMark: 1.5 }, /highWaterMark must be a whole number from 0 to \d+, not 1.5/],
    [{ port: 7, keepAlive: 1 } as never, /keepAlive must be true or false, not 1/],
    [{ port: 7, hots: "x" } as never, /there is no option "hots" of connect\(\): it is called host/],
    [
      { port: 7, udpPort: 9 } as never,
      /there is no option "udpPort" of connect\(\): it is called remoteUdpPort/,
    ],
    [
      { port: 7, rtoMinms: 9 } as never,
      /there is no option "rtoMinms" of connect\(\): it is called rtoMinMs/,
    ],
    ["127.0.0.1" as never, /has no port: write 127.0.0.1:PORT/],
    ["127.0.0.1/::1" as never, /has no port: write 127.0.0.1\/\[::1\]:PORT/],
  ])("refuses %j at once", (options, complaint) => {
    expect(() => connect(options)).toThrow(complaint);
  });

  it("refuses local addresses that are not, and peers that cannot be", async () => {
    const code = (socket: Socket): Promise<string> =>
      socket.opened.then(
        () => "opened",
        (error: SctpError) => error.sctpCode,
      );
    expect(await code(connect({ port: 7, host: "127.0.0.1", localAddress: "192.0.2.1" }))).toBe(
      "ERR_SCTP_UDP_SOCKET",
    );
    expect(await code(connect({ port: 7, host: "224.0.0.1" }))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(await code(connect({ port: 7, host: "::1", localAddress: "127.0.0.1" }))).toBe(
      "ERR_SCTP_INVALID_ADDRESS",
    );
    const used = connect({ port: 7, host: "127.0.0.1" });
    expect(() => used.connect(7)).toThrow(/make a new one/);
    used.destroy();
    expect(await code(used)).toBe("ERR_SCTP_CLOSED");
  });

  it("is given up by a signal with an AbortError, before and after it is established", async () => {
    const reason = new Error("changed my mind");
    const early = connect({ port: 7, host: "127.0.0.1", signal: AbortSignal.abort(reason) });
    const [error] = await once(early, "error");
    expect(error).toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: reason });
    const controller = new AbortController();
    const { server, client } = await pair({ client: { signal: controller.signal } });
    const failed = once(client, "error");
    controller.abort();
    expect((await failed)[0]).toMatchObject({ name: "AbortError", code: "ABORT_ERR" });
    server.close();
    await once(server, "close");
  });
});

describe("properties", () => {
  it("are those of net.Socket, from the beginning to the end", async () => {
    const fresh = new Socket();
    expect([fresh.pending, fresh.connecting, fresh.readyState, fresh.address()]).toEqual([
      true,
      false,
      "open",
      {},
    ]);
    expect([fresh.remoteAddress, fresh.localPort, fresh.timeout, fresh.bytesRead]).toEqual([
      undefined,
      undefined,
      undefined,
      0,
    ]);
    const server = await listening();
    const connection = once(server, "connection") as Promise<[Socket]>;
    const client = connectTo(server);
    expect([client.pending, client.connecting, client.readyState]).toEqual([true, true, "opening"]);
    await once(client, "connect");
    expect([client.pending, client.connecting, client.readyState]).toEqual([false, false, "open"]);
    const { port, localUdpPort: udpPort } = server.address() ?? {};
    expect(client).toMatchObject({
      remoteAddress: "127.0.0.1",
      remoteFamily: "IPv4",
      remotePort: port,
      remoteUdpPort: udpPort,
      remoteAddresses: ["127.0.0.1"],
      localFamily: "IPv4",
      inboundStreams: 10,
      outboundStreams: 10,
    });
    const [accepted] = await connection;
    expect(accepted.address()).toEqual({ address: "127.0.0.1", family: "IPv4", port });
    expect([accepted.remotePort, accepted.remoteUdpPort]).toEqual([client.localPort, client.localUdpPort]);
    client.write("12345");
    await client.send("678", { streamId: 3 });
    accepted.resume();
    while (accepted.bytesRead < 8) await once(accepted, "data");
    expect([client.bytesWritten, client.stats().sentMessages]).toEqual([8, 2]);
    expect(client.pathInfo("127.0.0.1")).toMatchObject({ state: "active", isPrimary: true });
    expect(client.paths()).toHaveLength(1);
    expect(client.status().state).toBe("ESTABLISHED");
    expect(() => client.pathInfo("10.0.0.1")).toThrow(/none of the peer's addresses \(127.0.0.1\)/);
    client.end();
    expect(client.readyState).toBe("readOnly");
    await once(client, "close");
    expect([client.readyState, client.remoteAddress]).toEqual(["closed", "127.0.0.1"]);
    server.close();
    await once(server, "close");
    expect(() => fresh.status()).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
  });
});

describe("writing", () => {
  it("as a stream: write() says when to wait, 'drain' when to go on, and memory may be used again", async () => {
    const ends = await pair({
      client: { writableHighWaterMark: 1_000, sendBufferBytes: 4_096 },
      server: { receiveBufferBytes: 4_096 },
    });
    const chunk = Buffer.alloc(600, 1);
    let writes = 1;
    while (ends.client.write(chunk)) writes++;
    expect(writes).toBe(9); // Seven fill the association's buffer, two the stream's.
    chunk.fill(2);
    await once(ends.client, "drain");
    const received: number[] = [];
    ends.client.end(chunk);
    for await (const { data } of ends.accepted.messages()) received.push(data[0] ?? 0);
    expect(received.slice(-1)).toEqual([2]);
    ends.server.close();
  });

  it("an empty chunk writes nothing, and a message that cannot be sent is the stream's error", async () => {
    const ends = await pair({ client: { maxMessageBytes: 10 } });
    await new Promise<void>((resolve) => ends.client.write("", () => resolve()));
    expect(ends.client.bytesWritten).toBe(0);
    const failed = once(ends.client, "error");
    ends.client.write("more than ten");
    expect((await failed)[0]).toMatchObject({ code: "ERR_SCTP_MESSAGE_TOO_LARGE" });
    ends.server.close();
  });

  it("holds small messages back while others are under way once setNoDelay(false) was called", async () => {
    const ends = await pair();
    const packets = async (noDelay: boolean): Promise<number> => {
      expect(ends.client.setNoDelay(noDelay)).toBe(ends.client);
      const before = ends.client.stats().sentPackets;
      const all = (async () => {
        let count = 0;
        for await (const _ of ends.accepted.messages()) if (++count === 20) return;
      })();
      for (let i = 0; i < 20; i++) {
        await ends.client.send("x");
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await all;
      return ends.client.stats().sentPackets - before;
    };
    const [eager, patient] = [await packets(true), await packets(false)];
    expect(patient).toBeLessThan(eager);
    await finish(ends);
  });
});

describe("reading", () => {
  it("stops at the high-water mark in bytes, whoever reads", async () => {
    const ends = await pair({ server: { readableHighWaterMark: 10_000 } });
    expect(ends.accepted.readableHighWaterMark).toBe(10_000);
    for (let i = 0; i < 100; i++) await ends.client.send(Buffer.alloc(936));
    while (ends.accepted.status().readableMessages < 90)
      await new Promise((resolve) => setImmediate(resolve));
    expect(ends.accepted.readableLength).toBe(10_000); // Ten messages of 936 bytes, and 64 for each.
    ends.accepted.read();
    expect(ends.accepted.readableLength).toBe(10_000);
    const sizes: number[] = [];
    const sink = new Writable({
      objectMode: true,
      write: (message: Message, _encoding, done) => {
        sizes.push(message.data.length);
        done();
      },
    });
    ends.client.end();
    await new Promise((resolve) => pipeline(ends.accepted, sink, resolve));
    expect(sizes).toEqual(new Array(99).fill(936));
    ends.server.close();
  });

  it("can pause and resume", async () => {
    const ends = await pair();
    const seen: string[] = [];
    ends.accepted.on("message", ({ data }) => {
      seen.push(data.toString());
      ends.accepted.pause();
    });
    await ends.client.send("one");
    await ends.client.send("two");
    await once(ends.accepted, "message");
    await new Promise((resolve) => setImmediate(resolve));
    expect([seen, ends.accepted.isPaused()]).toEqual([["one"], true]);
    ends.accepted.resume();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(["one", "two"]);
    await finish(ends);
  });
});

describe("the end", () => {
  it("by destroy() delivers what was accepted, and the peer sees a graceful end, as with net", async () => {
    const ends = await pair();
    await ends.client.send(Buffer.alloc(100_000));
    ends.client.destroy();
    await once(ends.client, "close");
    const sizes: number[] = [];
    for await (const { data } of ends.accepted.messages()) sizes.push(data.length);
    expect(sizes).toEqual([100_000]);
    ends.server.close();
    await once(ends.server, "close");
  });

  it.each([
    ["destroy(error)", (socket: Socket) => socket.destroy(new Error("broken"))],
    ["destroy()", (socket: Socket) => socket.destroy()],
  ])(
    "by %s delivers what was written before, and the peer sees 'end', as with net [B12]",
    async (_name, end) => {
      const ends = await pair();
      const words: string[] = [];
      ends.accepted.on("message", ({ data }) => words.push(data.toString()));
      const order: string[] = [];
      for (const event of ["end", "error", "close"] as const)
        ends.accepted.on(event, () => order.push(event));
      for (const word of ["last", "words"]) ends.client.write(word);
      void ends.client.send("indeed");
      end(ends.client);
      await once(ends.accepted, "close");
      expect([words, order]).toEqual([
        ["last", "words", "indeed"],
        ["end", "close"],
      ]);
      ends.server.close();
      await once(ends.server, "close");
    },
  );

  it("by destroy(error) of a relay delivers what it had accepted, however much [B12]", async () => {
    const ends = await pair();
    const sizes: number[] = [];
    ends.accepted.on("message", ({ data }) => sizes.push(data.length));
    for (let i = 0; i < 50; i++) ends.client.write(Buffer.alloc(20_000));
    ends.client.destroy(new Error("broken"));
    await once(ends.accepted, "end");
    expect(sizes).toEqual(new Array(50).fill(20_000));
    ends.server.close();
  });

  it("by destroy() with messages in the socket's buffer is graceful, and an ABORT with more than that, as with net [B12]", async () => {
    for (const [count, outcome] of [
      [1, "end"],
      [200, "error"],
    ] as const) {
      const ends = await pair();
      for (let i = 0; i < count; i++) await ends.accepted.send(Buffer.alloc(1_000));
      while (ends.client.readableLength + ends.client.status().readableMessages * 1_000 < count * 1_000)
        await new Promise((resolve) => setImmediate(resolve));
      const heard = new Promise((resolve) => {
        for (const event of ["end", "error"] as const) ends.accepted.on(event, () => resolve(event));
      });
      ends.client.destroy();
      ends.accepted.resume();
      expect(await heard).toBe(outcome);
      ends.server.close();
      await once(ends.server, "close");
    }
  });

  it("a message that comes after destroy() is answered by ABORT", async () => {
    const ends = await pair();
    const failed = once(ends.accepted, "error");
    ends.client.destroy();
    await ends.accepted.send("too late"); // Crosses the SHUTDOWN: both go out in the same turn.
    expect((await failed)[0]).toMatchObject({
      code: "ERR_SCTP_ABORTED_BY_PEER",
      message: expect.stringContaining("the socket has been closed"),
    });
    ends.server.close();
  });

  it("by destroy() in a listener for messages is heard by a peer that goes on sending [B12]", async () => {
    const ends = await pair();
    ends.accepted.on("message", () => ends.accepted.destroy());
    const failed = once(ends.client, "error");
    const flood = (async () => {
      for (;;) await ends.client.send(Buffer.alloc(10_000));
    })();
    expect((await failed)[0]).toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
    await expect(flood).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_SCTP_/) });
    ends.server.close();
    await once(ends.server, "close");
  });

  it("by resetAndDestroy() is an ABORT", async () => {
    const ends = await pair();
    const failed = once(ends.accepted, "error");
    ends.client.resetAndDestroy();
    expect((await failed)[0]).toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER", causeCodes: [12] });
    ends.server.close();
  });

  it("by abort() comes however long the reason is, of which the peer hears the beginning", async () => {
    const ends = await pair();
    const failed = once(ends.accepted, "error");
    ends.client.abort(`why${" oh why".repeat(20_000)}`);
    const [{ message }] = (await failed) as [Error];
    expect(message.slice(message.indexOf("why"))).toHaveLength(60_000);
    expect(ends.client.destroyed).toBe(true);
    ends.server.close();
  });

  it("by destroySoon() comes when everything was delivered", async () => {
    const ends = await pair();
    for (let i = 0; i < 50; i++) void ends.client.send(Buffer.alloc(5_000));
    ends.client.destroySoon();
    let count = 0;
    for await (const _ of ends.accepted.messages()) count++;
    expect(count).toBe(50);
    if (!ends.client.closed) await once(ends.client, "close");
    ends.client.destroySoon();
    ends.server.close();
  });

  it("by disposal is graceful", async () => {
    const ends = await pair();
    await ends.client.send("kept");
    await ends.accepted.send("dropped");
    const read = ends.accepted.messages().next();
    await Promise.all([ends.client[Symbol.asyncDispose](), read]);
    expect([ends.client.destroyed, ends.client.errored, (await read).value?.data.toString()]).toEqual([
      true,
      null,
      "kept",
    ]);
    await new Socket()[Symbol.asyncDispose]();
    ends.server.close();
  });

  it("by disposal waits for nobody who reads a stream, and ends byte streams", async () => {
    const ends = await pair({ client: { receiveBufferBytes: 8_192 } });
    ends.client.stream(1);
    const sends = Array.from({ length: 100 }, () =>
      ends.accepted.send(Buffer.alloc(1_000), { streamId: 1, until: "delivered" }),
    );
    ends.client.stream(2).toNode().write("last words");
    const far = ends.accepted.stream(2).toNode();
    ends.client.stream(3).toNode().write("to a peer that does not end its side");
    ends.accepted.resume();
    const heard = (async () => {
      let text = "";
      for await (const part of far) text += part;
      return text;
    })();
    await ends.client[Symbol.asyncDispose]();
    await Promise.all(sends);
    expect(await heard).toBe("last words");
    ends.server.close();
  });

  it("settles every promise that waits when the association dies", async () => {
    const small = { sendBufferBytes: 4_096, receiveBufferBytes: 4_096 };
    const ends = await pair({ client: small, server: small });
    const sends = Array.from({ length: 20 }, () => ends.client.send(Buffer.alloc(4_000)));
    const stream = ends.client.stream(3);
    const waits = [
      ends.client.messages().next(),
      stream[Symbol.asyncIterator]().next(),
      stream.readable.getReader().read(),
      stream.send(Buffer.alloc(4_000)),
      ends.client.stream(4).writable.getWriter().write("x"),
    ];
    const late = connect({ port: 7, host: "127.0.0.1" });
    const opened = late.opened;
    late.destroy();
    ends.accepted.abort("no more");
    const outcomes = await Promise.allSettled([...sends, ...waits, opened]);
    const codes = outcomes.map((outcome) =>
      outcome.status === "rejected" ? outcome.reason.code : "fulfilled",
    );
    expect(codes.slice(-6)).toEqual([...new Array(5).fill("ERR_SCTP_ABORTED_BY_PEER"), "ERR_SCTP_CLOSED"]);
    expect(codes.filter((code) => code === "fulfilled").length).toBeLessThan(20);
    await expect(ends.client.send("x")).rejects.toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
    ends.server.close();
  });

  it("settles what waits when the UDP port is closed under it", async () => {
    const server = await listening();
    server.on("connection", (socket) => socket.on("error", () => {}));
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
    const client = await connectTo(server, { udp }).opened;
    const waits = [
      client.messages().next(),
      client.stream(1)[Symbol.asyncIterator]().next(),
      once(client, "close"),
    ];
    udp.close();
    const outcomes = await Promise.allSettled(waits);
    expect(outcomes.map(({ status }) => status).slice(1)).toEqual(["rejected", "fulfilled"]);
    await expect(client.send("x")).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
    await expect(connectTo(server, { udp }).opened).rejects.toMatchObject({ code: "ERR_SCTP_CLOSED" });
    server.close();
  });

  it("lets the process end: an unreferenced socket and server do not keep it", async () => {
    const program = fileURLToPath(new URL("./unreferenced.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });
});

describe("setTimeout", () => {
  it("tells of idleness once, until something happens again, and closes nothing", async () => {
    const ends = await pair({ client: { timeout: 20 } });
    expect(ends.client.timeout).toBe(20);
    await once(ends.client, "timeout");
    let told = 0;
    ends.client.on("timeout", () => told++);
    await ends.client.send("again");
    await once(ends.client, "timeout");
    expect([told, ends.client.readyState]).toEqual([1, "open"]);
    const never = (): void => expect.unreachable();
    expect(ends.client.setTimeout(1, never).setTimeout(0, never).timeout).toBe(undefined);
    expect(() => ends.client.setTimeout(-1)).toThrow(/timeout must be a number from 0 to 2147483647, not -1/);
    await finish(ends);
  });
});

describe("setTimeout of what was destroyed", () => {
  it("does nothing, as with net, of a byte stream too", async () => {
    const ends = await pair();
    for (const over of [ends.client.stream(1).toNode(), ends.client, new NetSocket()]) {
      over.destroy().setTimeout(1_000, () => {});
      expect([over.listenerCount("timeout"), over.timeout || undefined]).toEqual([0, undefined]);
    }
    ends.server.close();
  });
});

describe("what is said about a message", () => {
  it("may be an address of the peer, and is known of what arrives", async () => {
    const carried: string[] = [];
    const trace: TraceSink = {
      packet: (direction, datagram, _local, { address }) => {
        const isData = decodePacket(datagram).chunks.some(({ kind }) => kind === "DATA");
        if (direction === "sent" && isData) carried.push(address);
      },
      event: () => {},
    };
    const both = "127.0.0.1/[::1]";
    const ends = await pair({ host: both, client: { host: both, localAddress: both, trace } });
    const { client, accepted } = ends;
    accepted.setOption("SCTP_CONTEXT", 77);
    const messages = accepted.messages();
    await client.send("here", { streamId: 1, ppid: 46, to: "::1", reliability: { lifetimeMs: 60_000 } });
    const { value } = await messages.next();
    expect(carried).toEqual(["::1"]);
    expect(value?.info).toEqual({
      associationId: accepted.associationId,
      streamId: 1,
      ppid: 46,
      unordered: false,
      ssn: 0,
      tsn: expect.any(Number),
      cumulativeTsn: value?.info.tsn,
      context: 77,
    });
    await expect(client.send("x", { to: "192.0.2.1" })).rejects.toThrow(/none of the peer's addresses/);
    await expect(client.send("x", { reliability: { lifetimeMs: 0 } })).rejects.toThrow(
      /lifetimeMs must be above 0/,
    );
    await finish(ends);
  });
});

describe("diagnostics", () => {
  it("tell of associations and packets on their channels", async () => {
    const heard: string[] = [];
    const names = ["connecting", "established", "closed"].map((name) => `sctp.association.${name}`);
    const users: unknown[] = [];
    const onAssociation = (message: unknown, name: string | symbol): void => {
      heard.push(String(name));
      users.push((message as AssociationDiagnostics).user);
    };
    const packets: string[] = [];
    const onPacket = (message: unknown, name: string | symbol): void => {
      const { datagram, remote } = message as PacketDiagnostics;
      if (datagram.length === 0) return; // Bun hands on an empty one now and then, where nobody has sent any.
      packets.push(`${String(name)} ${decodePacket(datagram).chunks[0]?.kind} ${remote.address}`);
    };
    for (const name of names) subscribe(name, onAssociation);
    for (const name of ["sctp.packet.sent", "sctp.packet.received"]) subscribe(name, onPacket);
    const ends = await pair();
    const { client, accepted } = ends;
    await finish(ends);
    for (const name of names) unsubscribe(name, onAssociation);
    for (const name of ["sctp.packet.sent", "sctp.packet.received"]) unsubscribe(name, onPacket);
    expect(heard.sort()).toEqual([...names, ...names.slice(1)].sort());
    expect(users).toEqual(expect.arrayContaining([client, accepted]));
    expect(packets).toEqual(
      expect.arrayContaining(["sctp.packet.sent INIT 127.0.0.1", "sctp.packet.received INIT ACK 127.0.0.1"]),
    );
    expect(channel("sctp.packet.sent").hasSubscribers).toBe(false);
  });

  it("are printed with NODE_DEBUG=sctp", async () => {
    const program = fileURLToPath(new URL("./exits-by-itself.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, NODE_DEBUG: "sctp" },
    });
    let text = "";
    child.stderr.on("data", (data: Buffer) => {
      text += data.toString();
    });
    await once(child, "close");
    for (const words of [
      /association 1: connecting to \[.*\] port \d+/,
      /association 1: established/,
      /closed \(shutdown\)/,
    ]) {
      expect(text).toMatch(words);
    }
  });
});
