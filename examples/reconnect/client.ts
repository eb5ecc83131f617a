/**
 * A client that reconnects: `npx tsx examples/reconnect/client.ts [HOST [PORT [UDP_PORT]]]`. Each line that is typed is sent to
 * an echo server, and asked again on a new association where the answer never came.
 */
import { argv, stdin } from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Message, type Socket } from "../../src/index.ts";

const [host = "127.0.0.1", port = "7", remoteUdpPort = "9899"] = argv.slice(2);
const MAX_TRIES = 20;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A dead peer is to be noticed in seconds, not minutes: docs/tuning.md. */
const IMPATIENT = {
  rtoInitialMs: 500,
  rtoMinMs: 300,
  rtoMaxMs: 1_000,
  maxInitRetransmits: 3,
  pathMaxRetrans: 3,
  associationMaxRetrans: 4,
  heartbeatIntervalMs: 2_000,
};

interface Connection {
  readonly socket: Socket;
  readonly answers: AsyncIterator<Message>;
}
let current: Connection | undefined;

async function connection(): Promise<Connection> {
  if (current !== undefined && !current.socket.destroyed) return current;
  const socket = connect({ host, port: Number(port), remoteUdpPort: Number(remoteUdpPort), ...IMPATIENT });
  socket.on("error", () => {}); // Who waits for an answer is told.
  await socket.opened;
  console.error("connected");
  current = { socket, answers: socket.messages() };
  return current;
}

async function ask(line: string): Promise<string> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let tries = 1; ; tries++) {
    try {
      const { socket, answers } = await connection();
      await socket.send(line);
      const { value, done } = await answers.next();
      if (done === true) throw new Error("the server has closed the association");
      return value.data.toString();
    } catch (error) {
      current?.socket.destroy();
      current = undefined;
      if (tries === MAX_TRIES) throw error;
      console.error(`${(error as Error).message}: trying again in ${pauseMs} ms`);
      await sleep(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }
}

for await (const line of createInterface({ input: stdin })) console.log(await ask(line));
current?.socket.end();
