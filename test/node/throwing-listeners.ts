/**
 * A program whose listeners throw once each, with 'uncaughtException' handled: prints what they heard as JSON, and ends by itself.
 * Owns: the cases. Does not own: what is expected of them (throwing-listeners.test.ts).
 */
import { once } from "node:events";
import type { LookupFunction } from "node:net";
import { connect, createEndpoint, type Message, type SctpStream, Socket } from "../../src/index.ts";
import { createClusterServer } from "../../src/node/cluster/index.ts";
import { connectTo, listening, type Pair, pair } from "./pair.ts";

const WORDS = ["one", "two", "three", "four", "five"];
const results: Record<string, unknown> = {};
let thrown: string[] = [];
process.on("uncaughtException", (error) => thrown.push(error.message));

const nobody: LookupFunction = (_host, _options, callback) =>
  callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), "", 4);

/** Hears words, and throws at the first. */
class Listener {
  readonly heard: string[] = [];
  readonly #expected: number;
  #resolve = (): void => {};
  readonly done = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(expected: number = WORDS.length) {
    this.#expected = expected;
  }

  readonly hear = (word: string): void => {
    this.heard.push(word);
    if (this.heard.length === this.#expected) this.#resolve();
    if (this.heard.length === 1) throw new Error(`at ${word}`);
  };
}

async function test(name: string, play: () => Promise<unknown>): Promise<void> {
  thrown = [];
  const heard = await play();
  results[name] = { heard, thrown };
}

async function withPair(play: (ends: Pair) => Promise<unknown>): Promise<unknown> {
  const ends = await pair();
  const heard = await play(ends);
  ends.client.destroy();
  ends.server.close();
  await once(ends.server, "close");
  return heard;
}

const text = ({ data }: { readonly data: Uint8Array }): string => Buffer.from(data).toString();

for (const event of ["message", "data"] as const) {
  await test(event, () =>
    withPair(async ({ client, accepted }) => {
      const listener = new Listener();
      accepted.on(event, (message: Message) => listener.hear(text(message)));
      for (const word of WORDS) void client.send(word);
      await listener.done;
      return listener.heard;
    }),
  );
}

await test("message, of what was buffered", () =>
  withPair(async ({ client, accepted }) => {
    const listener = new Listener();
    accepted.pause();
    accepted.on("message", (message) => listener.hear(text(message)));
    for (const word of WORDS) void client.send(word);
    while (accepted.readableLength < 5 * 64 + WORDS.join("").length) {
      accepted.read(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    accepted.resume();
    await listener.done;
    return listener.heard;
  }));

await test("stream", () =>
  withPair(async ({ client, accepted }) => {
    const listener = new Listener();
    const words: string[] = [];
    accepted.on("stream", (stream: SctpStream) => {
      void stream[Symbol.asyncIterator]()
        .next()
        .then(({ value }) => words.push(text(value)));
      listener.hear(String(stream.id));
    });
    WORDS.forEach((word, streamId) => void client.send(word, { streamId }));
    await listener.done;
    while (words.length < WORDS.length) await new Promise((resolve) => setImmediate(resolve));
    return [listener.heard, words];
  }));

await test("data of a byte stream", () =>
  withPair(async ({ client, accepted }) => {
    const listener = new Listener();
    accepted
      .stream(1)
      .toNode()
      .on("data", (data: Buffer) => listener.hear(data.toString()));
    for (const word of WORDS) void client.send(word, { streamId: 1 });
    await listener.done;
    return listener.heard;
  }));

await test("data of a byte stream, of what was buffered, and its end", () =>
  withPair(async ({ client, accepted }) => {
    const listener = new Listener();
    const far = accepted.stream(1).toNode();
    for (const word of WORDS) void client.send(word, { streamId: 1 });
    client.stream(1).toNode().end();
    while (far.readableLength < WORDS.join("").length) await new Promise((resolve) => setImmediate(resolve));
    far.on("data", (data: Buffer) => listener.hear(data.toString()));
    await once(far, "end");
    return listener.heard;
  }));

await test("connect", async () => {
  const server = await listening();
  const listener = new Listener(1);
  const accepted = new Listener(1);
  server.on("connection", (socket) => {
    socket.on("message", (message) => void socket.send(message.data));
    socket.on("error", () => {});
    accepted.hear("connection");
  });
  const client = connectTo(server);
  const told = [once(client, "ready"), once(client.stream(1).toNode(), "connect")];
  client.on("connect", () => listener.hear("connect"));
  await Promise.all(told);
  await client.send("echo");
  const [message] = (await once(client, "message")) as [Message];
  client.destroy();
  server.close();
  return [...listener.heard, ...accepted.heard, text(message)];
});

await test("error, and connect again", async () => {
  const server = await listening();
  server.on("connection", (socket) => socket.resume());
  const address = server.address();
  if (address === null) throw new Error("the server does not listen");
  const client = new Socket();
  client.once("error", () => {
    throw new Error("at error");
  });
  client.once("close", () => client.connect(address));
  client.connect({ port: address.port, host: "nowhere.example", lookup: nobody });
  await new Promise<void>((resolve) => client.once("connect", resolve)); // once() would reject.
  client.end().resume();
  server.close();
  return ["connected"];
});

await test("notification", () =>
  withPair(async ({ client, accepted }) => {
    const listener = new Listener(2);
    accepted.setOption("SCTP_EVENT", { type: "SCTP_SHUTDOWN_EVENT", on: true });
    accepted.setOption("SCTP_EVENT", { type: "SCTP_ASSOC_CHANGE", on: true });
    accepted.on("shutdown", () => {
      throw new Error("at shutdown");
    });
    accepted.on("notification", ({ type }) => listener.hear(type));
    accepted.resume();
    client.end();
    await Promise.all([listener.done, once(accepted, "close")]);
    return listener.heard;
  }));

await test("endpoint", async () => {
  const messages = new Listener();
  const notifications = new Listener(1);
  const endpoint = createEndpoint({ notifications: ["SCTP_ASSOC_CHANGE"] });
  await endpoint.bind({ localAddresses: ["127.0.0.1"], localUdpPort: 0 });
  await endpoint.listen();
  endpoint.on("message", (message) => messages.hear(text(message)));
  endpoint.on("notification", ({ type }) => notifications.hear(type));
  const { port = 0, localUdpPort = 0 } = endpoint.address() ?? {};
  const sender = createEndpoint();
  await sender.bind({ localAddresses: ["127.0.0.1"], localUdpPort: 0 });
  const id = await sender.connectx(["127.0.0.1"], port, { remoteUdpPort: localUdpPort });
  for (const word of WORDS) void sender.send(id, word);
  await Promise.all([messages.done, notifications.done]);
  await Promise.all([sender.close(), endpoint.close()]);
  return [messages.heard, notifications.heard.slice(0, 1)];
});

await test("lookup", async () => {
  const server = await listening();
  server.on("connection", (socket) => socket.resume());
  const { port = 0, localUdpPort: remoteUdpPort = 0 } = server.address() ?? {};
  const lookup: LookupFunction = (_host, _options, callback) => callback(null, "127.0.0.1", 4);
  const client = connect({ port, host: "here.example", remoteUdpPort, lookup });
  const listener = new Listener(1);
  client.on("lookup", (error, address) => listener.hear(error?.message ?? address ?? ""));
  await client.opened;
  client.end().resume();
  server.close();
  return listener.heard;
});

await test("listening and close of an endpoint", async () => {
  const endpoint = createEndpoint();
  const [listens, closes] = [new Listener(1), new Listener(1)];
  endpoint.on("listening", () => listens.hear("listening"));
  endpoint.on("close", () => closes.hear("close"));
  await endpoint.listen({ localAddresses: ["127.0.0.1"], localUdpPort: 0 });
  await endpoint.close();
  return [...listens.heard, ...closes.heard];
});

await test("online and exit of a cluster", async () => {
  const worker = new URL("./cluster-echo.ts", import.meta.url);
  const cluster = createClusterServer({ worker, workers: 1, kind: "process", sockets: "parent" });
  const [begins, ends] = [new Listener(1), new Listener(1)];
  cluster.on("online", () => begins.hear("online"));
  cluster.on("exit", () => ends.hear("exit"));
  cluster.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 });
  await once(cluster, "listening");
  await new Promise<void>((resolve) => cluster.close(resolve));
  return [...begins.heard, ...ends.heard];
});

console.log(JSON.stringify(results));
