/** What the programs of this example have agreed on. */

export const SCTP_PORT = 7;
/** 20 Mbit/s. */
export const MESSAGE_BYTES = 25_000;
export const SEND_INTERVAL_MS = 10;

/** What the programs say of themselves: the server waits for the client; the client has been answered. */
export const LISTENING = "listening";
export const CONNECTED = "connected";

/** The last message begins with this, and the digest of all before it follows. */
export const DIGEST = "sha256 ";
