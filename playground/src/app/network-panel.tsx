/**
 * The links of the scenario: loss, delay, reordering, rate and queue of each, and the knife.
 * Owns: these controls. Does not own: where a change goes (scenario-edits.ts), what links do (sctpkit/sim).
 */
import { useState } from "preact/hooks";
import type { LinkProfile } from "../../../src/sim/index.ts";
import {
  isCutAt,
  linkAt,
  type ScenarioDocument,
  type Way,
  withCut,
  withLink,
} from "../session/scenario-edits.ts";
import type { PanelProps } from "./panels.tsx";
import { Slider, StopSlider } from "./slider.tsx";

const RATES = [0, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 12.5e6, 125e6];
const QUEUES = [1_500, 3_000, 6_000, 15_000, 30_000, 64_000, 150_000, 500_000, 2_000_000];
/** Where a scenario does not say. */
const USUAL = {
  delayMinMs: 1,
  lossRate: 0,
  reorderRate: 0,
  duplicateRate: 0,
  bytesPerSecond: 0,
  queueBytes: 64_000,
};

const percent = (rate: number): string => `${(100 * rate).toFixed(rate > 0 && rate < 0.1 ? 1 : 0)} %`;
const milliseconds = (ms: number): string => `${ms} ms`;
const size = (bytes: number): string =>
  bytes >= 1e6 ? `${bytes / 1e6} MB` : bytes >= 1e3 ? `${bytes / 1e3} kB` : `${bytes} B`;
const rate = (bytesPerSecond: number): string =>
  bytesPerSecond === 0 ? "no limit" : `${size(bytesPerSecond)}/s`;

export function NetworkPanel({ session }: PanelProps) {
  const isThere = session.scenario.value !== undefined;
  const nowMs = session.moment.value?.nowMs ?? 0;
  if (!isThere) return <p>A capture has no network that could be changed.</p>;
  const document = session.document() as unknown as ScenarioDocument;
  return (
    <>
      <p class="hint">
        {nowMs === 0
          ? "A change holds from the beginning."
          : "A change holds from this moment on: it becomes a step of the scenario's timeline."}
      </p>
      {document.links.map(({ between }, index) => (
        <LinkForm
          key={between.join()}
          document={document}
          index={index}
          nowMs={nowMs}
          onChange={(changed) => session.changeNetwork(changed)}
        />
      ))}
      {document.links.length === 0 && <p>This scenario has no links.</p>}
    </>
  );
}

interface LinkFormProps {
  readonly document: ScenarioDocument;
  readonly index: number;
  readonly nowMs: number;
  onChange(document: ScenarioDocument): void;
}

function LinkForm({ document, index, nowMs, onChange }: LinkFormProps) {
  const [way, setWay] = useState<Way>("both");
  const [a = "", b = ""] = document.links[index]?.between ?? [];
  const isCut = isCutAt(document, index, nowMs);
  const profile = { ...USUAL, ...linkAt(document, index, way, nowMs) };
  const jitterMs = Math.max(0, (profile.delayMaxMs ?? profile.delayMinMs) - profile.delayMinMs);
  const change = (to: Partial<LinkProfile>): void => onChange(withLink(document, index, way, to, nowMs));
  const delay = (minMs: number, spreadMs: number): void =>
    change({ delayMinMs: minMs, delayMaxMs: minMs + spreadMs });
  return (
    <fieldset class={isCut ? "link-form is-cut" : "link-form"}>
      <legend>
        {named(document, a)} – {named(document, b)}
      </legend>
      <div class="row">
        <button
          type="button"
          class={isCut ? "main" : "alarming"}
          onClick={() => onChange(withCut(document, index, !isCut, nowMs))}
        >
          {isCut ? "Mend it" : "Cut it"}
        </button>
        <label class="speed">
          <span>Change</span>
          <select value={way} onChange={(event) => setWay(event.currentTarget.value as Way)}>
            <option value="both">both directions</option>
            <option value="there">{`to ${b}`}</option>
            <option value="back">{`to ${a}`}</option>
          </select>
        </label>
      </div>
      <Slider
        {...{ label: "Loss", min: 0, max: 0.5, step: 0.005, value: profile.lossRate, words: percent }}
        onChange={(lossRate) => change({ lossRate })}
      />
      <Slider
        {...{ label: "Delay", min: 0, max: 500, step: 5, value: profile.delayMinMs, words: milliseconds }}
        onChange={(delayMs) => delay(delayMs, jitterMs)}
      />
      <Slider
        {...{ label: "Jitter", min: 0, max: 200, step: 5, value: jitterMs, words: (ms) => `up to ${ms} ms` }}
        onChange={(spreadMs) => delay(profile.delayMinMs, spreadMs)}
      />
      <Slider
        {...{ label: "Held back", min: 0, max: 0.5, step: 0.01, value: profile.reorderRate, words: percent }}
        onChange={(reorderRate) => change({ reorderRate })}
      />
      <Slider
        {...{ label: "Doubled", min: 0, max: 0.5, step: 0.01, value: profile.duplicateRate, words: percent }}
        onChange={(duplicateRate) => change({ duplicateRate })}
      />
      <StopSlider
        {...{ label: "Rate", stops: RATES, value: profile.bytesPerSecond, words: rate }}
        onChange={(bytesPerSecond) => change({ bytesPerSecond })}
      />
      <StopSlider
        {...{ label: "Queue", stops: QUEUES, value: profile.queueBytes, words: size }}
        onChange={(queueBytes) => change({ queueBytes })}
      />
    </fieldset>
  );
}

/** "alice (10.0.0.1)". */
function named({ hosts }: ScenarioDocument, address: string): string {
  const host = hosts.find(({ addresses }) => addresses.includes(address));
  return host === undefined ? address : `${host.name} (${address})`;
}
