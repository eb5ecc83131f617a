/**
 * Packets that belong to no association (RFC 9260 8.4).
 * Owns: whether such a packet is answered, and with what.
 * Does not own: INIT and COOKIE ECHO (special-packets.ts), the rate of answers (rate-limit.ts).
 */
import type { Chunk } from "../chunks/chunk.ts";
import { CauseCode, ChunkType } from "../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { TlvCursor } from "../chunks/tlv.ts";

/** RFC 9260 8.4, rules 2 and 5 to 8. The answer reflects the tag. */
export function answerOutOfTheBlue(datagram: Uint8Array, maxChunks: number): Chunk | undefined {
  const cursor = new TlvCursor().bind(datagram, COMMON_HEADER_BYTES, datagram.length);
  let answer: Chunk | undefined = { kind: "ABORT", tagReflected: true, causes: [] };
  for (let count = 0; count < maxChunks && cursor.next(); count++) {
    switch (cursor.chunkType) {
      case ChunkType.Abort:
      case ChunkType.ShutdownComplete:
      case ChunkType.CookieAck:
        return undefined; // rules 2, 6 and 7
      case ChunkType.ShutdownAck:
        answer = { kind: "SHUTDOWN COMPLETE", tagReflected: true }; // rule 5
        break;
      case ChunkType.Error:
        if (hasStaleCookie(datagram, cursor.start, cursor.end)) return undefined; // rule 7
        break;
      case ChunkType.InitAck:
        break;
    }
  }
  return cursor.malformed ? undefined : answer;
}

function hasStaleCookie(datagram: Uint8Array, start: number, end: number): boolean {
  const causes = new TlvCursor().bind(datagram, start + 4, end);
  while (causes.next()) if (causes.type === CauseCode.StaleCookie) return true;
  return false;
}
