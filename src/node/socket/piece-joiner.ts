/**
 * Messages larger than the receive buffer come out of the core in pieces (RFC 9260 6.9); a socket's user wants them whole.
 * Owns: the pieces until the last one, and the bound on them. Does not own: the receive buffer (src/association).
 */
import type { ReceivedMessage } from "../../association/model/received-message.ts";

interface Unfinished {
  readonly pieces: Uint8Array[];
  readonly firstTsn: number;
  lengthBytes: number;
}

export class PieceJoiner {
  /** Unfinished messages, by their keys. */
  readonly #unfinished = new Map<number, Unfinished>();
  /** Those that will not be ended, and of which pieces may still come. */
  readonly #aborted = new Set<number>();
  readonly #maxBytes: number;
  /** Of all that is unfinished: where messages come interleaved there may be as many as streams. */
  #heldBytes = 0;

  /** @param maxBytes of all unfinished messages together, and so of each */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A message will not be ended; the user may not have taken all of its pieces yet. */
  forget(messageKey: number): void {
    this.#drop(messageKey);
    this.#aborted.add(messageKey);
  }

  /** All that has come has been taken. */
  onEmptied(): void {
    this.#aborted.clear();
  }

  /** The message if it is whole now, undefined while it is not, "too-large" once it is past the bound. */
  add(piece: ReceivedMessage): ReceivedMessage | undefined | "too-large" {
    const { messageKey } = piece;
    if (this.#aborted.has(messageKey)) return undefined;
    const begun = this.#unfinished.get(messageKey);
    if (begun === undefined && piece.endOfMessage) return piece;
    const message = begun ?? { pieces: [], firstTsn: piece.tsn, lengthBytes: 0 };
    message.pieces.push(piece.data);
    message.lengthBytes += piece.data.length;
    this.#heldBytes += piece.data.length;
    this.#unfinished.set(messageKey, message);
    const isTooLarge = this.#heldBytes > this.#maxBytes;
    if (!isTooLarge && !piece.endOfMessage) return undefined;
    this.#drop(messageKey);
    if (isTooLarge) return "too-large";
    const { pieces, firstTsn, lengthBytes } = message;
    return { ...piece, tsn: firstTsn, data: Buffer.concat(pieces, lengthBytes) };
  }

  #drop(messageKey: number): void {
    this.#heldBytes -= this.#unfinished.get(messageKey)?.lengthBytes ?? 0;
    this.#unfinished.delete(messageKey);
  }
}
