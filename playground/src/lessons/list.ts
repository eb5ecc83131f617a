/** Every lesson, in the order in which they are best taken. Owns: that order. Does not own: the lessons. */
import { CONGESTION } from "./congestion.ts";
import { DYNAMIC_ADDRESSES } from "./dynamic-addresses.ts";
import { FAILOVER } from "./failover.ts";
import { GAP_REPORTS } from "./gap-reports.ts";
import { HANDSHAKE } from "./handshake.ts";
import { HEAD_OF_LINE } from "./head-of-line.ts";
import { INIT_FLOOD } from "./init-flood.ts";
import { INTERLEAVING } from "./interleaving.ts";
import type { Lesson } from "./lesson.ts";
import { LOSS_DETECTION } from "./loss-detection.ts";
import { PARTIAL_RELIABILITY } from "./partial-reliability.ts";
import { RESTART } from "./restart.ts";
import { STREAM_RESET } from "./stream-reset.ts";

export const LESSONS: readonly Lesson[] = [
  HANDSHAKE,
  INIT_FLOOD,
  HEAD_OF_LINE,
  GAP_REPORTS,
  LOSS_DETECTION,
  CONGESTION,
  FAILOVER,
  RESTART,
  PARTIAL_RELIABILITY,
  STREAM_RESET,
  INTERLEAVING,
  DYNAMIC_ADDRESSES,
];
