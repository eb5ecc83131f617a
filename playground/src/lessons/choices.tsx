/**
 * A question with answers of which one is chosen.
 * Owns: the form of it. Does not own: which answer is right.
 */
import { useId } from "preact/hooks";

export interface ChoicesProps {
  readonly asks: string;
  readonly answers: readonly string[];
  /** Its place; undefined if none has been chosen. */
  readonly chosen: number | undefined;
  onChoose(answer: number): void;
}

export function Choices({ asks, answers, chosen, onChoose }: ChoicesProps) {
  const name = useId();
  return (
    <fieldset class="choices">
      <legend>{asks}</legend>
      {answers.map((text, i) => (
        <label key={text}>
          <input type="radio" name={name} checked={chosen === i} onChange={() => onChoose(i)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

export interface VerdictProps {
  readonly heading: string;
  readonly answers: ReadonlyArray<{ readonly text: string; readonly why: string }>;
  readonly right: readonly boolean[];
  readonly chosen: number | undefined;
  /** What is said of the right one, and of the others: "came true". */
  readonly yes: string;
  readonly no: string;
}

/** What each answer was worth. */
export function Verdict({ heading, answers, right, chosen, yes, no }: VerdictProps) {
  return (
    <section class="verdict">
      <h3>{heading}</h3>
      <ul>
        {answers.map(({ text, why }, i) => (
          <li key={text} class={right[i] ? "right" : "wrong"}>
            <p>
              <strong>
                {right[i] ? `✓ ${yes}` : `✗ ${no}`}
                {chosen === i && ", your choice"}:
              </strong>{" "}
              {text}
            </p>
            <p>{why}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
