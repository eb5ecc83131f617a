/**
 * Two hosts, two networks between them, and one of these is pulled in the middle of a transfer: how long is it quiet?
 * Run it, on Linux and as root: npx tsx examples/failover/main.ts
 *
 * The exit code is 0 if every message came exactly once and in order, 1 if not, and 77 where no such hosts can be made.
 */
import { exit } from "node:process";
import { hostsOrNothing } from "../hosts.ts";
import { LISTENING, type Preset, PULL_NOW } from "./script.ts";
import { addressesOf, TwoNetworks } from "./two-networks.ts";

const HERE = import.meta.url;

/** @returns whether everything arrived as it was sent */
async function transfer(networks: TwoNetworks, preset: Preset): Promise<boolean> {
  const receiver = networks.start(HERE, "receiver", addressesOf("receiver"), preset);
  const exitCodes = [receiver.exitCode];
  for await (const line of receiver.lines) {
    if (line === LISTENING) {
      const sender = networks.start(HERE, "sender", addressesOf("sender"), addressesOf("receiver"), preset);
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

const networks = hostsOrNothing(() => new TwoNetworks(), "two hosts need");

console.log("Default timers:");
const isGoodByDefault = await transfer(networks, "none");
console.log('With preset: "fastFailover" at both ends:');
const isGoodWithPreset = await transfer(networks, "fastFailover");
exit(isGoodByDefault && isGoodWithPreset ? 0 : 1);
