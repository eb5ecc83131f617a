/**
 * A small reader of pcapng files, written for the tests from the format's description.
 * Owns: telling whether the bytes of a capture hang together. Shares no code with the writer.
 */

export interface ReadOption {
  readonly code: number;
  readonly value: Uint8Array;
}

export interface ReadBlock {
  readonly type: number;
  readonly body: DataView;
  readonly options: readonly ReadOption[];
}

export interface ReadDatagram {
  readonly timeUs: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

const FIXED_BODY_BYTES: Record<number, number> = { 168627466: 16, 1: 8 };

/** Splits a capture into its blocks; throws where two lengths disagree or bytes are left over. */
export function readBlocks(capture: Uint8Array): ReadBlock[] {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const blocks: ReadBlock[] = [];
  let at = 0;
  while (at < capture.length) {
    const type = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    if (length % 4 !== 0 || length < 12) throw new Error(`block length ${length}`);
    if (view.getUint32(at + length - 4, true) !== length)
      throw new Error("the two lengths of a block differ");
    const body = new DataView(view.buffer, view.byteOffset + at + 8, length - 12);
    const fixed = FIXED_BODY_BYTES[type] ?? 20 + Math.ceil(body.getUint32(12, true) / 4) * 4;
    blocks.push({ type, body, options: readOptions(body, fixed) });
    at += length;
  }
  return blocks;
}

function readOptions(body: DataView, start: number): ReadOption[] {
  const options: ReadOption[] = [];
  let at = start;
  while (at < body.byteLength) {
    const code = body.getUint16(at, true);
    const length = body.getUint16(at + 2, true);
    if (code === 0) {
      if (length !== 0 || at + 4 !== body.byteLength) throw new Error("bytes after the end of the options");
      return options;
    }
    options.push({ code, value: new Uint8Array(body.buffer, body.byteOffset + at + 4, length) });
    at += 4 + Math.ceil(length / 4) * 4;
  }
  if (options.length > 0) throw new Error("options without an end");
  return options;
}

/** What an enhanced packet block carries; throws where an IP or UDP length or checksum is wrong. */
export function readDatagram(block: ReadBlock, interfaceId = 0): ReadDatagram {
  const { body } = block;
  if (body.getUint32(0, true) !== interfaceId) throw new Error(`not interface ${interfaceId}`);
  const timeUs = body.getUint32(4, true) * 2 ** 32 + body.getUint32(8, true);
  const length = body.getUint32(12, true);
  if (body.getUint32(16, true) !== length) throw new Error("captured and original length differ");
  const ip = new Uint8Array(body.buffer, body.byteOffset + 20, length);
  const view = new DataView(ip.buffer, ip.byteOffset, ip.length);
  const version = view.getUint8(0) >>> 4;
  const udp = version === 4 ? 20 : 40;
  if (version === 4) {
    if (view.getUint16(2) !== length || view.getUint8(9) !== 17) throw new Error("IPv4 header");
    if (onesComplementSum(ip.subarray(0, 20)) !== 0xffff) throw new Error("IPv4 header checksum");
  } else if (view.getUint16(4) !== length - 40 || view.getUint8(6) !== 17) {
    throw new Error("IPv6 header");
  }
  const source = version === 4 ? ip.subarray(12, 16) : ip.subarray(8, 24);
  const destination = version === 4 ? ip.subarray(16, 20) : ip.subarray(24, 40);
  const udpBytes = view.getUint16(udp + 4);
  if (udpBytes !== length - udp) throw new Error("UDP length");
  if (view.getUint16(udp + 6) === 0) throw new Error("no UDP checksum");
  const pseudo = Uint8Array.of(...source, ...destination, 0, 17, udpBytes >>> 8, udpBytes & 0xff);
  const sum = onesComplementSum(pseudo) + onesComplementSum(ip.subarray(udp));
  if (sum % 0xffff !== 0) throw new Error("UDP checksum");
  return {
    timeUs,
    source,
    destination,
    sourcePort: view.getUint16(udp),
    destinationPort: view.getUint16(udp + 2),
    payload: ip.subarray(udp + 8),
  };
}

function onesComplementSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}
