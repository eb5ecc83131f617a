/**
 * One packet of the ladder: its arrows, its words, its marks.
 * Owns: their shapes: each fate has a shape of its own, besides its colour. Does not own: where they go (geometry.ts, the worker).
 */
import type { DrawnArrow, DrawnPacket, Moment } from "../session/protocol.ts";
import { headOf, type LadderGeometry, labelCharacters, shortened, sideOf, wayOf } from "./geometry.ts";
import { marksOf, wholeWords } from "./packet-words.ts";

const LINE_SORTS = 4;
const HEAD = 10;

export interface PacketProps {
  readonly packet: DrawnPacket;
  readonly moment: Pick<Moment, "lanes" | "paths">;
  readonly geometry: LadderGeometry;
  readonly isSelected: boolean;
  /** Those that pass through from outside of the view have no words. */
  readonly isWorded: boolean;
}

export function LadderPacketMark({ packet, moment, geometry, isSelected, isWorded }: PacketProps) {
  const { number, again, isGivenUp, arrows, path } = packet;
  const [x] = wayOf(geometry, packet);
  const side = sideOf(packet);
  const isOdd = again !== "" || isGivenUp || arrows.some(({ fate }) => fate === "lost");
  const markX = x + side * 14;
  return (
    <g
      class={`packet sort-${path % LINE_SORTS}${isSelected ? " is-selected" : ""}`}
      role="option"
      id={`packet-${number}`}
      aria-selected={isSelected}
      aria-label={wholeWords(packet, moment)}
      data-packet={number}
    >
      {arrows.map((arrow) => (
        <ArrowMark key={arrow.copy} arrow={arrow} packet={packet} geometry={geometry} />
      ))}
      {isWorded && again !== "" && <path class="mark-again" d={againPath(markX, packet.y - 10)} />}
      {isWorded && again === "" && isGivenUp && (
        <path class="mark-again" d={givenUpPath(markX, packet.y - 10)} />
      )}
      {isWorded && (
        <text
          class={isOdd ? "label odd" : "label"}
          x={x + side * (again !== "" || isGivenUp ? 26 : 10)}
          y={packet.y - 6}
          text-anchor={side === 1 ? "start" : "end"}
        >
          {words(packet, moment, labelCharacters(geometry, packet))}
          <title>{wholeWords(packet, moment)}</title>
        </text>
      )}
    </g>
  );
}

interface ArrowProps {
  readonly arrow: DrawnArrow;
  readonly packet: DrawnPacket;
  readonly geometry: LadderGeometry;
}

function ArrowMark({ arrow, packet, geometry }: ArrowProps) {
  const { fate, isDamaged, endY } = arrow;
  const [x, targetX] = wayOf(geometry, packet);
  const head = headOf(geometry, packet, arrow);
  if (fate === "under way") {
    return (
      <>
        <path class="way ahead" d={`M${head.x} ${head.y}L${targetX} ${endY}`} />
        <path class="way" d={`M${x} ${packet.y}L${head.x} ${head.y}`} />
        <g class="under-way" data-copy={arrow.copy}>
          <circle class="reach" cx={head.x} cy={head.y} r={16} />
          <circle class={isDamaged ? "dot hollow" : "dot"} cx={head.x} cy={head.y} r={7} />
        </g>
      </>
    );
  }
  if (fate === "lost") {
    return (
      <>
        <path class="way" d={`M${x} ${packet.y}L${head.x} ${head.y}`} />
        <path class="cross" d={`M${head.x - 6} ${head.y - 6}l12 12m0-12l-12 12`} />
      </>
    );
  }
  const length = Math.hypot(targetX - x, endY - packet.y) || 1;
  const [dx, dy] = [((targetX - x) / length) * HEAD, ((endY - packet.y) / length) * HEAD];
  return (
    <>
      <path class="way" d={`M${x} ${packet.y}L${targetX - dx} ${endY - dy}`} />
      <path
        class={isDamaged ? "tip hollow" : "tip"}
        d={`M${targetX} ${endY}L${targetX - dx - dy / 2} ${endY - dy + dx / 2}L${targetX - dx + dy / 2} ${endY - dy - dx / 2}Z`}
      />
      <path class="reach" d={`M${x} ${packet.y}L${targetX} ${endY}`} />
    </>
  );
}

/** The label, cut so that what is odd stays. */
function words(packet: DrawnPacket, { paths }: Pick<Moment, "paths">, characters: number): string {
  const place = paths.length > 1 ? ` [${packet.destination}]` : "";
  const marks = marksOf(packet);
  const rest = `${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`;
  const isRoomy = packet.label.length + place.length + rest.length <= characters;
  const tail = isRoomy ? place + rest : rest;
  return shortened(shortened(packet.label, Math.max(10, characters - tail.length)) + tail, characters);
}

/** A circle that comes back to itself. */
function againPath(x: number, y: number): string {
  return `M${x + 4} ${y - 2}a4.5 4.5 0 1 0 .5 3.5m.5-7v4h-4`;
}

/** A barred circle. */
function givenUpPath(x: number, y: number): string {
  return `M${x - 4.5} ${y}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0m1.5-3l6 6`;
}
