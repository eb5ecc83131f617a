/**
 * Sends a numbered message every few milliseconds: `npx tsx examples/failover/sender.ts OWN_ADDRESSES PEER_ADDRESSES [PRESET]`,
 * addresses as in `10.97.1.1/10.97.2.1`. Nothing in here deals with a network that fails: that is the association's business.
 */
import { once } from "node:events";
import { argv, exit } from "node:process";
import { setInterval } from "node:timers/promises";
import { connect } from "../../src/index.ts";
import { MESSAGE_COUNT, type Preset, SCTP_PORT, SEND_INTERVAL_MS } from "./script.ts";

const [localAddress = "", host = "", preset = "none"] = argv.slice(2);

// Both ends are bound to their addresses. One that is bound to none in particular would not tell its peer that it has two.
const socket = connect({ host, port: SCTP_PORT, localAddress, preset: preset as Preset });
socket.on("path", ({ address, state }) => {
  if (state !== "active") console.log(`sender: ${address} is ${state}`);
});
socket.on("error", (error) => {
  console.error(`sender: ${error.message}`);
  exit(1);
});
await socket.opened;
// Who sends before the second network has been tried takes a risk.
while (socket.paths().some(({ state }) => state !== "active")) await once(socket, "path");

let number = 0;
for await (const _ of setInterval(SEND_INTERVAL_MS)) {
  await socket.send(`${number++} ${Date.now()}`);
  if (number === MESSAGE_COUNT) break;
}
socket.end(); // What is not acknowledged yet is still delivered.
