/**
 * Which scenario is played.
 * Owns: choosing one, its seed, its text, taking it home. Does not own: the check of it (readScenario, in the worker), files that
 * are dropped (drop.ts).
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { BUNDLED } from "../session/bundled.ts";
import { placeInJson } from "./json-place.ts";
import type { PanelProps } from "./panels.tsx";

export function ScenarioPanel({ session }: PanelProps) {
  const source = session.source.value;
  const scenario = session.scenario.value;
  return (
    <>
      <div class="fields">
        <label class="field wide">
          Scenario
          <select
            value={source.kind === "bundled" ? source.name : ""}
            onChange={(event) => session.openBundled(event.currentTarget.value)}
          >
            {source.kind !== "bundled" && (
              <option value="">{source.kind === "capture" ? "a capture" : "one of your own"}</option>
            )}
            {BUNDLED.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {scenario !== undefined && (
          <Seed key={scenario.seed} seed={scenario.seed} onChange={(seed) => session.setSeed(seed)} />
        )}
      </div>
      {scenario !== undefined && <p class="about">{scenario.about}</p>}
      <HowToBegin />
      <TakeHome session={session} />
      {scenario !== undefined && <TextEditor session={session} />}
    </>
  );
}

function HowToBegin() {
  return (
    <ol class="how-to-begin">
      <li>
        <strong>Step</strong> takes you to the next thing that happens, <strong>Play</strong> lets time run,
        and the slider below them goes to any moment.
      </li>
      <li>
        A dot on an arrow is a packet in flight: <strong>click it</strong> to drop, delay, double or corrupt
        it, and play on to see how the stack copes.
      </li>
      <li>
        Click any packet, and <strong>Bytes</strong> names every field of it. <strong>State</strong>,{" "}
        <strong>Streams</strong> and <strong>Plots</strong> look inside both ends.
      </li>
    </ol>
  );
}

function Seed({ seed, onChange }: { readonly seed: number; onChange(seed: number): void }) {
  return (
    <label class="field">
      Seed
      <input
        type="number"
        min={0}
        max={0xffff_ffff}
        step={1}
        value={seed}
        onChange={(event) => {
          if (event.currentTarget.validity.valid && event.currentTarget.value !== "")
            onChange(event.currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}

function TakeHome({ session }: PanelProps) {
  const scenario = session.scenario.value;
  if (scenario === undefined) return null;
  return (
    <fieldset class="row">
      <legend>Save what has happened so far</legend>
      <button type="button" onClick={() => session.export("pcapng")}>
        Capture <small>.pcapng</small>
      </button>
      {scenario.hosts.map(({ name }) => (
        <button key={name} type="button" onClick={() => session.export("sqlog", name)}>
          Trace of {name} <small>.sqlog</small>
        </button>
      ))}
      <button type="button" onClick={() => session.export("svg")}>
        Ladder <small>.svg</small>
      </button>
      <button type="button" onClick={() => session.export("json")}>
        Scenario <small>.json</small>
      </button>
    </fieldset>
  );
}

function TextEditor({ session }: PanelProps) {
  const text = session.text.value;
  const [edited, setEdited] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => setEdited(text), [text]);
  const complaint = session.complaint.value;
  const place = complaint === "" ? undefined : placeInJson(edited, complaint);
  const show = (): void => {
    if (place === undefined || area.current === null) return;
    area.current.focus();
    area.current.setSelectionRange(place.from, place.to);
    area.current.scrollTop =
      Math.max(0, place.line - 4) * Number.parseFloat(getComputedStyle(area.current).lineHeight);
  };
  return (
    <details class="editor">
      <summary>Edit it as JSON</summary>
      <label>
        <span class="unseen">The scenario as JSON</span>
        <textarea
          ref={area}
          class="code"
          spellcheck={false}
          rows={22}
          value={edited}
          aria-invalid={complaint !== ""}
          aria-describedby="editor-complaint"
          onInput={(event) => setEdited(event.currentTarget.value)}
        />
      </label>
      <p id="editor-complaint" class="complaint">
        {complaint}
      </p>
      <div class="row">
        <button type="button" class="main" onClick={() => session.openDocument(edited)}>
          Play this
        </button>
        <button type="button" disabled={edited === text} onClick={() => setEdited(text)}>
          Undo all changes
        </button>
        {place !== undefined && (
          <button type="button" onClick={show}>
            Show line {place.line}
          </button>
        )}
      </div>
    </details>
  );
}
