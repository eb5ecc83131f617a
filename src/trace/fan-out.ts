/**
 * One trace for several sinks.
 * Owns: passing everything on, in order. Does not own: the sinks.
 */
import { checkArgument, hasMethods, type Kind } from "../base/option-check.ts";
import { detailsFor, type TraceSink, traceLost } from "../base/trace-sink.ts";

const isSink: Kind = (value) =>
  hasMethods(value, ["packet", "event"]) ? undefined : "a TraceSink, with the methods packet and event";

/** A sink that gives each of `sinks` whatever it gets. @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
export function fanOut(...sinks: readonly TraceSink[]): TraceSink {
  for (const sink of sinks) checkArgument("each argument of fanOut()", sink, isSink);
  const detail = detailsFor(...sinks);
  return {
    ...(detail && { detail }),
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
