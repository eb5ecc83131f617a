/**
 * `sctp cat`: lines become messages, messages become lines.
 * Owns: what it does with messages. Does not own: sockets and signals (session.ts).
 */
import { createInterface } from "node:readline";
import type { Socket } from "../../node/socket/socket.ts";
import type { Session, Terminal } from "./session.ts";

export function cat(session: Session, terminal: Terminal): void {
  if (!session.settings.listen) return converse(session, session.connect(), terminal);
  const server = session.listen((socket) => {
    server.close(); // One association is all that standard input can serve.
    converse(session, socket, terminal);
  });
}

function converse(session: Session, socket: Socket, terminal: Terminal): void {
  void print(session, socket, terminal.stdout);
  void speak(session, socket, terminal.stdin);
}

/** Messages become lines, as fast as whoever reads them takes them: what waits closes the receive window. */
async function print(session: Session, socket: Socket, stdout: NodeJS.WritableStream): Promise<void> {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE")
      socket.destroy(); // Nobody reads any more, as with `head`.
    else socket.destroy(error);
  });
  try {
    for await (const { data, info } of socket.messages()) {
      session.note(`${data.length} bytes on stream ${info.streamId}, PPID ${info.ppid}`);
      const line = data.at(-1) === 0x0a ? data : Buffer.concat([data, Buffer.from("\n")]);
      if (!stdout.write(line)) await drained(stdout);
    }
  } catch (error) {
    session.note((error as Error).message); // The 'error' event has told of it.
  }
}

async function drained(stdout: NodeJS.WritableStream): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of ["drain", "close", "error"]) stdout.off(event, done);
      resolve();
    };
    for (const event of ["drain", "close", "error"]) stdout.on(event, done);
  });
}

/** Lines become messages. */
async function speak(session: Session, socket: Socket, stdin: NodeJS.ReadableStream): Promise<void> {
  const { streamId, ppid, unordered } = session.settings;
  const lines = createInterface({ input: stdin });
  socket.on("close", () => lines.close());
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
}
