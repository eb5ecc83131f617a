/**
 * What a TCP server without SYN cookies remembers of SYNs: a model, to set beside what the stack really does.
 * Owns: the model and its numbers. Does not own: the packets that it is asked about.
 *
 * A listening socket keeps an entry for each SYN until the handshake is done or given up. Linux repeats its SYN-ACK five times,
 * after 1, 2, 4, 8 and 16 seconds, and waits 32 more: 63 seconds in all. How many entries there may be is the
 * administrator's choice (tcp_max_syn_backlog); 256 is what many hosts have had. RFC 4987 describes the attack, and SYN cookies, which
 * are TCP's own way out: they must fit into the 32 bits of a sequence number, and so lose some of the options of the SYN.
 */
export const SYN_ENTRY_LIFE_MS = 63_000;
export const SYN_BACKLOG = 256;

export interface SynQueueAccount {
  /** Entries that are held at the end. */
  readonly held: number;
  /** SYNs that found no place. */
  readonly refused: number;
}

/** @param arrivals when each SYN came, in ms, of which none is ever answered */
export function synQueueAfter(arrivals: readonly number[], nowMs: number): SynQueueAccount {
  const endings: number[] = [];
  let refused = 0;
  for (const atMs of arrivals) {
    drop(endings, atMs);
    if (endings.length >= SYN_BACKLOG) refused++;
    else endings.push(atMs + SYN_ENTRY_LIFE_MS);
  }
  drop(endings, nowMs);
  return { held: endings.length, refused };
}

function drop(endings: number[], nowMs: number): void {
  while ((endings[0] ?? Number.POSITIVE_INFINITY) <= nowMs) endings.shift();
}
