/**
 * The fields of a packet as rows of a tree, and its bytes as lines of hex.
 * Owns: which field a byte belongs to, where the keys lead, links to sections. Does not own: the fields (sctpkit/core), the look
 * (packet-view.tsx).
 */
import type { PacketField } from "../../../../src/core.ts";

/** A field in the tree; rows are in the order in which they are read. */
export interface FieldRow {
  readonly field: PacketField;
  /** 0 for the common header and chunks. */
  readonly depth: number;
  /** The row that it stands in; undefined at the top. */
  readonly parent: number | undefined;
}

/** All of the tree, folded or not. */
export function fieldRows(fields: readonly PacketField[]): FieldRow[] {
  const rows: FieldRow[] = [];
  const add = (field: PacketField, depth: number, parent: number | undefined): void => {
    const index = rows.push({ field, depth, parent }) - 1;
    for (const child of field.children) add(child, depth + 1, index);
  };
  for (const field of fields) add(field, 0, undefined);
  return rows;
}

/** The rows whose parts are hidden at first: flags, of which the bits are told when asked for, and what there are many of. */
export function foldedAtFirst(rows: readonly FieldRow[]): ReadonlySet<number> {
  const chunkCount = rows.filter(({ depth }) => depth === 0).length;
  const isFolded = ({ field, depth }: FieldRow, i: number): boolean =>
    field.children.length > 0 &&
    (field.children.some(({ mask }) => mask !== undefined) || (depth === 0 && i > 0 && chunkCount > 4));
  return new Set(rows.flatMap((row, i) => (isFolded(row, i) ? [i] : [])));
}

/** The rows that are seen, by their indices. */
export function shownRows(rows: readonly FieldRow[], folded: ReadonlySet<number>): number[] {
  const shown: number[] = [];
  const isHidden = new Set<number>();
  for (const [i, { parent }] of rows.entries()) {
    if (parent !== undefined && (folded.has(parent) || isHidden.has(parent))) isHidden.add(i);
    else shown.push(i);
  }
  return shown;
}

/** The innermost field that has a byte, bits not looked at; undefined where there is none. */
export function rowAt(rows: readonly FieldRow[], offset: number): number | undefined {
  let found: number | undefined;
  for (const [i, { field }] of rows.entries())
    if (field.mask === undefined && field.offset <= offset && offset < field.offset + field.lengthBytes)
      found = i;
  return found;
}

/** The rows around one, from the outside in, that one not counted. */
export function rowsAround(rows: readonly FieldRow[], index: number): number[] {
  const around: number[] = [];
  for (let parent = rows[index]?.parent; parent !== undefined; parent = rows[parent]?.parent)
    around.unshift(parent);
  return around;
}

/** What a key does in a tree (ARIA's pattern): where it leads, or which row it folds or unfolds. */
export type TreeDeed =
  | { readonly kind: "go"; readonly to: number }
  | { readonly kind: "fold" | "unfold"; readonly row: number };

/** @returns undefined for a key that does nothing here */
export function treeDeed(
  key: string,
  at: number,
  rows: readonly FieldRow[],
  folded: ReadonlySet<number>,
): TreeDeed | undefined {
  const shown = shownRows(rows, folded);
  const place = shown.indexOf(at);
  const go = (to: number | undefined): TreeDeed | undefined =>
    to === undefined ? undefined : { kind: "go", to };
  const row = rows[at];
  const isFolder = (row?.field.children.length ?? 0) > 0;
  switch (key) {
    case "ArrowDown":
      return go(shown[place + 1]);
    case "ArrowUp":
      return go(shown[place - 1]);
    case "Home":
      return go(shown[0]);
    case "End":
      return go(shown.at(-1));
    case "ArrowRight":
      if (!isFolder) return undefined;
      return folded.has(at) ? { kind: "unfold", row: at } : go(at + 1);
    case "ArrowLeft":
      return isFolder && !folded.has(at) ? { kind: "fold", row: at } : go(row?.parent);
    default:
      return undefined;
  }
}

/** Where a key leads from a byte; undefined for a key that leads nowhere. */
export function byteAfterKey(
  key: string,
  at: number,
  columns: number,
  lengthBytes: number,
): number | undefined {
  const lineStart = at - (at % columns);
  const targets: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: lineStart,
    End: Math.min(lineStart + columns, lengthBytes) - 1,
    PageDown: Math.min(at + 8 * columns, lengthBytes - 1),
    PageUp: Math.max(at - 8 * columns, 0),
  };
  const target = targets[key];
  return target === undefined || target < 0 || target >= lengthBytes ? undefined : target;
}

/** "byte 13", "bytes 16 to 19", "byte 13, bits 0x04". */
export function placeText({ offset, lengthBytes, mask }: PacketField): string {
  if (lengthBytes > 1) return `bytes ${offset} to ${offset + lengthBytes - 1}`;
  return mask === undefined
    ? `byte ${offset}`
    : `byte ${offset}, bits 0x${mask.toString(16).padStart(2, "0")}`;
}

/** Where the section can be read; undefined for what is no RFC. */
export function sectionUrl(section: string): string | undefined {
  const [, rfc, place] = /^RFC (\d+) ([\d.]+)$/.exec(section) ?? [];
  return rfc === undefined ? undefined : `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${place}`;
}

/** A byte as the text column shows it. */
export function characterOf(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

export function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
