/**
 * Receives a stream of messages from a client that moves: `npx tsx examples/mobile/server.ts OWN_ADDRESS`. Counts the moves, measures
 * the longest gap. The exit code is 0 only if the digest of what came is that of what was sent.
 */
import { createHash } from "node:crypto";
import { argv } from "node:process";
import { createServer, type Socket } from "../../src/index.ts";
import { DIGEST, LISTENING, SCTP_PORT } from "./script.ts";

const [ownAddress = ""] = argv.slice(2);

/** Reads until the client has said the digest. @throws Error if it is another one, or never comes */
async function receive(socket: Socket): Promise<string> {
  const digest = createHash("sha256");
  let [moves, bytes, gapMs] = [0, 0, 0];
  const startMs = performance.now();
  let lastMs = startMs;
  socket.on("path", ({ state }) => {
    if (state === "added") moves++;
  });
  for await (const { data } of socket.messages()) {
    if (data.subarray(0, DIGEST.length).toString() === DIGEST) {
      const hex = digest.digest("hex");
      if (data.toString() !== DIGEST + hex)
        throw new Error(`what came is not what was sent: ${hex}, ${data}`);
      const mbits = (8 * bytes) / 1_000 / (lastMs - startMs);
      return `${bytes / 1e6} MB at ${mbits.toFixed(1)} Mbit/s, ${moves} moves, longest gap ${Math.round(gapMs)} ms, digest equal`;
    }
    digest.update(data);
    bytes += data.length;
    const nowMs = performance.now();
    gapMs = Math.max(gapMs, nowMs - lastMs);
    lastMs = nowMs;
  }
  throw new Error(`the client has ended after ${bytes} bytes, without a digest`);
}

// This is all that a server does about clients that move.
const server = createServer({ dynamicAddresses: true }, async (socket) => {
  socket.on("error", (error) => console.error(`server: ${error.message}`));
  try {
    console.log(await receive(socket));
  } catch (error) {
    console.error(`server: ${(error as Error).message}`);
    process.exitCode = 1;
  }
  socket.end();
  server.close();
});
server.listen({ host: ownAddress, port: SCTP_PORT }, () => console.log(LISTENING));
