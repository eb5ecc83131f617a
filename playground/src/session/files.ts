/**
 * What is taken home of a session: a capture, a trace, a drawing, the scenario.
 * Owns: making these files. Does not own: their formats (sctpkit/core), handing them to the user (page-session.ts).
 */
import { explainPacket, ladderSvg, PcapngSink, QlogSink, type TraceSink } from "../../../src/core.ts";
import { writeScenario } from "../../../src/sim/index.ts";
import type { Player } from "./player.ts";
import type { ExportFormat } from "./protocol.ts";

export interface MadeFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** @param host whose trace it is to be */
export function fileOf(player: Player, format: ExportFormat, host: string): MadeFile {
  const stem = player.scenario.name === "" ? "scenario" : player.scenario.name.replaceAll(/[^\w.-]+/g, "-");
  switch (format) {
    case "pcapng":
      return { name: `${stem}.pcapng`, type: "application/octet-stream", bytes: captureOf(player) };
    case "sqlog":
      return { name: `${stem}-${host}.sqlog`, type: "application/json-seq", bytes: traceOf(player, host) };
    case "svg": {
      const title = player.scenario.name === "" ? "Sequence diagram" : player.scenario.name;
      return {
        name: `${stem}.svg`,
        type: "image/svg+xml",
        bytes: utf8(ladderSvg(player.markedLadder(), { title })),
      };
    }
    case "json":
      return { name: `${stem}.json`, type: "application/json", bytes: utf8(writeScenario(player.scenario)) };
  }
}

function captureOf(player: Player): Uint8Array {
  const pieces: Uint8Array[] = [];
  const { seed } = player.scenario;
  const sink = new PcapngSink((bytes) => pieces.push(bytes.slice()), {
    application: "sctpkit playground",
    sectionComments: [`seed ${seed}`],
    comment: (datagram) => explainPacket(datagram),
  });
  player.replay({ trace: () => sentOnly(sink) });
  return joined(pieces);
}

/** Two hosts tell of every packet: once is enough. */
function sentOnly(sink: PcapngSink): TraceSink {
  return {
    packet: (direction, ...rest) => {
      if (direction === "sent") sink.packet(direction, ...rest);
    },
    event: (event, nowMs) => sink.event(event, nowMs),
    detail: (detail) => sink.detail(detail),
  };
}

function traceOf(player: Player, host: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  const { name, about } = player.scenario;
  const sink = new QlogSink((record) => pieces.push(utf8(record)), {
    title: name,
    description: about,
    vantagePointName: host,
  });
  player.replay({ trace: (each) => (each === host ? sink : undefined) });
  return joined(pieces);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
