/**
 * The loss detectors that are built in, by name.
 * Owns: how each is made, for one path at a time or for several at once. Does not own: what they do, their names
 * (src/base/loss-detection.ts).
 */
import type { AssociationOptions } from "../../base/options.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { LossDetector } from "./loss-detector.ts";
import { RackLossDetector } from "./rack-loss-detector.ts";
import { Rfc9260LossDetector } from "./rfc9260-loss-detector.ts";
import { SplitMissDetector } from "./split-miss-detector.ts";
import { SplitRackDetector } from "./split-rack-detector.ts";

export function createLossDetector(options: AssociationOptions, paths: PathSet): LossDetector {
  const isRack = options.lossDetection === "rack";
  const isSplit = options.multipath !== "off";
  if (isSplit) return isRack ? new SplitRackDetector(paths) : new SplitMissDetector(paths);
  return isRack ? new RackLossDetector(paths) : new Rfc9260LossDetector();
}
