/**
 * What a failing number of a part leaves behind: its packets as a capture, its events as a log, and where a document can say it, a
 * scenario for `sctp sim`.
 * Owns: playing it again for that, the files. Does not own: the parts (parts.ts).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { detailsFor, type TraceSink } from "../../../src/base/trace-sink.ts";
import { writeScenario } from "../../../src/sim/index.ts";
import { EventLog } from "../../../src/trace/event-log.ts";
import { fanOut } from "../../../src/trace/fan-out.ts";
import { PcapngSink } from "../../../src/trace/pcapng.ts";
import { partOf } from "./parts.ts";

export interface Evidence {
  /** Why it failed; undefined if it did not. */
  readonly error: unknown;
  readonly files: readonly string[];
}

export function writeEvidence(partName: string, number: number, folder: string): Evidence {
  const part = partOf(partName);
  if (part === undefined) throw new Error(`there is no part ${partName}`);
  mkdirSync(folder, { recursive: true });
  const stem = `${partName.replaceAll("/", "-")}-${number}`;
  const files = ["pcapng", "log"].map((kind) => join(folder, `${stem}.${kind}`));
  const capture: Uint8Array[] = [];
  const lines = part.describe(number);
  const pcapng = new PcapngSink((bytes) => capture.push(bytes.slice()), { sectionComments: [...lines] });
  const log = new EventLog((line) => lines.push(line));
  let error: unknown;
  try {
    part.replay(number, sentOnly(fanOut(pcapng, log)));
  } catch (thrown) {
    error = thrown;
  }
  writeFileSync(files[0] ?? "", Buffer.concat(capture));
  writeFileSync(files[1] ?? "", `${lines.join("\n")}\n`);
  const document = part.document?.(number);
  if (document === undefined) return { error, files };
  const path = join(folder, `${stem}.json`);
  writeFileSync(path, writeScenario(document));
  return { error, files: [...files, path] };
}

/** Both hosts trace every packet: once is enough. */
function sentOnly(sink: TraceSink): TraceSink {
  return {
    packet(direction, datagram, local, remote, nowMs): void {
      if (direction === "sent") sink.packet(direction, datagram, local, remote, nowMs);
    },
    event(event, nowMs): void {
      sink.event(event, nowMs);
    },
    detail: detailsFor(sink),
  };
}
