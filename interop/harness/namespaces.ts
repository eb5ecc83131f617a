/**
 * Two hosts with two paths between them, as network namespaces of this machine.
 * Owns: a pair of veth devices for each path, cutting and healing a path.
 * Does not own: making and removing namespaces (tools/namespaces.ts), what runs in them (hosts-process.ts, run.ts).
 *
 * Path n has the subnet 10.99.n.0/24; we are its host 1 and the peer is its host 2.
 */
import { ip, makeNamespaces, namespaceOf, removeNamespaces } from "../../tools/namespaces.ts";

const NOBODY = "02:00:00:00:00:99";

export type PathNumber = 1 | 2;
export const PATHS: readonly PathNumber[] = [1, 2];

export const ourAddress = (path: PathNumber): string => `10.99.${path}.1`;
export const peerAddress = (path: PathNumber): string => `10.99.${path}.2`;
const deviceOf = (path: PathNumber): string => `path${path}`;

/**
 * How a path is cut, or one pair of addresses alone: then each is reached from another one of the other host's. Where our own link is down, the host refuses what we send; where the peer's is, our link has lost its
 * carrier; a silent cut shows nowhere but in what does not arrive.
 */
export type Cut = "our link down" | "the peer's link down" | "silent" | "one pair";

/** What is tried on two hosts: a cut, or something else, by its name. */
export type HostsCase =
  | Cut
  | "doubted"
  | "both at once"
  | "both at once, one cut"
  | "addresses changed by us"
  | "addresses changed by the peer";

/** The two hosts, by the names of their namespaces. */
export class TwoHosts {
  readonly ours: string;
  readonly peers: string;

  constructor(ours: string, peers: string) {
    this.ours = ours;
    this.peers = peers;
  }

  /** Makes them, with names of this process's own. @throws Error with what `ip` says, if it cannot be done */
  static make(): TwoHosts {
    const hosts = new TwoHosts(namespaceOf("us"), namespaceOf("peer"));
    makeNamespaces([hosts.ours, hosts.peers]);
    try {
      for (const path of PATHS) hosts.#layPath(path);
    } catch (error) {
      hosts.remove();
      throw error;
    }
    return hosts;
  }

  cut(path: PathNumber, how: Cut): void {
    if (how === "our link down") return ip("-n", this.ours, "link", "set", deviceOf(path), "down");
    if (how === "the peer's link down") return ip("-n", this.peers, "link", "set", deviceOf(path), "down");
    if (how === "one pair") return this.#rule("add", path);
    // Frames go to a host that is not there, both ways: no queue discipline that the kernel may lack is needed.
    for (const [namespace, address] of this.#neighbours(path))
      ip(
        "-n",
        namespace,
        "neigh",
        "replace",
        address,
        "lladdr",
        NOBODY,
        "nud",
        "permanent",
        "dev",
        deviceOf(path),
      );
  }

  heal(path: PathNumber, how: Cut): void {
    if (how === "our link down") return ip("-n", this.ours, "link", "set", deviceOf(path), "up");
    if (how === "the peer's link down") return ip("-n", this.peers, "link", "set", deviceOf(path), "up");
    if (how === "one pair") return this.#rule("del", path);
    for (const [namespace, address] of this.#neighbours(path))
      ip("-n", namespace, "neigh", "del", address, "dev", deviceOf(path));
  }

  /** Removes what there is of them; the devices go with them. */
  remove(): void {
    removeNamespaces([this.ours, this.peers]);
  }

  /** What goes from one address of a path to its other one finds no route, either way. */
  #rule(verb: "add" | "del", path: PathNumber): void {
    const [ours, peers] = [ourAddress(path), peerAddress(path)];
    ip("-n", this.ours, "rule", verb, "from", ours, "to", peers, "blackhole");
    ip("-n", this.peers, "rule", verb, "from", peers, "to", ours, "blackhole");
  }

  #layPath(path: PathNumber): void {
    const device = deviceOf(path);
    ip(
      "link",
      "add",
      device,
      "netns",
      this.ours,
      "type",
      "veth",
      "peer",
      "name",
      device,
      "netns",
      this.peers,
    );
    ip("-n", this.ours, "addr", "add", `${ourAddress(path)}/24`, "dev", device);
    ip("-n", this.peers, "addr", "add", `${peerAddress(path)}/24`, "dev", device);
    for (const namespace of [this.ours, this.peers]) ip("-n", namespace, "link", "set", device, "up");
  }

  #neighbours(path: PathNumber): readonly (readonly [namespace: string, address: string])[] {
    return [
      [this.ours, peerAddress(path)],
      [this.peers, ourAddress(path)],
    ];
  }
}
