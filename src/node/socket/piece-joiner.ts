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
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What was begun will not be ended: the peer restarted. */
  forget(): void {
    this.#unfinished.clear();
  }

  /** The message if it is whole now, undefined while it is not, "too-large" once it is past the bound. */
  add(piece: ReceivedMessage): ReceivedMessage | undefined | "too-large" {
    const { messageKey } = piece;
    const begun = this.#unfinished.get(messageKey);
    if (begun === undefined && piece.endOfMessage) return piece;
    const message = begun ?? { pieces: [], firstTsn: piece.tsn, lengthBytes: 0 };
    message.pieces.push(piece.data);
    message.lengthBytes += piece.data.length;
    const isTooLarge = message.lengthBytes > this.#maxBytes;
    if (!isTooLarge && !piece.endOfMessage) {
      if (begun === undefined) this.#unfinished.set(messageKey, message);
      return undefined;
    }
    this.#unfinished.delete(messageKey);
    if (isTooLarge) return "too-large";
    const { pieces, firstTsn, lengthBytes } = message;
    return { ...piece, tsn: firstTsn, data: Buffer.concat(pieces, lengthBytes) };
  }
}
