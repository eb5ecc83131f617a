/**
 * The worker of the race: both sides run here, in virtual time.
 * Owns: the two transfers. Does not own: when they go on (race-session.ts), what they do (transfer.ts).
 */
import type { RaceReport, RaceRequest, SideReport } from "./protocol.ts";
import { type Manner, Transfer } from "./transfer.ts";

interface Race {
  readonly run: number;
  readonly sides: Readonly<Record<Manner, Transfer>>;
}

let race: Race | undefined;

function report({ run, sides }: Race, ms: number): RaceReport {
  const side = (transfer: Transfer): SideReport => {
    const pieces = transfer.playTo(ms);
    return { pieces, progress: transfer.progress, packetCount: transfer.packetCount };
  };
  const [one, many] = [side(sides["one-stream"]), side(sides.streams)];
  const isDone = sides["one-stream"].isDone && sides.streams.isDone;
  const nowMs = Math.max(sides["one-stream"].nowMs, sides.streams.nowMs);
  return { run, nowMs, isDone, sides: { "one-stream": one, streams: many } };
}

addEventListener("message", ({ data }: MessageEvent<RaceRequest>) => {
  if (data.kind === "start") {
    const { run, resources, conditions } = data;
    const transfer = (manner: Manner): Transfer => new Transfer(resources, conditions, manner);
    race = { run, sides: { "one-stream": transfer("one-stream"), streams: transfer("streams") } };
  }
  if (race?.run === data.run) postMessage(report(race, data.kind === "start" ? 0 : data.ms));
});
