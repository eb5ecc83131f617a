import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { ASSOCIATION_OPTIONS, connect, createEndpoint, createServer, UdpPort } from "../../src/index.ts";
import { createClusterServer } from "../../src/node/cluster/index.ts";

/** What somebody writes who has not read the types. */
const say = (options: object): never => options as never;

const worker = new URL("./cluster-echo.ts", import.meta.url);

describe("a name that there is not is refused with the one that was meant", () => {
  it.each<[what: string, call: () => unknown, complaint: string]>([
    [
      "connect",
      () => connect(say({ port: 7, udpPort: 9 })),
      '"udpPort" of connect(): it is called remoteUdpPort',
    ],
    [
      "connect",
      () => connect(say({ port: 7, addresses: [] })),
      '"addresses" of connect(): it is called hosts',
    ],
    ["connect", () => connect(say({ port: 7, path: "x" })), "SCTP has ports and addresses, no paths"],
    [
      "connect",
      () => connect(say({ port: 7, nonsense: 1 })),
      "see ConnectSocketOptions and AssociationOptions",
    ],
    [
      "createServer",
      () => createServer(say({ udpPort: 9 })),
      '"udpPort" of createServer(): it is called localUdpPort',
    ],
    ["connect", () => connect(say({ port: 7, sendBuffer: 9 })), "it is called sendBufferBytes"],
    ["connect", () => connect(say({ port: 7, hertbeatInterval: 9 })), "it is called heartbeatIntervalMs"],
    ["connect", () => connect(say({ port: 7, hintz: 1 })), "it is called hints"],
    [
      "createServer",
      () => createServer(say({ prt: 9 })),
      '"prt" of createServer(): was port meant? it belongs to listen()',
    ],
    [
      "createServer",
      () => createServer(say({ port: 9 })),
      '"port" of createServer(): it belongs to listen()',
    ],
    [
      "createServer",
      () => createServer(say({ maxConections: 9 })),
      "was maxConnections meant? it is a property: server.maxConnections",
    ],
    [
      "createServer",
      () => createServer(say({ maxBrust: 9 })),
      '"maxBrust" of createServer(): it is called maxBurst',
    ],
    [
      "listen",
      () => createServer().listen(say({ hosts: [] })),
      '"hosts" of listen(): it is called localAddresses',
    ],
    ["UdpPort", () => new UdpPort(say({ port: 9 })), '"port" of a UDP port: it is called localUdpPort'],
    ["UdpPort", () => new UdpPort(say({ adresses: [] })), "see UdpPortOptions"],
    ["UdpPort", () => new UdpPort(say({ localAdresses: [] })), "it is called localAddresses"],
    ["createEndpoint", () => createEndpoint(say({ notifcations: [] })), "it is called notifications"],
    ["createEndpoint", () => createEndpoint(say({ udpPort: 9 })), "it is called remoteUdpPort"],
    ["cluster", () => createClusterServer(say({ worker, worker_count: 2 })), "see ClusterServerOptions"],
    [
      "cluster listen",
      () => createClusterServer({ worker }).listen(say({ port: 7, udpPort: 0 })),
      "it is called localUdpPort",
    ],
    ["sctp", () => parseArguments(["echo", "--udp-local-port", "0"]), "it is called --local-udp-port"],
    ["sctp", () => parseArguments(["echo", "--address=::1"]), "it is called --local-address"],
    [
      "sctp",
      () => parseArguments(["echo", "--unorderd"]),
      "there is no option --unorderd: it is called --unordered",
    ],
  ])("%s", (_what, call, complaint) => {
    expect(call).toThrow(complaint);
  });

  it.each<[what: string, call: () => Promise<unknown>, complaint: string]>([
    ["bind", () => createEndpoint().bind(say({ addresses: [] })), "it is called localAddresses"],
    ["listen", () => createEndpoint().listen(say({ udpPort: 0 })), "it is called localUdpPort"],
    [
      "connectx",
      () => createEndpoint().connectx(["::1"], 7, say({ udpPort: 1 })),
      "it is called remoteUdpPort",
    ],
    ["a peer", () => createEndpoint().send(say({ addresses: ["::1"], port: 7 }), "x"), "it is called hosts"],
    [
      "a peer",
      () => createEndpoint().send(say({ hosts: ["::1"], port: 7, udpPort: 1 }), "x"),
      "remoteUdpPort",
    ],
    [
      "a peer",
      () => createEndpoint().send(say({ port: 7 }), "x"),
      "hosts must be a list of addresses or names",
    ],
  ])("%s of an endpoint", async (_what, call, complaint) => {
    await expect(call()).rejects.toThrow(complaint);
  });
});

it("listen() takes no option of the server or its associations, and says where it belongs [C5]", () => {
  for (const name of [
    ...Object.keys(ASSOCIATION_OPTIONS),
    "pauseOnConnect",
    "keepAlive",
    "highWaterMark",
    "stack",
  ])
    expect(() => createServer().listen(say({ port: 7, [name]: 1 }))).toThrow(
      `there is no option "${name}" of listen(): it belongs to createServer()`,
    );
});
