/**
 * Runs one case of two hosts inside our namespace, and tells the runner what was wrong, if anything.
 * Owns: which case goes by which name, and where its ends are. Does not own: anything that outlives it: the namespaces are the runner's.
 */
import { changedByPeer, changedByUs, placeWith } from "../cases/dynamic-addresses.ts";
import { addressPair, FAILOVER_TIMERS, failover, placeOf, potentiallyFailed } from "../cases/failover.ts";
import { bothPaths, onePathCut } from "../cases/multipath.ts";
import { DataWatch } from "./data-watch.ts";
import { type HostsCase, TwoHosts } from "./namespaces.ts";
import { type Role, Side } from "./side.ts";

process.on("disconnect", () => process.exit()); // Without the runner there is nobody to tell.
const [role, name, udpPort, ours = "", peers = ""] = process.argv.slice(2);
const hosts = new TwoHosts(ours, peers);
const watch = new DataWatch();

function sideAt(place: Side["place"]): Side {
  const side = new Side(role as Role, Number(udpPort), Number(udpPort), place);
  side.timers = FAILOVER_TIMERS;
  side.peerTimers = FAILOVER_TIMERS;
  side.trace = watch;
  return side;
}

function prepare(what: HostsCase): { readonly side: Side; readonly run: () => Promise<void> } {
  if (what === "addresses changed by us" || what === "addresses changed by the peer") {
    const isOurs = what === "addresses changed by us";
    const side = sideAt(placeWith(hosts, isOurs ? "us" : "the peer"));
    return { side, run: () => (isOurs ? changedByUs : changedByPeer)(side, watch) };
  }
  const side = sideAt(placeOf(hosts));
  switch (what) {
    case "one pair":
      return { side, run: () => addressPair(side, hosts) };
    case "doubted":
      return { side, run: () => potentiallyFailed(side, hosts, watch) };
    case "both at once":
      return { side, run: () => bothPaths(side, watch) };
    case "both at once, one cut":
      return { side, run: () => onePathCut(side, hosts, watch) };
    default:
      return { side, run: () => failover(side, hosts, watch, what) };
  }
}

const { side, run } = prepare(name as HostsCase);
let complaint: string | undefined;
try {
  await Promise.race([run(), side.peerTrouble]);
} catch (error) {
  complaint = (error as Error).message;
}
await side.close();
process.send?.({ complaint });
process.disconnect();
