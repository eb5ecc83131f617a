/**
 * The options of associations: what the protocol may use, and how it sends.
 * Owns: these controls. Does not own: the options and their ranges (sctpkit/core), where a change goes (scenario-edits.ts).
 */
import { useId, useState } from "preact/hooks";
import type { OptionRow } from "../session/protocol.ts";
import { optionOf, type ScenarioDocument, withOption } from "../session/scenario-edits.ts";
import type { PanelProps } from "./panels.tsx";

const EXTENSIONS = [
  "partialReliability",
  "interleaving",
  "streamReconfiguration",
  "authentication",
  "dynamicAddresses",
];
const SENDING = ["congestionControl", "lossDetection", "streamScheduler", "preset"];

export function OptionsPanel({ session }: PanelProps) {
  const [host, setHost] = useState<string | undefined>(undefined);
  const [sought, setSought] = useState("");
  const rows = session.options.value;
  if (session.scenario.value === undefined) return <p>A capture has no options that could be changed.</p>;
  const document = session.document() as unknown as ScenarioDocument;
  const field = (row: OptionRow) => (
    <OptionField
      key={row.name}
      row={row}
      value={optionOf(document, host, row.name)}
      onChange={(value) => session.changeOptions(withOption(document, host, row.name, value))}
    />
  );
  const these = (names: readonly string[]) =>
    names.flatMap((name) => rows.filter((row) => row.name === name).map(field));
  const found = rows.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(sought.trim().toLowerCase()),
  );
  return (
    <>
      <p class="hint">Options hold from the beginning: the scenario is played again up to this moment.</p>
      <label class="field">
        Options of
        <select value={host ?? ""} onChange={(event) => setHost(event.currentTarget.value || undefined)}>
          <option value="">all hosts</option>
          {document.hosts.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <fieldset class="options">
        <legend>Extensions</legend>
        {these(EXTENSIONS)}
      </fieldset>
      <fieldset class="options">
        <legend>Sending</legend>
        {these(SENDING)}
      </fieldset>
      <details class="editor">
        <summary>All options</summary>
        <label class="field">
          Look for
          <input type="search" value={sought} onInput={(event) => setSought(event.currentTarget.value)} />
        </label>
        <div class="options">{found.map(field)}</div>
      </details>
    </>
  );
}

interface OptionFieldProps {
  readonly row: OptionRow;
  /** Undefined: the default. */
  readonly value: unknown;
  onChange(value: unknown): void;
}

function OptionField({ row, value, onChange }: OptionFieldProps) {
  const { name, description, section, otherwise } = row;
  const id = useId();
  const about = `${description} (${section})`;
  return (
    <div class={value === undefined ? "option" : "option is-set"} title={about}>
      <label for={id}>{name}</label>
      {row.type === "boolean" && (
        <input
          id={id}
          type="checkbox"
          checked={value === undefined ? otherwise === "true" : value !== false}
          onChange={({ currentTarget: { checked } }) =>
            onChange(String(checked) === otherwise ? undefined : checked)
          }
        />
      )}
      {row.type === "choice" && (
        <select
          id={id}
          value={String(value ?? otherwise)}
          onChange={({ currentTarget }) => onChange(chosen(currentTarget.value, otherwise))}
        >
          {row.names.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      )}
      {row.type === "number" && (
        <input
          id={id}
          type="number"
          min={row.min}
          max={Number.isFinite(row.max) ? row.max : undefined}
          step="any"
          placeholder={otherwise}
          value={value === undefined ? "" : String(value)}
          onChange={({ currentTarget }) => {
            if (currentTarget.validity.valid)
              onChange(currentTarget.value === "" ? undefined : currentTarget.valueAsNumber);
          }}
        />
      )}
    </div>
  );
}

/** "true" and "false" stand among the names of options that may be more than on or off. */
function chosen(text: string, otherwise: string): unknown {
  if (text === otherwise) return undefined;
  return text === "true" || text === "false" ? text === "true" : text;
}
