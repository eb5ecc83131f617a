/** The README's programs, run as they stand there: those that are marked `<!-- runs: NAME -->`. */
import type { ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { connect } from "../../src/index.ts";
import { outputOf as output, Page, printed } from "./pages.ts";
import { attack } from "./strangers.ts";

const PACKAGE = new URL("readme-udp.ts", import.meta.url).href;
const page = new Page("README.md");
const { programs } = page;
afterAll(() => page.close());

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

function run(name: string, udpPort: number, more = ""): ChildProcess {
  return page.start(name, { package: PACKAGE, env: { README_UDP_PORT: `${udpPort}` }, more });
}

it("has programs that run", () => {
  expect([...programs.keys()]).toEqual(
    expect.arrayContaining(["server", "client", "streams", "multihoming", "one-to-many", "chat"]),
  );
  expect(fileURLToPath(PACKAGE)).toContain("readme-udp");
});

it("the program that it opens with, of no more than twenty lines", async () => {
  expect(programs.get("opening")?.trim().split("\n").length).toBeLessThanOrEqual(20);
  const lines = [1, 2, 3].map((streamId) => `hello, heard on stream ${streamId}\n`);
  expect(await output(run("opening", await freeUdpPort()))).toBe(lines.join(""));
});

it("a server and a client", async () => {
  const udpPort = await freeUdpPort();
  const server = run("server", udpPort, 'server.on("listening", () => console.log("listening"));');
  await printed(server, "listening");
  const heard = printed(server, "stream 3: hello\n");
  expect(await output(run("client", udpPort))).toBe("stream 3: hello\n");
  await heard;
});

it("the first server survives whatever a stranger does to it [B16]", async () => {
  const udpPort = await freeUdpPort();
  const server = run("server", udpPort, 'server.on("listening", () => console.log("listening"));');
  await printed(server, "listening");
  server.stdout?.resume();
  await attack(server, { port: 7, remoteUdpPort: udpPort });
  expect(await output(run("client", udpPort))).toBe("stream 3: hello\n");
  expect(server.exitCode).toBe(null);
});

/** It does not say when it has begun to listen: who asks sooner asks again. */
const chatServer = (remoteUdpPort: number) => ({
  host: "127.0.0.1",
  port: 5_000,
  remoteUdpPort,
  failOnPortUnreachable: false,
});

it("the chat server survives whatever a stranger does to it [B16]", async () => {
  const udpPort = await freeUdpPort();
  const server = run("chat", udpPort);
  const lonely = await connect(chatServer(udpPort)).opened;
  const heard = lonely.messages();
  await attack(server, { port: 5_000, remoteUdpPort: udpPort });
  await lonely.send("still here");
  for await (const { data } of heard) if (data.toString().endsWith("still here")) break;
  expect(server.exitCode).toBe(null);
  lonely.destroy();
});

it("errors, where nobody listens", async () => {
  expect(await output(run("errors", await freeUdpPort()))).toBe("nobody listens there\n");
});

it("streams", async () => {
  expect(await output(run("streams", await freeUdpPort()))).toBe("2 heard tock\n1 heard tick\n");
});

it("multihoming", async () => {
  const lines = (await output(run("multihoming", await freeUdpPort()))).split("\n");
  expect(lines.slice(0, 2)).toEqual(["127.0.0.1 is active, primary", "::1 is active"]);
  expect(lines).toContain("by the other path");
});

it("one-to-many", async () => {
  const said = await output(run("one-to-many", await freeUdpPort()));
  expect(said).toBe("association 1, stream 2: hello\n");
});

it("chat", async () => {
  const udpPort = await freeUdpPort();
  run("chat", udpPort);
  const socket = connect(chatServer(udpPort));
  await socket.send("hi");
  const heard: string[] = [];
  for await (const { data } of socket.messages()) if (heard.push(data.toString()) === 2) break;
  expect(heard).toEqual(["* 1 came", "1: hi"]);
  socket.destroy();
});
