/**
 * Which paths have samples of their delivery rate, and when those tell of the user and not of the path.
 * Owns: making a path's sampler when its controller asks for one, telling it that there was nothing more to send.
 * Does not own: the samples (paths/delivery-sampler.ts), what is made of them (src/congestion), when there is nothing (outbound.ts).
 */
import { DeliverySampler } from "../paths/delivery-sampler.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";

/** Something is about to be sent on a path. */
export function sampleDelivery(path: Path): void {
  if (path.congestion.samplesDelivery === true)
    path.flight.sampler ??= new DeliverySampler((lost) => path.congestion.onLost?.(lost));
}

/** There is no full chunk to send: that matters where a window has room. */
export function noteRunDry(paths: PathSet): void {
  for (const { flight, congestion } of paths.all) {
    if (flight.sampler !== undefined && flight.flightBytes < congestion.cwndBytes)
      flight.sampler.onRanDry(flight.flightBytes);
  }
}
