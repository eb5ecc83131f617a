/**
 * The part of a send buffer that has grown.
 * Owns: by how much, of what all associations share, and down to what it is given back.
 * Does not own: what the flow is worth (send-buffer-worth.ts), what is left to share (model/growth-budget.ts), when the user
 * needs more (outbound.ts).
 */
import type { AssociationOptions } from "../../base/options.ts";
import type { GrowthBudget } from "../model/growth-budget.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { PeerWindow } from "./peer-window.ts";
import { sendBufferWorth } from "./send-buffer-worth.ts";

export class SendBufferGrowth {
  readonly #paths: PathSet;
  readonly #peerWindow: PeerWindow;
  #grownBytes = 0;

  constructor(paths: PathSet, peerWindow: PeerWindow) {
    this.#paths = paths;
    this.#peerWindow = peerWindow;
  }

  /** Room beyond `sendBufferBytes`. */
  get grownBytes(): number {
    return this.#grownBytes;
  }

  /** There is no room left: the buffer grows as far as the flow is worth it. */
  grow(options: AssociationOptions, budget: GrowthBudget): void {
    const { sendBufferBytes, sendBufferLimitBytes } = options;
    const isSplit = options.multipath !== "off";
    const worthBytes = sendBufferWorth(this.#paths, this.#peerWindow, isSplit);
    const sizeBytes = Math.min(worthBytes, sendBufferLimitBytes);
    const wantedBytes = Math.max(this.#grownBytes, sizeBytes - sendBufferBytes);
    this.#grownBytes = budget.resize(this.#grownBytes, wantedBytes);
  }

  /** What has grown is given back, down to what the options allow, or all of it where nothing is in the buffer. */
  shrink(isEmpty: boolean, options: AssociationOptions, budget: GrowthBudget): void {
    const mostBytes = isEmpty ? 0 : options.sendBufferLimitBytes - options.sendBufferBytes;
    this.#grownBytes = budget.resize(this.#grownBytes, Math.min(this.#grownBytes, mostBytes));
  }
}
