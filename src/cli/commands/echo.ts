/**
 * `sctp echo`: every message goes back as it came.
 * Owns: what it does with messages. Does not own: sockets and signals (session.ts).
 */
import type { Socket } from "../../node/socket/socket.ts";
import type { Session } from "./session.ts";

export function echo(session: Session): void {
  session.listen((socket) => {
    session.note(`${socket.remoteAddresses.join("/")}:${socket.remotePort} has come`);
    void answerAll(session, socket);
  });
}

async function answerAll(session: Session, socket: Socket): Promise<void> {
  try {
    for await (const { data, info } of socket.messages()) {
      const { streamId, ppid, unordered } = info;
      await socket.send(data, { streamId, ppid, unordered });
      session.note(`${data.length} bytes on stream ${streamId}`);
    }
  } catch (error) {
    session.note((error as Error).message); // The 'error' event has told of it.
  }
}
