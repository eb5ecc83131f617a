/**
 * The events of an endpoint.
 * Owns: their names, arguments and texts. Does not own: when they come (endpoint.ts).
 */
import type { Notification } from "../../socket/terms/notifications.ts";
import type { OnListenerEvent } from "../common/duplex-events.ts";
import type { EndpointMessage } from "./endpoint-messages.ts";

/** `on`, `once` and their like: one call for each event. */
export interface OnEndpointEvent<Self> extends OnListenerEvent<Self> {
  /** Peers can set associations up: `address()` says where. */
  (event: "listening", listener: () => void): Self;
  /** A message of any association; `info` says of which. Listening makes all that comes be read. */
  (event: "message", listener: (message: EndpointMessage) => void): Self;
  /** A notification of RFC 6458 that was subscribed to. Listening makes all that comes be read. */
  (event: "notification", listener: (notification: Notification) => void): Self;
  /** The endpoint was closed, and its last association has ended. */
  (event: "close", listener: () => void): Self;
  /** One of several events, where nothing matters but that it came. */
  (event: EndpointEventName, listener: () => void): Self;
}

type EndpointEventName =
  | "listening"
  | "message"
  | "notification"
  | "close"
  | "newListener"
  | "removeListener";
