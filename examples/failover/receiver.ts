/**
 * Receives numbered messages and measures the longest silence: `npx tsx examples/failover/receiver.ts OWN_ADDRESSES [PRESET]`.
 * The exit code is 0 only if every message came exactly once and in order.
 */
import { argv } from "node:process";
import { createServer, type Socket } from "../../src/index.ts";
import { LISTENING, MESSAGE_COUNT, type Preset, PULL_AT_COUNT, PULL_NOW, SCTP_PORT } from "./script.ts";

const [ownAddresses = "", preset = "none"] = argv.slice(2);

/** Reads until the sender has ended the association. @throws Error if a message is missing, doubled or out of its order */
async function receive(socket: Socket): Promise<string> {
  let [count, silenceMs, lateMs, lastMs] = [0, 0, 0, 0];
  for await (const { data } of socket.messages()) {
    const [number, sentAtMs = 0] = String(data).split(" ").map(Number);
    if (number !== count) throw new Error(`message ${number} came where ${count} was expected`);
    const nowMs = Date.now(); // The clock of the sender, too: both hosts are this machine.
    if (count > 0) silenceMs = Math.max(silenceMs, nowMs - lastMs);
    lateMs = Math.max(lateMs, nowMs - sentAtMs);
    lastMs = nowMs;
    if (++count === PULL_AT_COUNT) console.log(PULL_NOW);
  }
  if (count !== MESSAGE_COUNT) throw new Error(`${count} messages came, not ${MESSAGE_COUNT}`);
  return `${count} messages, each once and in order; longest silence ${silenceMs} ms, none later than ${lateMs} ms`;
}

const server = createServer({ preset: preset as Preset }, async (socket) => {
  socket.on("error", (error) => console.error(`receiver: ${error.message}`));
  socket.on("path", ({ address, state }) => {
    if (state !== "active") console.log(`receiver: ${address} is ${state}`);
  });
  try {
    console.log(await receive(socket));
  } catch (error) {
    console.error(`receiver: ${(error as Error).message}`);
    process.exitCode = 1;
  }
  socket.end();
  server.close();
});
server.listen(`${ownAddresses}:${SCTP_PORT}`, () => console.log(LISTENING));
