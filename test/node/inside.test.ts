import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { expect, it } from "vitest";
import { Association } from "../../src/association/association.ts";
import {
  type AssociationDiagnostics,
  connect,
  createEndpoint,
  createServer,
  type Socket,
  UdpPort,
} from "../../src/index.ts";
import { PortDriver } from "../../src/node/driver/port-driver.ts";
import { insideOf } from "../../src/node/socket/association-duplex.ts";
import { SctpSocket } from "../../src/socket/socket.ts";
import { Stack } from "../../src/stack/stack.ts";

const INTERNALS = [Association, Stack, PortDriver, SctpSocket];

/** Paths of properties, symbols among them, by which a program gets at what is none of its business. */
function leaks(name: string, root: object): string[] {
  const found: string[] = [];
  const seen = new Set<object>([process, globalThis]);
  const visit = (path: string, value: unknown): void => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
    seen.add(value);
    if (INTERNALS.some((internal) => value instanceof internal)) found.push(path);
    for (let holder: object | null = value; holder !== null; holder = Object.getPrototypeOf(holder)) {
      for (const key of Reflect.ownKeys(holder)) visit(`${path}.${String(key)}`, read(holder, key, value));
    }
  };
  visit(name, root);
  return found;
}

function read(holder: object, key: PropertyKey, of: object): unknown {
  try {
    return Reflect.get(holder, key, of);
  } catch {
    return undefined; // An accessor that is not for everybody.
  }
}

it("of a socket, a server, an endpoint, a UDP port and diagnostics nothing can be reached", async () => {
  const heard: AssociationDiagnostics[] = [];
  const hear = (message: unknown): void => void heard.push(message as AssociationDiagnostics);
  const names = ["connecting", "established"].map((name) => `sctp.association.${name}`);
  for (const name of names) subscribe(name, hear);
  const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const server = createServer().listen({ port: 7, udp });
  await once(server, "listening");
  const hub = createEndpoint();
  await hub.listen({ port: 8, udp });
  const to = { host: "127.0.0.1", remoteUdpPort: udp.localUdpPort, udp };
  const connection = once(server, "connection") as Promise<[Socket]>;
  const client = await connect({ ...to, port: 7 }).opened;
  const [accepted] = await connection;
  const second = await connect({ ...to, port: 8 }).opened;
  while (hub.associationIds.length === 0) await new Promise(setImmediate);
  for (const name of names) unsubscribe(name, hear);
  for (const socket of [client, accepted, second]) socket.on("error", () => {});

  const roots = { client, accepted, server, hub, udp, diagnostics: heard };
  for (const [name, root] of Object.entries(roots)) expect(leaks(name, root)).toEqual([]);
  // What is watched is told by what users have: the sockets, the endpoint.
  expect(new Set(heard.map(({ user }) => user))).toEqual(new Set([client, accepted, second, hub]));
  const own = heard.filter(({ user }) => user === client).map(({ association }) => association);
  expect(new Set(own).size).toBe(1);
  expect(own[0]).toMatchObject({ id: client.associationId, state: "ESTABLISHED", remotePort: 7 });
  expect([own[0]?.status().state, own[0]?.paths().length, own[0]?.localPort]).toEqual([
    "ESTABLISHED",
    1,
    client.localPort,
  ]);
  expect(own[0]?.stats()).toEqual(client.stats());
  expect([own[0]?.remoteAddresses, own[0]?.localAddresses]).toEqual([["127.0.0.1"], ["127.0.0.1"]]);
  udp.close();
});

it("an association that has ended leads to its socket no more, so that neither keeps the other", async () => {
  const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const server = createServer().listen({ port: 7, udp });
  await once(server, "listening");
  const connection = once(server, "connection") as Promise<[Socket]>;
  const client = await connect({ host: "127.0.0.1", port: 7, remoteUdpPort: udp.localUdpPort, udp }).opened;
  const [accepted] = await connection;
  accepted.on("error", () => {});
  const associations = [client, accepted].map((socket) => insideOf(socket).association);
  expect(associations.map((association) => association?.userData === undefined)).toEqual([false, false]);
  const over = [client, accepted].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
  client.abort();
  await Promise.all(over);
  expect(associations.map((association) => association?.userData)).toEqual([undefined, undefined]);
  server.close();
  await once(server, "close");
  udp.close();
});
