import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  connect,
  createServer,
  type Message,
  type SctpError,
  type Socket,
  UdpPort,
} from "../../src/index.ts";
import { connectTo, finish, foreignSocket, listening, pair } from "./pair.ts";

async function take(
  socket: { messages(): AsyncIterableIterator<Message> },
  count: number,
): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of socket.messages()) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

describe("messages", () => {
  it.each(["127.0.0.1", "::1"])("keep their stream, PPID, order and bytes over %s", async (host) => {
    const ends = await pair({ host });
    for (let i = 0; i < 200; i++) {
      await ends.client.send(`message ${i}`, { streamId: i % 8, ppid: 1_000 + i, unordered: i % 10 === 9 });
    }
    const messages = await take(ends.accepted, 200);
    const ordered = messages.filter(({ info }) => !info.unordered);
    for (const stream of [0, 3, 7]) {
      const ppids = ordered.filter(({ info }) => info.streamId === stream).map(({ info }) => info.ppid);
      expect(ppids).toEqual([...ppids].sort((a, b) => a - b));
    }
    for (const { data, info } of messages) expect(data.toString()).toBe(`message ${info.ppid - 1_000}`);
    await finish(ends);
  });

  it("of 1 byte to 1 MiB arrive whole", async () => {
    const ends = await pair();
    const sizes = [1, 2, 3, 1_171, 1_172, 1_173, 65_535, 65_536, 300_001, 1_048_576];
    const received = take(ends.accepted, sizes.length);
    for (const size of sizes) await ends.client.send(Buffer.alloc(size, size & 0xff));
    expect(
      (await received).map(({ data }) => [data.length, data.every((byte) => byte === (data.length & 0xff))]),
    ).toEqual(sizes.map((size) => [size, true]));
    await finish(ends);
  });

  it("are readable one after another when the reader is slower than the network", async () => {
    const ends = await pair({ server: { readableHighWaterMark: 2 } });
    for (let i = 0; i < 500; i++) void ends.client.send(`m${i}`);
    const messages = await take(ends.accepted, 500);
    expect(messages.map(({ data }) => data.toString())).toEqual(
      Array.from({ length: 500 }, (_, i) => `m${i}`),
    );
    await finish(ends);
  });
});

describe("without waiting", () => {
  it("connect, send and end deliver everything, and nothing may be sent after end", async () => {
    const server = await listening();
    const connection = once(server, "connection") as Promise<[Socket]>;
    const client = connectTo(server);
    const sent = [client.send("first"), client.send("second")];
    client.end();
    await expect(client.send("late")).rejects.toMatchObject({ code: "ERR_SCTP_NOT_CONNECTED" });
    const [accepted] = await connection;
    const messages: string[] = [];
    for await (const { data } of accepted.messages()) messages.push(data.toString());
    await Promise.all(sent);
    expect(messages).toEqual(["first", "second"]);
    server.close();
    await once(server, "close");
  });

  it("a signal ends the reading, and the port can be taken again at once after close", async () => {
    const ends = await pair();
    const controller = new AbortController();
    const reading = ends.accepted.messages({ signal: controller.signal }).next();
    controller.abort();
    await expect(reading).rejects.toThrow("aborted");
    const localUdpPort = ends.server.address()?.localUdpPort ?? 0;
    await finish(ends);
    const again = createServer();
    again.listen({ port: 7, host: "127.0.0.1", localUdpPort });
    await once(again, "listening");
    again.close();
    await once(again, "close");
  });
});

describe("back-pressure", () => {
  it("makes send() wait while the peer does not read, and holds memory flat", async () => {
    const small = { receiveBufferBytes: 65_536, sendBufferBytes: 65_536 };
    const ends = await pair({ server: small, client: small });
    let accepted = 0;
    const flood = (async () => {
      for (let i = 0; i < 1_000; i++) {
        await ends.client.send(Buffer.alloc(1_000));
        accepted++;
      }
    })();
    await once(ends.accepted, "readable");
    const status = ends.accepted.status();
    expect(status.heldBytes).toBeLessThanOrEqual(65_536 + 1_500);
    expect(accepted).toBeLessThan(400);
    expect((await take(ends.accepted, 1_000)).length).toBe(1_000);
    await flood;
    await finish(ends);
  });

  it("lets an AbortSignal end the waiting", async () => {
    const ends = await pair({ server: { receiveBufferBytes: 4_096 }, client: { sendBufferBytes: 4_096 } });
    const controller = new AbortController();
    for (let i = 0; i < 10; i++) void ends.client.send(Buffer.alloc(4_000)).catch(() => {});
    const waiting = ends.client.send("late", { signal: controller.signal });
    controller.abort(new Error("changed my mind"));
    await expect(waiting).rejects.toThrow("changed my mind");
    ends.client.abort();
    ends.server.close();
    await once(ends.server, "close");
  });
});

describe("the end", () => {
  it("is graceful from either side: everything queued arrives first", async () => {
    for (const who of ["client", "accepted"] as const) {
      const ends = await pair();
      const other = who === "client" ? ends.accepted : ends.client;
      for (let i = 0; i < 300; i++) void ends[who].send(Buffer.alloc(3_000, i));
      ends[who].end();
      const messages: Message[] = [];
      for await (const message of other.messages()) messages.push(message);
      expect(messages.length).toBe(300);
      ends.server.close();
      await once(ends.server, "close");
    }
  });

  it("by abort() tells the peer why", async () => {
    const ends = await pair();
    const failed = once(ends.accepted, "error") as Promise<[SctpError]>;
    ends.client.abort("out of coffee");
    const [error] = await failed;
    expect(error.code).toBe("ERR_SCTP_ABORTED_BY_PEER");
    expect(error.causeCodes).toEqual([12]);
    expect(error.message).toContain("out of coffee");
    ends.server.close();
  });

  it("lets a process exit by itself", async () => {
    const program = fileURLToPath(new URL("./exits-by-itself.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
  });
});

describe("errors say what to do", () => {
  it("for messages that cannot be sent", async () => {
    const ends = await pair({ client: { maxMessageBytes: 1_000 } });
    const code = (promise: Promise<void>) =>
      promise.then(
        () => "sent",
        (error: SctpError) => error.code,
      );
    expect(await code(ends.client.send("x", { streamId: 10 }))).toBe("ERR_SCTP_INVALID_STREAM");
    expect(await code(ends.client.send("x", { ppid: -1 }))).toBe("ERR_SCTP_INVALID_ARGUMENT");
    expect(await code(ends.client.send(""))).toBe("ERR_SCTP_EMPTY_MESSAGE");
    expect(await code(ends.client.send(Buffer.alloc(1_001)))).toBe("ERR_SCTP_MESSAGE_TOO_LARGE");
    const { client } = ends;
    await finish(ends);
    expect(await code(client.send("x"))).toBe("ERR_SCTP_CLOSED");
  });

  it("for options and ports", async () => {
    expect(() => connect({ port: 7, rtoMinMs: -1 })).toThrow(/rtoMinMs must be a number from 1 to 60000/);
    expect(() => connect({ port: 0 })).toThrow(/port must be a whole number from 1 to 65535/);
    expect(() => createServer({ nonsense: 1 } as object).listen({ port: 7 })).toThrow(
      /there is no option "nonsense"/,
    );
    const foreign = await foreignSocket();
    const second = createServer();
    second.listen({ port: 7, host: "127.0.0.1", localUdpPort: foreign.address().port });
    const [udpError] = (await once(second, "error")) as [SctpError];
    expect(udpError.sctpCode).toBe("ERR_SCTP_UDP_PORT_IN_USE");
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
    const [third, fourth] = [createServer(), createServer()];
    third.listen({ port: 9, udp });
    await once(third, "listening");
    fourth.listen({ port: 9, udp });
    const [sctpError] = (await once(fourth, "error")) as [SctpError];
    expect(sctpError).toMatchObject({ code: "EADDRINUSE", sctpCode: "ERR_SCTP_PORT_IN_USE" });
    third.close();
    foreign.close();
    udp.close();
  });

  it("for a peer that is not there, and one that does not listen", async () => {
    const silent = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
    const { localUdpPort: udpPort } = silent;
    const refused = connect({ port: 7, host: "127.0.0.1", remoteUdpPort: udpPort }).opened;
    await expect(refused).rejects.toMatchObject({ code: "ECONNREFUSED" });
    silent.close();
    const times = { rtoInitialMs: 10, rtoMinMs: 10, initTimeoutMaxMs: 20, maxInitRetransmits: 2 };
    const impatient = { ...times, failOnPortUnreachable: false };
    const nobody = connect({ port: 7, host: "127.0.0.1", remoteUdpPort: udpPort, ...impatient }).opened;
    await expect(nobody).rejects.toMatchObject({ code: "ERR_SCTP_PEER_UNREACHABLE" });
  });

  it("for a name that does not resolve", async () => {
    const failure = Object.assign(new Error("no such host"), { code: "ENOTFOUND" });
    const socket = connect({
      port: 7,
      host: "nowhere",
      lookup: (_name, _options, callback) => callback(failure, []),
    });
    await expect(socket.opened).rejects.toThrow("no such host");
  });
});

describe("one UDP port", () => {
  it("carries servers and outgoing associations together", async () => {
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
    const server = createServer((socket) => void socket.on("message", ({ data }) => void socket.send(data)));
    server.listen({ port: 7, udp });
    await once(server, "listening");
    const clients = await Promise.all(
      Array.from(
        { length: 20 },
        () => connect({ port: 7, host: "127.0.0.1", remoteUdpPort: udp.localUdpPort, udp }).opened,
      ),
    );
    expect(udp.associationCount).toBe(40);
    await Promise.all(clients.map((client) => client.send("hello")));
    for (const client of clients) expect((await take(client, 1))[0]?.data.toString()).toBe("hello");
    udp.close();
  });

  it("keeps an association when the client's address and port stay and garbage arrives", async () => {
    const ends = await pair();
    const { createSocket } = await import("node:dgram");
    const stranger = createSocket("udp4");
    for (let i = 0; i < 200; i++)
      stranger.send(Buffer.alloc(i * 3, i), ends.server.address()?.localUdpPort ?? 0, "127.0.0.1");
    await ends.client.send("still there?");
    expect((await take(ends.accepted, 1))[0]?.data.toString()).toBe("still there?");
    stranger.close();
    await finish(ends);
  });

  it("answers with a server that closes when its last association has ended", async () => {
    const server = await listening();
    server.on("connection", (socket) => socket.on("error", () => {}));
    const connection = once(server, "connection");
    const client = await connectTo(server).opened;
    await connection;
    let closed = false;
    server.close(() => {
      closed = true;
    });
    expect(closed).toBe(false);
    client.abort();
    await once(server, "close");
    expect(closed).toBe(true);
  });
});
