/** Every lesson, in the order in which they are best taken. Owns: that order. Does not own: the lessons. */
import { HANDSHAKE } from "./handshake.ts";
import { INIT_FLOOD } from "./init-flood.ts";
import type { Lesson } from "./lesson.ts";

export const LESSONS: readonly Lesson[] = [HANDSHAKE, INIT_FLOOD];
