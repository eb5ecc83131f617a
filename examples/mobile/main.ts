/**
 * A client whose only address is replaced by one of another network, again and again, in the middle of a transfer: how long is it quiet?
 * Run it, on Linux and as root: npx tsx examples/mobile/main.ts [MEGABYTES [MOVE_INTERVAL_MS]]
 *
 * Without arguments 50 MB at 20 Mbit/s, and a move every two seconds. The exit code is 0 if all arrived as it was sent, over as many
 * moves as there is time for, but two; 1 if not, and 77 where no such hosts can be made.
 */
import { argv, exit } from "node:process";
import { hostsOrNothing } from "../hosts.ts";
import { MovingHost, SERVER_ADDRESS } from "./moving-host.ts";
import { CONNECTED, LISTENING, MESSAGE_BYTES, SEND_INTERVAL_MS } from "./script.ts";

const HERE = import.meta.url;
const [megabytes = "50", moveIntervalMs = "2000"] = argv.slice(2);
const durationMs = (1e6 * Number(megabytes) * SEND_INTERVAL_MS) / MESSAGE_BYTES;
const leastMoves = Math.max(1, Math.floor(durationMs / Number(moveIntervalMs)) - 2);

/** The client begins, and is moved once it has been answered. @returns its exit code */
function sendAndMove(hosts: MovingHost): Promise<unknown> {
  const client = hosts.start(HERE, "client", hosts.clientAddress, SERVER_ADDRESS, megabytes);
  client.lines.on("line", (line) => {
    if (line !== CONNECTED) return;
    const moving = setInterval(() => hosts.move(), Number(moveIntervalMs));
    void client.exitCode.then(() => clearInterval(moving));
  });
  return client.exitCode;
}

/** @returns whether everything arrived as it was sent, over enough moves */
async function transfer(hosts: MovingHost): Promise<boolean> {
  const server = hosts.start(HERE, "server", SERVER_ADDRESS);
  const exitCodes: Promise<unknown>[] = [server.exitCode];
  let moves = 0;
  for await (const line of server.lines) {
    if (line === LISTENING) {
      exitCodes.push(sendAndMove(hosts));
      continue;
    }
    console.log(line);
    moves = Number(/(\d+) moves/.exec(line)?.[1]);
  }
  if (moves < leastMoves) console.error(`the server has seen ${moves} moves, not ${leastMoves} or more`);
  return moves >= leastMoves && (await Promise.all(exitCodes)).every((code) => code === 0);
}

const hosts = hostsOrNothing(() => new MovingHost(), "a host that moves needs");
exit((await transfer(hosts)) ? 0 : 1);
