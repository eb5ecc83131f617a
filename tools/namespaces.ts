/**
 * Hosts as network namespaces of this machine.
 * Owns: making and removing them, those of runs that were killed included; running commands in them; `ip`.
 * Does not own: what joins them, and what runs in them (interop/, bench/networks).
 *
 * Needs root and iproute2.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const PREFIX = "sctpkit-";
const NETNS_FOLDER = "/run/netns";

/** The namespace of a host, by a name of this process's own. */
export function namespaceOf(host: string): string {
  return `${PREFIX}${process.pid}-${host}`;
}

/**
 * Makes namespaces, with their loopback interfaces up.
 * @throws Error with what `ip` says, if it cannot be done; then there is none
 */
export function makeNamespaces(namespaces: readonly string[]): void {
  removeLeftovers();
  try {
    for (const namespace of namespaces) {
      ip("netns", "add", namespace);
      ip("-n", namespace, "link", "set", "lo", "up");
    }
  } catch (error) {
    removeNamespaces(namespaces);
    throw error;
  }
}

/** Removes those that there are; devices go with them. */
export function removeNamespaces(namespaces: readonly string[]): void {
  for (const namespace of namespaces) {
    if (existsSync(`${NETNS_FOLDER}/${namespace}`)) ip("netns", "del", namespace);
  }
}

/** Runs a command in a namespace. */
export function launcher(namespace: string): readonly string[] {
  return ["ip", "netns", "exec", namespace];
}

/** Sets what has a file below /proc/sys: `setKernel(namespace, "net/ipv4/ip_forward", "1")`. */
export function setKernel(namespace: string, name: string, value: string): void {
  ip("netns", "exec", namespace, "sh", "-c", `echo ${value} > /proc/sys/${name}`);
}

/** @throws Error with what `ip` says, if it cannot be done */
export function ip(...args: readonly string[]): void {
  try {
    execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const { stderr, code } = error as { stderr?: Buffer; code?: string };
    const why =
      code === "ENOENT" ? "there is no such command (interop/setup.sh installs it)" : String(stderr ?? error);
    throw new Error(`ip ${args.join(" ")}: ${why.trim()}`);
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
