/**
 * A UDP port that follows the addresses of its host.
 * Owns: which of them it takes up and which it drops, in what order, and whom it tells. Does not own: reading them
 * (host-addresses.ts), opening and closing sockets (port-addresses.ts), what peers are asked (whoever follows).
 *
 * What appears is taken up before what has vanished is dropped, and both are told at one moment: an association whose only address is
 * replaced by another asks its peer for both at once (RFC 5061 5.3.2).
 */
import { addressFamily, isBehindWildcard } from "../../platform/address.ts";
import type { AddressFollower } from "../../socket/state/host.ts";
import { debug } from "../common/diagnostics.ts";
import { type HostAddresses, THIS_HOST } from "./host-addresses.ts";

/** The port, as far as it follows. */
export interface FollowingPort {
  readonly localAddresses: readonly string[];
  /** @throws (rejects) as `PortAddresses.bind` */
  bind(address: string): Promise<unknown>;
  /** @returns false where the port cannot be without it */
  drop(address: string): boolean;
}

export class PortFollower {
  readonly #port: FollowingPort;
  readonly #host: HostAddresses;
  readonly #followers: Set<AddressFollower> = new Set();
  /** What the host had at the last look: what it has beyond that has appeared. */
  #before: readonly string[] = [];
  /** All that the host has had: what it has no more has vanished. */
  readonly #seen = new Set<string>();
  #stop: (() => void) | undefined;
  /** What has vanished behind a wildcard, and nobody has been told of: there is nothing yet to ask from. */
  readonly #lost = new Set<string>();
  /** One change after the other. */
  #adapting: Promise<void> = Promise.resolve();

  constructor(port: FollowingPort, host: HostAddresses = THIS_HOST) {
    this.#port = port;
    this.#host = host;
  }

  /** @returns ends it */
  add(follower: AddressFollower): () => void {
    if (this.#followers.size === 0) {
      this.#stop = this.#host.watch(() => {
        this.#adapting = this.#adapting.then(() => this.#adapt());
      });
      this.#look();
    }
    this.#followers.add(follower);
    return () => {
      if (this.#followers.delete(follower) && this.#followers.size === 0) this.#stop?.();
    };
  }

  close(): void {
    this.#followers.clear();
    this.#stop?.();
  }

  #look(): void {
    this.#before = this.#host.all;
    for (const address of this.#before) this.#seen.add(address);
  }

  async #adapt(): Promise<void> {
    const families = new Set(this.#port.localAddresses.map(addressFamily));
    const fresh = this.#host.all.filter(
      (address) => !this.#before.includes(address) && families.has(addressFamily(address)),
    );
    const gone = this.#before.filter((address) => !this.#host.all.includes(address));
    for (const address of gone)
      if (isBehindWildcard(address, this.#port.localAddresses)) this.#lost.add(address);
    for (const address of fresh) this.#lost.delete(address);
    this.#look();
    const bound = await Promise.all(fresh.map((address) => this.#bind(address)));
    for (const address of fresh.filter((_, i) => bound[i])) this.#tell("onAdded", address);
    for (const address of this.#port.localAddresses) {
      if (!this.#seen.has(address) || this.#host.all.includes(address)) continue;
      // The last one stays until there is another.
      if (this.#port.drop(address)) this.#tell("onRemoved", address);
    }
    for (const address of this.#lost) {
      if (!this.#host.all.some((other) => addressFamily(other) === addressFamily(address))) continue;
      this.#lost.delete(address);
      this.#tell("onRemoved", address);
    }
  }

  async #bind(address: string): Promise<boolean> {
    try {
      await this.#port.bind(address);
      return true;
    } catch (error) {
      debug("cannot follow the host to %s: %s", address, (error as Error).message);
      return false;
    }
  }

  #tell(news: keyof AddressFollower, address: string): void {
    for (const follower of [...this.#followers]) follower[news](address);
  }
}
