/**
 * Sends at 20 Mbit/s while its host moves from network to network:
 * `npx tsx examples/mobile/client.ts OWN_ADDRESS SERVER_ADDRESS MEGABYTES`.
 *
 * What it does about a move is `follow`, below. `followHostAddresses: true` does that by itself, but looks only once per second, and acts
 * on what it sees twice.
 */
import { createHash, randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import { argv, exit } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "../../src/index.ts";
import { CONNECTED, DIGEST, MESSAGE_BYTES, SCTP_PORT, SEND_INTERVAL_MS } from "./script.ts";

const [localAddress = "", host = "", megabytes = "50"] = argv.slice(2);
const LOOK_INTERVAL_MS = 50;

const socket = connect({ host, port: SCTP_PORT, localAddress, dynamicAddresses: true });
socket.on("error", (error) => {
  console.error(`client: ${error.message}`);
  exit(1);
});
await socket.opened;
console.log(CONNECTED);

const following = setInterval(follow, LOOK_INTERVAL_MS);
/** What the server knows of, or will. */
const bound = new Set([localAddress]);

/** The server is asked to take up the addresses that have appeared, and to forget those that are gone (RFC 5061). */
function follow(): void {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const present = all.flatMap(({ address, family, internal }) =>
    family === "IPv4" && !internal ? address : [],
  );
  if (present.length === 0) return; // Between two networks: the association waits.
  for (const address of present) {
    if (bound.has(address)) continue;
    bound.add(address);
    watch(socket.bindAddress(address));
  }
  for (const address of bound) {
    if (present.includes(address)) continue;
    bound.delete(address);
    watch(socket.unbindAddress(address));
  }
}

/** It comes to nothing if the host has moved on before the address could be used. */
function watch(asked: Promise<void>): void {
  asked.catch((error: Error) => console.error(`client: ${error.message}`));
}

const digest = createHash("sha256");
const messageCount = Math.ceil((1e6 * Number(megabytes)) / MESSAGE_BYTES);
const startMs = performance.now();
for (let number = 0; number < messageCount; number++) {
  const earlyMs = startMs + number * SEND_INTERVAL_MS - performance.now();
  if (earlyMs > 0) await wait(earlyMs); // What had to wait for a move is made up for.
  const data = randomBytes(MESSAGE_BYTES);
  digest.update(data);
  await socket.send(data);
}
await socket.send(DIGEST + digest.digest("hex"), { until: "delivered" });
clearInterval(following);
socket.end();
