/**
 * Two hosts, two networks between them, and one of these is pulled in the middle of a transfer: how long is it quiet?
 * Run it, on Linux and as root: npx tsx examples/failover/main.ts
 *
 * The exit code is 0 if every message came exactly once and in order, 1 if not, and 77 where no such hosts can be made.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { exit } from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LISTENING, type Preset, PULL_NOW } from "./script.ts";
import { addressesOf, type Host, TwoNetworks } from "./two-networks.ts";

const CANNOT_HERE = 77;
/** Nothing here takes longer, unless something is broken. */
const TIME_LIMIT_MS = 120_000;

/** Starts sender.ts or receiver.ts on its host. */
function start(networks: TwoNetworks, host: Host, ...words: readonly string[]) {
  const program = fileURLToPath(new URL(`./${host}.ts`, import.meta.url));
  const [command = "", ...before] = networks.on(host);
  const child = spawn(command, [...before, process.execPath, "--import", "tsx", program, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.setEncoding("utf8");
  process.once("exit", () => child.kill());
  return {
    lines: createInterface({ input: child.stdout }),
    exitCode: once(child, "exit").then(([code]) => code),
  };
}

/** @returns whether everything arrived as it was sent */
async function transfer(networks: TwoNetworks, preset: Preset): Promise<boolean> {
  const receiver = start(networks, "receiver", addressesOf("receiver"), preset);
  const exitCodes = [receiver.exitCode];
  for await (const line of receiver.lines) {
    if (line === LISTENING) {
      const sender = start(networks, "sender", addressesOf("sender"), addressesOf("receiver"), preset);
      sender.lines.on("line", (text) => console.log(`  ${text}`));
      exitCodes.push(sender.exitCode);
    } else if (line === PULL_NOW) {
      networks.pull(1);
      console.log("  network 1 is pulled");
    } else {
      console.log(`  ${line}`);
    }
  }
  networks.plugIn(1);
  return (await Promise.all(exitCodes)).every((code) => code === 0);
}

function twoNetworks(): TwoNetworks {
  try {
    return new TwoNetworks();
  } catch (error) {
    const what = "two hosts need Linux, root, and the command `ip` of iproute2";
    console.error(`cannot run here: ${what} (${(error as Error).message})`);
    exit(CANNOT_HERE);
  }
}

const networks = twoNetworks();
process.once("exit", () => networks.remove());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => exit(1));
setTimeout(() => {
  console.error(`not finished after ${TIME_LIMIT_MS / 1_000} seconds: giving up`);
  exit(1);
}, TIME_LIMIT_MS).unref();

console.log("Default timers:");
const isGoodByDefault = await transfer(networks, "none");
console.log('With preset: "fastFailover" at both ends:');
const isGoodWithPreset = await transfer(networks, "fastFailover");
exit(isGoodByDefault && isGoodWithPreset ? 0 : 1);
