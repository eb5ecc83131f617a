/**
 * A Duplex whose readable side gives messages, and whose writable side takes bytes, text or messages.
 * Owns: what the methods of a stream mean for messages, iteration, what waits for the reader in bytes.
 * Does not own: where messages come from and go to (association-duplex.ts).
 */
import { Duplex, finished } from "node:stream";
import type { Association } from "../../association/association.ts";
import type { ReceivedMessage } from "../../association/model/received-message.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkArgument, checkOptions, hasMethods, type Kind, received } from "../../base/option-check.ts";
import { abortError } from "../common/abort-error.ts";
import { whenAborted } from "../common/abort-listeners.ts";
import {
  MESSAGES_NAMES,
  type Message,
  type MessagesOptions,
  type ReceiveInfo,
  type SendInfo,
} from "../common/message.ts";
import { type BufferOptions, bufferBytes } from "./buffer-options.ts";
import { countWaiting, UnreadBytes } from "./unread-bytes.ts";

/** A message for `write`: what `'message'` gives is one. Of `info` the stream, the PPID and the order count. */
export interface WritableMessage {
  readonly data: Uint8Array;
  readonly info: Pick<SendInfo, "streamId" | "ppid" | "unordered">;
}

const isWritable: Kind = (value) => (hasMethods(value, ["write", "end", "on"]) ? undefined : "a Writable");

type Chunk = Uint8Array | string | WritableMessage;
type WriteCallback = (error: Error | null | undefined) => void;

/** What was written as a message; the Writable itself has bytes. */
const infos = new WeakMap<Uint8Array, WritableMessage["info"]>();

/** What the user is told of a message. */
export function infoOn(
  { streamId, ppid, unordered, ssn, tsn }: ReceivedMessage,
  { id: associationId, cumulativeTsn }: Association,
  context: number,
): ReceiveInfo {
  const shownSsn = ssn & 0xffff; // RFC 8260 4.1: of a MID the lower half.
  return { associationId, streamId, ppid, unordered, ssn: shownSsn, tsn, cumulativeTsn, context };
}

/** What `write` was told of a chunk that has come out of the Writable's buffer. */
export function infoOf(chunk: Uint8Array): SendInfo {
  const { streamId, ppid, unordered } = infos.get(chunk) ?? {};
  return { streamId, ppid, unordered };
}

export abstract class MessageStream extends Duplex {
  readonly #unread: UnreadBytes = new UnreadBytes();
  readonly #highWaterMarkBytes: number;

  /** @throws SctpError ERR_SCTP_INVALID_OPTION */
  constructor(options: BufferOptions) {
    const { readableBytes, writableBytes } = bufferBytes(options);
    super({
      readableObjectMode: true,
      // What may wait here is counted in bytes: this number of messages only has to be no smaller.
      readableHighWaterMark: 0x4000_0000,
      writableHighWaterMark: writableBytes,
      allowHalfOpen: false,
      emitClose: false,
    });
    this.#highWaterMarkBytes = readableBytes;
  }

  /** There is room in the buffer again, or a listener has thrown: whoever fills it may go on. */
  protected abstract goOn(): void;

  // ---- The writable side -------------------------------------------------------------------------------------

  /**
   * Sends a message, on stream 0 with PPID 0 unless a message is given, which keeps its own: so `socket.pipe(socket)` is an
   * echo. An empty chunk sends nothing.
   */
  override write(chunk: Chunk, onWritten?: WriteCallback): boolean;
  override write(chunk: Chunk, encoding?: BufferEncoding, onWritten?: WriteCallback): boolean;
  override write(chunk: Chunk, ...rest: [(BufferEncoding | WriteCallback)?, WriteCallback?]): boolean {
    return super.write(bytesOf(chunk), ...(rest as [BufferEncoding, WriteCallback]));
  }

  /**
   * Ends the association gracefully when all that was written, sent, or given to its streams has been accepted, and its byte
   * streams (`toNode()`) have ended on both sides: as a server that closes waits for its connections. `destroy()` does not
   * wait for them.
   */
  override end(onFinished?: () => void): this;
  override end(chunk: Chunk, onFinished?: () => void): this;
  override end(chunk: Chunk, encoding?: BufferEncoding, onFinished?: () => void): this;
  override end(
    chunk?: Chunk | (() => void),
    ...rest: [(BufferEncoding | (() => void))?, (() => void)?]
  ): this {
    const last = typeof chunk === "object" ? bytesOf(chunk) : chunk;
    return super.end(last, ...(rest as [BufferEncoding, () => void]));
  }

  // ---- The readable side -------------------------------------------------------------------------------------

  override read(size?: number): Message | null {
    let message: Message | null;
    try {
      message = super.read(size) as Message | null;
    } catch (error) {
      setImmediate(() => this.#flow()); // Node's own loop over the buffer ends with what its listener throws.
      throw error;
    }
    this.goOn();
    return message;
  }

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT: messages have bytes */
  override setEncoding(encoding: BufferEncoding): this {
    const name = received(encoding);
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `messages have no encoding: use message.data.toString(${name}), or read bytes from a stream by itself, as in socket.stream(0).toNode().setEncoding(${name})`,
    );
  }

  /**
   * Into another socket, or into itself, messages keep their streams and PPIDs; other destinations must take objects.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT if the destination takes bytes, or is none
   */
  override pipe<T extends NodeJS.WritableStream>(
    destination: T,
    options?: { readonly end?: boolean | undefined },
  ): T {
    checkArgument("the destination of pipe()", destination, isWritable);
    const { writableObjectMode } = destination as { readonly writableObjectMode?: boolean };
    if (writableObjectMode === false && !(destination instanceof MessageStream)) {
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        "a socket gives messages, and the destination takes bytes: pipe a stream by itself, as in socket.stream(0).toNode().pipe(destination)",
      );
    }
    return super.pipe(destination, options);
  }

  /**
   * Messages as they come; ends with the association. Breaking out of the loop leaves the socket open.
   * @throws (rejects) an `AbortError` once the signal is aborted; what the association failed with;
   *   ERR_STREAM_PREMATURE_CLOSE if the socket was destroyed
   */
  messages(options: MessagesOptions = {}): AsyncGenerator<Message, void, undefined> {
    return this.#messages(checkOptions(options ?? {}, MESSAGES_NAMES));
  }

  async *#messages({ signal }: MessagesOptions): AsyncGenerator<Message, void, undefined> {
    let wake = (): void => {};
    let ending: { readonly error: Error | null | undefined } | undefined;
    const onNews = (): void => wake();
    const forget = finished(this, { writable: false }, (error) => {
      ending = { error };
      wake();
    });
    this.on("readable", onNews);
    const forgetSignal = whenAborted(signal, onNews);
    try {
      for (;;) {
        if (signal?.aborted) throw abortError(signal);
        const message = this.destroyed ? null : this.read();
        if (message !== null) yield message;
        else if (ending !== undefined) {
          if (ending.error) throw ending.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      forget();
      this.off("readable", onNews);
      forgetSignal();
    }
  }

  // ---- For association-duplex.ts -----------------------------------------------------------------------------

  /** A message goes into the buffer. */
  protected countUnread(bytes: number): void {
    this.#unread.push(bytes);
  }

  /** `readableLength`. */
  protected get unreadBytes(): number {
    return this.#unread.total(countWaiting(this));
  }

  /** `readableHighWaterMark`. */
  protected get highWaterMarkBytes(): number {
    return this.#highWaterMarkBytes;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #flow(): void {
    while (this.readableFlowing && this.read() !== null);
    this.goOn();
  }
}

// `readableHighWaterMark` and `readableLength` count bytes, as every other stream of bytes has it; inherited they would
// count messages. They are accessors there, but declared as fields, so that TypeScript lets no class override them.
Object.defineProperties(MessageStream.prototype, {
  readableHighWaterMark: {
    configurable: true,
    get(this: MessageStream): number {
      return this["highWaterMarkBytes"];
    },
  },
  readableLength: {
    configurable: true,
    get(this: MessageStream): number {
      return this["unreadBytes"];
    },
  },
});

/** What goes into the Writable, which refuses what is none of it. */
function bytesOf(chunk: Chunk): Uint8Array | string {
  if (!isMessage(chunk)) return chunk;
  const { buffer, byteOffset, byteLength } = chunk.data;
  const bytes = Buffer.from(buffer, byteOffset, byteLength); // One of its own: a message may be on its way more than once.
  infos.set(bytes, chunk.info);
  return bytes;
}

function isMessage(chunk: Chunk): chunk is WritableMessage {
  if (typeof chunk !== "object" || chunk === null || chunk instanceof Uint8Array) return false;
  return chunk.data instanceof Uint8Array && typeof chunk.info === "object" && chunk.info !== null;
}
