/**
 * A bug to be found: what can be seen, hints, the question, the answer with the line of code.
 * Owns: what has been revealed. Does not own: playing (lesson-desk.ts, in the worker of the fault).
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { SteadyButton } from "../app/steady-button.tsx";
import type { Bug, Fault } from "./bug.ts";
import { Choices, Verdict } from "./choices.tsx";
import type { DeskReport, DeskRequest } from "./lesson-desk.ts";
import { Findings, useReport } from "./lesson-player.tsx";
import { OpenMoment } from "./open-moment.tsx";
import { Stage } from "./stage.tsx";

type Ask = (request: DeskRequest) => Promise<DeskReport>;

export interface BugPlayerProps {
  readonly bug: Bug;
  /** With the stack that has the fault, and with the sound one. */
  readonly askFaulty: Ask;
  readonly askSound: Ask;
}

const MOMENTS = ["where it shows", "at the end"];

export function BugPlayer({ bug, askFaulty, askSound }: BugPlayerProps) {
  const [step, setStep] = useState(0);
  const [isSound, setSound] = useState(false);
  const [hints, setHints] = useState(0);
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const [isAnswered, setAnswered] = useState(false);
  const [report, complaint] = useReport(isSound ? askSound : askFaulty, { lesson: bug.name, step });
  return (
    <article class="lesson">
      <header>
        <p>
          <a href="#lessons">All lessons</a>
        </p>
        <h1>Find the bug: {bug.title}</h1>
      </header>
      {complaint !== "" && <p role="alert">{complaint}</p>}
      <div class="columns">
        <section class="said">
          <h2>What can be seen</h2>
          {bug.says.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          <p class="row">
            {MOMENTS.map((name, i) => (
              <button key={name} type="button" aria-pressed={step === i} onClick={() => setStep(i)}>
                Look {name}
              </button>
            ))}
            <button type="button" aria-pressed={isSound} onClick={() => setSound(!isSound)}>
              Play with the sound stack
            </button>
          </p>
          <p role="status">
            {report === undefined
              ? "Playing …"
              : `Played by ${isSound ? "the sound stack" : "the stack with the fault"}, ${MOMENTS[step]}.`}
          </p>
          {report !== undefined && <Findings report={report} />}
          <h2>Hints</h2>
          <ol class="hints">
            {bug.hints.slice(0, hints).map((hint) => (
              <li key={hint}>{hint}</li>
            ))}
          </ol>
          <p>
            <SteadyButton isIdle={hints >= bug.hints.length} onClick={() => setHints(hints + 1)}>
              {hints === 0 ? "Give me a hint" : "Another hint"}
            </SteadyButton>
          </p>
          <h2>Your verdict</h2>
          {!isAnswered && (
            <>
              <Choices
                asks="Which rule is broken?"
                answers={bug.rules.map(({ text, section }) => `${text} (${section})`)}
                chosen={chosen}
                onChoose={setChosen}
              />
              <p>
                <button
                  type="button"
                  class="primary"
                  disabled={chosen === undefined}
                  onClick={() => setAnswered(true)}
                >
                  Was I right?
                </button>
              </p>
            </>
          )}
          {isAnswered && <Answer bug={bug} chosen={chosen} askFaulty={askFaulty} />}
        </section>
        {report !== undefined && (
          <div>
            <Stage report={report} />
            <OpenMoment scenario={bug.scenario} atMs={report.outcome.atMs}>
              Open this moment in the playground, where the sound stack plays
            </OpenMoment>
          </div>
        )}
      </div>
    </article>
  );
}

function Answer({
  bug,
  chosen,
  askFaulty,
}: Pick<BugPlayerProps, "bug" | "askFaulty"> & { readonly chosen: number | undefined }) {
  const [report] = useReport(askFaulty, { lesson: bug.name, step: 1 });
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.focus(), []); // The button that asked for it is gone.
  return (
    <div role="status" tabIndex={-1} ref={place}>
      <Verdict
        heading="Which rule is broken?"
        answers={bug.rules.map(({ text, section, why }) => ({ text: `${text} (${section})`, why }))}
        right={bug.rules.map(({ isBroken }) => isBroken)}
        chosen={chosen}
        yes="This one is broken"
        no="This one is kept"
      />
      <p>{bug.answer}</p>
      {report?.fault !== undefined && <Code fault={report.fault} />}
    </div>
  );
}

function Code({ fault: { file, right, wrong } }: { readonly fault: Fault }) {
  return (
    <section class="code">
      <h3>{file}</h3>
      <p>The sound stack:</p>
      <pre>
        <code>{right}</code>
      </pre>
      <p>This one:</p>
      <pre>
        <code>{wrong === "" ? "(nothing: the line is missing)" : wrong}</code>
      </pre>
    </section>
  );
}
