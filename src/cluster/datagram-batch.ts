/**
 * Datagrams on their way between workers, many in one piece of memory.
 * Owns: that encoding. Does not own: when a batch is sent, how many may be under way (src/node/cluster/cluster-link.ts).
 *
 * One entry, big endian: flags (1: settled), step, ingress, local index (1 byte each), UDP port (2), length of the
 * address (1), a zero, length of the datagram (4), the address as ASCII, the datagram.
 */
import type { Passage } from "./member.ts";

const ENTRY_BYTES = 12;
const FIRST_CAPACITY_BYTES = 16_384;
const SETTLED = 1;
const EMPTY = new Uint8Array(0);

export class BatchWriter {
  #bytes: Uint8Array<ArrayBuffer> = EMPTY;
  #view: DataView = new DataView(EMPTY.buffer);
  #length = 0;
  #count = 0;

  /** Entries. */
  get count(): number {
    return this.#count;
  }
  get lengthBytes(): number {
    return this.#length;
  }

  /** Copies a datagram. */
  add(datagram: Uint8Array, passage: Passage): void {
    const { address } = passage;
    this.#reserve(ENTRY_BYTES + address.length + datagram.length);
    const view = this.#view;
    let at = this.#length;
    view.setUint8(at, passage.settled ? SETTLED : 0);
    view.setUint8(at + 1, passage.step);
    view.setUint8(at + 2, passage.ingress);
    view.setUint8(at + 3, passage.localIndex);
    view.setUint16(at + 4, passage.port);
    view.setUint16(at + 6, address.length << 8);
    view.setUint32(at + 8, datagram.length);
    at += ENTRY_BYTES;
    for (let i = 0; i < address.length; i++) view.setUint8(at++, address.charCodeAt(i));
    this.#bytes.set(datagram, at);
    this.#length = at + datagram.length;
    this.#count++;
  }

  /** What was added, in memory that the writer gives away. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = EMPTY;
    this.#length = 0;
    this.#count = 0;
    return bytes;
  }

  #reserve(wantedBytes: number): void {
    const needed = this.#length + wantedBytes;
    if (needed <= this.#bytes.length) return;
    let capacity = Math.max(FIRST_CAPACITY_BYTES, 2 * this.#bytes.length);
    while (capacity < needed) capacity *= 2;
    const bytes = new Uint8Array(capacity);
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Shows every datagram of a batch, in order; each is a view into the batch. A batch cut short ends where it is cut. */
export function readBatch(bytes: Uint8Array, visit: (datagram: Uint8Array, passage: Passage) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + ENTRY_BYTES <= bytes.length) {
    const addressBytes = view.getUint8(at + 6);
    const datagramAt = at + ENTRY_BYTES + addressBytes;
    const end = datagramAt + view.getUint32(at + 8);
    if (end > bytes.length) return;
    let address = "";
    for (let i = at + ENTRY_BYTES; i < datagramAt; i++) address += String.fromCharCode(bytes[i] ?? 0);
    visit(bytes.subarray(datagramAt, end), {
      address,
      port: view.getUint16(at + 4),
      localIndex: view.getUint8(at + 3),
      ingress: view.getUint8(at + 2),
      step: view.getUint8(at + 1),
      settled: (view.getUint8(at) & SETTLED) !== 0,
    });
    at = end;
  }
}
