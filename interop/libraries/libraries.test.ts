/**
 * Libraries that were written for TCP, over streams: each serves and asks as its users know it.
 * Owns: one conversation for each library. Does not own: the association (carrier.ts), the libraries' installation (run.sh).
 */
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { connect, createServer as createCompatServer, defaults } from "../../src/compat/sctp.ts";
import { type Carrier, carrier } from "./carrier.ts";

/** They are installed in this folder only, and their types are not: what is used of them is written down here. */
const load = createRequire(import.meta.url);

let streams: Carrier | undefined;
afterEach(async () => {
  await streams?.close();
  streams = undefined;
});

type Open = () => Duplex;

/** An HTTP client whose connections are streams. */
async function ask(open: Open, path: string, body = ""): Promise<string> {
  const agent = new Agent();
  agent.createConnection = () => open();
  const asked = request({ agent, path, host: "example.test", method: body === "" ? "GET" : "POST" });
  asked.setHeader("content-type", "application/json");
  asked.end(body);
  const [response] = await once(asked, "response");
  return await text(response);
}

interface Undici {
  readonly Client: new (
    url: string,
    options: {
      connect: (options: object, callback: (error: null, socket: Duplex) => void) => void;
      pipelining: number;
    },
  ) => {
    request(options: {
      path: string;
      method: string;
      body: string;
    }): Promise<{ body: { text(): Promise<string> } }>;
    close(): Promise<void>;
  };
}

it("undici: pipelined requests with bodies", async () => {
  const { Client } = load("undici") as Undici;
  const http = createServer((message, response) => message.pipe(response));
  streams = await carrier((connection) => http.emit("connection", connection));
  const { open } = streams;
  const client = new Client("http://example.test", {
    connect: (_, callback) => callback(null, open()),
    pipelining: 5,
  });
  const bodies = Array.from({ length: 20 }, (_, i) => `body ${i} `.repeat(1_000 * i + 1));
  const answers = await Promise.all(
    bodies.map(async (body) => (await client.request({ path: "/", method: "PUT", body })).body.text()),
  );
  expect(answers).toEqual(bodies);
  await client.close();
});

interface WebSocketLike {
  on(event: string, listener: (...values: Buffer[]) => void): void;
  once(event: string, listener: () => void): void;
  send(data: Buffer | string): void;
  close(): void;
}
interface Ws {
  readonly WebSocket: new (
    url: string,
    options: { createConnection: Open },
  ) => WebSocketLike & NodeJS.EventEmitter;
  readonly WebSocketServer: new (options: object) => NodeJS.EventEmitter;
}

it("ws: messages of all sizes there and back, and a close", async () => {
  const { WebSocket, WebSocketServer } = load("ws") as Ws;
  const http = createServer();
  new WebSocketServer({ server: http }).on("connection", (socket: WebSocketLike) =>
    socket.on("message", (data) => socket.send(data as Buffer)),
  );
  streams = await carrier((connection) => http.emit("connection", connection));
  const socket = new WebSocket("ws://example.test/", { createConnection: streams.open });
  await once(socket, "open");
  for (const lengthBytes of [0, 1, 1_000, 70_000, 1_000_000]) {
    const heard = once(socket, "message");
    socket.send(Buffer.alloc(lengthBytes, "ws"));
    const [data] = await heard;
    expect((data as Buffer).equals(Buffer.alloc(lengthBytes, "ws"))).toBe(true);
  }
  const closed = once(socket, "close");
  socket.close();
  expect((await closed)[0]).toBe(1005); // No status was given.
});

interface Express {
  (): {
    get(
      path: string,
      answer: (request: { params: object }, response: { json(value: object): void }) => void,
    ): void;
    post(
      path: string,
      parse: object,
      answer: (request: { body: object }, response: { json(value: object): void }) => void,
    ): void;
  } & Parameters<typeof createServer>[1];
  json(): object;
}

it("express: routes, parameters and JSON bodies", async () => {
  const express = load("express") as Express;
  const app = express();
  app.get("/hello/:name", ({ params }, response) => response.json(params));
  app.post("/echo", express.json(), ({ body }, response) => response.json(body));
  const http = createServer(app as NonNullable<typeof app>);
  streams = await carrier((connection) => http.emit("connection", connection));
  expect(await ask(streams.open, "/hello/world")).toBe('{"name":"world"}');
  expect(await ask(streams.open, "/echo", '{"a":[1,2]}')).toBe('{"a":[1,2]}');
});

type Fastify = () => {
  readonly server: NodeJS.EventEmitter;
  get(path: string, answer: (request: { params: object }) => Promise<object>): void;
  post(path: string, answer: (request: { body: object }) => Promise<object>): void;
  ready(): Promise<unknown>;
  close(): Promise<unknown>;
};

it("fastify: routes, parameters and JSON bodies", async () => {
  const app = (load("fastify") as Fastify)();
  app.get("/hello/:name", async ({ params }) => params);
  app.post("/echo", async ({ body }) => body);
  await app.ready();
  streams = await carrier((connection) => app.server.emit("connection", connection));
  expect(await ask(streams.open, "/hello/world")).toBe('{"name":"world"}');
  expect(await ask(streams.open, "/echo", '{"a":[1,2]}')).toBe('{"a":[1,2]}');
  await app.close();
});

type Avp = readonly [name: string, value: unknown];
interface DiameterMessage {
  command: string;
  body: Avp[];
}
interface DiameterConnection {
  createRequest(application: string, command: string): DiameterMessage;
  sendRequest(request: DiameterMessage): Promise<DiameterMessage>;
}
interface Diameter {
  readonly DiameterConnection: new (options: object, socket: object) => DiameterConnection;
}
interface DiameterEvent {
  readonly message: DiameterMessage;
  readonly response: DiameterMessage;
  callback(response: DiameterMessage): void;
}

it("diameter: capabilities are exchanged over the sockets of the compat module", async () => {
  const { DiameterConnection } = load("diameter/lib/diameter-connection") as Diameter;
  const before = { ...defaults() };
  defaults({ udp_port: 0, encap_port: 0 }); // Any free UDP port.
  const server = createCompatServer((socket) => {
    new DiameterConnection({}, socket);
    (socket as NodeJS.EventEmitter).on(
      "diameterMessage",
      ({ message, response, callback }: DiameterEvent) => {
        expect(message.command).toBe("Capabilities-Exchange");
        response.body = [
          ...response.body,
          ["Result-Code", "DIAMETER_SUCCESS"],
          ["Origin-Host", "server.test"],
        ];
        callback(response);
      },
    );
  });
  await new Promise<void>((resolve) => server.listen({ port: 3_868 }, resolve));
  const socket = connect({ host: "127.0.0.1", port: 3_868, ppid: 46 });
  await once(socket, "connect");
  const connection = new DiameterConnection({}, socket);
  const asked = connection.createRequest("Diameter Common Messages", "Capabilities-Exchange");
  asked.body = [
    ...asked.body,
    ["Origin-Host", "client.test"],
    ["Origin-Realm", "test"],
    ["Vendor-Id", 10_415],
  ];
  const { body } = await connection.sendRequest(asked);
  expect(Object.fromEntries(body)).toMatchObject({
    "Result-Code": "DIAMETER_SUCCESS",
    "Origin-Host": "server.test",
  });
  socket.end();
  await once(socket, "close");
  server.close();
  defaults(before);
});
