/**
 * What the user hears of changes of addresses.
 * Owns: what is told when, what is counted. Does not own: the shapes of the events (model/events.ts), what they are about
 * (requester.ts, responder.ts).
 */
import type { AddressChange, AddressChangeOutcome } from "../../model/events.ts";
import type { Path } from "../../paths/path.ts";
import type { ExtensionHost } from "../association-extension.ts";

/** What an association has done of RFC 5061. */
export interface AddressChangeCounts {
  /** Addresses that the peer has added. */
  readonly addedCount: number;
  /** Addresses that the peer has removed. */
  readonly removedCount: number;
  /** Requests of the peer that were not performed. */
  readonly refusedCount: number;
  /** ASCONF chunks that were sent again. */
  readonly retransmittedCount: number;
}

/** Something that this side asks for. */
export interface Change {
  readonly kind: AddressChange;
  /** Of this side. */
  readonly address: string;
  /** What the user calls it. */
  readonly request: number;
}

export class Announcer implements AddressChangeCounts {
  addedCount = 0;
  removedCount = 0;
  refusedCount = 0;
  retransmittedCount = 0;
  readonly #host: ExtensionHost;

  constructor(host: ExtensionHost) {
    this.#host = host;
  }

  onEnded({ kind: change, address, request }: Change, outcome: AddressChangeOutcome, reason: string): void {
    this.#host.seat.emit({ kind: "address-change", request, change, address, outcome, reason });
  }

  onAdded(path: Path): void {
    this.addedCount++;
    this.#host.events.onPathNews(path, "added", "the peer has added the address");
  }

  onRemoved(path: Path): void {
    this.removedCount++;
    this.#host.events.onPathNews(path, "removed", "the peer has removed the address");
  }
}
