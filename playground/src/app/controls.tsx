/**
 * Time in the hands of the viewer: play, pause, step, go back, faster, slower, to a moment.
 * Owns: these controls. Does not own: time (the worker), the keys (keys.ts).
 */
import { timeWords } from "../ladder/packet-words.ts";
import type { PageSession } from "../session/page-session.ts";
import { Icon } from "./icon.tsx";
import { SteadyButton } from "./steady-button.tsx";

/** Virtual in real time. */
export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

export function Controls({ session }: { readonly session: PageSession }) {
  const moment = session.moment.value;
  const isStill = (moment?.mode ?? "paused") === "paused";
  /** A capture has no time that could be played. */
  const isFixed = moment === undefined || session.source.value.kind === "capture";
  const nowMs = moment?.nowMs ?? 0;
  const durationMs = moment?.durationMs ?? 0;
  return (
    <section class="controls" aria-label="Time">
      <div class="buttons">
        <SteadyButton isIdle={isFixed} onClick={() => session.seek(0)} title="To the beginning (0)">
          <Icon path="M4 4v16M20 4L8 12l12 8z" />
          <span class="unseen">To the beginning</span>
        </SteadyButton>
        <SteadyButton isIdle={isFixed} onClick={() => session.stepBack()} title="A step back (, or ←)">
          <Icon path="M16 4L6 12l10 8z" />
          <span class="unseen">A step back</span>
        </SteadyButton>
        <SteadyButton
          class="main"
          isIdle={isFixed || (moment?.isOver === true && isStill)}
          onClick={() => session.toggle()}
          title="Play, pause (space)"
        >
          <Icon path={isStill ? "M6 3l15 9-15 9z" : "M5 4h5v16H5zM14 4h5v16h-5z"} />
          {isStill ? "Play" : "Pause"}
        </SteadyButton>
        <SteadyButton
          class="main"
          isIdle={isFixed || moment?.isOver === true}
          onClick={() => session.step()}
          title="One step (. or →)"
        >
          <Icon path="M5 4l10 8-10 8zM19 4v16" />
          Step
        </SteadyButton>
      </div>
      <div class="clock" role="timer" aria-label="Virtual time">
        {timeWords(nowMs)}
      </div>
      <label class="speed">
        Speed
        <select
          value={String(session.speed.value)}
          onChange={(event) => session.setSpeed(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed} ×
            </option>
          ))}
        </select>
      </label>
      <label class="check" title="Where no packet is under way, time jumps to what happens next">
        <input
          type="checkbox"
          checked={session.skipsQuiet.value}
          onChange={(event) => session.setSkipsQuiet(event.currentTarget.checked)}
        />
        Skip quiet times
      </label>
      <input
        class="scrubber"
        type="range"
        aria-label="Moment"
        aria-valuetext={`${timeWords(nowMs)} of ${timeWords(durationMs)}`}
        min={0}
        max={durationMs}
        step="any"
        value={nowMs}
        disabled={isFixed}
        onChange={(event) => session.seek(event.currentTarget.valueAsNumber)}
      />
    </section>
  );
}
