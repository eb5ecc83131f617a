/**
 * How the resources of the race travel: cut into frames, each of which says what it is a piece of.
 * Owns: a frame's form, the order in which they are sent. Does not own: who carries them (transfer.ts).
 *
 * A frame is a message of its own, of one packet: the resource in one byte, its offset in three, then a piece of it. So one ordered
 * stream can carry several resources at once, as HTTP/2 does over TCP. Where each resource has a stream of its own the frames are the
 * same, though the stream says it all, so that both ways of sending put the same bytes on the wire.
 */

const HEADER_BYTES = 4;
/** With the headers of SCTP a packet of 1,200 bytes, the default. */
const FRAME_BYTES = 1_172;
const PIECE_BYTES = FRAME_BYTES - HEADER_BYTES;
const MOST_RESOURCES = 256;
const MOST_BYTES = 2 ** 24;

/** A piece of a resource, where it belongs. */
export interface Piece {
  /** Its resource, by the place in their list. */
  readonly resource: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** @throws RangeError if a frame cannot say so much */
export function cutIntoFrames(resource: number, whole: Uint8Array): Uint8Array[] {
  if (resource >= MOST_RESOURCES || whole.length > MOST_BYTES)
    throw new RangeError(`at most ${MOST_RESOURCES} resources of ${MOST_BYTES} bytes each`);
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < whole.length; offset += PIECE_BYTES) {
    const piece = whole.subarray(offset, offset + PIECE_BYTES);
    const frame = new Uint8Array(HEADER_BYTES + piece.length);
    frame.set([resource, offset >> 16, (offset >> 8) & 255, offset & 255]);
    frame.set(piece, HEADER_BYTES);
    frames.push(frame);
  }
  return frames;
}

export function readFrame(frame: Uint8Array): Piece {
  const [resource = 0, high = 0, middle = 0, low = 0] = frame;
  return { resource, offset: (high << 16) | (middle << 8) | low, bytes: frame.subarray(HEADER_BYTES) };
}

/** One of each in turn, until all are empty: what round robin over streams sends, too. */
export function inTurns<T>(lists: ReadonlyArray<readonly T[]>): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    lists.flatMap((list) => list.slice(turn, turn + 1)),
  ).flat();
}
