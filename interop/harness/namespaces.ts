/**
 * Two hosts with two paths between them, as network namespaces of this machine.
 * Owns: the namespaces, a pair of veth devices for each path, cutting and healing a path, leaving nothing behind.
 * Does not own: what runs in them (failover-process.ts, run.ts).
 *
 * Needs root and iproute2. Path n has the subnet 10.99.n.0/24; we are its host 1 and the peer is its host 2.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const PREFIX = "sctpkit-";
const NETNS_FOLDER = "/run/netns";
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

/** Runs a command in a namespace. */
export function launcher(namespace: string): readonly string[] {
  return ["ip", "netns", "exec", namespace];
}

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
    removeLeftovers();
    const hosts = new TwoHosts(`${PREFIX}${process.pid}-us`, `${PREFIX}${process.pid}-peer`);
    try {
      for (const namespace of [hosts.ours, hosts.peers]) {
        ip("netns", "add", namespace);
        ip("-n", namespace, "link", "set", "lo", "up");
      }
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
    for (const namespace of [this.ours, this.peers]) {
      if (existsSync(`${NETNS_FOLDER}/${namespace}`)) ip("netns", "del", namespace);
    }
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

/** Of runs that were killed. */
function removeLeftovers(): void {
  if (!existsSync(NETNS_FOLDER)) return;
  for (const name of readdirSync(NETNS_FOLDER)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (pid > 0 && !existsSync(`/proc/${pid}`)) ip("netns", "del", name);
  }
}

function ip(...args: readonly string[]): void {
  try {
    execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const { stderr, code } = error as { stderr?: Buffer; code?: string };
    const why =
      code === "ENOENT" ? "there is no such command (interop/setup.sh installs it)" : String(stderr ?? error);
    throw new Error(`ip ${args.join(" ")}: ${why.trim()}`);
  }
}
