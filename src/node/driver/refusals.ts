/**
 * Hearing that nobody has a peer's UDP port, or that there is no way to it: only the host hears of it, and tells a connected UDP
 * socket alone.
 * Owns: one small connected socket for each destination at a time, its one empty datagram, and who waits for the answer.
 * Does not own: what is made of a refusal (src/node/socket); the sockets that carry packets (src/node/transport), which hear of
 * nothing (RFC 6951 5.5).
 *
 * A peer that answers at once, as on this host or the next, is asked nothing: most set-ups are over before a look is taken.
 */
import { createSocket, type Socket } from "node:dgram";
import { PassingMap, Places } from "../../base/places.ts";
import { addressFamily, isWildcardAddress } from "../../platform/address.ts";
import { debug } from "../common/diagnostics.ts";

/** How long a peer has to answer before somebody looks whether it is there. */
const GRACE_MS = 10;
/** What has not been refused by then is not going to be. */
const LIFE_MS = 1_000;
/** File descriptors that looking may take; other destinations wait for their turn. */
const MAX_SOCKETS = 32;
/** What hosts say of a UDP port that nobody has, Windows the second, and of an address to which there is no way. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ECONNREFUSED: "ECONNREFUSED",
  ECONNRESET: "ECONNREFUSED",
  ENETUNREACH: "ENETUNREACH",
  EHOSTUNREACH: "EHOSTUNREACH",
};
const NOTHING = new Uint8Array(0);

export type Refusal = "ECONNREFUSED" | "ENETUNREACH" | "EHOSTUNREACH";

export interface Destination {
  /** A local address of the family; a wildcard leaves the choice to the host. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remoteUdpPort: number;
}

const canaries: PassingMap<string, Canary> = new PassingMap();
let socketCount = 0;

/**
 * Listens for a refusal.
 * @param isWaiting asked before anything is sent: whether the peer has still not answered
 * @returns ends it
 */
export function whenRefused(
  destination: Destination,
  isWaiting: () => boolean,
  onRefused: (refusal: Refusal) => void,
): () => void {
  const key = `${destination.localAddress} ${destination.remoteAddress} ${destination.remoteUdpPort}`;
  let canary = canaries.get(key);
  if (canary === undefined) {
    canary = new Canary(destination, () => canaries.delete(key));
    canaries.set(key, canary);
  }
  return canary.add({ isWaiting, onRefused, isAsked: false, place: NOWHERE });
}

/** The place of a listener that has left. */
const NOWHERE = -1;

interface Listener {
  readonly isWaiting: () => boolean;
  readonly onRefused: (refusal: Refusal) => void;
  /** Whether it was there when the datagram was sent: nothing says that one that came later would be refused now. */
  isAsked: boolean;
  place: number;
}

class Canary {
  readonly #destination: Destination;
  readonly #onEnd: () => void;
  readonly #listeners: Places<Listener> = new Places();
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout;

  constructor(destination: Destination, onEnd: () => void) {
    this.#destination = destination;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#look(), GRACE_MS).unref();
  }

  add(listener: Listener): () => void {
    listener.place = this.#listeners.add(listener);
    return () => {
      if (listener.place === NOWHERE) return;
      this.#drop(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  }

  #drop(listener: Listener): void {
    this.#listeners.remove(listener.place);
    listener.place = NOWHERE;
  }

  #look(): void {
    this.#close();
    for (const listener of this.#listeners.values())
      if (listener.isAsked || !listener.isWaiting()) this.#drop(listener);
    if (this.#listeners.size === 0) return this.#end();
    const mayAsk = socketCount < MAX_SOCKETS;
    this.#timer = setTimeout(() => this.#look(), mayAsk ? LIFE_MS : GRACE_MS).unref();
    if (!mayAsk) return;
    for (const listener of this.#listeners.values()) listener.isAsked = true;
    this.#send();
  }

  #send(): void {
    const { localAddress, remoteAddress, remoteUdpPort } = this.#destination;
    const family = addressFamily(remoteAddress);
    try {
      const socket = createSocket({
        type: family === 4 ? "udp4" : "udp6",
        lookup: (host, _options, callback) => callback(null, host, family),
      });
      this.#socket = socket.unref();
      socketCount++;
      socket.on("error", (error: NodeJS.ErrnoException) => this.#onError(error));
      socket.on("connect", () => {
        if (this.#socket === socket) socket.send(NOTHING, () => {}); // A turn later it may have been closed.
      });
      if (!isWildcardAddress(localAddress)) socket.bind({ address: localAddress, port: 0, exclusive: true });
      socket.connect(remoteUdpPort, remoteAddress);
    } catch (error) {
      this.#onError(error as NodeJS.ErrnoException);
    }
  }

  #onError(error: NodeJS.ErrnoException): void {
    const { remoteAddress, remoteUdpPort } = this.#destination;
    debug("UDP port %d of %s: %s", remoteUdpPort, remoteAddress, error.message);
    const listeners = this.#listeners.values();
    this.#end();
    const refusal = REFUSALS[error.code ?? ""];
    if (refusal === undefined) return;
    for (const { isWaiting, onRefused } of listeners) if (isWaiting()) onRefused(refusal);
  }

  #end(): void {
    clearTimeout(this.#timer);
    for (const listener of this.#listeners.values()) this.#drop(listener);
    this.#close();
    this.#onEnd();
  }

  #close(): void {
    if (this.#socket === undefined) return;
    this.#socket.close();
    this.#socket = undefined;
    socketCount--;
  }
}
