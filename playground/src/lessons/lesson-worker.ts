/** The worker in which lessons are played by the sound stack. Owns: nothing else. */

import { lessonOf } from "./bug.ts";
import { BUGS } from "./bugs.ts";
import { LessonDesk } from "./lesson-desk.ts";
import { serve } from "./lesson-port.ts";
import { LESSONS } from "./list.ts";

serve(new LessonDesk([...LESSONS, ...BUGS.map(lessonOf)]));
