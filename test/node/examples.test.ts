/** The examples that README points to, run as its readers would run them. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, expect, it } from "vitest";
import { connect, createServer, type Socket } from "../../src/index.ts";
import { outputOf, printed, ROOT } from "./pages.ts";
import { attack } from "./strangers.ts";

const folder = mkdtempSync(join(tmpdir(), "sctpkit-examples-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true });
});

function run(example: string, ...args: (string | number)[]): ChildProcess {
  const child = spawn(process.execPath, ["--import", "tsx", `examples/${example}`, ...args.map(String)], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stderr?.resume();
  children.push(child);
  return child;
}

/** Starts a server on a free UDP port; returns that. */
async function serve(example: string, ...args: (string | number)[]): Promise<[ChildProcess, number]> {
  const child = run(example, ...args, 0);
  const said = await printed(child, "\n");
  child.stdout?.resume();
  return [child, Number(/UDP port (\d+)/.exec(said)?.[1])];
}

it("the echo server answers on every stream, and survives whatever a stranger does to it [B16]", async () => {
  const [server, remoteUdpPort] = await serve("echo/server.ts", 7);
  await attack(server, { port: 7, remoteUdpPort });
  const socket = connect({ host: "127.0.0.1", port: 7, remoteUdpPort });
  for (const streamId of [0, 5, 9]) await socket.send(`on ${streamId}`, { streamId });
  const answers: string[] = [];
  for await (const { data, info } of socket.messages()) {
    if (answers.push(`${data}, ${info.streamId}`) === 3) break;
  }
  expect(answers.sort()).toEqual(["on 0, 0", "on 5, 5", "on 9, 9"]);
  socket.destroy();
  expect(server.exitCode).toBe(null);
});

it("a file is sent with progress, arrives whole, and the receiver survives strangers [B16]", async () => {
  const arrived = mkdtempSync(join(folder, "arrived-"));
  const [receiver, remoteUdpPort] = await serve("file-transfer/receive.ts", arrived, 7_001);
  const bytes = randomBytes(6_000_000);
  const file = join(folder, "picture.bin");
  writeFileSync(file, bytes);
  await speaksNonsense(remoteUdpPort);
  const lines = (await outputOf(run("file-transfer/send.ts", file, "127.0.0.1", 7_001, remoteUdpPort)))
    .trim()
    .split("\n");
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.at(-1)).toBe("100 %, received as it was sent");
  expect(readdirSync(arrived)).toContain("picture.bin");
  expect(readFileSync(join(arrived, "picture.bin")).equals(bytes)).toBe(true);
  expect(receiver.exitCode).toBe(null);
});

it("a file for nobody ends with a sentence, not with a stack", async () => {
  const taken = createSocket("udp4").bind(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address();
  taken.close();
  await once(taken, "close");
  const sender = run("file-transfer/send.ts", "package.json", "127.0.0.1", 7_001, port);
  const said = text(sender.stderr as Readable);
  expect((await once(sender, "exit"))[0]).toBe(1);
  expect(await said).toMatch(/^connect ECONNREFUSED [^\n]*\n$/);
});

/** Says what is no header, and leaves. */
async function speaksNonsense(remoteUdpPort: number): Promise<void> {
  for (const words of ["nonsense", "null", '{"name":"../../escaped","size":5}']) {
    const socket = await connect({ host: "127.0.0.1", port: 7_001, remoteUdpPort }).opened;
    socket.on("error", () => {});
    socket.resume();
    await socket.send(words);
    socket.end();
    if (!socket.closed) await once(socket, "close");
  }
}

it("a client reconnects when its server aborts or closes, and asks again what was not answered", async () => {
  let answering = true;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("message", ({ data }) => {
      if (answering) void socket.send(data).catch(() => {});
      else socket.abort("restarting");
      answering = true;
    });
  });
  await once(server.listen({ port: 7, localUdpPort: 0, host: "127.0.0.1" }), "listening");
  const client = run("reconnect/client.ts", "127.0.0.1", 7, server.address()?.localUdpPort ?? 0);
  const say = async (line: string): Promise<void> => {
    const answer = printed(client, `${line}\n`);
    client.stdin?.write(`${line}\n`);
    await answer;
  };
  await say("one");
  answering = false; // The question is heard, and the association aborted in place of an answer.
  await say("two");
  const last = sockets.at(-1);
  last?.end();
  await say("three");
  expect(sockets.length).toBe(3);
  client.stdin?.end();
  await once(client, "exit");
  expect(client.exitCode).toBe(0);
  server.close();
});

const CANNOT_HERE = 77;

it("a network is pulled, and the longest silence is printed, where two hosts can be made", async () => {
  const program = run("failover/main.ts");
  const said = Promise.all([text(program.stdout as Readable), text(program.stderr as Readable)]);
  const [exitCode] = await once(program, "exit");
  const [output, complaint] = await said;
  if (exitCode === CANNOT_HERE) return expect(complaint).toMatch(/^cannot run here: two hosts need .*\n$/);
  expect([exitCode, complaint]).toEqual([0, ""]);
  expect(output.match(/network 1 is pulled/g)).toHaveLength(2);
  expect(output.match(/600 messages, each once and in order; longest silence \d+ ms/g)).toHaveLength(2);
}, 150_000);

it("a client moves from network to network, and all arrives, where such hosts can be made", async () => {
  const program = run("mobile/main.ts", 5, 800);
  const said = Promise.all([text(program.stdout as Readable), text(program.stderr as Readable)]);
  const [exitCode] = await once(program, "exit");
  const [output, complaint] = await said;
  if (exitCode === CANNOT_HERE)
    return expect(complaint).toMatch(/^cannot run here: a host that moves needs .*\n$/);
  // A machine that is busy moves it again before the server has answered, of which the client complains.
  expect(exitCode, complaint).toBe(0);
  expect(output).toMatch(/^5 MB at [\d.]+ Mbit\/s, \d+ moves, longest gap \d+ ms, digest equal\n$/);
}, 150_000);

it("a page crosses a link that loses packets, over TCP and over streams, where such a link can be laid", async () => {
  const program = run("hol/main.ts", 1);
  const said = Promise.all([text(program.stdout as Readable), text(program.stderr as Readable)]);
  const [exitCode] = await once(program, "exit");
  const [output, complaint] = await said;
  if (exitCode === CANNOT_HERE)
    return expect(complaint).toMatch(/^cannot run here: a link that loses packets needs .*\n$/);
  expect([exitCode, complaint]).toEqual([0, ""]);
  const rows = [
    ...output.matchAll(/^(Node's TCP|sctpkit, one stream|sctpkit, streams), bbr((?: +\d+){4})$/gm),
  ];
  expect(rows.map(([, side]) => side)).toEqual(["Node's TCP", "sctpkit, one stream", "sctpkit, streams"]);
  for (const [, , figures = ""] of rows) {
    const [text = 0, first = 0, half = 0, all = 0] = figures.trim().split(/ +/).map(Number);
    expect(text).toBeGreaterThan(80); // A round trip at least, for the handshake.
    expect([first, half, all]).toEqual([first, half, all].sort((a, b) => a - b));
    expect(all).toBeGreaterThan(650); // So long do so many bytes take at 8 Mbit/s.
  }
}, 250_000);

it.each([
  ["failover", "two hosts need"],
  ["hol", "a link that loses packets needs /dev/net/tun, make, a C compiler,"],
  ["mobile", "a host that moves needs"],
])(
  "%s says what it needs where it cannot be had, and that by its exit code as well",
  async (example, what) => {
    const env = { ...process.env, PATH: folder };
    const words = ["--import", "tsx", `examples/${example}/main.ts`];
    const program = spawn(process.execPath, words, { cwd: ROOT, env, stdio: ["ignore", "inherit", "pipe"] });
    const complaint = text(program.stderr);
    expect((await once(program, "exit"))[0]).toBe(CANNOT_HERE);
    expect(await complaint).toBe(
      `cannot run here: ${what} Linux, root, and the command \`ip\` of iproute2 (there is no command ip)\n`,
    );
  },
);
