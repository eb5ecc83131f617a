/**
 * What can be done to the race: begin, stop, again, faster, another link.
 * Owns: these controls. Does not own: what they do (race-session.ts), their ranges (settings.ts).
 */
import { Icon } from "../app/icon.tsx";
import { seconds } from "./figure-words.ts";
import type { RaceSession } from "./race-session.ts";
import { inRange, RANGES, SPEEDS } from "./settings.ts";

export function RaceControls({ session }: { readonly session: RaceSession }) {
  const { settings, state, isPlaying } = session;
  const { seed, lossPercent, roundTripMs, speed } = settings.value;
  const isDone = state.value?.isDone === true;
  const hasBegun = (state.value?.nowMs ?? 0) > 0;
  return (
    <section class="controls" aria-label="The race">
      <div class="buttons">
        <button
          type="button"
          class="main"
          disabled={state.value === undefined}
          onClick={() => (isPlaying.value ? session.pause() : session.play())}
        >
          <Icon path={isPlaying.value ? "M5 4h5v16H5zM14 4h5v16h-5z" : "M6 3l15 9-15 9z"} />
          {isPlaying.value ? "Pause" : isDone ? "Race again" : hasBegun ? "Go on" : "Start"}
        </button>
        <button type="button" disabled={state.value === undefined} onClick={() => session.restart()}>
          <Icon path="M4 4v16M20 4L8 12l12 8z" />
          To the start
        </button>
      </div>
      <span class="clock" role="timer" aria-label="Virtual time">
        {seconds(state.value?.nowMs ?? 0)}
      </span>
      <label>
        Speed
        <select
          value={String(speed)}
          onChange={({ currentTarget }) => session.set({ speed: Number(currentTarget.value) })}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={String(each)}>
              {each === 1 ? "real time" : `${1 / each} times slower`}
            </option>
          ))}
        </select>
      </label>
      <label>
        Loss
        <input
          type="range"
          {...RANGES.lossPercent}
          value={lossPercent}
          aria-valuetext={`${lossPercent} percent`}
          onChange={({ currentTarget }) => session.set({ lossPercent: currentTarget.valueAsNumber })}
        />
        <span class="value">{lossPercent} %</span>
      </label>
      <label>
        Round trip
        <input
          type="range"
          {...RANGES.roundTripMs}
          value={roundTripMs}
          aria-valuetext={`${roundTripMs} milliseconds`}
          onChange={({ currentTarget }) => session.set({ roundTripMs: currentTarget.valueAsNumber })}
        />
        <span class="value">{roundTripMs} ms</span>
      </label>
      <label>
        Seed
        <input
          type="number"
          {...RANGES.seed}
          value={seed}
          onChange={({ currentTarget }) => {
            session.set({ seed: inRange("seed", currentTarget.valueAsNumber) ?? seed });
            currentTarget.value = String(settings.value.seed);
          }}
        />
      </label>
      <button type="button" onClick={() => session.set({ seed: seed + 1 })}>
        Other losses
      </button>
    </section>
  );
}
