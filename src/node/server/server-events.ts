/**
 * The events of a server.
 * Owns: their names, arguments and texts. Does not own: when they come (server.ts).
 */
import type { SctpError } from "../../base/errors.ts";
import type { OnListenerEvent } from "../common/duplex-events.ts";
import type { IpFamily } from "../common/socket-facts.ts";
import type { Socket } from "../socket/socket.ts";

/** An association that was refused for lack of room, as `net` tells of it. */
export interface DropArgument {
  readonly localAddress: string | undefined;
  readonly localPort: number;
  readonly localFamily: IpFamily | undefined;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly remoteFamily: IpFamily | undefined;
}

/** `on`, `once` and their like: one call for each event. */
export interface OnServerEvent<Self> extends OnListenerEvent<Self> {
  /** The server listens: `address()` says where. */
  (event: "listening", listener: () => void): Self;
  /**
   * An association was accepted. Give its socket a listener for `'error'`: without one, a peer that aborts ends the process, as
   * with `net`.
   */
  (event: "connection", listener: (socket: Socket) => void): Self;
  /** An association was refused because of `maxConnections` or the backlog. */
  (event: "drop", listener: (dropped: DropArgument) => void): Self;
  /** The server cannot listen: the port is taken, or the address is none of this host's. */
  (event: "error", listener: (error: SctpError) => void): Self;
  /** The server was closed, and its last association has ended. */
  (event: "close", listener: () => void): Self;
  /** One of several events, where nothing matters but that it came. */
  (event: ServerEventName, listener: () => void): Self;
}

type ServerEventName =
  | "listening"
  | "connection"
  | "drop"
  | "error"
  | "close"
  | "newListener"
  | "removeListener";
