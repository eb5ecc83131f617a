/** The README's programs, run as they stand there: those that are marked `<!-- runs: NAME -->`. */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { connect } from "../../src/index.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const PACKAGE = new URL("readme-udp.ts", import.meta.url).href;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sctpkit-readme-"));
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true });
});

const programs = new Map<string, string>();
for (const [, name, code] of README.matchAll(/<!-- runs: ([a-z-]+) -->\n```ts\n(.*?)```/gs)) {
  programs.set(name ?? "", code ?? "");
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

function run(name: string, udpPort: number, more = ""): ChildProcess {
  const code = programs.get(name);
  if (code === undefined) throw new Error(`the README has no program "${name}"`);
  const file = join(folder, `${name}.mts`);
  writeFileSync(file, code.replace('from "sctpkit"', `from ${JSON.stringify(PACKAGE)}`) + more);
  const child = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: ROOT, // Where tsx is found.
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, README_UDP_PORT: `${udpPort}` },
  });
  children.push(child);
  return child;
}

async function output(child: ChildProcess): Promise<string> {
  const [all] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream & AsyncIterable<Buffer>),
    once(child, "exit"),
  ]);
  expect(child.exitCode).toBe(0);
  return all;
}

it("has programs that run", () => {
  expect([...programs.keys()]).toEqual(
    expect.arrayContaining(["server", "client", "streams", "multihoming", "one-to-many", "chat"]),
  );
  expect(fileURLToPath(PACKAGE)).toContain("readme-udp");
});

it("a server and a client", async () => {
  const udpPort = await freeUdpPort();
  const server = run("server", udpPort, 'server.on("listening", () => console.log("listening"));');
  let heard = "";
  server.stdout?.on("data", (data: Buffer) => {
    heard += data.toString();
  });
  while (!heard.includes("listening")) await once(server.stdout as NodeJS.ReadableStream, "data");
  expect(await output(run("client", udpPort))).toBe("stream 3: hello\n");
  expect(heard).toContain("stream 3: hello\n");
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
  const socket = connect({ host: "127.0.0.1", port: 5000, remoteUdpPort: udpPort });
  await socket.send("hi");
  const heard: string[] = [];
  for await (const { data } of socket.messages()) if (heard.push(data.toString()) === 2) break;
  expect(heard).toEqual(["* 1 came", "1: hi"]);
  socket.destroy();
});
