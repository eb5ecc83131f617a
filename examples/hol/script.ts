/**
 * What the programs of this example have agreed on: the resources, their frames, where and how they are sent.
 * Does not own: frames without a length (playground/src/race/frames.ts), the programs.
 */
import { readFileSync } from "node:fs";
import { cutIntoFrames, inTurns } from "../../playground/src/race/frames.ts";
import { PICTURES, TEXT_FILE } from "../../playground/src/race/resources.ts";
import type { AssociationOptionsInput } from "../../src/core.ts";

/** `tcp`: one connection of Node's. `one-stream`: sctpkit with a single stream. `streams`: sctpkit with a stream for each resource. */
export const SIDES = ["tcp", "one-stream", "streams"] as const;
export type Side = (typeof SIDES)[number];
export type Control = "bbr" | "cubic";

export const PORTS: Readonly<Record<Side, number>> = { tcp: 80, "one-stream": 80, streams: 81 };
export const LISTENING = "listening";

const FOLDER = new URL("../../playground/src/race/files/", import.meta.url);
/** The text, then the pictures. */
export const RESOURCES: readonly Buffer[] = [TEXT_FILE, ...PICTURES.map(({ file }) => file)].map((name) =>
  readFileSync(new URL(name, FOLDER)),
);

/** Of every resource, as they are sent: by turns, as HTTP/2 sends the frames of its streams. */
export function allFrames(): Uint8Array[] {
  return inTurns(RESOURCES.map((bytes, resource) => cutIntoFrames(resource, bytes)));
}

/** In a byte stream a frame must say how long it is. */
export function withLength(frame: Uint8Array): Uint8Array {
  const framed = new Uint8Array(2 + frame.length);
  framed.set([frame.length >> 8, frame.length & 255]);
  framed.set(frame, 2);
  return framed;
}

/** Of both ends of sctpkit. Linux's TCP looks for losses by time, too. */
export function sctpOptions(control: Control): AssociationOptionsInput {
  return {
    congestionControl: control,
    lossDetection: "rack",
    maxPacketBytes: 1_200,
    outboundStreams: RESOURCES.length,
    sendBufferBytes: 2 ** 21,
  };
}
