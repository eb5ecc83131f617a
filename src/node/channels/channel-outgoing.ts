/**
 * Where the messages of a socket's streams go.
 * Owns: the shape of it. Does not own: what becomes of them (src/node/socket/outgoing.ts).
 */
import type { SendInfo } from "../common/message.ts";

export interface ChannelOutgoing {
  send(data: Uint8Array | string, info: SendInfo): Promise<void>;
  /**
   * As `send`, without a promise.
   * @returns whether the message has been accepted; `onAccepted` is called otherwise, when it is or cannot be any more
   * @throws SctpError as `send`
   */
  offer(data: Uint8Array, info: SendInfo, onAccepted: (error?: unknown) => void): boolean;
  /** Bytes handed over on a stream and not yet acknowledged. */
  bufferedBytes(streamId: number): number;
  /** `onBufferedLow` of the table is called whenever no more than this is held any longer. @throws SctpError */
  setMark(streamId: number, thresholdBytes: number): void;
  removeMark(streamId: number): void;
}
