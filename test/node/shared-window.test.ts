/** The streams of an association share its receive window: what a reader that pauses does to the others, and the ways out. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { buffer, text } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { SctpAgent } from "../../examples/http/agent.ts";
import { createSctpHttpServer, site } from "../../examples/http/server.ts";
import { type ConnectSocketOptions, type Server, type Socket, UdpPort } from "../../src/index.ts";
import { connectTo } from "./pair.ts";

const LARGE_BYTES = 8_000_000;
const open: Socket[] = [];
let server: Server | undefined;

afterEach(async () => {
  for (const socket of open.splice(0)) socket.abort();
  server?.close();
  if (server !== undefined) await once(server, "close");
});

async function serve(): Promise<Server> {
  server = createSctpHttpServer(site);
  server.listen({ port: 80, host: "127.0.0.1", localUdpPort: 0 });
  await once(server, "listening");
  return server;
}

async function agentTo(
  to: Server,
  options: Partial<ConnectSocketOptions>,
): Promise<{ readonly socket: Socket; readonly agent: SctpAgent }> {
  const socket = await connectTo(to, { outboundStreams: 8, ...options }).opened;
  open.push(socket);
  return { socket, agent: new SctpAgent(socket) };
}

async function answer(agent: SctpAgent, path: string): Promise<IncomingMessage> {
  const [response] = (await once(get({ agent, path }), "response")) as [IncomingMessage];
  return response;
}

/** Until nothing more of a large response fits: the window is closed, and the rest of it waits at the server. */
async function full(socket: Socket): Promise<void> {
  const bufferBytes = 1_048_576;
  while (socket.bytesRead < bufferBytes / 2 || socket.status().heldBytes < bufferBytes / 2)
    await new Promise((resolve) => setImmediate(resolve));
}

it("a paused response stalls a small one beside it, and reading on is a way out [B18]", async () => {
  const { socket, agent } = await agentTo(await serve(), {});
  const large = await answer(agent, `/bytes/${LARGE_BYTES}`); // Nobody reads it.
  await full(socket);
  let isAnswered = false;
  const small = answer(agent, "/").then((response) => {
    isAnswered = true;
    return text(response);
  });
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
  expect(isAnswered).toBe(false);
  expect((await buffer(large)).length).toBe(LARGE_BYTES);
  expect(await small).toMatch(/^Hello/);
});

it("another association through the same UDP port is a way out [B18]", async () => {
  const to = await serve();
  const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
  const [slow, quick] = [await agentTo(to, { udp }), await agentTo(to, { udp })];
  const large = await answer(slow.agent, `/bytes/${LARGE_BYTES}`);
  await full(slow.socket);
  expect(await text(await answer(quick.agent, "/"))).toMatch(/^Hello/);
  large.on("error", () => {});
  for (const { socket } of [slow, quick]) socket.abort();
  udp.close();
});

it("a receive buffer that holds what is paused is a way out [B18]", async () => {
  const { socket, agent } = await agentTo(await serve(), { receiveBufferBytes: 2 * LARGE_BYTES });
  const large = await answer(agent, `/bytes/${LARGE_BYTES}`);
  while (socket.bytesRead < LARGE_BYTES) await new Promise((resolve) => setImmediate(resolve));
  expect(await text(await answer(agent, "/"))).toMatch(/^Hello/);
  expect((await buffer(large)).length).toBe(LARGE_BYTES);
});
