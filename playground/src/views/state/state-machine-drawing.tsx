/**
 * The state machine as a drawing.
 * Owns: where states and transitions stand, which are lit. Does not own: the transitions (state-machine.ts), colours (state.css).
 */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { AssociationState } from "../../../../src/core.ts";
import type { Course } from "../../session/courses.ts";
import { courseText, wayBetween } from "./state-machine.ts";

const WIDTH = 400;
const HEIGHT = 400;
const BOX_WIDTH = 156;
const BOX_HEIGHT = 28;

interface Place {
  readonly state: AssociationState;
  readonly x: number;
  readonly y: number;
}

/** As in Figure 3 of RFC 9260: set up from above, shut down to below. CLOSED stands at both ends. */
const PLACES: readonly Place[] = [
  { state: "CLOSED", x: 200, y: 22 },
  { state: "COOKIE-WAIT", x: 292, y: 84 },
  { state: "COOKIE-ECHOED", x: 292, y: 142 },
  { state: "ESTABLISHED", x: 200, y: 200 },
  { state: "SHUTDOWN-PENDING", x: 108, y: 262 },
  { state: "SHUTDOWN-SENT", x: 108, y: 320 },
  { state: "SHUTDOWN-RECEIVED", x: 292, y: 262 },
  { state: "SHUTDOWN-ACK-SENT", x: 292, y: 320 },
  { state: "CLOSED", x: 200, y: 378 },
];

interface Line {
  readonly from: AssociationState;
  readonly to: AssociationState;
  readonly path: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
}

const LINES: readonly Line[] = [
  line("CLOSED", "COOKIE-WAIT", "M236 36 L272 68", "ASSOCIATE", 270, 50, "start"),
  line("CLOSED", "ESTABLISHED", "M180 36 C120 80 120 140 172 184", "COOKIE ECHO", 130, 112, "end"),
  line("COOKIE-WAIT", "COOKIE-ECHOED", "M292 98 L292 126", "INIT ACK", 298, 116, "start"),
  line("COOKIE-ECHOED", "ESTABLISHED", "M272 156 L236 184", "COOKIE ACK", 268, 174, "start"),
  line("ESTABLISHED", "SHUTDOWN-PENDING", "M168 214 L128 246", "SHUTDOWN asked", 140, 232, "end"),
  line("ESTABLISHED", "SHUTDOWN-RECEIVED", "M232 214 L272 246", "SHUTDOWN", 260, 232, "start"),
  line("SHUTDOWN-PENDING", "SHUTDOWN-SENT", "M108 276 L108 304", "all acknowledged", 102, 294, "end"),
  line("SHUTDOWN-RECEIVED", "SHUTDOWN-ACK-SENT", "M292 276 L292 304", "all acknowledged", 298, 294, "start"),
  line("SHUTDOWN-SENT", "SHUTDOWN-ACK-SENT", "M187 320 L212 320", "SHUTDOWN", 200, 300, "middle"),
  line("SHUTDOWN-SENT", "CLOSED", "M128 334 L168 362", "SHUTDOWN ACK", 140, 354, "end"),
  line("SHUTDOWN-ACK-SENT", "CLOSED", "M272 334 L232 362", "SHUTDOWN COMPLETE", 260, 354, "start"),
];

function line(
  from: AssociationState,
  to: AssociationState,
  path: string,
  label: string,
  x: number,
  y: number,
  anchor: Line["anchor"],
): Line {
  return { from, to, path, label, x, y, anchor };
}

/** @param name the host's */
export function StateMachine({
  name,
  course,
}: {
  readonly name: string;
  readonly course: Course;
}): JSX.Element {
  const id = useId();
  const { from, state } = course;
  const lit = wayBetween(LINES, from, state);
  const isEnd = state === "CLOSED" && course.id !== undefined;
  return (
    <svg class="machine" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${id}-title`}>
      <title id={`${id}-title`}>{`${name} is in ${state}. ${courseText(course)}`}</title>
      <defs>
        <marker
          id={`${id}-tip`}
          class="machine-tip"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path d="M0 0 L8 4 L0 8 Z" />
        </marker>
        <marker
          id={`${id}-lit`}
          class="machine-tip is-last"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="4.5"
          markerHeight="4.5"
          orient="auto"
        >
          <path d="M0 0 L8 4 L0 8 Z" />
        </marker>
      </defs>
      {LINES.map(({ path, label, x, y, anchor }, i) => {
        const isLast = lit.includes(i);
        return (
          <g key={path} class={isLast ? "machine-line is-last" : "machine-line"}>
            <path d={path} marker-end={`url(#${id}-${isLast ? "lit" : "tip"})`} />
            <text x={x} y={y} text-anchor={anchor}>
              {label}
            </text>
          </g>
        );
      })}
      {PLACES.map((place) => {
        const isBottom = place.y > HEIGHT / 2;
        const isNow = place.state === state && (state !== "CLOSED" || isBottom === isEnd);
        const wasThere = place.state === from && (from !== "CLOSED" || !isBottom);
        const classes = ["machine-state", isNow ? "is-now" : "", wasThere ? "was-there" : ""].join(" ");
        return (
          <g key={place.y * WIDTH + place.x} class={classes}>
            <rect
              x={place.x - BOX_WIDTH / 2}
              y={place.y - BOX_HEIGHT / 2}
              width={BOX_WIDTH}
              height={BOX_HEIGHT}
              rx="7"
            />
            <text x={place.x} y={place.y + 4} text-anchor="middle">
              {isNow ? `● ${place.state}` : place.state}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
