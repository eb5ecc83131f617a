/**
 * The list of lessons and bugs.
 * Owns: how each is announced. Does not own: which there are (list.ts, bugs.ts).
 */
import type { Bug } from "./bug.ts";
import type { Lesson } from "./lesson.ts";
import { routeTo } from "./route.ts";

export interface LessonListProps {
  readonly lessons: readonly Lesson[];
  readonly bugs: readonly Bug[];
}

export function LessonList({ lessons, bugs }: LessonListProps) {
  return (
    <div class="lesson-list">
      <h1>Lessons</h1>
      <p>
        Each lesson is a network in virtual time on which the real stack runs. At each step its statements are
        checked, there and then; you predict what will happen, and the stack decides who was right.
      </p>
      <ol>
        {lessons.map(({ name, title, learns, sections }) => (
          <li key={name}>
            <h2>
              <a href={routeTo(name)}>{title}</a>
            </h2>
            <p>{learns}</p>
            <p class="sections">{sections.join(" · ")}</p>
          </li>
        ))}
      </ol>
      <h1>Find the bug</h1>
      <p>
        Six stacks, each with one mistake in it. What do they do wrong, and which rule of the RFC do they
        break?
      </p>
      <ol>
        {bugs.map(({ name, title, says }) => (
          <li key={name}>
            <h2>
              <a href={routeTo(name)}>{title}</a>
            </h2>
            <p>{says[0]}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}
