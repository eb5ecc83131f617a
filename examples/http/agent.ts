/**
 * An agent for Node's HTTP client: every connection of it is a stream of one association.
 * Owns: which stream a connection gets. Does not own: HTTP, the association.
 */
import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import type { Socket } from "../../src/index.ts";

/** As many requests at once as the association has streams; the others wait in line. */
export class SctpAgent extends Agent {
  readonly #socket: Socket;

  /** @param socket an association that is established, so that its number of streams is known */
  constructor(socket: Socket) {
    super({ keepAlive: true, maxSockets: socket.outboundStreams });
    this.#socket = socket;
  }

  override createConnection(): Duplex {
    const taken = new Set(this.#socket.openStreams);
    let id = 0;
    while (taken.has(id)) id++;
    return this.#socket.stream(id).toNode();
  }
}
