/**
 * The ladder: lanes, and what passed between them, as far as it is in view.
 * Owns: which part is in view, which packet is selected or reached for. Does not own: what lies where (the worker), the shapes
 * (arrow.tsx, note-mark.tsx), the words (packet-words.ts).
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PageSession } from "../session/page-session.ts";
import {
  type DrawnArrow,
  type DrawnPacket,
  type DrawnTime,
  FOLLOWED_AT,
  type Moment,
  VIEW_MARGIN,
} from "../session/protocol.ts";
import { LadderPacketMark } from "./arrow.tsx";
import { geometryOf, headOf, type LadderGeometry } from "./geometry.ts";
import { NoteMark } from "./note-mark.tsx";
import { disturbanceOf, PacketMenu } from "./packet-menu.tsx";

const BELOW = 90;

interface View {
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function LadderView({ session }: { readonly session: PageSession }) {
  const moment = session.moment.value;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ top: 0, width: 800, height: 600 });
  const [reached, setReached] = useState<number | undefined>(undefined);
  const isFollowing = useFollowing(scroller, moment);
  useLook(scroller, session, isFollowing, setView);
  useSelectionInView(scroller, moment?.selected, isFollowing);
  const underHand = reached === undefined || moment === undefined ? undefined : findCopy(moment, reached);
  useEffect(() => {
    if (underHand === undefined) setReached(undefined); // Not again where it is under way again, after going back.
  }, [underHand]);
  if (moment === undefined) return <div class="ladder" aria-busy="true" />;

  const geometry = geometryOf(view.width, moment.lanes.length);
  const close = (): void => setReached(undefined);
  const pick = (target: Element): void => {
    const number = Number(target.closest("[data-packet]")?.getAttribute("data-packet") ?? 0);
    const copy = target.closest("[data-copy]")?.getAttribute("data-copy");
    if (number > 0) session.select(number);
    setReached(copy === null || copy === undefined ? undefined : Number(copy));
    if (copy !== null && copy !== undefined && moment.mode === "playing") session.pause();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") close();
    else if (handleKey(event.key, moment, session, setReached)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const height = Math.max(moment.height + BELOW, view.height - 1);
  const { selected } = moment;
  return (
    <div class="ladder">
      <LaneHeads moment={moment} geometry={geometry} />
      <div
        ref={scroller}
        class="ladder-scroll"
        role="listbox"
        tabIndex={0}
        aria-label="Ladder: the packets in the order of time. Arrow keys choose one."
        aria-activedescendant={selected === undefined ? undefined : `packet-${selected.number}`}
        onClick={(event) => pick(event.target as Element)}
        onKeyDown={onKeyDown}
      >
        <div class="ladder-paper" role="presentation" style={{ height: `${height}px` }}>
          <Drawing moment={moment} geometry={geometry} view={view} height={height} />
        </div>
      </div>
      {isUntouched(moment) && (
        <p class="ladder-hint" style={{ left: `${middleOf(geometry)}px` }}>
          Nothing has happened yet. Press <strong>Step</strong> for the first thing that does, or{" "}
          <strong>Play</strong> to let time run.
        </p>
      )}
      {underHand !== undefined && (
        <PacketMenu
          {...menuPlace(geometry, underHand, view, scroller.current)}
          label={underHand.packet.label}
          onClose={close}
          onLeave={() => scroller.current?.focus({ preventScroll: true })}
          onDisturb={(what) => {
            session.disturb(underHand.arrow.copy, what);
            close();
          }}
        />
      )}
    </div>
  );
}

/** Between the outer lanes. */
function middleOf({ laneX }: LadderGeometry): number {
  return ((laneX[0] ?? 0) + (laneX.at(-1) ?? 0)) / 2;
}

/** Nobody has let time go on. */
function isUntouched({ nowMs, packetCount, rows, isOver, mode }: Moment): boolean {
  return nowMs === 0 && packetCount === 0 && rows.notes.length === 0 && !isOver && mode === "paused";
}

interface DrawingProps {
  readonly moment: Moment;
  readonly geometry: LadderGeometry;
  readonly view: View;
  readonly height: number;
}

function Drawing({ moment, geometry, view, height }: DrawingProps) {
  // The paper may have become shorter since it was scrolled.
  const top = Math.max(0, Math.min(view.top, height - view.height) - VIEW_MARGIN);
  const bottom = Math.min(height, view.top + view.height + VIEW_MARGIN);
  const { rows, nowY, selected } = moment;
  return (
    <svg
      class="ladder-drawing"
      role="presentation"
      style={{ top: `${top}px` }}
      width={geometry.width}
      height={bottom - top}
      viewBox={`0 ${top} ${geometry.width} ${bottom - top}`}
    >
      {geometry.laneX.map((x, lane) => (
        <path key={moment.lanes[lane]} class="lane" d={`M${x} ${top}V${bottom}`} />
      ))}
      <path class="now" d={`M${geometry.timeX} ${nowY}H${geometry.width}`} />
      {rows.times.map((time) => (
        <TimeMark key={time.y} time={time} x={geometry.timeX} />
      ))}
      {rows.notes.map((note) => (
        <NoteMark key={note.number} note={note} geometry={geometry} />
      ))}
      {rows.packets.map((packet) => (
        <LadderPacketMark
          key={packet.number}
          packet={packet}
          moment={moment}
          geometry={geometry}
          isSelected={packet.number === selected?.number}
          isWorded={packet.y > top - 20 && packet.y < bottom + 20}
        />
      ))}
    </svg>
  );
}

function TimeMark({ time: { y, atMs, isBreak }, x }: { readonly time: DrawnTime; readonly x: number }) {
  return (
    <g class="time">
      {isBreak && <path class="break" d={`M${x - 14} ${y - 34}l10 5l-14 7l10 5`} />}
      <text x={x - 4} y={y + 4} text-anchor="end">
        {atMs.toFixed(atMs < 10_000 ? 2 : 1)}
      </text>
    </g>
  );
}

function LaneHeads({ moment, geometry }: Pick<DrawingProps, "moment" | "geometry">) {
  return (
    <div class="lane-heads" aria-hidden="true">
      {!geometry.isNarrow && (
        <span class="unit" style={{ left: `${geometry.timeX - 4}px` }}>
          ms
        </span>
      )}
      {moment.lanes.map((name, lane) => (
        <span
          key={name}
          class={`lane-head${geometry.isNarrow && lane > 0 && lane === moment.lanes.length - 1 ? " at-edge" : ""}`}
          style={{ left: `${geometry.laneX[lane]}px` }}
        >
          {name}
        </span>
      ))}
    </div>
  );
}

/** Keeps now in view while time goes on, until the user scrolls away; what is asked for brings it back. */
function useFollowing(
  scroller: { readonly current: HTMLDivElement | null },
  moment: Moment | undefined,
): { current: boolean } {
  const isFollowing = useRef(true);
  const scrolledTo = useRef(0);
  const nowY = moment?.nowY ?? 0;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onScroll = (): void => {
      if (Math.abs(element.scrollTop - scrolledTo.current) < 2) return;
      const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 30;
      isFollowing.current = isAtEnd;
      scrolledTo.current = element.scrollTop;
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, [scroller, moment === undefined]);
  const news = moment?.news.number;
  useLayoutEffect(() => {
    isFollowing.current = true;
  }, [news]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || !isFollowing.current) return;
    const top = Math.max(0, Math.round(nowY - element.clientHeight * FOLLOWED_AT));
    scrolledTo.current = top;
    element.scrollTop = top;
  }, [nowY, news]);
  return isFollowing;
}

/** Tells the worker what is in view, and the view of its own size. */
function useLook(
  scroller: { readonly current: HTMLDivElement | null },
  session: PageSession,
  isFollowing: { readonly current: boolean },
  setView: (view: View) => void,
): void {
  const isThere = session.moment.value !== undefined;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = (): void => {
      const { scrollTop: top, clientWidth: width, clientHeight: height } = element;
      setView({ top, width, height });
      session.look(top, height, isFollowing.current);
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [isThere, session]);
}

/** What the keyboard chooses is scrolled to. */
function useSelectionInView(
  scroller: { readonly current: HTMLDivElement | null },
  selected: DrawnPacket | undefined,
  isFollowing: { current: boolean },
): void {
  const number = selected?.number;
  useEffect(() => {
    const element = scroller.current;
    if (element === null || selected === undefined) return;
    const { scrollTop: top, clientHeight: height } = element;
    if (selected.y > top + 30 && selected.y < top + height - 30) return;
    isFollowing.current = false;
    element.scrollTop = Math.max(0, selected.y - height / 2);
  }, [number]);
}

/** @returns whether the key was for the ladder */
function handleKey(
  key: string,
  moment: Moment,
  session: PageSession,
  reach: (copy: number | undefined) => void,
): boolean {
  const number = session.chosen;
  const packet = [moment.selected, ...moment.rows.packets].find((each) => each?.number === number);
  const copy = packet?.arrows.find(({ fate }) => fate === "under way")?.copy;
  const disturbance = disturbanceOf(key);
  if (disturbance !== undefined) {
    if (copy !== undefined) session.disturb(copy, disturbance);
    return copy !== undefined;
  }
  const last = moment.packetCount;
  const chosen: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(last, number + 1),
    ArrowUp: number === 0 ? last : Math.max(1, Math.min(last, number - 1)),
    PageDown: Math.min(last, number + 10),
    PageUp: Math.max(1, Math.min(last, number - 10)),
    Home: 1,
    End: last,
  };
  const next = chosen[key];
  if (next !== undefined && last > 0) session.select(next);
  else if (key === "Enter" && copy !== undefined) reach(copy);
  else return false;
  return true;
}

interface UnderHand {
  readonly packet: DrawnPacket;
  readonly arrow: DrawnArrow;
}

/** Undefined once it is not under way any more. */
function findCopy({ rows, selected }: Moment, copy: number): UnderHand | undefined {
  const all = selected === undefined ? rows.packets : [selected, ...rows.packets];
  for (const packet of all) {
    const arrow = packet.arrows.find((each) => each.copy === copy && each.fate === "under way");
    if (arrow !== undefined) return { packet, arrow };
  }
  return undefined;
}

const MENU_WIDTH = 330;

/** Below the packet, and within the ladder. */
function menuPlace(
  geometry: LadderGeometry,
  { packet, arrow }: UnderHand,
  view: View,
  scroller: HTMLDivElement | null,
): { readonly x: number; readonly y: number } {
  const head = headOf(geometry, packet, arrow);
  const top = (scroller?.offsetTop ?? 0) - (scroller?.scrollTop ?? 0);
  const x = Math.max(8, Math.min(head.x - MENU_WIDTH / 2, view.width - MENU_WIDTH - 8));
  return { x, y: Math.min(head.y + top + 14, view.height - 40) };
}
