/**
 * Hosts as network namespaces of this machine, for the examples that need networks of their own: Linux, root and `ip` (iproute2).
 * Owns: making and removing hosts, cables between them, programs on them, an end in time. Does not own: what a network is like and
 * what happens to it (failover/two-networks.ts, mobile/moving-host.ts, hol/lossy-link.ts), the programs.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { exit } from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CANNOT_HERE = 77;
/** No example takes longer that does not say so, unless something is broken. */
const TIME_LIMIT_MS = 120_000;

export class Hosts<Host extends string> {
  readonly #example: string;
  readonly #names: readonly Host[];

  /**
   * @param lay joins them, once they are there
   * @throws Error with what `ip` says, if they cannot be made; then there is none
   */
  constructor(example: string, names: readonly Host[], lay: (hosts: Hosts<Host>) => void) {
    this.#example = example;
    this.#names = names;
    try {
      for (const host of names) ip(["netns", "add", this.namespaceOf(host)]);
      lay(this);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  namespaceOf(host: Host): string {
    return `${this.#example}-${process.pid}-${host}`;
  }

  /** A pair of devices of that name, one end on each host. */
  layCable(device: string, here: Host, there: Host): void {
    const ends = [this.namespaceOf(here), this.namespaceOf(there)] as const;
    ip(["link", "add", device, "netns", ends[0], "type", "veth", "peer", "name", device, "netns", ends[1]]);
  }

  /** Starts the program of that name, beside the one that asks, on the host. @param from `import.meta.url` of the latter */
  start(from: string, host: Host, ...words: readonly string[]) {
    const program = fileURLToPath(new URL(`./${host}.ts`, from));
    const inside = ["netns", "exec", this.namespaceOf(host), process.execPath, "--import", "tsx", program];
    const child = spawn("ip", [...inside, ...words], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8");
    process.once("exit", () => child.kill());
    return {
      tell: (line: string) => child.stdin.write(`${line}\n`),
      lines: createInterface({ input: child.stdout }),
      exitCode: once(child, "exit").then(([code]) => code),
    };
  }

  /** The devices go with their namespaces. */
  remove(): void {
    for (const host of this.#names) {
      try {
        ip(["netns", "del", this.namespaceOf(host)]);
      } catch {
        // It was not made.
      }
    }
  }
}

/** @throws Error with what it says */
export function ip(words: readonly string[], input = ""): void {
  try {
    execFileSync("ip", words, { input, stdio: ["pipe", "ignore", "pipe"] });
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: Buffer };
    throw new Error(code === "ENOENT" ? "there is no command ip" : `ip ${words.join(" ")}: ${stderr}`.trim());
  }
}

/**
 * Hosts that are gone when this process ends, which it does by a signal or in time. Where they cannot be made it says why, and ends
 * with code 77.
 * @param what it is that needs them: "two hosts need"
 */
export function hostsOrNothing<T extends { remove(): void }>(
  make: () => T,
  what: string,
  timeLimitMs: number = TIME_LIMIT_MS,
): T {
  let hosts: T;
  try {
    hosts = make();
  } catch (error) {
    console.error(
      `cannot run here: ${what} Linux, root, and the command \`ip\` of iproute2 (${(error as Error).message})`,
    );
    exit(CANNOT_HERE);
  }
  process.once("exit", () => hosts.remove());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => exit(1));
  setTimeout(() => {
    console.error(`not finished after ${timeLimitMs / 1_000} seconds: giving up`);
    exit(1);
  }, timeLimitMs).unref();
  return hosts;
}
