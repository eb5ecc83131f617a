/**
 * A lesson at one of its steps.
 * Owns: what is said, asked and shown there, and what the reader has predicted. Does not own: playing (lesson-desk.ts), the pictures
 * (stage.tsx).
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Choices, Verdict } from "./choices.tsx";
import type { Lesson } from "./lesson.ts";
import { type DeskReport, type DeskRequest, timeText } from "./lesson-desk.ts";
import { OpenMoment } from "./open-moment.tsx";
import { routeTo } from "./route.ts";
import { Stage } from "./stage.tsx";

export interface LessonPlayerProps {
  readonly lesson: Lesson;
  /** Counted from 0. */
  readonly step: number;
  ask(request: DeskRequest): Promise<DeskReport>;
  onStep(step: number): void;
}

export function LessonPlayer({ lesson, step, ask, onStep }: LessonPlayerProps) {
  const [report, complaint] = useReport(ask, { lesson: lesson.name, step });
  const [predictions, setPredictions] = useState<ReadonlyMap<number, number>>(new Map());
  const heading = useRef<HTMLHeadingElement>(null);
  const shownStep = useRef(step);
  useLayoutEffect(() => {
    if (shownStep.current === step) return; // Whoever opens the page is not taken anywhere in it.
    shownStep.current = step;
    heading.current?.focus(); // At once: the button that led here is of no use until the step has been played.
  }, [step]);
  const { steps } = lesson;
  const current = steps[step];
  if (current === undefined) return <p role="alert">This lesson has {steps.length} steps.</p>;
  const before = steps[step - 1]?.asks;
  return (
    <article class="lesson">
      <header>
        <p>
          <a href="#lessons">All lessons</a>
        </p>
        <h1>{lesson.title}</h1>
        <p class="sections">{lesson.sections.join(" · ")}</p>
        <StepList lesson={lesson} step={step} />
      </header>
      <p class="unseen" role="status">
        {report !== undefined &&
          `Step ${step + 1} of ${steps.length}, ${current.title}, at ${timeText(report.outcome.atMs)}`}
      </p>
      {complaint !== "" && <p role="alert">{complaint}</p>}
      <div class="columns">
        <section class="said">
          <h2 tabIndex={-1} ref={heading}>
            {current.title}
          </h2>
          {report !== undefined && before !== undefined && (
            <Verdict
              heading={before.asks}
              answers={before.answers}
              right={report.outcome.cameTrue}
              chosen={predictions.get(step - 1)}
              yes="This came true"
              no="This did not come true"
            />
          )}
          {current.says.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          {report !== undefined && <Findings report={report} />}
          {current.asks !== undefined && (
            <Choices
              key={step}
              asks={current.asks.asks}
              answers={current.asks.answers.map(({ text }) => text)}
              chosen={predictions.get(step)}
              onChoose={(answer) => setPredictions(new Map(predictions).set(step, answer))}
            />
          )}
          <p class="row">
            <button type="button" disabled={step === 0} onClick={() => onStep(step - 1)}>
              Back
            </button>
            {step + 1 < steps.length ? (
              <button
                type="button"
                class="primary"
                disabled={report === undefined}
                onClick={() => onStep(step + 1)}
              >
                {current.asks === undefined ? "Play on" : "Play on, and see"}
              </button>
            ) : (
              <a class="button" href="#lessons">
                Done: all lessons
              </a>
            )}
          </p>
        </section>
        {report !== undefined && (
          <div>
            <Stage report={report} />
            <OpenMoment scenario={lesson.scenario} atMs={report.outcome.atMs} />
          </div>
        )}
      </div>
    </article>
  );
}

function StepList({ lesson: { name, steps }, step }: { readonly lesson: Lesson; readonly step: number }) {
  return (
    <nav aria-label="Steps">
      <ol class="steps">
        {steps.map(({ title }, i) => (
          <li key={title}>
            <a href={routeTo(name, i)} aria-current={i === step ? "step" : undefined} title={title}>
              <span class="unseen">Step </span>
              {i + 1}
              <span class="unseen">: {title}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Where to look, and what was found to be true. */
export function Findings({ report: { outcome, words } }: { readonly report: DeskReport }) {
  return (
    <>
      {words.length > 0 && (
        <section class="look">
          <h3>Look at</h3>
          <ul>
            {words.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
      {outcome.checks.length > 0 && (
        <section class="checks">
          <h3>Checked on the running stack, at {timeText(outcome.atMs)}</h3>
          <ul>
            {outcome.checks.map(({ says, holds }) => (
              <li key={says} class={holds ? "right" : "wrong"}>
                <span aria-hidden="true">{holds ? "✓" : "✗"}</span>
                <span class="unseen">{holds ? "True: " : "Not true: "}</span> {says}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What the desk answers; the report is that of before until then. @returns also why it did not */
export function useReport(
  ask: LessonPlayerProps["ask"],
  { lesson, step }: DeskRequest,
): [report: DeskReport | undefined, complaint: string] {
  const [report, setReport] = useState<DeskReport | undefined>(undefined);
  const [complaint, setComplaint] = useState("");
  useEffect(() => {
    let isWanted = true;
    ask({ lesson, step }).then(
      (answer) => {
        if (!isWanted) return;
        setComplaint("");
        setReport(answer);
      },
      (error: Error) => {
        if (isWanted) setComplaint(`This cannot be played: ${error.message}`);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [ask, lesson, step]);
  return [report?.lesson === lesson && report.step === step ? report : undefined, complaint];
}
