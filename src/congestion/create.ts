/**
 * Which congestion controller a new path gets.
 * Owns: the choice. Does not own: the algorithms.
 */
import type { CongestionController } from "./controller.ts";
import { Rfc9260Controller } from "./rfc9260.ts";

export function createController(pmdcsBytes: number, family: 4 | 6): CongestionController {
  return new Rfc9260Controller(pmdcsBytes, family);
}
