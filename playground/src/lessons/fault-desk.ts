/** A desk at which bugs are played by a stack that has one. Owns: nothing else. */
import { type FaultyStack, lessonOf, playsWith } from "./bug.ts";
import { BUGS } from "./bugs.ts";
import { LessonDesk } from "./lesson-desk.ts";
import { serve } from "./lesson-port.ts";

/** Called once in a worker. */
export function serveFaulty(stack: FaultyStack): void {
  serve(new LessonDesk(BUGS.map(lessonOf), playsWith(stack), stack.fault));
}
