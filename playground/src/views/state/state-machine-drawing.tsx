/**
 * The state machine as a drawing.
 * Owns: where states and transitions stand, which are lit. Does not own: the transitions (state-machine.ts), colours (state.css).
 */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { AssociationState } from "../../../../src/core.ts";
import type { Course } from "../../session/courses.ts";
import { courseText, wayBetween } from "./state-machine.ts";

/** As wide as there is room on a telephone: its letters stay readable there. */
const WIDTH = 350;
const HEIGHT = 400;
const BOX_WIDTH = 156;
const BOX_HEIGHT = 28;
/** From one line of a label to the next. */
const LINE_HEIGHT = 12;

interface Place {
  readonly state: AssociationState;
  readonly x: number;
  readonly y: number;
}

/** As in Figure 3 of RFC 9260: set up from above, shut down to below. CLOSED stands at both ends. */
const PLACES: readonly Place[] = [
  { state: "CLOSED", x: 175, y: 22 },
  { state: "COOKIE-WAIT", x: 268, y: 84 },
  { state: "COOKIE-ECHOED", x: 268, y: 142 },
  { state: "ESTABLISHED", x: 175, y: 200 },
  { state: "SHUTDOWN-PENDING", x: 82, y: 262 },
  { state: "SHUTDOWN-SENT", x: 82, y: 320 },
  { state: "SHUTDOWN-RECEIVED", x: 268, y: 262 },
  { state: "SHUTDOWN-ACK-SENT", x: 268, y: 320 },
  { state: "CLOSED", x: 175, y: 378 },
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
  line("CLOSED", "COOKIE-WAIT", "M211 36 L248 68", "ASSOCIATE", 246, 50, "start"),
  line("CLOSED", "ESTABLISHED", "M155 36 C95 80 95 140 147 184", "COOKIE ECHO", 105, 112, "end"),
  line("COOKIE-WAIT", "COOKIE-ECHOED", "M268 98 L268 126", "INIT ACK", 274, 116, "start"),
  line("COOKIE-ECHOED", "ESTABLISHED", "M248 156 L211 184", "COOKIE ACK", 244, 174, "start"),
  line("ESTABLISHED", "SHUTDOWN-PENDING", "M143 214 L103 246", "SHUTDOWN\nasked", 102, 227, "end"),
  line("ESTABLISHED", "SHUTDOWN-RECEIVED", "M207 214 L247 246", "SHUTDOWN", 235, 232, "start"),
  line("SHUTDOWN-PENDING", "SHUTDOWN-SENT", "M82 276 L82 304", "acknowledged", 88, 294, "start"),
  line("SHUTDOWN-RECEIVED", "SHUTDOWN-ACK-SENT", "M268 276 L268 304", "acknowledged", 262, 294, "end"),
  line("SHUTDOWN-SENT", "SHUTDOWN-ACK-SENT", "M161 320 L188 320", "SHUTDOWN", 175, 347, "middle"),
  line("SHUTDOWN-SENT", "CLOSED", "M103 334 L143 362", "SHUTDOWN ACK", 115, 354, "end"),
  line("SHUTDOWN-ACK-SENT", "CLOSED", "M247 334 L207 362", "SHUTDOWN\nCOMPLETE", 244, 349, "start"),
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
              {label.split("\n").map((part, row) => (
                <tspan key={part} x={x} dy={row * LINE_HEIGHT}>
                  {part}
                </tspan>
              ))}
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
