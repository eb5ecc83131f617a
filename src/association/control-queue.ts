/**
 * Control chunks waiting to be sent, each to the path that it is meant for.
 * Owns: their order and the bound on their number. Does not own: bundling (association.ts).
 */
import type { Chunk } from "../chunks/chunk.ts";
import type { Path } from "./path.ts";

/** Answers that a peer can provoke (HEARTBEAT ACK, ERROR) are dropped beyond so many unsent ones. */
const MAX_QUEUED = 64;

export interface ControlItem {
  readonly chunk: Chunk;
  readonly path: Path;
}

export class ControlQueue {
  #items: ControlItem[] = [];

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }
  get first(): ControlItem | undefined {
    return this.#items[0];
  }

  push(chunk: Chunk, path: Path): void {
    if (this.#items.length < MAX_QUEUED) this.#items.push({ chunk, path });
  }

  /** For COOKIE ECHO and COOKIE ACK, which come first in their packet (RFC 9260 5.1). */
  pushFront(chunk: Chunk, path: Path): void {
    this.#items.unshift({ chunk, path });
  }

  shift(): void {
    this.#items.shift();
  }

  /** Drops what is no longer to be said, by the RFC's names of the chunks. */
  remove(...kinds: ReadonlyArray<Chunk["kind"]>): void {
    this.#items = this.#items.filter((item) => !kinds.includes(item.chunk.kind));
  }

  removePath(path: Path): void {
    this.#items = this.#items.filter((item) => item.path !== path);
  }

  clear(): void {
    this.#items = [];
  }
}
