/**
 * Windows and round trips of each path over virtual time.
 * Owns: which paths are shown, the cursor that all plots share, what is said at it, the tables. Does not own: the drawing
 * (line-plot.tsx), the numbers (plot-data.ts).
 */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { PathRecord } from "../../session/series-recorder.ts";
import { LinePlot } from "./line-plot.tsx";
import {
  busiestHost,
  busyPaths,
  PLOTS,
  recordText,
  sampleAt,
  tableSamples,
  timeText,
  valueText,
} from "./plot-data.ts";
import "./plots.css";

export interface PlotsViewProps {
  /** Of the recorder. */
  readonly records: readonly PathRecord[];
  readonly nowMs: number;
}

const MAX_TABLE_ROWS = 60;
/** What scrolls is to be reached by the keyboard. */
const SCROLLED = { tabIndex: 0 } as const;

export function PlotsView({ records, nowMs }: PlotsViewProps): JSX.Element {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [cursorMs, setCursorMs] = useState<number | undefined>(undefined);
  const id = useId();
  const hosts = [...new Set(records.map(({ host }) => host))];
  const host = chosen !== undefined && hosts.includes(chosen) ? chosen : busiestHost(records);
  if (host === undefined)
    return (
      <section class="plots" aria-label="Plots">
        <p>There is no path yet.</p>
      </section>
    );
  const shownMs = Math.min(cursorMs ?? nowMs, nowMs);
  return (
    <section class="plots" aria-label="Plots">
      <div class="plots-controls">
        <label>
          Seen from{" "}
          <select value={host} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {hosts.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="plots-time" for={id}>
          Time <output>{timeText(shownMs)}</output>
        </label>
        <input
          id={id}
          type="range"
          min="0"
          max={Math.max(1, Math.ceil(nowMs))}
          value={shownMs}
          aria-valuetext={timeText(shownMs)}
          onInput={({ currentTarget }) => setCursorMs(Number(currentTarget.value))}
        />
        <p class="plots-key">
          <span aria-hidden="true">×</span> fast retransmit, <span aria-hidden="true">T</span> timeout
        </p>
      </div>
      {busyPaths(records, host).map((record) => (
        <PathPlots
          key={record.address}
          record={record}
          nowMs={nowMs}
          shownMs={shownMs}
          cursorMs={cursorMs}
          onCursor={setCursorMs}
        />
      ))}
    </section>
  );
}

interface PathPlotsProps {
  readonly record: PathRecord;
  readonly nowMs: number;
  /** What the legend tells of. */
  readonly shownMs: number;
  readonly cursorMs: number | undefined;
  readonly onCursor: (ms: number | undefined) => void;
}

function PathPlots({ record, nowMs, shownMs, cursorMs, onCursor }: PathPlotsProps): JSX.Element {
  const { address, samples, losses } = record;
  const sample = sampleAt(samples, shownMs);
  return (
    <article>
      <h3>Path to {address}</h3>
      <p class="plots-text">{recordText(record)}</p>
      <div class="plots-pair">
        {PLOTS.map((kind) => (
          <figure key={kind.name}>
            <figcaption>
              {kind.name}
              <ul>
                {kind.lines.map(({ name, style, read }) => (
                  <li key={name}>
                    <svg viewBox="0 0 26 6" aria-hidden="true" class={`plots-line line-${style}`}>
                      <path d="M0 3 H26" />
                    </svg>
                    {name} <output>{valueText(kind, sample === undefined ? undefined : read(sample))}</output>
                  </li>
                ))}
              </ul>
            </figcaption>
            <LinePlot
              kind={kind}
              samples={samples}
              losses={losses}
              nowMs={nowMs}
              cursorMs={cursorMs}
              onCursor={onCursor}
            />
          </figure>
        ))}
      </div>
      <PathTable record={record} />
    </article>
  );
}

/** What the plots say, for who does not see them; made when it is opened. */
function PathTable({ record }: { readonly record: PathRecord }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const columns = PLOTS.flatMap((kind) => kind.lines.map((line) => ({ kind, line })));
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        <section class="plots-table" {...SCROLLED} aria-label={`Table of the path to ${record.address}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {columns.map(({ line }) => (
                  <th key={line.name} scope="col">
                    {line.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {tableSamples(record.samples, MAX_TABLE_ROWS).map((sample) => (
                <tr key={sample.atMs}>
                  <th scope="row">{timeText(sample.atMs)}</th>
                  {columns.map(({ kind, line }) => (
                    <td key={line.name}>{valueText(kind, line.read(sample))}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {record.losses.length > 0 && (
            <p>Losses: {record.losses.map(({ atMs, by }) => `${by} at ${timeText(atMs)}`).join("; ")}.</p>
          )}
        </section>
      )}
    </details>
  );
}
