/**
 * Chunks of user data as plain objects, for parts that are tested without packets.
 * Owns: what a chunk says where a test does not care: an ordered whole message on stream 0.
 * Does not own: chunks in a datagram (src/chunks/data.ts).
 */
import type { UserDataChunk } from "../src/chunks/user-data.ts";

export function userData(tsn: number, more: Partial<UserDataChunk> = {}): UserDataChunk {
  return {
    tsn,
    streamId: 0,
    sequenceNumber: 0,
    ppid: 0,
    fragmentNumber: 0,
    isBeginning: true,
    isEnding: true,
    isUnordered: false,
    isImmediate: false,
    payloadStart: 16,
    payloadBytes: 1,
    ...more,
  };
}
