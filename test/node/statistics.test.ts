/** What sockets, endpoints and UDP ports count, under the names of RFC 3873, and what was not measured. */
import { once } from "node:events";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { connect, createEndpoint, createServer, UdpPort } from "../../src/index.ts";

it("a UDP port counts associations and packets by the names of RFC 3873 [B21]", async () => {
  const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const server = createServer((socket) => void socket.on("error", () => {}).resume()).listen({
    port: 7,
    udp,
  });
  await once(server, "listening");
  const client = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const to = { port: 7, host: "127.0.0.1", remoteUdpPort: udp.localUdpPort, udp: client };
  const [first, second] = [await connect(to).opened, await connect(to).opened];
  expect(udp.stats()).toMatchObject({ sctpCurrEstab: 2, sctpPassiveEstabs: 2, sctpActiveEstabs: 0 });
  expect(client.stats()).toMatchObject({ sctpCurrEstab: 2, sctpPassiveEstabs: 0, sctpActiveEstabs: 2 });
  first.resume().end();
  await once(first, "close");
  const gone = once(server, "close");
  server.close();
  second.abort();
  await gone;
  expect(udp.stats()).toMatchObject({ sctpCurrEstab: 0, sctpShutdowns: 1, sctpAborteds: 1 });
  const { sctpInSCTPPacks, sctpOutSCTPPacks, sctpChecksumErrors, sctpOutOfBlues } = udp.stats();
  expect([sctpInSCTPPacks, sctpOutSCTPPacks]).toEqual([
    udp.counters["received-packets"],
    udp.counters["sent-packets"],
  ]);
  expect([sctpChecksumErrors, sctpOutOfBlues]).toEqual([0, udp.counters["no-association"] ?? 0]);
  udp.close();
  client.close();
});

it("an endpoint has totals, the counters of each association, and its paths [B21]", async () => {
  const hub = createEndpoint();
  expect(hub.stats()).toBeUndefined();
  await hub.listen({ port: 7, localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const client = createEndpoint();
  await client.bind({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const remoteUdpPort = hub.address()?.localUdpPort ?? 0;
  const id = await client.connectx(["127.0.0.1"], 7, { remoteUdpPort });
  await client.send(id, "hello");
  for await (const item of hub) if (item.type === "message") break;
  expect(client.stats()).toMatchObject({ sctpActiveEstabs: 1, sctpCurrEstab: 1 });
  expect(client.stats(id)).toMatchObject({ sentMessages: 1, retransmittedChunks: 0 });
  expect(client.paths(id)).toMatchObject([
    { address: "127.0.0.1", isPrimary: true, carriesData: true, retransmittedChunks: 0 },
  ]);
  expect(() => client.stats(99)).toThrow(/there is no association 99/);
  expect(() => client.paths(99)).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
  await Promise.all([client.close(), hub.close()]);
});

it("nothing that users see is NaN where it was not measured [C11]", async () => {
  const server = createServer((socket) => void socket.resume()).listen({
    port: 0,
    host: "127.0.0.1/127.0.0.2",
    localUdpPort: 0,
  });
  await once(server, "listening");
  const address = server.address();
  if (address === null) throw new Error("the server does not listen");
  const socket = connect({ ...address, localAddresses: undefined } as never);
  await socket.opened;
  const seen = [socket.paths(), socket.status(), socket.stats(), socket.getOption("SCTP_STATUS")];
  expect(inspect(seen, { depth: 9 })).not.toContain("NaN");
  expect(socket.pathInfo("127.0.0.1")).toHaveProperty("srttMs");
  socket.destroy();
  server.close();
  await once(server, "close");
});
