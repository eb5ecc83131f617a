/**
 * Both ends side by side: the state machine, the timers and the control block, and what the last step has changed.
 * Owns: putting them together. Does not own: the state machine (state-machine.ts), the rows (control-block.ts).
 */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { Course } from "../../session/courses.ts";
import type { AssociationSnapshot, Snapshot } from "../../session/snapshot.ts";
import { sectionUrl } from "../packet/packet-rows.ts";
import { type Cell, type ControlRow, controlGroups } from "./control-block.ts";
import { courseText } from "./state-machine.ts";
import { StateMachine } from "./state-machine-drawing.tsx";
import "./state.css";

export interface StateViewProps {
  readonly now: Snapshot;
  /** A step before; undefined where nothing is to be marked as changed. */
  readonly before: Snapshot | undefined;
  /** Of the hosts, in order. */
  readonly courses: readonly Course[];
}

export function StateView({ now, before, courses }: StateViewProps): JSX.Element {
  const hosts = now.hosts.slice(0, 2);
  const ends = hosts.map(({ name, associations }) => {
    const end = associations.at(-1);
    const earlier = before?.hosts.find((host) => host.name === name)?.associations;
    return { now: end, before: earlier?.find(({ id }) => id === end?.id) };
  });
  return (
    <section class="state" aria-label="State of both ends">
      <div class="state-machines">
        {hosts.map(({ name }, i) => {
          const course = courses[i];
          if (course === undefined) return null;
          return (
            <article key={name}>
              <h3>
                {name} <span class="state-name">{course.state}</span>
              </h3>
              <StateMachine name={name} course={course} />
              <p class="state-course">{courseText(course)}</p>
              <Timers end={ends[i]?.now} nowMs={now.nowMs} />
            </article>
          );
        })}
      </div>
      <ControlBlock names={hosts.map(({ name }) => name)} groups={controlGroups(ends)} />
    </section>
  );
}

function Timers({
  end,
  nowMs,
}: {
  readonly end: AssociationSnapshot | undefined;
  readonly nowMs: number;
}): JSX.Element {
  const timers = end?.timers ?? [];
  return (
    <div class="state-timers">
      <h4>Timers</h4>
      {timers.length === 0 ? (
        <p>None runs.</p>
      ) : (
        <ul>
          {timers.map(({ name, path, dueMs }) => (
            <li key={`${name} ${path}`}>
              <strong>{name}</strong> {path !== undefined && `to ${path} `}
              <span class="state-due">in {Number(Math.max(0, dueMs - nowMs).toFixed(1))} ms</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface ControlBlockProps {
  readonly names: readonly string[];
  readonly groups: ReturnType<typeof controlGroups>;
}

function ControlBlock({ names, groups }: ControlBlockProps): JSX.Element {
  const [explained, setExplained] = useState<string | undefined>(undefined);
  return (
    <div class="control">
      <table>
        <caption>Control blocks. ◆ marks what the last step has changed.</caption>
        <thead>
          <tr>
            <th scope="col">Term</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(({ name, rows }) => (
          <tbody key={name}>
            <tr class="control-group">
              <th scope="rowgroup" colSpan={names.length + 1}>
                {name}
              </th>
            </tr>
            {rows.map((row) => {
              const key = `${name} ${row.term}`;
              const isExplained = explained === key;
              return (
                <ControlLine
                  key={key}
                  row={row}
                  isExplained={isExplained}
                  onExplain={() => setExplained(isExplained ? undefined : key)}
                />
              );
            })}
          </tbody>
        ))}
      </table>
    </div>
  );
}

interface ControlLineProps {
  readonly row: ControlRow;
  readonly isExplained: boolean;
  readonly onExplain: () => void;
}

function ControlLine({ row, isExplained, onExplain }: ControlLineProps): JSX.Element {
  const { term, meaning, section, cells } = row;
  const id = useId();
  return (
    <>
      <tr>
        <th scope="row">
          <button
            type="button"
            title={`${meaning} (${section})`}
            aria-expanded={isExplained}
            aria-controls={isExplained ? id : undefined}
            onClick={onExplain}
          >
            {term}
          </button>
        </th>
        {cells.map((cell) => (
          <ControlCell cell={cell} />
        ))}
      </tr>
      {isExplained && (
        <tr class="control-meaning" id={id}>
          <td colSpan={cells.length + 1}>
            {meaning}{" "}
            <a href={sectionUrl(section) ?? ""} target="_blank" rel="noreferrer">
              {section}
            </a>
          </td>
        </tr>
      )}
    </>
  );
}

function ControlCell({ cell }: { readonly cell: Cell | undefined }): JSX.Element {
  if (cell === undefined) return <td class="is-absent">–</td>;
  const { text, was } = cell;
  if (was === undefined) return <td>{text}</td>;
  return (
    <td class="is-changed">
      <span aria-hidden="true">◆ </span>
      {text} <small>was {was}</small>
    </td>
  );
}
