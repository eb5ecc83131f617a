/**
 * Runs one failover case inside our namespace, and tells the runner what was wrong, if anything.
 * Owns: nothing that outlives it: the namespaces are the runner's.
 */
import { addressPair, FAILOVER_TIMERS, failover, placeOf } from "../cases/failover.ts";
import { DataWatch } from "./data-watch.ts";
import { type Cut, TwoHosts } from "./namespaces.ts";
import { type Role, Side } from "./side.ts";

process.on("disconnect", () => process.exit()); // Without the runner there is nobody to tell.
const [role, cut, udpPort, ours = "", peers = ""] = process.argv.slice(2);
const hosts = new TwoHosts(ours, peers);
const side = new Side(role as Role, Number(udpPort), Number(udpPort), placeOf(hosts));
side.timers = FAILOVER_TIMERS;
side.peerTimers = FAILOVER_TIMERS;
const watch = new DataWatch();
side.trace = watch;
let complaint: string | undefined;
try {
  const work = cut === "one pair" ? addressPair(side, hosts) : failover(side, hosts, watch, cut as Cut);
  await Promise.race([work, side.peerTrouble]);
} catch (error) {
  complaint = (error as Error).message;
}
await side.close();
process.send?.({ complaint });
process.disconnect();
