/**
 * The names of the stream schedulers (RFC 8260 3).
 * Owns: what the option `streamScheduler` takes. Does not own: the schedulers (src/association/sending).
 */

export const STREAM_SCHEDULERS = ["fcfs", "rr", "rr-packet", "priority", "fair", "wfq"] as const;

/**
 * Which stream is served next: `fcfs` as the user gave the messages; `rr` each stream in turn; `rr-packet` in turn, one for each
 * packet; `priority` by `stream.priority`; `fair` the same number of bytes for each; `wfq` by `stream.weight`.
 */
export type StreamSchedulerName = (typeof STREAM_SCHEDULERS)[number];
