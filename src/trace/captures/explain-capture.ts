/**
 * A capture in plain English.
 * Owns: the lines about each packet: where and when it was seen, and what it says. Does not own: reading the capture (read-capture.ts),
 * explaining chunks (explain.ts), the fields of a packet (trace/fields).
 */
import { ParseError } from "../../chunks/errors.ts";
import { endpointText } from "../event-log.ts";
import { explanationLines, PacketExplainer } from "../explain.ts";
import { packetFieldLines } from "../fields/packet-fields.ts";
import { chunkNames, counted } from "../labels.ts";
import { CaptureSides } from "./capture-sides.ts";
import type { CapturedFragment, CapturedPacket, CaptureEntry } from "./read-capture.ts";

export interface CaptureExplainerOptions {
  /** Also tells every field of each packet: its place, value, meaning and section. Default false. */
  readonly withFields?: boolean;
}

/** Explains frame after frame: whoever of an association was seen first is called A, its peer B. */
export class CaptureExplainer {
  readonly #sides: CaptureSides;
  readonly #explainer: PacketExplainer;
  readonly #withFields: boolean;

  constructor({ withFields = false }: CaptureExplainerOptions = {}) {
    this.#withFields = withFields;
    this.#sides = new CaptureSides();
    this.#explainer = new PacketExplainer({ localName: "A", remoteName: "B" });
  }

  /** The lines about a frame; none if it has nothing to do with SCTP. Bytes never make it throw. */
  lines(entry: CaptureEntry): string[] {
    if (entry.kind === "other") return [];
    const comments = entry.frame.comments.flatMap((comment) => comment.split("\n"));
    const told = entry.kind === "fragment" ? fragmentLines(entry) : this.#packetLines(entry);
    const [head = "", ...rest] = told;
    const fields = this.#withFields && entry.kind === "packet" ? packetFieldLines(entry.bytes) : [];
    const indented = fields.map((line) => `  ${line}`);
    return [`${placeText(entry)}${head}`, ...comments.map((line) => `  | ${line}`), ...rest, ...indented];
  }

  #packetLines(captured: CapturedPacket): string[] {
    const { bytes, missingBytes, source, destination, isUdp } = captured;
    const side = this.#sides.sideOf(captured);
    const way = side === "sent" ? "A > B" : "B > A";
    const [from, to] = [source, destination].map((end) => (isUdp ? endpointText(end) : end.address));
    const head = `${way}  ${from} > ${to}${isUdp ? "" : "  not in UDP"}`;
    if (missingBytes > 0) {
      const names = chunkNames(bytes, true);
      const seen = names.length === 0 ? "" : `: it begins with ${names.join(", ")}`;
      return [
        head,
        `  cut: the capture holds ${bytes.length} of ${counted(bytes.length + missingBytes, "byte")}${seen}`,
      ];
    }
    try {
      const explanation = this.#explainer.explain(side, bytes);
      return [head, ...explanationLines(explanation, bytes.length).map((line) => `  ${line}`)];
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return [head, `  not an SCTP packet: ${error.code} at byte ${error.offset} of ${bytes.length}`];
    }
  }
}

function fragmentLines({ source, destination, offsetBytes, lengthBytes }: CapturedFragment): string[] {
  const end = offsetBytes + lengthBytes;
  return [
    `${source} > ${destination}`,
    `  a fragment of IP: bytes ${offsetBytes} to ${end} of what it carries`,
  ];
}

/** "#12  1.500000 s  ": Wireshark's number of the frame, and its time since the first one. */
function placeText({ frame, timeMs }: CaptureEntry): string {
  const time = timeMs === undefined ? "" : `${(timeMs / 1_000).toFixed(6)} s  `;
  return `#${frame.number}  ${time}`;
}
