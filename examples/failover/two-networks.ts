/**
 * Two hosts with two networks between them.
 * Owns: their addresses, pulling a network. Does not own: the hosts (examples/hosts.ts), the programs that run on them (main.ts).
 */
import { Hosts, ip } from "../hosts.ts";

export type Host = "sender" | "receiver";
export type Network = 1 | 2;
const HOSTS: readonly Host[] = ["sender", "receiver"];
const NETWORKS: readonly Network[] = [1, 2];

/** Both addresses of a host, as `connect` and `listen` take them: `10.97.1.1/10.97.2.1`. */
export function addressesOf(host: Host): string {
  return NETWORKS.map((network) => addressOf(host, network)).join("/");
}

export class TwoNetworks extends Hosts<Host> {
  /** @throws Error with what `ip` says, if they cannot be made */
  constructor() {
    super("failover", HOSTS, (hosts) => {
      for (const network of NETWORKS) lay(hosts, network);
    });
  }

  /** Pulls the cable at the receiver's end: the interface there is down, the sender's has no carrier, and nobody is told. */
  pull(network: Network): void {
    ip(["-n", this.namespaceOf("receiver"), "link", "set", deviceOf(network), "down"]);
  }

  plugIn(network: Network): void {
    ip(["-n", this.namespaceOf("receiver"), "link", "set", deviceOf(network), "up"]);
  }
}

const deviceOf = (network: Network): string => `network${network}`;
const addressOf = (host: Host, network: Network): string => `10.97.${network}.${host === "sender" ? 1 : 2}`;

function lay(hosts: Hosts<Host>, network: Network): void {
  const device = deviceOf(network);
  hosts.layCable(device, "sender", "receiver");
  for (const host of HOSTS) {
    ip(["-n", hosts.namespaceOf(host), "addr", "add", `${addressOf(host, network)}/24`, "dev", device]);
    ip(["-n", hosts.namespaceOf(host), "link", "set", device, "up"]);
  }
}
