/**
 * Two hosts with sockets on a perfect network, in virtual time.
 * Owns: making them, and short ways to do in a test what a program does in many lines.
 */

import { type SimHost, SimSockets, SimWorld } from "../../../src/sim/index.ts";
import type { Received } from "../../../src/socket/receive.ts";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import type { SocketLayerOptions } from "../../../src/socket/socket-layer.ts";
import type { SocketDomain } from "../../../src/socket/state/socket-core.ts";
import type { Errno } from "../../../src/socket/terms/errno.ts";
import type { Notification, NotificationType } from "../../../src/socket/terms/notifications.ts";

export const NEAR = "10.0.0.1";
export const NEAR_SECOND = "10.1.0.1";
export const FAR = "10.0.0.2";
export const FAR_SECOND = "10.1.0.2";
export const PORT = 7;
export const SERVER = { address: FAR, port: PORT } as const;

const TEXT = new TextEncoder();

export function bytes(text: string): Uint8Array {
  return TEXT.encode(text);
}

export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** Fails unless the call has succeeded. */
export function ok<T>(result: T | Errno): Exclude<T, Errno> {
  if (typeof result === "string") throw new Error(`the call failed: ${result}`);
  return result as Exclude<T, Errno>;
}

export class Net {
  readonly world: SimWorld;
  readonly nearHost: SimHost;
  readonly farHost: SimHost;
  readonly near: SimSockets;
  readonly far: SimSockets;

  constructor(options: SocketLayerOptions & { readonly seed?: number; readonly delayMs?: number } = {}) {
    const { seed = 1, delayMs = 5 } = options;
    this.world = new SimWorld({ seed });
    this.nearHost = this.world.host("near", [NEAR, NEAR_SECOND]);
    this.farHost = this.world.host("far", [FAR, FAR_SECOND]);
    this.world.link(NEAR, FAR, { delayMinMs: delayMs, delayMaxMs: delayMs });
    this.world.link(NEAR_SECOND, FAR_SECOND, { delayMinMs: delayMs, delayMaxMs: delayMs });
    this.near = new SimSockets(this.world, this.nearHost, options);
    this.far = new SimSockets(this.world, this.farHost, options);
  }

  /** Lets a second pass, or as many ms as given. */
  run(ms = 1_000): void {
    this.world.run(ms);
  }

  /** A one-to-many server on port 7. */
  server(): SctpSocket {
    const server = this.far.socket("one-to-many");
    ok(server.bind({ address: "::", port: PORT }));
    ok(server.setsockopt("SCTP_RECVRCVINFO", true));
    ok(server.listen(1));
    return server;
  }

  /** A client of that style, and the server's view of it. */
  connected(style: "one-to-one" | "one-to-many" = "one-to-one", domain?: SocketDomain): Connected {
    const server = this.server();
    const client = this.near.socket(style, domain);
    const clientId = ok(client.connectx([SERVER]));
    this.run();
    const [serverId = 0] = server.associationIds;
    return { server, client, clientId, serverId };
  }
}

export interface Connected {
  readonly server: SctpSocket;
  readonly client: SctpSocket;
  /** The association's id on either side. */
  readonly clientId: number;
  readonly serverId: number;
}

/** Everything that can be read now. */
export function readAll(socket: SctpSocket): Received[] {
  const all: Received[] = [];
  for (;;) {
    const received = socket.recvmsg();
    if (typeof received !== "object") return all;
    all.push(received);
  }
}

/** What can be read now: texts of messages, and names of notifications in brackets. */
export function transcript(socket: SctpSocket): string[] {
  return readAll(socket).map((received) =>
    received.notification === undefined ? text(received.data) : `[${brief(received.notification)}]`,
  );
}

function brief(notification: Notification): string {
  switch (notification.type) {
    case "SCTP_ASSOC_CHANGE":
    case "SCTP_PEER_ADDR_CHANGE":
      return notification.state;
    default:
      return notification.type;
  }
}

/** The notifications of a kind among those that can be read now. */
export function notifications<T extends NotificationType>(
  socket: SctpSocket,
  type: T,
): Extract<Notification, { readonly type: T }>[] {
  return readAll(socket).flatMap(({ notification }) =>
    notification?.type === type ? [notification as Extract<Notification, { readonly type: T }>] : [],
  );
}

/** Subscribes to notifications for every association. */
export function subscribe(socket: SctpSocket, ...types: readonly NotificationType[]): void {
  for (const type of types) ok(socket.setsockopt("SCTP_EVENT", { type, on: true }, "all"));
}
