/** Addresses to attack from: as many as are asked for, none of them special. */
export function ipv4(index: number): string {
  return `${11 + ((index >>> 16) & 0x3f)}.${(index >>> 8) & 0xff}.${index & 0xff}.1`;
}
