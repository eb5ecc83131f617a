/**
 * The largest packet of a path on real interfaces (RFC 8899): three hosts in a row as network namespaces, interfaces of 9,000
 * bytes, and behind the router a link of 1,500. `npm run interop:mtu`; needs root and iproute2.
 * Owns: the links between them, and what must come out: no more than 1,472 bytes of UDP payload, and all data, each time.
 * Does not own: the search (src/association), making and removing namespaces (tools/namespaces.ts).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { connect, createServer } from "../src/index.ts";
import { readCommand, wholeNumber } from "../tools/command-line.ts";
import {
  ip,
  launcher,
  makeNamespaces,
  namespaceOf,
  removeNamespaces,
  setKernel,
} from "../tools/namespaces.ts";

const [NEAR_ADDRESS, ROUTER_NEAR, ROUTER_FAR, FAR_ADDRESS] = [
  "10.98.1.1",
  "10.98.1.2",
  "10.98.2.1",
  "10.98.2.2",
];
const [PORT, UDP_PORT] = [7, 9_899];
/** What crosses the smaller link whole: 1,500 bytes less the headers of IPv4 and UDP. */
const LARGEST_BYTES = 1_472;
const MESSAGE_COUNT = 200;
const MESSAGE_BYTES = 20_000;
/** Which part of it this process is: for those that it starts itself. */
const ROLE = "SCTPKIT_PATH_MTU_ROLE";

const { values } = readCommand({
  name: "interop:mtu",
  about:
    "Path MTU discovery over three network namespaces in a row, with interfaces of 9,000 bytes and a link of 1,500 behind the router. " +
    "Needs root and iproute2.",
  options: {
    associations: wholeNumber(
      "one after the other: the second meets a host that a router has told of the smaller MTU, and that cuts what is larger",
      2,
      { from: 1 },
    ),
    patience: wholeNumber("seconds for each", 60, { from: 1 }),
  },
});
const PATIENCE_MS = 1_000 * values.patience;

const HOSTS = ["near", "router", "far"];

function make(): void {
  makeNamespaces(HOSTS.map(namespaceOf));
  lay("near", NEAR_ADDRESS, "router", ROUTER_NEAR, 9_000);
  lay("router", ROUTER_FAR, "far", FAR_ADDRESS, 1_500);
  ip("-n", namespaceOf("near"), "route", "add", "default", "via", ROUTER_NEAR);
  ip("-n", namespaceOf("far"), "route", "add", "default", "via", ROUTER_FAR);
  setKernel(namespaceOf("router"), "net/ipv4/ip_forward", "1");
}

function lay(a: string, addressOfA: string, b: string, addressOfB: string, mtuBytes: number): void {
  const [deviceOfA, deviceOfB] = [`to-${b}`, `to-${a}`];
  const peer = ["peer", "name", deviceOfB, "netns", namespaceOf(b)];
  ip("link", "add", deviceOfA, "netns", namespaceOf(a), "type", "veth", ...peer);
  for (const [host, device, address] of [
    [a, deviceOfA, addressOfA],
    [b, deviceOfB, addressOfB],
  ] as const) {
    ip("-n", namespaceOf(host), "addr", "add", `${address}/24`, "dev", device);
    ip("-n", namespaceOf(host), "link", "set", device, "mtu", String(mtuBytes), "up");
  }
}

/** This program again, in a namespace. */
function start(host: string, role: string): ReturnType<typeof spawn> {
  const [file = "", ...before] = launcher(namespaceOf(host));
  const program = [
    process.execPath,
    "--import",
    "tsx",
    fileURLToPath(import.meta.url),
    ...process.argv.slice(2),
  ];
  return spawn(file, [...before, ...program], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, [ROLE]: role },
  });
}

/** Sends everything back. */
function serve(): void {
  const server = createServer({ pathMtuDiscovery: true, pathMtuProbeTimeoutMs: 1_000 }, (socket) => {
    socket.on("data", ({ data }) => void socket.send(data).catch(() => {}));
    socket.on("error", () => {});
  });
  server.listen({ port: PORT, host: FAR_ADDRESS, localUdpPort: UDP_PORT }, () => console.log("ready"));
}

/** @returns what was wrong */
async function ask(): Promise<string | undefined> {
  const to = { port: PORT, host: FAR_ADDRESS, remoteUdpPort: UDP_PORT };
  const socket = connect({ ...to, pathMtuDiscovery: true, pathMtuProbeTimeoutMs: 1_000 });
  await socket.opened;
  let returned = 0;
  socket.on("data", ({ data }) => {
    returned += data.length;
  });
  const sizes = new Set<number>();
  const isComplete = (): boolean => socket.pathInfo(FAR_ADDRESS).pathMtuSearch === "SEARCH_COMPLETE";
  const endMs = Date.now() + PATIENCE_MS;
  let sent = 0;
  while (sent < MESSAGE_COUNT || !isComplete() || returned < sent * MESSAGE_BYTES) {
    if (sent < MESSAGE_COUNT) await socket.send(Buffer.alloc(MESSAGE_BYTES, sent++));
    else await new Promise((resolve) => setTimeout(resolve, 20));
    sizes.add(socket.pathInfo(FAR_ADDRESS).maxPacketBytes);
    if (Date.now() > endMs)
      return `after ${PATIENCE_MS} ms: ${returned} bytes came back, ${[...sizes].join(", ")}`;
  }
  socket.end();
  await once(socket, "close");
  const largest = Math.max(...sizes);
  console.log(`packets of ${[...sizes].join(", ")} bytes, ${returned} bytes returned`);
  return largest > LARGEST_BYTES ? `packets of ${largest} bytes` : undefined;
}

/** @returns the exit code of a process that has ended */
async function ended(child: ReturnType<typeof spawn>): Promise<number> {
  const timer = setTimeout(() => child.kill(), (values.associations + 1) * PATIENCE_MS);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(timer);
  return code ?? 1;
}

async function main(): Promise<void> {
  make();
  const server = start("far", "server");
  try {
    await once(server.stdout ?? server, "data");
    const client = start("near", "client");
    client.stdout?.on("data", (text: Buffer) => process.stdout.write(text));
    process.exitCode = await ended(client);
  } finally {
    server.kill();
    removeNamespaces(HOSTS.map(namespaceOf));
  }
}

const role = process.env[ROLE];
if (role === "server") serve();
else if (role === "client") {
  for (let i = 0; i < values.associations; i++) {
    const wrong = await ask();
    if (wrong === undefined) continue;
    console.error(wrong);
    process.exit(1);
  }
  process.exit(0);
} else await main();
