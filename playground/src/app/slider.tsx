/** A slider with its value beside it. Owns: that nothing is asked for before it is let go. Does not own: what it is of. */
import { useState } from "preact/hooks";

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  words(value: number): string;
  onChange(value: number): void;
}

export function Slider({ label, value, min, max, step, words, onChange }: SliderProps) {
  const [held, setHeld] = useState<number | undefined>(undefined);
  const shown = held ?? value;
  return (
    <label class="slider">
      <span>{label}</span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={shown}
        aria-valuetext={words(shown)}
        onInput={(event) => setHeld(event.currentTarget.valueAsNumber)}
        onChange={(event) => {
          setHeld(undefined);
          onChange(event.currentTarget.valueAsNumber);
        }}
      />
      <span class="value" aria-hidden="true">
        {words(shown)}
      </span>
    </label>
  );
}

export interface StopSliderProps {
  readonly label: string;
  readonly value: number;
  /** In rising order. */
  readonly stops: readonly number[];
  words(value: number): string;
  onChange(value: number): void;
}

/** For what goes over many powers of ten. */
export function StopSlider({ label, value, stops, words, onChange }: StopSliderProps) {
  const above = stops.findIndex((stop) => stop >= value);
  const at = above === -1 ? stops.length - 1 : above;
  const stopAt = (index: number): number => (index === at ? value : (stops[index] ?? value));
  return (
    <Slider
      label={label}
      value={at}
      min={0}
      max={stops.length - 1}
      step={1}
      words={(index) => words(stopAt(index))}
      onChange={(index) => onChange(stopAt(index))}
    />
  );
}
