import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { parseArguments, UsageError } from "../../src/cli/arguments.ts";
import type { Socket } from "../../src/index.ts";
import { textsOf, xmlFaults } from "../unit/trace/well-formed.ts";
import { listening } from "./pair.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sctpkit-cli-"));
const started: ChildProcess[] = [];

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

function sctp(
  ...words: string[]
): ChildProcess & { readonly text: () => string; readonly errors: () => string } {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...words], { stdio: "pipe" });
  started.push(child);
  let text = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return Object.assign(child, { text: () => text, errors: () => errors });
}

it.each([
  [[], /say what to do/],
  [["sing"], /there is no command "sing"/],
  [["cat", "127.0.0.1"], /it goes: sctp cat HOST PORT/],
  [["cat", "127.0.0.1", "x"], /PORT is a whole number from 1 to 65535, not "x"/],
  [["echo", "--stream", "70000"], /--stream is a whole number/],
  [
    ["cat", "127.0.0.1", "7", "--remote-udp-port", "0"],
    /--remote-udp-port is a whole number from 1 to 65535/,
  ],
  [["explain", "one.pcap", "two.pcap"], /it goes: sctp explain \[FILE\]/],
  [["cat", "127.0.0.1", "7", "--bytes"], /--bytes is for explain/],
  [["explain", "one.pcap", "--seed", "1"], /--seed is for sim/],
  [["echo", "--diagram"], /--diagram is for sim and explain/],
  [["explain", "--in-udp-port", "0"], /--in-udp-port is a whole number from 1 to 65535, not "0"/],
  [
    ["echo", "--trace", "x.log"],
    /--trace wants the name of a file that ends in .pcapng or .sqlog, not "x.log"/,
  ],
  [["echo", "--nonsense"], /Unknown option '--nonsense'/],
])("refuses %j", (words, complaint) => {
  expect(() => parseArguments(words)).toThrow(UsageError);
  expect(() => parseArguments(words)).toThrow(complaint);
});

it("refuses with exit code 2, and says where help is", async () => {
  const child = sctp("sing");
  const [code] = await once(child, "close");
  expect(code).toBe(2);
  expect(child.errors()).toBe(
    'sctp: there is no command "sing": say echo, cat, explain or sim\nTry: sctp --help\n',
  );
});

it("explains itself", async () => {
  const child = sctp("--help");
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  expect(child.text()).toContain("--local-udp-port");
});

describe("explain", () => {
  const capture = (name: string): string =>
    fileURLToPath(new URL(`../fixtures/captures/${name}`, import.meta.url));

  it("says what the packets of a capture mean, and of what the others are", async () => {
    const child = sctp("explain", capture("ethernet.pcapng"), "-v");
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect(child.text()).toMatch(/^#1 {2}0\.000000 s {2}A > B .*\n {2}SCTP packet of 44 bytes.*\n {2}INIT\n/);
    expect(child.text().match(/^#/gm)).toHaveLength(8);
    expect(child.errors()).toContain("8 frames with SCTP; others: 1 UDP without a payload");
  });

  it("tells every field of each packet with --bytes, and not without", async () => {
    const child = sctp("explain", capture("ethernet.pcapng"), "--bytes");
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect(child.text()).toContain("    16  4 bytes  Initiate Tag: 0x");
    expect(child.text().match(/Common Header: /g)).toHaveLength(8);
    const plain = sctp("explain", capture("ethernet.pcapng"));
    await once(plain, "close");
    expect(plain.text()).not.toContain("Common Header");
  });

  it("reads standard input, and prints what stands before the place where the file is cut", async () => {
    const child = sctp("explain");
    child.stdin?.end(readFileSync(capture("ethernet-us.pcap")).subarray(0, 500));
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(child.text()).toContain("  INIT ACK\n");
    expect(child.errors()).toMatch(/^sctp: -: the file ends in a packet, at byte 410 of the capture\n$/);
  });

  it("says that there is no SCTP in it, or none on the port that was asked for", async () => {
    const child = sctp("explain", capture("cooked.pcapng"), "--in-udp-port", "53");
    const [code] = await once(child, "close");
    expect([code, child.text()]).toEqual([0, ""]);
    expect(child.errors()).toContain("0 frames with SCTP; others: 8 UDP, 1 UDP without a payload");
  });

  it("draws the packets in text, as SVG, and says what it has not drawn", async () => {
    const svg = join(folder, "capture.svg");
    const child = sctp("explain", capture("ethernet.pcapng"), "--diagram", "--svg", svg, "-v");
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    expect(child.text()).toMatch(
      /^time \(ms\) {2}127\.0\.0\.1:39373 +127\.77\.0\.1:36629\n +0\.000 │── INIT ─+►│\n/,
    );
    expect(child.text().match(/│$/gm)).toHaveLength(8);
    expect(child.errors()).toContain("8 frames with SCTP; others: 1 UDP without a payload");
    const picture = readFileSync(svg, "utf8");
    expect(xmlFaults(picture)).toEqual([]);
    expect(textsOf(picture, "title")[0]).toContain("ethernet.pcapng");
  });

  it("draws what stands before the place where the file is cut; a picture alone prints nothing", async () => {
    const svg = join(folder, "cut.svg");
    const child = sctp("explain", "--svg", svg);
    child.stdin?.end(readFileSync(capture("ethernet-us.pcap")).subarray(0, 500));
    const [code] = await once(child, "close");
    expect([code, child.text()]).toEqual([1, ""]);
    expect(child.errors()).toMatch(/^sctp: -: the file ends in a packet, at byte 410 of the capture\n$/);
    expect(textsOf(readFileSync(svg, "utf8"), "title")[0]).toBe("Sequence diagram");
  });

  it("draws nothing where there is nothing, and says so", async () => {
    const svg = join(folder, "none.svg");
    const child = sctp("explain", capture("cooked.pcapng"), "--in-udp-port", "53", "--diagram", "--svg", svg);
    const [code] = await once(child, "close");
    expect([code, child.text(), existsSync(svg)]).toEqual([0, "", false]);
    expect(child.errors()).toContain("0 frames with SCTP; others: 8 UDP, 1 UDP without a payload");
  });

  it("fails where there is no such file", async () => {
    const child = sctp("explain", "/nowhere/at/all.pcapng");
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(child.errors()).toContain("ENOENT");
  });
});

it("echoes lines between two processes", async () => {
  const server = sctp("echo", "7", "--local-address", "127.0.0.1", "--local-udp-port", "0", "-v");
  while (!server.errors().includes("listening")) await once(server.stderr as NodeJS.ReadableStream, "data");
  const udpPort = /UDP port (\d+)/.exec(server.errors())?.[1] ?? "";
  const client = sctp(
    "cat",
    "127.0.0.1",
    "7",
    "--remote-udp-port",
    udpPort,
    "--stream",
    "5",
    "--ppid",
    "46",
    "-v",
  );
  client.stdin?.write("hello\nworld\n");
  while (!client.text().includes("world\n")) await once(client.stdout as NodeJS.ReadableStream, "data");
  client.stdin?.end();
  const [code] = await once(client, "close");
  expect(code).toBe(0);
  expect(client.text()).toBe("hello\nworld\n");
  expect(client.errors()).toContain("5 bytes on stream 5, PPID 46");
});

it("reads no faster than its standard output is read: the window closes", async () => {
  const server = await listening();
  const connection = once(server, "connection") as Promise<[Socket]>;
  const { port, localUdpPort: udpPort } = server.address() ?? {};
  const client = sctp("cat", "127.0.0.1", `${port}`, "--remote-udp-port", `${udpPort}`);
  client.stdout?.pause();
  const [socket] = await connection;
  socket.on("error", () => {});
  let accepted = 0;
  const line = Buffer.alloc(65_536, "x");
  const flood = (async () => {
    for (; accepted < 500; accepted++) await socket.send(line);
  })();
  flood.catch(() => {}); // The client is killed in the midst of it.
  while (accepted < 500 && socket.status().peerRwndBytes >= 1_500) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(accepted).toBeLessThan(200);
  client.stdout?.resume();
  await flood;
  socket.end();
  const [code] = await once(client, "close");
  expect([code, client.text().length]).toEqual([0, 500 * 65_537]);
  server.close();
});

it("ends well when nobody reads its output any more", async () => {
  const server = await listening();
  const connection = once(server, "connection") as Promise<[Socket]>;
  const { port, localUdpPort: udpPort } = server.address() ?? {};
  const client = sctp("cat", "127.0.0.1", `${port}`, "--remote-udp-port", `${udpPort}`);
  const [socket] = await connection;
  socket.on("error", () => {});
  client.stdout?.destroy();
  const send = async (): Promise<void> => {
    while (!socket.destroyed) await socket.send("line");
  };
  send().catch(() => {}); // Until the client has gone.
  const [code] = await once(client, "close");
  expect([code, client.errors()]).toEqual([0, ""]);
  server.close();
});

it("fails when it cannot write its trace, but does its work", async () => {
  const server = await listening();
  server.on("connection", (socket) => socket.on("message", ({ data }) => void socket.send(data)));
  const { port, localUdpPort: udpPort } = server.address() ?? {};
  const client = sctp(
    "cat",
    "127.0.0.1",
    `${port}`,
    "--remote-udp-port",
    `${udpPort}`,
    "--trace",
    "/nowhere/at/all.pcapng",
  );
  client.stdin?.write("hello\n");
  while (!client.text().includes("hello\n")) await once(client.stdout as NodeJS.ReadableStream, "data");
  client.stdin?.end();
  const [code] = await once(client, "close");
  expect(code).toBe(1);
  expect(client.errors()).toMatch(/cannot write .nowhere.at.all\.pcapng: ENOENT/);
  server.close();
});
