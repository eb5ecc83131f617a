/**
 * What both commands need around their sockets.
 * Owns: the settings, opening sockets by them, the capture file, saying what happens, Ctrl-C. Does not own: messages, the
 * words that make the settings (arguments.ts).
 */
import type { TraceSink } from "../../base/trace-sink.ts";
import { traceFile } from "../../node/common/trace-file.ts";
import { createServer, type Server } from "../../node/server/server.ts";
import { connect } from "../../node/socket/connect.ts";
import type { Socket } from "../../node/socket/socket.ts";

/** What the words of the command line ask for. */
export interface Settings {
  readonly command: "echo" | "cat";
  readonly listen: boolean;
  readonly host: string;
  readonly port: number;
  /** Empty: all addresses of the host. */
  readonly localAddresses: readonly string[];
  readonly localUdpPort: number | undefined;
  readonly remoteUdpPort: number | undefined;
  readonly streamId: number;
  readonly ppid: number;
  readonly unordered: boolean;
  readonly trace: string | undefined;
  /** What the trace leaves out: user data and cookies. */
  readonly redact: boolean;
  readonly verbose: boolean;
}

/** Where the command reads and writes; a test passes its own. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

export class Session {
  readonly settings: Settings;
  readonly #terminal: Terminal;
  readonly #trace: TraceSink | undefined;
  readonly #sockets: Set<Socket> = new Set();
  #interrupts = 0;

  constructor(settings: Settings, terminal: Terminal) {
    this.settings = settings;
    this.#terminal = terminal;
    if (settings.trace !== undefined) {
      const onError = (error: Error): void => {
        this.complain(`cannot write ${settings.trace}: ${error.message}`);
        process.exitCode = 1;
      };
      this.#trace = traceFile(settings.trace, { redact: settings.redact, onError });
    }
    process.on("SIGINT", () => this.#interrupt());
  }

  /** Something went wrong, but not so that the command must end. */
  complain(text: string): void {
    this.#terminal.stderr.write(`sctp: ${text}\n`);
  }

  /** Only with --verbose. */
  note(text: string): void {
    if (this.settings.verbose) this.complain(text);
  }

  connect(): Socket {
    const { host, port, remoteUdpPort, localUdpPort, localAddresses, streamId } = this.settings;
    const socket = connect({
      host,
      port,
      remoteUdpPort,
      localUdpPort,
      localAddresses: localAddresses.length === 0 ? undefined : localAddresses,
      outboundStreams: Math.max(10, streamId + 1),
      trace: this.#trace,
    });
    this.watch(socket);
    return socket;
  }

  listen(onConnection: (socket: Socket) => void): Server {
    const { port, localUdpPort, streamId } = this.settings;
    const outboundStreams = Math.max(this.settings.command === "echo" ? 65_535 : 10, streamId + 1);
    const server = createServer(
      { outboundStreams, maxInboundStreams: 65_535, trace: this.#trace },
      (socket) => {
        this.watch(socket);
        onConnection(socket);
      },
    );
    server.on("listening", () => {
      const where = server.address();
      this.note(
        `listening on SCTP port ${where?.port}, UDP port ${where?.localUdpPort} of ${where?.localAddresses.join(", ")}`,
      );
    });
    server.on("error", (error) => {
      this.complain(error.message);
      process.exitCode = 1;
    });
    const localAddresses =
      this.settings.localAddresses.length === 0 ? undefined : this.settings.localAddresses;
    process.once("SIGINT", () => server.close());
    return server.listen({ port, localAddresses, localUdpPort });
  }

  /** Says what happens to a socket, and ends it on Ctrl-C. */
  watch(socket: Socket): void {
    this.#sockets.add(socket);
    const peer = (): string => `${socket.remoteAddresses.join("/")}:${socket.remotePort}`;
    socket.on("connect", () => this.note(`connected with ${peer()}, ${socket.outboundStreams} streams out`));
    socket.on("path", ({ address, state }) => this.note(`the path to ${address} is ${state}`));
    socket.on("restart", () => this.note(`${peer()} began anew`));
    socket.on("error", (error) => {
      this.complain(error.message);
      if (this.settings.command === "cat") process.exitCode = 1;
    });
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.note("the association has ended");
    });
  }

  /** Gracefully at first, at once when asked again. */
  #interrupt(): void {
    this.#interrupts++;
    for (const socket of this.#sockets) {
      if (this.#interrupts === 1) socket.end();
      else socket.abort("interrupted");
    }
    if (this.#interrupts > 1 || this.#sockets.size === 0) process.exitCode ??= 130;
    if (this.#interrupts > 2) process.exit(130);
  }
}
