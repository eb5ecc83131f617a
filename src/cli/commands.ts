/**
 * The commands: echo and cat.
 * Owns: what they do with messages. Does not own: sockets and signals (session.ts).
 */
import { createInterface } from "node:readline";
import type { Message } from "../node/message.ts";
import type { Socket } from "../node/socket.ts";
import type { Session, Terminal } from "./session.ts";

/** Every message goes back as it came. */
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

/** Lines become messages, messages become lines. */
export function cat(session: Session, terminal: Terminal): void {
  if (!session.settings.listen) return converse(session, session.connect(), terminal);
  const server = session.listen((socket) => {
    server.close(); // One association is all that standard input can serve.
    converse(session, socket, terminal);
  });
}

function converse(session: Session, socket: Socket, terminal: Terminal): void {
  const { streamId, ppid, unordered } = session.settings;
  socket.on("message", ({ data, info }: Message) => {
    session.note(`${data.length} bytes on stream ${info.streamId}, PPID ${info.ppid}`);
    terminal.stdout.write(data.at(-1) === 0x0a ? data : Buffer.concat([data, Buffer.from("\n")]));
  });
  const lines = createInterface({ input: terminal.stdin });
  socket.on("close", () => lines.close());
  void (async () => {
    try {
      for await (const line of lines) {
        if (line === "") continue; // SCTP has no empty messages.
        await socket.send(line, { streamId, ppid, unordered });
      }
      socket.end();
    } catch (error) {
      // After Ctrl-C the association is ending gracefully, and a line that comes too late is no reason to abort it.
      if (!socket.destroyed && !socket.writableEnded) socket.destroy(error as Error);
    }
  })();
}
