/**
 * The page of lessons: the list, or the lesson that the address names.
 * Owns: following the address, the workers that play. Does not own: what is shown (lesson-list.tsx, lesson-player.tsx,
 * bug-player.tsx).
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { SiteHead } from "../app/site-nav.tsx";
import type { Bug } from "./bug.ts";
import { BugPlayer } from "./bug-player.tsx";
import { BUGS } from "./bugs.ts";
import type { DeskReport, DeskRequest } from "./lesson-desk.ts";
import { LessonList } from "./lesson-list.tsx";
import { LessonPlayer } from "./lesson-player.tsx";
import { LessonPort } from "./lesson-port.ts";
import { LESSONS } from "./list.ts";
import { readRoute, routeTo } from "./route.ts";
import { faultyWorker, soundWorker } from "./workers.ts";

type Ask = (request: DeskRequest) => Promise<DeskReport>;

let sound: LessonPort | undefined;
const faulty = new Map<string, Promise<LessonPort>>();

const askSound: Ask = (request) => {
  sound ??= new LessonPort(soundWorker());
  return sound.ask(request);
};

async function askFaulty({ name, mutant }: Bug, request: DeskRequest): Promise<DeskReport> {
  const port = faulty.get(name) ?? faultyWorker(mutant).then((worker) => new LessonPort(worker));
  faulty.set(name, port);
  return (await port).ask(request);
}

export function LessonsPage() {
  return (
    <>
      <SiteHead here="Lessons" />
      <main class="lessons">
        <PageOfAddress />
      </main>
    </>
  );
}

function PageOfAddress() {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const follow = (): void => {
      setRoute(readRoute(location.hash));
      scrollTo(0, 0);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const { lesson: name, step } = route;
  const lesson = LESSONS.find((each) => each.name === name);
  const bug = BUGS.find((each) => each.name === name);
  useEffect(() => {
    document.title = `${lesson?.title ?? bug?.title ?? "Lessons"} · sctpkit playground`;
  }, [lesson, bug]);
  const shown = useRef(name);
  useLayoutEffect(() => {
    if (shown.current === name) return; // Whoever opens the page is not taken anywhere in it.
    shown.current = name;
    const heading = document.querySelector<HTMLElement>(".lessons h1");
    if (heading !== null) heading.tabIndex = -1;
    heading?.focus({ preventScroll: true });
  }, [name]);
  if (lesson !== undefined) {
    const onStep = (next: number): void => {
      location.hash = routeTo(lesson.name, next);
    };
    return <LessonPlayer key={name} lesson={lesson} step={step} ask={askSound} onStep={onStep} />;
  }
  if (bug !== undefined) return <BugOfAddress key={name} bug={bug} />;
  return (
    <>
      {name !== undefined && <p role="alert">There is no lesson “{name}” here.</p>}
      <LessonList lessons={LESSONS} bugs={BUGS} />
    </>
  );
}

function BugOfAddress({ bug }: { readonly bug: Bug }) {
  const ask = useCallback<Ask>((request) => askFaulty(bug, request), [bug]);
  return <BugPlayer bug={bug} askFaulty={ask} askSound={askSound} />;
}
