/**
 * A packet's bytes and fields, side by side: what is pointed at in one is marked in the other, and explained.
 * Owns: which field is selected, what keys and pointers do. Does not own: the fields (sctpkit/core), where keys lead
 * (packet-rows.ts), which packet it is.
 */
import type { JSX } from "preact";
import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type PacketField, packetFields } from "../../../../src/core.ts";
import { HexDump } from "./hex-dump.tsx";
import {
  byteAfterKey,
  type FieldRow,
  fieldRows,
  foldedAtFirst,
  hexOf,
  placeText,
  rowAt,
  rowsAround,
  sectionUrl,
  shownRows,
  treeDeed,
} from "./packet-rows.ts";
import "./packet.css";

export interface PacketViewProps {
  /** The SCTP packet, without IP and UDP header. */
  readonly bytes: Uint8Array;
  /** Which packet it is, such as "Packet 12, alice to bob". */
  readonly title: string;
}

const NARROW_PX = 560;

export function PacketView({ bytes, title }: PacketViewProps): JSX.Element {
  const rows = useMemo(() => fieldRows(packetFields(bytes)), [bytes]);
  // Another packet begins anew: nothing is selected in it, and its own rows are folded.
  return <PacketPanes key={keyOf(bytes)} rows={rows} bytes={bytes} title={title} />;
}

interface PanesProps extends PacketViewProps {
  readonly rows: readonly FieldRow[];
}

function PacketPanes({ rows, bytes, title }: PanesProps): JSX.Element {
  const [selected, setSelected] = useState(0);
  const [caret, setCaret] = useState(0);
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const [folded, setFolded] = useState(() => foldedAtFirst(rows));
  const root = useRef<HTMLElement>(null);
  const columns = useColumns(root);
  const shown = shownRows(rows, folded);
  const marked = rows[pointed ?? selected]?.field;

  const select = (row: number): void => {
    setSelected(row);
    setCaret(rows[row]?.field.offset ?? 0);
    const around = rowsAround(rows, row);
    if (around.some((each) => folded.has(each)))
      setFolded(new Set([...folded].filter((each) => !around.includes(each))));
  };
  const goToByte = (offset: number): void => {
    const row = rowAt(rows, offset);
    if (row !== undefined) select(row);
    setCaret(offset);
  };
  const setFold = (row: number, isFolded: boolean): void => {
    const next = new Set(folded);
    if (isFolded) next.add(row);
    else next.delete(row);
    setFolded(next);
  };

  return (
    <section class="packet" aria-label={title} ref={root}>
      <PacketHead bytes={bytes} rows={rows} title={title} />
      <div class="packet-panes">
        <HexDump
          bytes={bytes}
          columns={columns}
          caret={caret}
          marked={marked}
          spoken={spokenByte(bytes, caret, rows)}
          onPoint={(offset) => setPointed(offset === undefined ? undefined : rowAt(rows, offset))}
          onChoose={goToByte}
          onKey={(key) => {
            const to = byteAfterKey(key, caret, columns, bytes.length);
            if (to !== undefined) goToByte(to);
            return to !== undefined;
          }}
        />
        <FieldTree
          rows={rows}
          shown={shown}
          folded={folded}
          selected={selected}
          pointed={pointed}
          onPoint={setPointed}
          onSelect={select}
          onFold={setFold}
        />
      </div>
      {marked !== undefined && <FieldText field={marked} />}
    </section>
  );
}

function PacketHead({ bytes, rows, title }: PanesProps): JSX.Element {
  const checksum = rows.find(({ field }) => field.name === "Checksum")?.field;
  const faults = rows.filter(({ field }) => field.isFaulty && field.name !== "Checksum").length;
  return (
    <header class="packet-head">
      <h3>{title}</h3>
      <p>
        {bytes.length} bytes.{" "}
        {checksum !== undefined && (
          <span class={checksum.isFaulty ? "packet-bad" : "packet-good"}>
            {checksum.isFaulty ? "✗ CRC32c wrong: the receiver drops it" : "✓ CRC32c right"}
          </span>
        )}
        {faults > 0 && <span class="packet-bad"> ✗ Not all of it can be read</span>}
      </p>
    </header>
  );
}

interface TreeProps {
  readonly rows: readonly FieldRow[];
  readonly shown: readonly number[];
  readonly folded: ReadonlySet<number>;
  readonly selected: number;
  readonly pointed: number | undefined;
  readonly onPoint: (row: number | undefined) => void;
  readonly onSelect: (row: number) => void;
  readonly onFold: (row: number, isFolded: boolean) => void;
}

function FieldTree({
  rows,
  shown,
  folded,
  selected,
  pointed,
  onPoint,
  onSelect,
  onFold,
}: TreeProps): JSX.Element {
  const id = useId();
  const tree = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const row = tree.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (row !== null && row !== undefined && tree.current !== null) scrollInto(tree.current, row);
  }, [selected, folded]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const deed = treeDeed(event.key, selected, rows, folded);
    if (deed === undefined) return;
    event.preventDefault();
    if (deed.kind === "go") onSelect(deed.to);
    else onFold(deed.row, deed.kind === "fold");
  };
  return (
    <div
      class="packet-tree"
      role="tree"
      aria-label="Fields"
      tabIndex={0}
      aria-activedescendant={shown.includes(selected) ? `${id}-${selected}` : undefined}
      ref={tree}
      onKeyDown={onKeyDown}
      onPointerOver={(event) => onPoint(rowOf(event))}
      onPointerLeave={() => onPoint(undefined)}
      onClick={(event) => {
        const row = rowOf(event);
        if (row === undefined) return;
        const isFolding = (event.target as HTMLElement).dataset["fold"] !== undefined;
        if (isFolding) onFold(row, !folded.has(row));
        else onSelect(row);
      }}
    >
      {shown.map((index) => {
        const row = rows[index];
        if (row === undefined) return null;
        const { field, depth } = row;
        const isFolder = field.children.length > 0;
        const classes = ["packet-row"];
        if (index === pointed) classes.push("is-pointed");
        if (field.isFaulty) classes.push("is-faulty");
        return (
          <div
            key={index}
            id={`${id}-${index}`}
            class={classes.join(" ")}
            role="treeitem"
            tabIndex={-1}
            aria-level={depth + 1}
            aria-selected={index === selected}
            aria-expanded={isFolder ? !folded.has(index) : undefined}
            style={{ paddingInlineStart: `calc(${depth} * 0.9rem + 0.25rem)` }}
            data-row={index}
          >
            <span class="packet-fold" aria-hidden="true" data-fold={isFolder ? "" : undefined}>
              {isFolder ? (folded.has(index) ? "▸" : "▾") : ""}
            </span>
            <span class="packet-name">{field.name}</span>
            <span class="packet-value">{field.value}</span>
          </div>
        );
      })}
    </div>
  );
}

/** "byte 16, hex 0a: TSN 5". */
function spokenByte(bytes: Uint8Array, at: number, rows: readonly FieldRow[]): string {
  const field = rows[rowAt(rows, at) ?? -1]?.field;
  return `byte ${at}, hex ${hexOf(bytes[at] ?? 0)}: ${field === undefined ? "" : `${field.name} ${field.value}`}`;
}

/** The row that a pointer is over. */
function rowOf(event: Event): number | undefined {
  const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset["row"];
  return row === undefined ? undefined : Number(row);
}

/** What the field says, aloud, too. */
function FieldText({ field }: { readonly field: PacketField }): JSX.Element {
  const { name, value, meaning, section, isFaulty } = field;
  const url = sectionUrl(section);
  return (
    <div class="packet-text" aria-live="polite">
      <p>
        <strong class={isFaulty ? "packet-bad" : ""}>{name}</strong> <span class="packet-value">{value}</span>
      </p>
      <p>{meaning}</p>
      <p class="packet-place">
        {placeText(field)} ·{" "}
        {url === undefined ? (
          section
        ) : (
          <a href={url} target="_blank" rel="noreferrer">
            {section}
          </a>
        )}
      </p>
    </div>
  );
}

/** 16 bytes in a line, or 8 where there is little room. */
function useColumns(root: { readonly current: HTMLElement | null }): number {
  const [columns, setColumns] = useState(16);
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null) return undefined;
    const measure = (): void => setColumns(element.clientWidth < NARROW_PX ? 8 : 16);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [root]);
  return columns;
}

/** Without moving the page, as scrollIntoView would. */
function scrollInto(container: HTMLElement, child: HTMLElement): void {
  const top = child.offsetTop - container.offsetTop;
  if (top < container.scrollTop) container.scrollTop = top;
  else if (top + child.offsetHeight > container.scrollTop + container.clientHeight)
    container.scrollTop = top + child.offsetHeight - container.clientHeight;
}

const KEYS = new WeakMap<Uint8Array, number>();
let lastKey = 0;

/** Names the packet for as long as its bytes are there. */
function keyOf(bytes: Uint8Array): number {
  const key = KEYS.get(bytes) ?? ++lastKey;
  KEYS.set(bytes, key);
  return key;
}
