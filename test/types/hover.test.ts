/** What an editor shows at the public names: asked of TypeScript's own language server. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const URI = pathToFileURL(join(HERE, "hovered.ts")).href;
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** `^` stands before what is pointed at. */
const PROGRAM = [
  'import { connect, createEndpoint, createServer, type PathInfo, type SctpError, type Socket, UdpPort } from "../../src/index.ts";',
  ...["host", "hosts", "remoteUdpPort", "localAddress", "keepAlive", "hints"].map(
    (name) => `connect({ port: 7, ^${name}: undefined as never });`,
  ),
  ...["pauseOnConnect", "localUdpPort", "blockList"].map(
    (name) => `createServer({ ^${name}: undefined as never });`,
  ),
  ...["localAddresses", "backlog", "exclusive", "ipv6Only"].map(
    (name) => `createServer().listen({ ^${name}: undefined as never });`,
  ),
  ...[
    "send",
    "stream",
    "connect",
    "setKeepAlive",
    "setNoDelay",
    "setOption",
    "abort",
    "messages",
    "paths",
    "stats",
  ].map((name) => `(undefined as unknown as Socket).^${name};`),
  ...["streamId", "ppid", "unordered", "to", "lifetimeMs", "signal"].map(
    (name) => `(undefined as unknown as Socket).send("x", { ^${name}: undefined as never });`,
  ),
  ...["code", "sctpCode", "errno", "syscall", "address", "port", "causeCodes"].map(
    (name) => `(undefined as unknown as SctpError).^${name};`,
  ),
  ...["isPrimary", "carriesData", "srttMs", "retransmittedChunks"].map(
    (name) => `(undefined as unknown as PathInfo).^${name};`,
  ),
  ...["bind", "listen", "send", "sendAll", "stats", "paths", "close"].map(
    (name) => `createEndpoint().^${name};`,
  ),
  "new UdpPort().^stats;",
].map((line) => ({ text: line.replace("^", ""), character: line.indexOf("^") }));

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly result?: { readonly contents?: string | { readonly value: string } } | null;
}

let server: ChildProcess;
let nextId = 1;
let buffered = Buffer.alloc(0);
const waiting = new Map<number, (reply: Reply) => void>();

function post(message: object): void {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function ask(method: string, params: object): Promise<Reply> {
  const id = nextId++;
  post({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

function onData(data: Buffer): void {
  buffered = Buffer.concat([buffered, data]);
  for (;;) {
    const end = buffered.indexOf("\r\n\r\n");
    const length = Number(
      /Content-Length: (\d+)/i.exec(buffered.subarray(0, Math.max(0, end)).toString())?.[1],
    );
    if (end === -1 || !(buffered.length >= end + 4 + length)) return;
    const reply = JSON.parse(buffered.subarray(end + 4, end + 4 + length).toString()) as Reply;
    buffered = buffered.subarray(end + 4 + length);
    if (reply.method !== undefined && reply.id !== undefined)
      post({ id: reply.id, result: null }); // It asks us something.
    else if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  }
}

beforeAll(async () => {
  server = spawn(process.execPath, [TSC, "--lsp", "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  server.stdout?.on("data", onData);
  await ask("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(HERE).href,
    capabilities: { textDocument: { hover: { contentFormat: ["markdown"] } } },
  });
  post({ method: "initialized", params: {} });
  const text = PROGRAM.map((line) => line.text).join("\n");
  post({
    method: "textDocument/didOpen",
    params: { textDocument: { uri: URI, languageId: "typescript", version: 1, text } },
  });
});
afterAll(() => void server.kill());

it("the calls, their options, errors and paths have a text to hover over", async () => {
  const silent: string[] = [];
  for (const [line, { text, character }] of PROGRAM.entries()) {
    if (character === -1) continue;
    const position = { line, character };
    const { result } = await ask("textDocument/hover", { textDocument: { uri: URI }, position });
    const contents = result?.contents ?? "";
    const shown = typeof contents === "string" ? contents : contents.value;
    // After the declaration in its fences comes the documentation.
    const documentation = shown.slice(shown.lastIndexOf("```") + 3).trim();
    if (documentation === "") silent.push(text);
  }
  expect(silent).toEqual([]);
});
