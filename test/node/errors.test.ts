/** What an error says beside its sentence: whose it is, by which names of Node's. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import { expect, it } from "vitest";
import { connect, createServer, Endpoint, SctpError, UdpPort } from "../../src/index.ts";
import { foreignSocket, pair } from "./pair.ts";

const FIELDS = ["code", "errno", "syscall", "address", "port"] as const;

/** The fields by which Node's own errors are told apart. */
function fieldsOf(error: Error): Record<string, unknown> {
  return Object.fromEntries(FIELDS.map((name) => [name, (error as never)[name]]));
}

async function failureOf(emitter: NodeJS.EventEmitter): Promise<SctpError> {
  const [error] = await once(emitter, "error");
  expect(error).toBeInstanceOf(SctpError);
  return error;
}

it("a UDP port that is taken is told with the fields that net gives a TCP port that is [B14]", async () => {
  const first = net.createServer().listen(0, "127.0.0.1");
  await once(first, "listening");
  const { port } = first.address() as net.AddressInfo;
  const [netError] = (await once(net.createServer().listen(port, "127.0.0.1"), "error")) as [Error];
  first.close();
  const foreign = await foreignSocket();
  const localUdpPort = foreign.address().port;
  const ours = await failureOf(createServer().listen({ port: 7, host: "127.0.0.1", localUdpPort }));
  expect(fieldsOf(ours)).toEqual({ ...fieldsOf(netError), syscall: "bind", port: localUdpPort });
  expect(ours.sctpCode).toBe("ERR_SCTP_UDP_PORT_IN_USE");
  foreign.close();
});

it("an SCTP port that is taken is EADDRINUSE of listen, as with net [B14]", async () => {
  const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  await once(createServer().listen({ port: 9, udp }), "listening");
  const error = await failureOf(createServer().listen({ port: 9, udp }));
  expect(error).toMatchObject({
    code: "EADDRINUSE",
    sctpCode: "ERR_SCTP_PORT_IN_USE",
    syscall: "listen",
    address: "127.0.0.1",
    port: 9,
  });
  udp.close();
});

it("a name that cannot be looked up is told as net tells it [B14]", async () => {
  const failure = Object.assign(new Error("getaddrinfo ENOTFOUND nowhere.example"), {
    code: "ENOTFOUND",
    errno: -3008,
    syscall: "getaddrinfo",
    hostname: "nowhere.example",
  });
  const lookup: net.LookupFunction = (_host, _options, callback) => callback(failure, "", 4);
  const error = await failureOf(connect({ port: 7, host: "nowhere.example", lookup }));
  const [theirs] = (await once(net.connect({ port: 7, host: "nowhere.example", lookup }), "error")) as [
    Error,
  ];
  expect(fieldsOf(error)).toEqual(fieldsOf(theirs));
  expect(error).toMatchObject({
    sctpCode: "ERR_SCTP_LOOKUP_FAILED",
    hostname: "nowhere.example",
    cause: failure,
    message: '"nowhere.example" could not be looked up: getaddrinfo ENOTFOUND nowhere.example',
  });
  await expect(new Endpoint({ lookup }).connectx(["nowhere.example"], 7)).rejects.toMatchObject({
    code: "ENOTFOUND",
    sctpCode: "ERR_SCTP_LOOKUP_FAILED",
  });
});

it.each<[what: string, lookup: unknown]>([
  [
    "throws",
    () => {
      throw new TypeError("no");
    },
  ],
  [
    "finds nothing",
    (_host: string, _options: unknown, callback: (...found: unknown[]) => void) => callback(null),
  ],
  [
    "finds no addresses",
    (_host: string, _options: unknown, callback: (...found: unknown[]) => void) =>
      callback(null, [null, 5, {}]),
  ],
])(
  "a lookup that %s is an error of the socket, and nothing is thrown elsewhere [B14]",
  async (_what, lookup) => {
    const error = await failureOf(connect({ port: 7, host: "name.example", lookup: lookup as never }));
    expect(error.hostname).toBe("name.example");
  },
);

it("an association's error names the peer and its SCTP port [B14]", async () => {
  const { server, client, accepted } = await pair();
  const failed = failureOf(client);
  accepted.abort("no more");
  expect(await failed).toMatchObject({
    code: "ERR_SCTP_ABORTED_BY_PEER",
    sctpCode: "ERR_SCTP_ABORTED_BY_PEER",
    address: "127.0.0.1",
    port: server.address()?.port,
    causeCodes: [12],
  });
  server.close();
});

it("a peer that does not answer the set-up is an error of connect [B14]", async () => {
  const options = { rtoInitialMs: 5, rtoMinMs: 5, rtoMaxMs: 10, maxInitRetransmits: 0 };
  const silent = createSocket("udp4").bind(0, "127.0.0.2");
  await once(silent, "listening");
  const remoteUdpPort = silent.address().port;
  const socket = connect({ port: 7, host: "127.0.0.2", remoteUdpPort, ...options });
  expect(await failureOf(socket)).toMatchObject({
    sctpCode: "ERR_SCTP_PEER_UNREACHABLE",
    syscall: "connect",
    address: "127.0.0.2",
    port: 7,
  });
  silent.close();
});

it("what an error does not know is no property of it, as with Node's own [B14]", () => {
  const error = new SctpError("ERR_SCTP_CLOSED", "closed");
  expect(Object.keys(error).sort()).toEqual(["causeCodes", "code", "name", "sctpCode"]);
});
