/**
 * The events that several classes have: those with the face of `net.Socket`, and all emitters.
 * Owns: their names, arguments and texts. Does not own: those of messages and associations (socket-events.ts), when they come.
 */
import type { Readable } from "node:stream";

/** What every emitter tells of its listeners. */
export interface OnListenerEvent<Self> {
  /** Somebody is about to listen for an event. */
  (event: "newListener", listener: ListenerNews): Self;
  /** Somebody has stopped to listen for an event. */
  (event: "removeListener", listener: ListenerNews): Self;
}

/** `on`, `once` and their like: one call for each event. */
export interface OnDuplexEvent<Self> extends OnListenerEvent<Self> {
  /** The association is established. */
  (event: "connect", listener: () => void): Self;
  /** Comes with `'connect'`. */
  (event: "ready", listener: () => void): Self;
  /** There is room again after `write()` has returned false. */
  (event: "drain", listener: () => void): Self;
  /** Everything has been read, and the peer has ended its side gracefully. */
  (event: "end", listener: () => void): Self;
  /** `end()` was called, and all that had been written has been accepted. */
  (event: "finish", listener: () => void): Self;
  /** `read()` has something to give, or the end has been reached. Listening stops the flow of `'data'`. */
  (event: "readable", listener: () => void): Self;
  /** Nothing flows any more: `pause()` was called. */
  (event: "pause", listener: () => void): Self;
  /** It flows again: `resume()` was called. */
  (event: "resume", listener: () => void): Self;
  /** Another stream is piped into this one. */
  (event: "pipe", listener: (source: Readable) => void): Self;
  /** Another stream is no longer piped into this one. */
  (event: "unpipe", listener: (source: Readable) => void): Self;
  /** Nothing was sent or received for as long as `setTimeout` said. Nothing is closed. */
  (event: "timeout", listener: () => void): Self;
  /** The last event: it is over, after an error or without one. */
  (event: "close", listener: (hadError: boolean) => void): Self;
}

export type DuplexEventName =
  | "connect"
  | "ready"
  | "drain"
  | "end"
  | "finish"
  | "readable"
  | "pause"
  | "resume"
  | "pipe"
  | "unpipe"
  | "timeout"
  | "close"
  | "newListener"
  | "removeListener";

type ListenerNews = (event: string | symbol, listener: (...args: never[]) => void) => void;
