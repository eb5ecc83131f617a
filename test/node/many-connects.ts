/**
 * A program that sets up many associations, many at a time, by nothing but `connect()`, to a server in a process of its own;
 * tells how fast it was, what failed, and how many file descriptors it opened and did not close again.
 *
 *   node many-connects.ts COUNT AT_ONCE
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { connect, createServer, type ServerAddress } from "../../src/index.ts";

const DESCRIPTORS = "/proc/self/fd";
const [count = "", atOnce = "1"] = process.argv.slice(2);

function descriptors(): number {
  return existsSync(DESCRIPTORS) ? readdirSync(DESCRIPTORS).length : 0;
}

async function serve(): Promise<void> {
  const server = createServer((socket) => socket.on("error", () => {}).resume());
  server.listen({ port: 0, host: "127.0.0.1", localUdpPort: 0 });
  if (!server.listening) await once(server, "listening");
  process.send?.(server.address());
  await once(process, "disconnect");
  process.exit();
}

async function connectMany(total: number, width: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), []);
  const [address] = (await once(child, "message")) as [ServerAddress];
  const before = descriptors();
  const failures: string[] = [];
  let begun = 0;
  let most = 0;
  const startMs = performance.now();
  const worker = async (): Promise<void> => {
    while (begun++ < total) {
      const socket = connect(address);
      try {
        await socket.opened;
        if (begun % 100 === 0) most = Math.max(most, descriptors() - before);
        socket.end().resume();
        await once(socket, "close");
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  const perSecond = Math.round((1_000 * total) / (performance.now() - startMs));
  child.disconnect();
  await once(child, "exit");
  // The port that the clients shared lingers, and nothing else: it goes when nobody is left to answer.
  const { user, system } = process.cpuUsage();
  const cpuUs = Math.round((user + system) / total);
  process.stdout.write(`${JSON.stringify({ perSecond, cpuUs, failures, most })}\n`);
}

if (process.send === undefined) await connectMany(Number(count), Number(atOnce));
else await serve();
