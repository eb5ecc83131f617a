/**
 * The addresses of this host as they come and go.
 * Owns: reading them each second while somebody wants to know, and only then; what counts as a change. Does not own: what follows
 * (port-follower.ts).
 *
 * No system tells a Node program of it. A change counts when two readings in a row say the same: an interface that comes up shows its
 * addresses one after another.
 */
import { networkInterfaces } from "node:os";
import { canonicalAddress, isLinkLocalAddress, isUnicastAddress } from "../../platform/address.ts";

const INTERVAL_MS = 1_000;

export class HostAddresses {
  #current: readonly string[] = [];
  #lastRead: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #watchers: Set<() => void> = new Set();

  /** Those by which other hosts may reach this one, in a fixed order. */
  read(): readonly string[] {
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    return addresses
      .flatMap(({ address, internal }) => (internal ? [] : (canonicalAddress(address) ?? [])))
      .filter((address) => isUnicastAddress(address) && !isLinkLocalAddress(address))
      .sort();
  }

  /** Those that count now. */
  get all(): readonly string[] {
    return this.#watchers.size > 0 ? this.#current : this.read();
  }

  /** @param onChange called when `all` has changed @returns ends it */
  watch(onChange: () => void): () => void {
    if (this.#watchers.size === 0) {
      this.#current = this.read();
      this.#lastRead = this.#current;
      this.#timer = setInterval(() => this.poll(), INTERVAL_MS).unref();
    }
    const watcher = (): void => onChange(); // One of its own for each call.
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) clearInterval(this.#timer);
    };
  }

  /** Reads once more. */
  poll(): void {
    const read = this.read();
    const isSettled = isSame(read, this.#lastRead);
    this.#lastRead = read;
    if (!isSettled || isSame(read, this.#current)) return;
    this.#current = read;
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** One for all ports of the thread. */
export const THIS_HOST: HostAddresses = new HostAddresses();

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.join() === others.join();
}
