/**
 * Every public call of the Node side with arguments that make no sense: what comes is an SctpError that names the argument and
 * what was received, at once, and nothing is left half open.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Socket as NetSocket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect as compatConnect, createServer as compatServer } from "../../src/compat/sctp.ts";
import {
  connect,
  createEndpoint,
  createServer,
  Endpoint,
  formatSctpAddress,
  parseSctpAddress,
  SctpError,
  Server,
  Socket,
  traceFile,
  UdpPort,
} from "../../src/index.ts";
import { createClusterServer, joinCluster } from "../../src/node/cluster/index.ts";
import { SimWorld } from "../../src/sim/index.ts";
import { finish, type Pair, pair } from "./pair.ts";

/** What somebody writes who has no types. */
const say = (value: unknown): never => value as never;
const worker = new URL("./cluster-echo.ts", import.meta.url);

let ends: Pair;
let endpoint: Endpoint;
beforeAll(async () => {
  ends = await pair();
  endpoint = createEndpoint();
});
afterAll(async () => {
  await finish(ends);
  await endpoint.close();
});

const nothing = () => {};
const way = { localAddress: "10.0.0.1", send: nothing, ref: nothing, unref: nothing, close: nothing };

type Row = readonly [what: string, call: () => unknown, complaint: string | RegExp];

const OF_CONNECT: readonly Row[] = [
  ["connect()", () => connect(say(undefined)), /a port, an address .* or options with a port, not undefined/],
  ["connect(null)", () => connect(say(null)), "not null"],
  ["connect([])", () => connect(say([7])), "not an array"],
  ["connect(true)", () => connect(say(true)), "not true"],
  ["connect({})", () => connect(say({})), "port must be a whole number from 1 to 65535, not undefined"],
  ["connect(port, 5)", () => connect(7, say(5)), "host must be a string, not 5"],
  ["connect('70000')", () => connect("70000"), 'port must be a whole number from 1 to 65535, not "70000"'],
  [
    "a port of letters",
    () => connect(say({ port: "seven" })),
    'port must be a whole number from 1 to 65535, not "seven"',
  ],
  ["an empty port", () => connect(say({ port: " " })), 'not " "'],
  ["host: 5", () => connect(say({ port: 7, host: 5 })), "host must be a string, not 5"],
  [
    "hosts: text",
    () => connect(say({ port: 7, hosts: "::1" })),
    'hosts must be a list of strings, not "::1"',
  ],
  ["hosts: []", () => connect({ port: 7, hosts: [] }), "hosts is empty"],
  [
    "hosts: [5]",
    () => connect(say({ port: 7, hosts: [5] })),
    "hosts must be a list of strings, not an array",
  ],
  [
    "localAddress: {}",
    () => connect(say({ port: 7, localAddress: {} })),
    "localAddress must be a string, not an object",
  ],
  ["lookup: 5", () => connect(say({ port: 7, lookup: 5 })), "lookup must be a function, not 5"],
  ["signal: 5", () => connect(say({ port: 7, signal: 5 })), "signal must be an AbortSignal, not 5"],
  [
    "blockList: []",
    () => connect(say({ port: 7, blockList: [] })),
    "blockList must be a BlockList, not an array",
  ],
  ["udp: a number", () => connect(say({ port: 7, udp: 9899 })), "udp must be an open UdpPort, not 9899"],
  ["udp: a socket", () => connect(say({ port: 7, udp: new NetSocket() })), "not an instance of Socket"],
  [
    "transport: text",
    () => connect(say({ port: 7, transport: "udp" })),
    'transport must be a Transport, with the methods send, ref, unref, close, or a list of them, not "udp"',
  ],
  [
    "trace: true",
    () => connect(say({ port: 7, trace: true })),
    "trace must be a TraceSink, with the methods packet and event, or the name of a file that ends in .pcapng or .sqlog, not true",
  ],
  ["transport: [1]", () => connect(say({ port: 7, transport: [1] })), "or a list of them, not an array"],
  ["transport: [null]", () => connect(say({ port: 7, transport: [null] })), "a list of them, not an array"],
  ["transport: {}", () => connect(say({ port: 7, transport: {} })), "transport must be a Transport"],
  ["trace: {}", () => connect(say({ port: 7, trace: {} })), "trace must be a TraceSink"],
  ["trace: []", () => createEndpoint(say({ trace: [] })), "that ends in .pcapng or .sqlog, not an array"],
  ["trace: 'x.log'", () => connect(say({ port: 7, trace: "x.log" })), '.pcapng or .sqlog, not "x.log"'],
  ["trace of a worker", () => joinCluster(say({ trace: "x.pcapng" })), "trace must be a TraceSink"],
  ["traceFile('x.log')", () => traceFile("x.log"), "path of traceFile() must be the name of a file"],
  ["traceFile, { redacted }", () => traceFile("x.sqlog", say({ redacted: true })), "it is called redact"],
  ["trace of a server", () => createServer(say({ trace: {} })), "trace must be a TraceSink"],
  ["trace of a UDP port", () => new UdpPort(say({ trace: {} })), "trace must be a TraceSink"],
  ["stack: []", () => connect(say({ port: 7, stack: [] })), "stack must be an object, not an array"],
  [
    "createSocket: () => ({})",
    () => new UdpPort({ localUdpPort: 0, createSocket: () => say({}) }),
    "what createSocket returns must be a UDP socket, as of dgram.createSocket(), not an object",
  ],
  [
    "createSocket that throws",
    () =>
      new UdpPort({
        localUdpPort: 0,
        createSocket: () => {
          throw new Error("no more");
        },
      }),
    "cannot make a UDP socket: no more",
  ],
  [
    "a transport's localAddress",
    () => new UdpPort({ transport: say({ ...way, localAddress: Symbol("a") }) }),
    "in canonical form, another for each, not Symbol(a)",
  ],
  [
    "a transport's localUdpPort",
    () => new UdpPort({ transport: say({ ...way, localUdpPort: Symbol("p") }) }),
    "from 1 to 65535, not Symbol(p)",
  ],
  ["stack: 5", () => connect(say({ port: 7, stack: 5 })), "stack must be an object, not 5"],
  ["noDelay: text", () => connect(say({ port: 7, noDelay: "yes" })), 'noDelay must be a boolean, not "yes"'],
  [
    "maxBurst: NaN",
    () => connect({ port: 7, maxBurst: Number.NaN }),
    "maxBurst must be a whole number from 1 to 1024 (count), not NaN",
  ],
  [
    "allowHalfOpen: true",
    () => connect(say({ port: 7, allowHalfOpen: true })),
    "toNode({ allowHalfOpen: true })",
  ],
  ["fd", () => connect(say({ port: 7, fd: 3 })), "an association is not a file"],
  ["a listener: 5", () => connect({ port: 7 }, say(5)), "the listener must be a function, not 5"],
  ["a listener after a host: 5", () => connect(7, "::1", say(5)), "the listener must be a function, not 5"],
  ["new Socket(5)", () => new Socket(say(5)), "the options of a socket must be an object, not 5"],
  ["new Socket({ fd })", () => new Socket(say({ fd: 3 })), "an association is not a file"],
  ["Socket.connect()", () => new Socket().connect(say(undefined)), "not undefined"],
];

const OF_SERVERS: readonly Row[] = [
  ["createServer(5)", () => createServer(say(5)), "the options of createServer() must be an object, not 5"],
  ["createServer({}, 5)", () => createServer({}, say(5)), "the listener must be a function, not 5"],
  ["new Server('x')", () => new Server(say("x")), 'not "x"'],
  ["captureRejections: 1", () => createServer(say({ captureRejections: 1 })), "must be true or false, not 1"],
  [
    "stack of the wrong name",
    () => new UdpPort({ stack: say({ cookieLife: 5 }) }),
    "it is called cookieLifeMs",
  ],
  ["listen(-1)", () => createServer().listen(-1), "port must be a whole number from 0 to 65535, not -1"],
  ["listen('seven')", () => createServer().listen("seven"), '"seven" has no port: write seven:PORT'],
  [
    "listen({ port: {} })",
    () => createServer().listen(say({ port: {} })),
    "port must be a whole number from 0 to 65535, not an object",
  ],
  [
    "listen({ host: 5 })",
    () => createServer().listen(say({ port: 7, host: 5 })),
    "host must be a string, not 5",
  ],
  [
    "listen(port, {})",
    () => createServer().listen(7, say({})),
    "a host, a backlog and a listener, not an object",
  ],
  [
    "listen({ backlog: 'x' })",
    () => createServer().listen(say({ port: 7, backlog: "x" })),
    'backlog must be a whole number from 0 to 9007199254740991, not "x"',
  ],
  ["listen({ path })", () => createServer().listen(say({ path: "/tmp/x" })), "no paths of the file system"],
  [
    "listen({ reusePort: true })",
    () => createServer().listen(say({ port: 7, reusePort: true })),
    "createClusterServer()",
  ],
  [
    "listen({ signal: 5 })",
    () => createServer().listen(say({ port: 7, signal: 5 })),
    "signal must be an AbortSignal",
  ],
  [
    "listen(true)",
    () => createServer().listen(say(true)),
    "port must be a whole number from 0 to 65535, not true",
  ],
  ["close(5)", () => createServer().close(say(5)), "the listener must be a function, not 5"],
  [
    "getConnections()",
    () => createServer().getConnections(say(undefined)),
    "the callback must be a function, not undefined",
  ],
  ["UdpPort: no object", () => new UdpPort(say(5)), "the options of a UDP port must be an object, not 5"],
  [
    "UdpPort: localUdpPort",
    () => new UdpPort({ localUdpPort: 70_000 }),
    "localUdpPort must be a whole number from 0 to 65535, not 70000",
  ],
  [
    "UdpPort: socketBufferBytes",
    () => new UdpPort({ socketBufferBytes: -1 }),
    "socketBufferBytes must be a whole number from 1 to 2147483647, not -1",
  ],
  [
    "UdpPort: a name",
    () => new UdpPort({ localUdpPort: 0, localAddresses: ["localhost"] }),
    "is not an IPv4 or IPv6 literal",
  ],
  ["cluster: no object", () => createClusterServer(say(undefined)), "must be an object, not undefined"],
  [
    "cluster: worker",
    () => createClusterServer(say({ worker: "x.js" })),
    'worker must be a URL: new URL("./worker.js", import.meta.url), not "x.js"',
  ],
  ["cluster: no worker", () => createClusterServer(say({})), "worker must be a URL"],
  [
    "cluster: workers",
    () => createClusterServer({ worker, workers: 0 }),
    "workers must be a whole number from 1 to 128, not 0",
  ],
  [
    "cluster: kind",
    () => createClusterServer(say({ worker, kind: "fibre" })),
    'kind must be "thread" or "process", not "fibre"',
  ],
  [
    "cluster: execArgv",
    () => createClusterServer(say({ worker, execArgv: "-r" })),
    "execArgv must be a list of strings",
  ],
  [
    "cluster listen",
    () => createClusterServer({ worker }).listen(say({ port: "x" })),
    'from 1 to 65535, not "x"',
  ],
  [
    "cluster listen: localUdpPort",
    () => createClusterServer({ worker }).listen({ port: 7, localUdpPort: -1 }),
    "localUdpPort must be a whole number from 0 to 65535, not -1",
  ],
  ["joinCluster", () => joinCluster(say({ trac: {} })), "it is called trace"],
];

const OF_SOCKETS: readonly Row[] = [
  [
    "setTimeout('5')",
    () => ends.client.setTimeout(say("5")),
    'timeout must be a number from 0 to 2147483647, not "5"',
  ],
  ["setTimeout(5, 5)", () => ends.client.setTimeout(5, say(5)), "the listener must be a function, not 5"],
  [
    "stream('one')",
    () => ends.client.stream(say("one")),
    'a stream id is a whole number from 0 to 9, not "one"',
  ],
  ["stream(1, { stream: 1 })", () => ends.client.stream(1, say({ stream: 1 })), "it is called streamId"],
  [
    "stream(1, { streamId: 2 })",
    () => ends.client.stream(1, say({ streamId: 2 })),
    'no option "streamId" of stream()',
  ],
  ["stream(1, 5)", () => ends.client.stream(1, say(5)), "must be an object, not 5"],
  [
    "toNode({ halfOpen })",
    () => ends.client.stream(9).toNode(say({ halfOpen: true })),
    "of toNode(): see ByteDuplexOptions",
  ],
  [
    "toNode({ highWaterMark: -1 })",
    () => ends.client.stream(9).toNode({ highWaterMark: -1 }),
    "highWaterMark must be",
  ],
  ["messages({ singal })", () => ends.client.messages(say({ singal: 1 })), "it is called signal"],
  [
    "messages({ signal: 5 })",
    () => ends.client.messages(say({ signal: 5 })),
    "signal must be an AbortSignal, not 5",
  ],
  ["abort(5)", () => ends.client.abort(say(5)), "the reason must be a Uint8Array or a string, not 5"],
  ["setPrimary(5)", () => ends.client.setPrimary(say(5)), /5 is none of the peer's addresses/],
  ["pathInfo()", () => ends.client.pathInfo(say(undefined)), /is none of the peer's addresses/],
  ["requestHeartbeat('x')", () => ends.client.requestHeartbeat("x"), /"x" is none of the peer's addresses/],
  ["connect() twice", () => ends.client.connect(7), "this socket has its association"],
  [
    "setOption('x')",
    () => ends.client.setOption(say("SCTP_NO_DELAY"), say(true)),
    'there is no option "SCTP_NO_DELAY"',
  ],
  ["setOption(5)", () => ends.client.setOption(say(5), say(true)), "there is no option 5"],
  [
    "setOption(value)",
    () => ends.client.setOption("SCTP_NODELAY", say("yes")),
    "SCTP_NODELAY must be true or false",
  ],
  ["getOption()", () => ends.client.getOption(say(undefined)), "there is no option"],
  ["new Endpoint(5)", () => new Endpoint(say(5)), "must be an object, not 5"],
  [
    "endpoint: notifications",
    () => createEndpoint(say({ notifications: "all" })),
    'notifications must be a list of strings, not "all"',
  ],
  [
    "endpoint: a notification",
    () => createEndpoint(say({ notifications: ["SCTP_NO_SUCH"] })),
    "type must be",
  ],
  [
    "endpoint: remoteUdpPort",
    () => createEndpoint({ remoteUdpPort: 0 }),
    "remoteUdpPort must be a whole number from 1 to 65535, not 0",
  ],
  [
    "endpoint: stack",
    () => createEndpoint({ stack: say({ maxAssociation: 1 }) }),
    "it is called maxAssociations",
  ],
  ["endpoint setOption", () => endpoint.setOption(say("SCTP_X"), say(1)), 'there is no option "SCTP_X"'],
  ["endpoint abort", () => endpoint.abort(say("x")), /association/],
  ["endpoint associationOf", () => endpoint.associationOf(say(null)), "a peer must be an object, not null"],
  ["parseSctpAddress(5)", () => parseSctpAddress(say(5)), "an SCTP address must be a string, not 5"],
  ["formatSctpAddress()", () => formatSctpAddress(say(undefined)), "must be an object, not undefined"],
  [
    "formatSctpAddress: hosts",
    () => formatSctpAddress(say({ hosts: "::1" })),
    'hosts must be a list of strings, not "::1"',
  ],
  [
    "formatSctpAddress: port",
    () => formatSctpAddress({ hosts: ["::1"], port: 70_000 }),
    "port must be a whole number from 0 to 65535, not 70000",
  ],
  ["endpoint peeloff", () => endpoint.peeloff(say(undefined)), /association/],
  ["endpoint items", () => endpoint.items(say({ sginal: 1 })), "it is called signal"],
  [
    "compat connect",
    () => compatConnect(say({ port: "x" })),
    'port must be a whole number from 1 to 65535, not "x"',
  ],
  ["compat connect()", () => compatConnect(say(undefined)), "must be an object, not undefined"],
  ["compat connect({ prot })", () => compatConnect(say({ prot: 7 })), "it is called port"],
  [
    "compat listen",
    () => compatServer().listen(say("x")),
    'port must be a whole number from 0 to 65535, not "x"',
  ],
  ["sim: no seed", () => new SimWorld(say({ sed: 1 })), "it is called seed"],
  [
    "sim: lossRate",
    () => new SimWorld({ seed: 1 }).link("a", "b", { lossRate: 5 }),
    "lossRate must be a number from 0 to 1, not 5",
  ],
  [
    "sim: a name",
    () => new SimWorld({ seed: 1 }).link("a", "b", say({ los: 1, lossrate: 1 })),
    /there is no option "los" of a link|lossRate/,
  ],
  [
    "sim: adjust",
    () => {
      const world = new SimWorld({ seed: 1 });
      world.link("a", "b");
      world.adjust("a", "b", say({ delayMs: 5 }));
    },
    'no option "delayMs" of a link',
  ],
  [
    "sim: delays",
    () => new SimWorld({ seed: 1 }).link("a", "b", { delayMinMs: 9, delayMaxMs: 5 }),
    "delayMinMs, 9, must not be above delayMaxMs, 5",
  ],
  [
    "sim: a peer",
    () => new SimWorld({ seed: 1 }).peer("p", "10.0.0.1", say({ behaviors: [] })),
    "it is called behaviours",
  ],
  [
    "sim: a behaviour",
    () => new SimWorld({ seed: 1 }).peer("p", "10.0.0.1", say({ behaviours: ["sings"] })),
    "behaviours must be names of BEHAVIOURS",
  ],
  [
    "sim: a host",
    () => new SimWorld({ seed: 1 }).host("a", ["10.0.0.1"], say({ cookieLife: 1 })),
    "it is called cookieLifeMs",
  ],
];

const OF_PROMISES: readonly Row[] = [
  ["send(5)", () => ends.client.send(say(5)), "a message must be a Uint8Array or a string, not 5"],
  ["send(null)", () => ends.client.send(say(null)), "not null"],
  ["send('')", () => ends.client.send(""), "SCTP has no empty messages"],
  ["send(x, 5)", () => ends.client.send("x", say(5)), "must be an object, not 5"],
  ["send(x, 'y')", () => ends.client.send("x", say("y")), 'must be an object, not "y"'],
  [
    "send: stream",
    () => ends.client.send("x", say({ stream: 5 })),
    'there is no option "stream" of what is said about a message: it is called streamId',
  ],
  [
    "send: unorderd",
    () => ends.client.send("x", say({ streamId: 1, unorderd: true })),
    "it is called unordered",
  ],
  [
    "send: streamId",
    () => ends.client.send("x", say({ streamId: "1" })),
    'streamId must be a number, not "1"',
  ],
  [
    "send: streamId -1",
    () => ends.client.send("x", { streamId: -1 }),
    "streamId must be a whole number from 0 to",
  ],
  [
    "send: ppid",
    () => ends.client.send("x", { ppid: 2 ** 32 }),
    "ppid must be a whole number from 0 to 4294967295, not 4294967296",
  ],
  [
    "send: unordered",
    () => ends.client.send("x", say({ unordered: "yes" })),
    'unordered must be true or false, not "yes"',
  ],
  ["send: to", () => ends.client.send("x", say({ to: 5 })), "to must be a string, not 5"],
  [
    "send: lifetimeMs",
    () => ends.client.send("x", { reliability: { lifetimeMs: 0 } }),
    "lifetimeMs must be above 0, not 0",
  ],
  [
    "send: reliability",
    () => ends.client.send("x", say({ reliability: null })),
    "reliability must be an object, not null",
  ],
  ["send: signal", () => ends.client.send("x", say({ signal: 5 })), "signal must be an AbortSignal, not 5"],
  ["send before connect()", () => new Socket().send("x", say({ strem: 5 })), 'no option "strem"'],
  ["stream send", () => ends.client.stream(1).send("x", say({ streamId: 2 })), "stream 1 sends on itself"],
  ["stream send", () => ends.client.stream(1).send("x", say(5)), "must be an object, not 5"],
  ["stream send", () => ends.client.stream(1).send("x", say({ unorderd: 1 })), "it is called unordered"],
  ["endpoint bind", () => endpoint.bind(say(5)), "must be an object, not 5"],
  [
    "endpoint bind: port",
    () => endpoint.bind({ port: -1 }),
    "port must be a whole number from 0 to 65535, not -1",
  ],
  ["endpoint bind: localUdpPort", () => endpoint.bind({ localUdpPort: 1e6 }), "localUdpPort must be"],
  [
    "endpoint bind: addresses",
    () => endpoint.bind(say({ localAddresses: "::1" })),
    "localAddresses must be a list of strings",
  ],
  [
    "endpoint connectx",
    () => endpoint.connectx(say("::1"), 7),
    'hosts must be a list of addresses or names, one at least, not "::1"',
  ],
  [
    "endpoint connectx: port",
    () => endpoint.connectx(["::1"], 0),
    "port must be a whole number from 1 to 65535, not 0",
  ],
  ["endpoint connectx: options", () => endpoint.connectx(["::1"], 7, say(5)), "must be an object, not 5"],
  [
    "endpoint connectx: init",
    () => endpoint.connectx(["::1"], 7, { init: say({ streams: 5 }) }),
    "of `init` of connectx(): see InitInfo",
  ],
  [
    "endpoint send: to",
    () => endpoint.send(say("x"), "x"),
    'the options of a peer must be an object, not "x"',
  ],
  ["endpoint send: an id", () => endpoint.send(77, "x"), /association/],
  ["endpoint send: NaN", () => endpoint.send(Number.NaN, "x"), /association/],
  [
    "endpoint send: data",
    () => endpoint.send(1, say(5)),
    "a message must be a Uint8Array or a string, not 5",
  ],
  ["endpoint send: a name", () => endpoint.send(1, "x", say({ strem: 1 })), 'no option "strem"'],
  ["endpoint sendAll", () => endpoint.sendAll(say(5)), "not 5"],
  ["endpoint sendAll: to", () => endpoint.sendAll("x", say({ to: "::1" })), 'no option "to" of sendAll()'],
  ["endpoint shutdown", () => endpoint.shutdown(say("x")), /association/],
];

function expectRefusal(error: unknown, complaint: string | RegExp): void {
  expect(error).toBeInstanceOf(SctpError);
  const { code, message } = error as SctpError;
  expect(code).toMatch(/^ERR_SCTP_[A-Z_]+$/);
  expect(message).toMatch(
    typeof complaint === "string" ? new RegExp(complaint.replace(/[.*+?^${}()[\]\\]/g, "\\$&")) : complaint,
  );
}

/** What no template string takes as it is. */
const UNSPEAKABLE: readonly (readonly [string, unknown, string])[] = [
  ["a Symbol", Symbol("s"), "Symbol(s)"],
  ["an object without a prototype", Object.create(null), "an object"],
  ["one whose constructor is nonsense", { constructor: 5 }, "an object"],
];

const SPEAKS_OF: readonly (readonly [string, (value: never) => unknown])[] = [
  ["setOption", (value) => ends.client.setOption(value, say(1))],
  ["setOption of an address", (value) => ends.client.setOption("SCTP_PRIMARY_ADDR", say({ address: value }))],
  ["getOption", (value) => ends.client.getOption(value)],
  ["setPrimary", (value) => ends.client.setPrimary(value)],
  ["requestHeartbeat", (value) => ends.client.requestHeartbeat(value)],
  ["pathInfo", (value) => ends.client.pathInfo(value)],
  ["setEncoding", (value) => ends.client.setEncoding(value)],
  ["pipe", (value) => ends.client.pipe(value)],
  ["stream", (value) => ends.client.stream(value)],
  ["abort", (value) => ends.client.abort(value)],
  ["send", (value) => ends.client.send(value)],
  ["send: streamId", (value) => ends.client.send("x", { streamId: value })],
  ["send: ppid", (value) => ends.client.stream(1).send("x", { ppid: value })],
  ["send: to", (value) => ends.client.send("x", { to: value })],
  ["send: reliability", (value) => ends.client.send("x", { reliability: { lifetimeMs: value } })],
  ["connect: host", (value) => connect({ port: 7, host: value })],
  ["connect: port", (value) => connect({ port: value })],
  ["connect: localPort", (value) => connect({ port: 7, localPort: value })],
  ["connect: localUdpPort", (value) => connect({ port: 7, localUdpPort: value })],
  ["connect: rtoMinMs", (value) => connect({ port: 7, rtoMinMs: value })],
  ["connect: congestionControl", (value) => connect({ port: 7, congestionControl: value })],
  ["listen", (value) => createServer().listen({ port: value })],
  ["listen: host", (value) => createServer().listen({ port: 7, host: value })],
  ["endpoint setOption", (value) => endpoint.setOption(value, say(1))],
  ["endpoint getOption", (value) => endpoint.getOption(value)],
  ["endpoint send", (value) => endpoint.send(1, value)],
  ["endpoint peeloff", (value) => endpoint.peeloff(value)],
];

async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("wrong arguments", () => {
  const unspeakable = SPEAKS_OF.flatMap(([what, call]) =>
    UNSPEAKABLE.map(([name, value, said]) => ({ what, name, said, call: () => call(say(value)) })),
  );
  it.each(unspeakable)("are spoken of, whatever they are: $what of $name [B15]", async ({ call, said }) => {
    const failure = await failureOf(call);
    expect(failure).toBeInstanceOf(SctpError);
    expect((failure as SctpError).code).toMatch(/^ERR_SCTP_(INVALID_|NOT_CONNECTED)/);
    expect((failure as SctpError).message).toContain(said);
  });

  it("may be null where socket.send takes it: a stream sends [B15]", async () => {
    const heard = once(ends.accepted, "message");
    await ends.client.stream(3).send("x", say(null));
    expect((await heard)[0].info.streamId).toBe(3);
  });

  it("of pipe() are refused [B15]", () => {
    expect(() => ends.client.pipe(say(undefined))).toThrow(
      "the destination of pipe() must be a Writable, not undefined",
    );
  });

  it.each([...OF_CONNECT, ...OF_SERVERS, ...OF_SOCKETS])(
    "are refused at once: %s [B15]",
    (_what, call, complaint) => {
      let thrown: unknown;
      try {
        const result = call();
        (result as { destroy?: () => void } | undefined)?.destroy?.();
      } catch (error) {
        thrown = error;
      }
      expectRefusal(thrown, complaint);
    },
  );

  it("are those of a UDP port beside one that is open: they would be of no effect", async () => {
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
    const trace = { packet: () => {}, event: () => {} };
    for (const said of [
      { localUdpPort: 0 },
      { localAddress: "127.0.0.1" },
      { localAddresses: ["127.0.0.1"] },
      { trace },
      { stack: {} },
      { createSocket },
    ])
      expect(() => connect({ port: 7, udp, ...said })).toThrow(`leave out ${Object.keys(said)[0]}`);
    const server = createServer({ trace });
    expect(() => server.listen({ port: 7, udp })).toThrow("leave out trace");
    expect(() => createServer().listen({ port: 7, udp, localUdpPort: 0 })).toThrow("leave out localUdpPort");
    await expect(createEndpoint().bind({ udp, localUdpPort: 0 })).rejects.toThrow("leave out localUdpPort");
    await expect(createEndpoint({ trace }).bind({ udp })).rejects.toThrow("leave out trace");
    udp.close();
  });

  it.each(OF_PROMISES)("reject: %s [B15]", async (_what, call, complaint) => {
    const failure = await (call() as Promise<unknown>).then(
      () => undefined,
      (error: unknown) => error,
    );
    expectRefusal(failure, complaint);
  });

  it("leave everything as it was: messages still pass, and an endpoint binds [B15]", async () => {
    const heard = once(ends.accepted, "message");
    await ends.client.send("still there");
    expect(String((await heard)[0].data)).toBe("still there");
    await endpoint.bind({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
    expect(endpoint.address()?.localAddresses).toEqual(["127.0.0.1"]);
  });
});
