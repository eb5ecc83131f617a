/** What an editor shows at the public names: asked of TypeScript's own language server. */
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASSOCIATION_OPTIONS, STACK_OPTIONS } from "../../src/base/options.ts";
import { ByteDuplex, Endpoint, SctpStream, Server, Socket, UdpPort } from "../../src/index.ts";
import type { OptionRow } from "../../src/socket/options/option-spec.ts";
import { SOCKET_OPTIONS } from "../../src/socket/options/options-table.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const URI = pathToFileURL(join(HERE, "hovered.ts")).href;
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

function source(path: string): string {
  return readFileSync(new URL(`../../src/${path}`, import.meta.url), "utf8");
}

/** The members of an interface, in a file whose interfaces end with a brace in the first column. */
function membersOf(path: string, name: string): string[] {
  const body = new RegExp(`interface ${name}\\b[^]*?^}`, "m").exec(source(path))?.[0] ?? "";
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = ""]) => member);
}

/** The events of an interface of calls. */
function eventsOf(...paths: readonly string[]): string[] {
  const calls = paths.flatMap((path) => [...source(path).matchAll(/event:((?: \|? ?"\w+")+)/g)]);
  return [
    ...new Set(calls.flatMap(([names]) => [...names.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name))),
  ];
}

/** What a class gives its users: everything but what is Node's own or begins with an underscore. */
function facesOf(...classes: ReadonlyArray<{ readonly prototype: object }>): string[] {
  const names = classes.flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
  const isOurs = (name: string): boolean => name !== "constructor" && !name.startsWith("_");
  return [...new Set(names)].filter((name) => isOurs(name) && !(name in EventEmitter.prototype));
}

const given = (call: string, names: readonly string[]): string[] =>
  names.map((name) => call.replace("*", `{ ^${name}: undefined as never }`));
/** Where the port is given, as it must be, so that the call is one. */
const connecting = (names: readonly string[]): string[] =>
  names.map((name) => `connect({ ${name === "port" ? "" : "port: 7, "}^${name}: undefined as never });`);
const shown = (type: string, names: readonly string[]): string[] =>
  names.map((name) => `(undefined as unknown as ${type}).^${name};`);
const heard = (type: string, names: readonly string[]): string[] =>
  names.flatMap((name) =>
    ["on", "once", "off"].map((call) => `(undefined as unknown as ${type}).^${call}("${name}", () => {});`),
  );

const ASSOCIATION_NAMES = Object.keys(ASSOCIATION_OPTIONS);
const STACK_NAMES = Object.keys(STACK_OPTIONS);
const DUPLEX_EVENTS = "node/common/duplex-events.ts";
const SET = Object.entries<OptionRow>(SOCKET_OPTIONS).filter(([, { access }]) => access !== "read");
const GET = Object.entries<OptionRow>(SOCKET_OPTIONS).filter(([, { access }]) => access !== "write");

/** `^` stands before what is pointed at. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  "the options of an association [C2]": [
    ...connecting(ASSOCIATION_NAMES),
    ...given("createServer(*);", ASSOCIATION_NAMES),
    ...shown("AssociationOptions", ASSOCIATION_NAMES),
  ],
  "the options of a stack [C2]": [
    ...given("new UdpPort({ stack: * });", STACK_NAMES),
    ...given("connect({ port: 7, stack: * });", STACK_NAMES),
    ...given("createEndpoint({ stack: * });", STACK_NAMES),
  ],
  "the options of calls [C2]": [
    ...connecting([
      ...membersOf("node/socket/connect-options.ts", "ConnectSocketOptions"),
      ...membersOf("node/socket/buffer-options.ts", "BufferOptions"),
      ...membersOf("node/common/option-names.ts", "KeepAliveOptions"),
      ...membersOf("node/common/option-names.ts", "NetOptions"),
    ]),
    ...given("createServer(*);", membersOf("node/server/server.ts", "ServerOptions")),
    ...given("createServer().listen(*);", [
      ...membersOf("node/server/listen-options.ts", "ServerListenOptions"),
      ...membersOf("node/server/listen-options.ts", "NetListenOptions"),
    ]),
    ...given("createEndpoint(*);", membersOf("node/endpoint/endpoint-options.ts", "EndpointOptions")),
    ...given(
      "createEndpoint().bind(*);",
      membersOf("node/endpoint/endpoint-options.ts", "EndpointBindOptions"),
    ),
    ...given(
      "createEndpoint().listen(*);",
      membersOf("node/endpoint/endpoint-options.ts", "EndpointBindOptions"),
    ),
    ...given("new UdpPort(*);", membersOf("node/driver/open-port.ts", "UdpPortOptions")),
    ...given('(undefined as unknown as Socket).send("x", *);', [
      "streamId",
      "ppid",
      "unordered",
      "to",
      "reliability",
      "signal",
    ]),
    ...given(
      "(undefined as unknown as SctpStream).toNode(*);",
      membersOf("node/channels/byte-duplex.ts", "ByteDuplexOptions"),
    ),
  ],
  "methods and properties [C2]": [
    ...shown("Socket", [...facesOf(Socket), "messages", "write", "end", "bytesRead"]),
    ...shown("Server", facesOf(Server)),
    ...shown("Endpoint", facesOf(Endpoint)),
    ...shown("SctpStream", facesOf(SctpStream)),
    ...shown("ByteDuplex", facesOf(ByteDuplex)),
    ...shown("UdpPort", facesOf(UdpPort)),
  ],
  "what is told of errors, paths and counters [C2]": [
    ...shown("SctpError", ["code", "sctpCode", "errno", "syscall", "address", "port", "causeCodes"]),
    ...shown("PathInfo", membersOf("association/reporting/status.ts", "PathInfo")),
    ...shown("SctpStats", membersOf("stack/stack-stats.ts", "SctpStats")),
  ],
  "events [C2]": [
    ...heard("Socket", eventsOf(DUPLEX_EVENTS, "node/socket/socket-events.ts")),
    ...heard("ByteDuplex", eventsOf(DUPLEX_EVENTS, "node/channels/byte-duplex.ts")),
    ...heard("Server", eventsOf("node/server/server-events.ts")),
    ...heard("Endpoint", eventsOf("node/endpoint/endpoint-events.ts")),
  ],
  "the options of RFC 6458 [C3]": [
    ...SET.flatMap(([name]) =>
      ["Socket", "Endpoint"].map(
        (type) => `(undefined as unknown as ${type}).^setOption("${name}", undefined as never);`,
      ),
    ),
    ...GET.flatMap(([name]) =>
      ["Socket", "Endpoint"].map(
        (type) =>
          `(undefined as unknown as ${type}).^getOption("${name}", undefined as never, undefined as never);`,
      ),
    ),
  ],
};
const HEAD =
  'import { type AssociationOptions, type ByteDuplex, connect, createEndpoint, createServer, type Endpoint, type PathInfo, type SctpError, type SctpStats, type SctpStream, type Server, type Socket, UdpPort } from "../../src/index.ts";';
const LINES = [HEAD, ...Object.values(PARTS).flat()];

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
  const text = LINES.map((line) => line.replace("^", "")).join("\n");
  post({
    method: "textDocument/didOpen",
    params: { textDocument: { uri: URI, languageId: "typescript", version: 1, text } },
  });
});
afterAll(() => void server.kill());

/** The text that is shown at the place that the line points at, behind the declaration in its fences. */
async function textAt(line: string): Promise<string> {
  const position = { line: LINES.indexOf(line), character: line.indexOf("^") };
  const { result } = await ask("textDocument/hover", { textDocument: { uri: URI }, position });
  const contents = result?.contents ?? "";
  const shown = typeof contents === "string" ? contents : contents.value;
  return shown.slice(shown.lastIndexOf("```") + 3).trim();
}

describe("an editor shows a text at", () => {
  it.each(Object.entries(PARTS))("%s", async (_part, lines) => {
    expect(lines.length).toBeGreaterThan(5);
    const silent: string[] = [];
    for (const line of lines) if ((await textAt(line)) === "") silent.push(line);
    expect(silent).toEqual([]);
  });

  it("each event and option its own, not the first one's", async () => {
    const texts = [
      '(undefined as unknown as Socket).^on("restart", () => {});',
      '(undefined as unknown as Socket).^setOption("SCTP_NODELAY", undefined as never);',
    ].map(textAt);
    expect(await Promise.all(texts)).toEqual([
      expect.stringContaining("The peer began anew"),
      expect.stringContaining("Send small messages at once"),
    ]);
  });
});
