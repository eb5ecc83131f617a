/**
 * The streams of both directions as lanes: what waits at the sender, is under way, is held at the receiver, and why.
 * Owns: the lanes' form. Does not own: what is in them (stream-lanes.ts).
 */
import type { JSX } from "preact";
import type { Snapshot } from "../../session/snapshot.ts";
import { type Direction, directions, directionText, type Lane, type LaneBlock } from "./stream-lanes.ts";
import "./streams.css";

export interface StreamsViewProps {
  readonly now: Snapshot;
}

/** Of each part of a lane so many blocks are drawn; the rest is told as a number. */
const MAX_BLOCKS = 14;

export function StreamsView({ now }: StreamsViewProps): JSX.Element {
  const ways = directions(now);
  return (
    <section class="streams" aria-label="Streams">
      {ways.length === 0 && <p>There is no association yet.</p>}
      {ways.map((way) => (
        <DirectionLanes key={`${way.from} ${way.to}`} way={way} />
      ))}
    </section>
  );
}

function DirectionLanes({ way }: { readonly way: Direction }): JSX.Element {
  const { from, to, scheduler, isInterleaved, lanes, missingTsn } = way;
  return (
    <article>
      <header>
        <h3>
          {from} → {to}
        </h3>
        <p class="streams-terms">
          {scheduler !== "" && (
            <>
              scheduler <code>{scheduler}</code>,{" "}
            </>
          )}
          {isInterleaved ? "messages are interleaved (I-DATA)" : "messages are not interleaved (DATA)"}
        </p>
        <p class="streams-sum">
          {directionText(way)}
          {missingTsn !== undefined && lanes.some(({ isBlocked }) => isBlocked) && (
            <span class="streams-gap"> First gap: TSN {missingTsn}.</span>
          )}
        </p>
      </header>
      {lanes.length > 0 && (
        <div class="streams-lanes">
          <table>
            <thead>
              <tr>
                <th scope="col">Stream</th>
                <th scope="col">Queued at {from}</th>
                <th scope="col">Under way</th>
                <th scope="col">Held at {to}</th>
                <th scope="col">Next for the user</th>
              </tr>
            </thead>
            <tbody>
              {lanes.map((lane) => (
                <LaneRow
                  key={lane.streamId}
                  lane={lane}
                  isInterleaved={isInterleaved}
                  scheduler={scheduler}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </article>
  );
}

interface LaneRowProps {
  readonly lane: Lane;
  readonly isInterleaved: boolean;
  readonly scheduler: string;
}

function LaneRow({ lane, isInterleaved, scheduler }: LaneRowProps): JSX.Element {
  const { streamId, queuedMessages, queuedBytes, underWay, held, nextNumber, waitsFor, isBlocked } = lane;
  return (
    <tr class={isBlocked ? "is-blocked" : ""}>
      <th scope="row">
        {streamId} <Share lane={lane} scheduler={scheduler} />
      </th>
      <td data-label="Queued">
        {queuedMessages > 0 && (
          <span class="streams-queue">
            {queuedMessages} <small>{bytes(queuedBytes)}</small>
          </span>
        )}
      </td>
      <td data-label="Under way">
        <Blocks blocks={underWay} />
      </td>
      <td data-label="Held">
        <Blocks blocks={held} />
        {waitsFor !== "" && (
          <p class="streams-why">
            <span aria-hidden="true">{isBlocked ? "↳ " : ""}</span>
            {waitsFor}
          </p>
        )}
      </td>
      <td class="streams-next" data-label="Next">
        {isInterleaved ? "MID" : "SSN"} {nextNumber}
      </td>
    </tr>
  );
}

/** What the scheduler heeds of a stream. */
function Share({ lane, scheduler }: { readonly lane: Lane; readonly scheduler: string }): JSX.Element | null {
  if (scheduler === "priority") return <small>priority {lane.priority}</small>;
  return scheduler === "wfq" ? <small>weight {lane.weight}</small> : null;
}

function Blocks({ blocks }: { readonly blocks: readonly LaneBlock[] }): JSX.Element | null {
  if (blocks.length === 0) return null;
  const more = blocks.length - MAX_BLOCKS;
  return (
    <ol class="streams-blocks">
      {blocks.slice(0, MAX_BLOCKS).map(({ key, kind, name, tsn, isAwaited, says, bytes: length }) => (
        <li
          key={key}
          class={`streams-block is-${kind}${isAwaited ? " is-awaited" : ""}`}
          title={`${says}. ${bytes(length)}`}
        >
          <span aria-hidden="true">{SIGNS[kind]}</span> {name}
          <small>{tsn}</small>
          {isAwaited && <span class="streams-hidden">, which others wait for</span>}
        </li>
      ))}
      {more > 0 && <li class="streams-more">and {more} more</li>}
    </ol>
  );
}

const SIGNS = { queued: "…", flying: "→", lost: "✗", held: "■", ready: "✓" } as const;

function bytes(value: number): string {
  return `${String(value).replace(/\B(?=(\d{3})+$)/g, ",")} B`;
}
