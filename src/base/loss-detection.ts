/**
 * The names of the loss detectors.
 * Owns: what the option `lossDetection` takes. Does not own: the detectors (src/association/sending).
 */

export const LOSS_DETECTIONS = ["rfc9260", "rack"] as const;

/** What counts as lost: `rfc9260` what three SACKs report as missing; `rack` what was sent long enough before something that has come. */
export type LossDetectionName = (typeof LOSS_DETECTIONS)[number];
