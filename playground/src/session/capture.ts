/**
 * The ladder of a capture, with a place for everything in it.
 * Owns: the words about what was read. Does not own: reading captures, which hosts there are, the ladder (captureLadder of
 * sctpkit/core), where things lie (chart.ts).
 */
import { type CaptureDrawing, captureLadder, type Ladder, type LadderPacket } from "../../../src/core.ts";
import { Chart } from "./chart.ts";

/** Of which the capture says when they were seen, not when they arrived. */
const NO_TIME_MS = 10;

export interface CaptureChart {
  readonly ladder: Ladder;
  readonly chart: Chart;
  readonly endMs: number;
  /** What has been read, what is not shown, and what stopped it. */
  readonly told: string;
}

/** @throws Error if there is no SCTP packet in it, which says what there is */
export function chartOfCapture(file: Uint8Array): CaptureChart {
  if (file.length === 0) throw new Error("there is nothing in it");
  let chart: Chart | undefined;
  const drawing = captureLadder(file, {}, (ladder, packet, datagram) => {
    chart ??= new Chart(ladder, NO_TIME_MS);
    place(chart, ladder.packets[packet] as LadderPacket, packet + 1, datagram);
  });
  if (chart === undefined) throw new Error(drawing.fault?.message ?? nothing(drawing));
  chart.takeWords();
  const { ladder } = drawing;
  return { ladder, chart, endMs: ladder.endMs, told: words(drawing) };
}

function place(chart: Chart, { sentAtMs, arrows }: LadderPacket, number: number, datagram: Uint8Array): void {
  const copy = { id: number, isDamaged: arrows[0]?.isDamaged ?? false, arrivesAtMs: sentAtMs };
  chart.onSent({ number, sentAtMs, datagram }, [copy], undefined);
  chart.onArrived(copy, number);
}

function nothing({ fragmentCount, others }: CaptureDrawing): string {
  const seen = [...others].map(([what, count]) => `${count} of ${what}`);
  if (fragmentCount > 0) seen.push(`${fragmentCount} fragments of IP`);
  return `there is no SCTP packet in it${seen.length === 0 ? "" : `, but ${seen.join(", ")}`}`;
}

function words({ ladder, fragmentCount, strangerCount, others, fault }: CaptureDrawing): string {
  const otherCount = [...others.values()].reduce((sum, count) => sum + count, 0);
  const hidden = [
    [fragmentCount, "fragments of IP"],
    [strangerCount, "packets of hosts that are too many"],
    [otherCount, "other frames"],
    [ladder.omittedCount, "more SCTP packets and notes"],
  ] as const;
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
  const shown = `${many(ladder.packets.length, "SCTP packet")} of ${many(ladder.lanes.length, "host")}`;
  const notShown = hidden
    .filter(([count]) => count > 0)
    .map(([count, what]) => `; ${count} ${what} are not shown`);
  const stopped = fault === undefined ? "" : `. It cannot be read to its end: ${fault.message}`;
  return `${shown}${notShown.join("")}${stopped}.`;
}
