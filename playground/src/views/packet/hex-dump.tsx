/**
 * Bytes in hex and as text. To a screen reader they are one slider, whose value is the byte at the caret.
 * Owns: the lines, the caret, which bytes are marked. Does not own: what bytes mean, where keys lead (packet-rows.ts).
 */
import { Component, type JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { PacketField } from "../../../../src/core.ts";
import { characterOf, hexOf } from "./packet-rows.ts";

interface HexDumpProps {
  readonly bytes: Uint8Array;
  readonly columns: number;
  /** The byte that the keys have led to. */
  readonly caret: number;
  /** The field whose bytes are marked. */
  readonly marked: PacketField | undefined;
  /** What is said of the byte at the caret. */
  readonly spoken: string;
  /** The pointer is over a byte, or over none. */
  readonly onPoint: (offset: number | undefined) => void;
  readonly onChoose: (offset: number) => void;
  /** @returns whether it did something */
  readonly onKey: (key: string) => boolean;
}

export function HexDump({
  bytes,
  columns,
  caret,
  marked,
  spoken,
  onPoint,
  onChoose,
  onKey,
}: HexDumpProps): JSX.Element {
  const grid = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    grid.current?.querySelector(".is-caret")?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [caret]);
  const [from, to] = marked === undefined ? [0, 0] : [marked.offset, marked.offset + marked.lengthBytes];
  const lines: JSX.Element[] = [];
  for (let start = 0; start < bytes.length; start += columns) {
    const end = Math.min(start + columns, bytes.length);
    const has = start <= caret && caret < end;
    lines.push(
      <HexLine
        key={start}
        bytes={bytes}
        start={start}
        columns={columns}
        markedFrom={Math.max(from, start)}
        markedTo={Math.max(Math.min(to, end), start)}
        caret={has ? caret : -1}
      />,
    );
  }
  const pointerByte = (event: Event): number | undefined => {
    const at = (event.target as HTMLElement).closest<HTMLElement>("[data-at]")?.dataset["at"];
    return at === undefined ? undefined : Number(at);
  };
  return (
    <div class="packet-hex" onPointerLeave={() => onPoint(undefined)}>
      <div
        role="slider"
        aria-label="Bytes"
        aria-valuemin={0}
        aria-valuemax={bytes.length - 1}
        aria-valuenow={caret}
        aria-valuetext={spoken}
        tabIndex={0}
        ref={grid}
        onPointerOver={(event) => onPoint(pointerByte(event))}
        onClick={(event) => {
          const at = pointerByte(event);
          if (at !== undefined) onChoose(at);
        }}
        onKeyDown={(event) => {
          if (onKey(event.key)) event.preventDefault();
        }}
      >
        {lines}
      </div>
    </div>
  );
}

interface HexLineProps {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly columns: number;
  /** What is marked of this line; the same twice where nothing is. */
  readonly markedFrom: number;
  readonly markedTo: number;
  /** -1 where it is in another line. */
  readonly caret: number;
}

/** Drawn again only where something of its own has changed: a long packet has hundreds of lines. */
class HexLine extends Component<HexLineProps> {
  override shouldComponentUpdate(next: HexLineProps): boolean {
    const now = this.props;
    const isMarkMoved =
      (now.markedTo > now.markedFrom || next.markedTo > next.markedFrom) &&
      (now.markedFrom !== next.markedFrom || now.markedTo !== next.markedTo);
    return (
      isMarkMoved || now.caret !== next.caret || now.columns !== next.columns || now.bytes !== next.bytes
    );
  }

  override render(): JSX.Element {
    const { bytes, start, columns, markedFrom, markedTo, caret } = this.props;
    const hex: JSX.Element[] = [];
    const text: JSX.Element[] = [];
    for (let at = start; at < start + columns; at++) {
      const byte = bytes[at];
      if (byte === undefined) {
        hex.push(<span key={at} class="packet-byte" />);
        continue;
      }
      const classes = ["packet-byte"];
      if (at >= markedFrom && at < markedTo) classes.push("is-marked");
      if (at === markedFrom && at < markedTo) classes.push("is-first");
      if (at === markedTo - 1 && at >= markedFrom) classes.push("is-last");
      if (at === caret) classes.push("is-caret");
      hex.push(
        <span key={at} class={classes.join(" ")} data-at={at}>
          {hexOf(byte)}
        </span>,
      );
      text.push(
        <span key={at} class={at >= markedFrom && at < markedTo ? "is-marked" : ""} data-at={at}>
          {characterOf(byte)}
        </span>,
      );
    }
    return (
      <div class="packet-line">
        <span class="packet-offset">{start}</span>
        {hex}
        <span class="packet-characters" aria-hidden="true">
          {text}
        </span>
      </div>
    );
  }
}
