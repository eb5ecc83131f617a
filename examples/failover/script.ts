/** What the programs of this example have agreed on. */

export const SCTP_PORT = 7;
export const MESSAGE_COUNT = 600;
/** A message every few milliseconds. */
export const SEND_INTERVAL_MS = 5;

export type Preset = "none" | "fastFailover";

/** What the receiver says of itself: it waits for the sender; a third of the messages has come. */
export const LISTENING = "listening";
export const PULL_NOW = "pull now";
export const PULL_AT_COUNT = 200;
