/**
 * Two hosts with two networks between them, as network namespaces of this machine: Linux, root and `ip` (iproute2).
 * Owns: making them, pulling a network, leaving nothing behind. Does not own: the programs that run in them (main.ts).
 */
import { execFileSync } from "node:child_process";

export type Host = "sender" | "receiver";
export type Network = 1 | 2;
const HOSTS: readonly Host[] = ["sender", "receiver"];
const NETWORKS: readonly Network[] = [1, 2];

/** Both addresses of a host, as `connect` and `listen` take them: `10.97.1.1/10.97.2.1`. */
export function addressesOf(host: Host): string {
  return NETWORKS.map((network) => addressOf(host, network)).join("/");
}

export class TwoNetworks {
  /** @throws Error with what `ip` says, if they cannot be made */
  constructor() {
    try {
      for (const host of HOSTS) ip("netns", "add", nameOf(host));
      for (const network of NETWORKS) lay(network);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** What to put in front of a command that is to run on a host. */
  on(host: Host): readonly string[] {
    return ["ip", "netns", "exec", nameOf(host)];
  }

  /** Pulls the cable at the receiver's end: the interface there is down, the sender's has no carrier, and nobody is told. */
  pull(network: Network): void {
    ip("-n", nameOf("receiver"), "link", "set", deviceOf(network), "down");
  }

  plugIn(network: Network): void {
    ip("-n", nameOf("receiver"), "link", "set", deviceOf(network), "up");
  }

  /** The devices go with their namespaces. */
  remove(): void {
    for (const host of HOSTS) {
      try {
        ip("netns", "del", nameOf(host));
      } catch {
        // It was not made.
      }
    }
  }
}

const nameOf = (host: Host): string => `failover-${process.pid}-${host}`;
const deviceOf = (network: Network): string => `network${network}`;
const addressOf = (host: Host, network: Network): string => `10.97.${network}.${host === "sender" ? 1 : 2}`;

/** A cable: a pair of devices, one end on each host. */
function lay(network: Network): void {
  const device = deviceOf(network);
  const [here, there] = HOSTS.map(nameOf) as [string, string];
  ip("link", "add", device, "netns", here, "type", "veth", "peer", "name", device, "netns", there);
  for (const host of HOSTS) {
    ip("-n", nameOf(host), "addr", "add", `${addressOf(host, network)}/24`, "dev", device);
    ip("-n", nameOf(host), "link", "set", device, "up");
  }
}

function ip(...words: readonly string[]): void {
  try {
    execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: Buffer };
    throw new Error(code === "ENOENT" ? "there is no command ip" : `ip ${words.join(" ")}: ${stderr}`.trim());
  }
}
