/**
 * Capture files and frames put together byte by byte, as other programs write them.
 * Owns: pcap and pcapng in both byte orders, link and IP headers. Does not own: what is read of them.
 */

/** Numbers and bytes, one behind the other. */
export type Piece = Uint8Array | readonly number[];

export function joined(...pieces: readonly Piece[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

export const be16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
export const be32 = (value: number): number[] => [...be16(value >>> 16), ...be16(value & 0xffff)];
const inOrder = (bytes: number[], little: boolean): number[] => (little ? bytes.reverse() : bytes);
const padding = (length: number): number[] => Array.from({ length: (4 - (length % 4)) % 4 }, () => 0);

export interface Order {
  readonly little: boolean;
}

export interface PcapRecord {
  readonly seconds: number;
  readonly fraction: number;
  readonly bytes: Uint8Array;
  readonly originalBytes?: number;
}

export function pcapFile(
  records: readonly PcapRecord[],
  {
    little,
    magic = 0xa1b2c3d4,
    linkType = 101,
    version = 2,
  }: Order & { readonly magic?: number; readonly linkType?: number; readonly version?: number },
): Uint8Array {
  const u16 = (value: number): number[] => inOrder(be16(value), little);
  const u32 = (value: number): number[] => inOrder(be32(value), little);
  return joined(
    [...u32(magic), ...u16(version), ...u16(4), ...u32(0), ...u32(0), ...u32(65_535), ...u32(linkType)],
    ...records.map(({ seconds, fraction, bytes, originalBytes = bytes.length }) =>
      joined([...u32(seconds), ...u32(fraction), ...u32(bytes.length), ...u32(originalBytes)], bytes),
    ),
  );
}

/** The blocks of a pcapng file in one byte order. */
export function pcapngBlocks({ little }: Order) {
  const u16 = (value: number): number[] => inOrder(be16(value), little);
  const u32 = (value: number): number[] => inOrder(be32(value), little);
  const block = (type: number, ...body: readonly Piece[]): Uint8Array => {
    const bytes = joined(...body);
    const length = bytes.length + 12;
    return joined(u32(type), u32(length), bytes, u32(length));
  };
  const option = (code: number, value: Piece): Uint8Array =>
    joined(u16(code), u16(value.length), value, padding(value.length));
  const data = (bytes: Uint8Array): Uint8Array => joined(bytes, padding(bytes.length));
  return {
    u16,
    u32,
    block,
    option,
    section: (version = 1): Uint8Array =>
      block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(version), u16(0), u32(0xffff_ffff), u32(0xffff_ffff)),
    interface: (linkType: number, snapshotBytes = 0, ...options: readonly Uint8Array[]): Uint8Array =>
      block(1, u16(linkType), u16(0), u32(snapshotBytes), ...options),
    enhanced: (
      id: number,
      units: bigint,
      bytes: Uint8Array,
      originalBytes = bytes.length,
      ...options: readonly Uint8Array[]
    ): Uint8Array =>
      block(
        6,
        u32(id),
        u32(Number(units >> 32n)),
        u32(Number(units & 0xffff_ffffn)),
        u32(bytes.length),
        u32(originalBytes),
        data(bytes),
        ...options,
      ),
    old: (id: number, units: bigint, bytes: Uint8Array): Uint8Array =>
      block(
        2,
        u16(id),
        u16(0xffff),
        u32(Number(units >> 32n)),
        u32(Number(units & 0xffff_ffffn)),
        u32(bytes.length),
        u32(bytes.length),
        data(bytes),
      ),
    simple: (originalBytes: number, bytes: Uint8Array): Uint8Array =>
      block(3, u32(originalBytes), data(bytes)),
  };
}

export interface Ipv4Fields {
  readonly options?: readonly number[];
  readonly totalBytes?: number;
  readonly flagsAndOffset?: number;
  readonly identification?: number;
}

/** From 192.0.2.1 to 192.0.2.2. */
export function ipv4(protocol: number, payload: Uint8Array, fields: Ipv4Fields = {}): Uint8Array {
  const { options = [], flagsAndOffset = 0, identification = 1 } = fields;
  const headerBytes = 20 + options.length;
  const { totalBytes = headerBytes + payload.length } = fields;
  return joined(
    [0x40 | (headerBytes / 4), 0, ...be16(totalBytes), ...be16(identification), ...be16(flagsAndOffset)],
    [64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2],
    options,
    payload,
  );
}

/** From 2001:db8::1 to 2001:db8::2. */
export function ipv6(nextHeader: number, payload: Uint8Array, payloadBytes = payload.length): Uint8Array {
  const address = (last: number): number[] => [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
  return joined([0x60, 0, 0, 0, ...be16(payloadBytes), nextHeader, 64], address(1), address(2), payload);
}

export function udp(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
  lengthBytes = 8 + payload.length,
): Uint8Array {
  return joined(be16(sourcePort), be16(destinationPort), be16(lengthBytes), be16(0), payload);
}
