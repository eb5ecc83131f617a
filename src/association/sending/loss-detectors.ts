/**
 * The loss detectors that are built in, by name.
 * Owns: how each is made. Does not own: what they do, their names (src/base/loss-detection.ts).
 */
import type { LossDetectionName } from "../../base/loss-detection.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { LossDetector } from "./loss-detector.ts";
import { RackLossDetector } from "./rack-loss-detector.ts";
import { Rfc9260LossDetector } from "./rfc9260-loss-detector.ts";

export function createLossDetector(name: LossDetectionName, paths: PathSet): LossDetector {
  return name === "rack" ? new RackLossDetector(paths) : new Rfc9260LossDetector();
}
