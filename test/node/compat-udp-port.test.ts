/** The UDP port of the compat module where another process has it, and the forms of its SCTP port. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as sctp from "../../src/compat/sctp.ts";
import { listening } from "./pair.ts";

const rival = createSocket("udp4");
let udpPort = 0;
const previous = { ...sctp.defaults() };
beforeAll(async () => {
  await once(rival.bind(0, "0.0.0.0"), "listening");
  udpPort = rival.address().port;
  sctp.defaults({ udp_port: udpPort });
});
afterAll(() => void sctp.defaults({ ...previous }));

it("a server, and a socket that waits to be connected to, say that the UDP port is taken [B17]", async () => {
  const server = sctp.createServer().listen(3_000);
  const taken = { code: "EADDRINUSE", sctpCode: "ERR_SCTP_UDP_PORT_IN_USE", port: udpPort };
  expect((await once(server, "error"))[0]).toMatchObject(taken);
  const passive = sctp.connect({ port: 3_000, localPort: 3_001, passive: true });
  expect((await once(passive, "error"))[0]).toMatchObject(taken);
});

it("a socket that only connects takes a free one, and a later server its own again [B17]", async () => {
  const native = await listening();
  native.on("connection", (accepted) => accepted.on("error", () => {})); // This module ends associations by ABORT.
  const { port = 0, localUdpPort = 0 } = native.address() ?? {};
  sctp.defaults({ encap_port: localUdpPort });
  const client = sctp.connect({ host: "127.0.0.1", port });
  await once(client, "connect");
  expect((await once(sctp.createServer().listen(3_000), "error"))[0]).toMatchObject({ code: "EADDRINUSE" });
  rival.close();
  await once(rival, "close");
  const server = sctp.createServer().listen("3000");
  await once(server, "listening");
  expect(server.address().port).toBe(3_000);
  sctp.defaults({ encap_port: udpPort });
  const second = sctp.connect({ host: "127.0.0.1", port: "3000" });
  await once(second, "connect");
  for (const socket of [client, second]) socket.destroy();
  server.close();
  native.close();
});
