/**
 * One trace for several sinks.
 * Owns: passing everything on, in order. Does not own: the sinks.
 */
import { type TraceSink, traceLost } from "../base/trace-sink.ts";

/** A sink that gives each of `sinks` whatever it gets. */
export function fanOut(...sinks: readonly TraceSink[]): TraceSink {
  return {
    packet(direction, datagram, local, remote, nowMs): void {
      for (const sink of sinks) sink.packet(direction, datagram, local, remote, nowMs);
    },
    lost(...lost): void {
      for (const sink of sinks) traceLost(sink, ...lost);
    },
    event(event, nowMs): void {
      for (const sink of sinks) sink.event(event, nowMs);
    },
  };
}
