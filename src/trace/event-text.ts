/**
 * What happened inside a stack, in a sentence.
 * Owns: the words. Does not own: packets (labels.ts, explain.ts), layout (sequence-diagram.ts, ladder-text.ts).
 */
import type { TraceEvent } from "../base/trace-sink.ts";

/** @param localName what to call the side that is traced */
export function eventText(event: TraceEvent, localName: string): string {
  switch (event.kind) {
    case "state":
      return `${localName} goes from ${event.from} to ${event.to}`;
    case "drop":
      return `dropped by ${localName}: ${event.reason}${event.detail === "" ? "" : ` (${event.detail})`}`;
    case "timer":
      return `timer ${event.timer} expired${event.address === undefined ? "" : ` for ${event.address}`}`;
    case "retransmit":
      return `TSN ${event.tsn} is sent again to ${event.address}: ${event.reason}`;
    case "congestion":
      return `${event.address}: ${event.reason}: cwnd ${event.cwndBytes}, ssthresh ${event.ssthreshBytes}, in flight ${event.flightBytes}`;
    case "rtt":
      return `${event.address}: round trip ${event.sampleMs.toFixed(3)} ms, SRTT ${event.srttMs.toFixed(3)}, RTO ${event.rtoMs.toFixed(0)}`;
    case "packet-size":
      return `packets to ${event.address} are at most ${event.maxPacketBytes} bytes long: ${event.search}`;
    case "path":
      return `path to ${event.address} is ${event.state}: ${event.reason}`;
  }
}

/** The same in a few words, for where it is clear whom it is about. */
export function eventBrief(event: TraceEvent): string {
  switch (event.kind) {
    case "state":
      return event.to;
    case "drop":
      return `dropped: ${event.reason}`;
    case "timer":
      return `${event.timer} expired`;
    case "path":
      return `${event.address} ${event.state}`;
    default:
      return eventText(event, "");
  }
}
