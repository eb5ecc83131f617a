import { beforeEach, expect, it } from "vitest";
import type { ExtensionHost } from "../../../../src/association/extensions/association-extension.ts";
import { NO_EXTENSIONS } from "../../../../src/association/extensions/extensions-at-work.ts";
import type { ChunkHandler, ChunkOutcome } from "../../../../src/association/model/chunk-handler.ts";
import { ControlQueue } from "../../../../src/association/model/control-queue.ts";
import { Lifecycle } from "../../../../src/association/model/lifecycle.ts";
import { Settings } from "../../../../src/association/model/settings.ts";
import { ChunkReceiver } from "../../../../src/association/packets/chunk-receiver.ts";
import type { DataReceiver } from "../../../../src/association/packets/data-receiver.ts";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { ReplyPaths } from "../../../../src/association/paths/reply-paths.ts";
import type { Acknowledgements } from "../../../../src/association/procedures/acknowledgements.ts";
import type { ErrorReceiver } from "../../../../src/association/procedures/error-receiver.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import type { Chunk } from "../../../../src/chunks/chunk.ts";
import { COMMON_HEADER_BYTES } from "../../../../src/chunks/common-header.ts";
import { encodePacket } from "../../../../src/chunks/packet.ts";
import { standIn, TestSeat, testPath } from "../../../inside/seat.ts";
import { tallyChunk } from "../../../inside/tally-extension.ts";

const SOURCE = testPath("10.0.0.2");
/** By their two top bits: stop, stop and report, skip, skip and report (RFC 9260 3.2). */
const [STOP, STOP_AND_REPORT, SKIP, SKIP_AND_REPORT] = [0x3f, 0x7f, 0xbf, 0xff] as const;
const COOKIE_ACK: Chunk = { kind: "COOKIE ACK" };

let seat: TestSeat;
let log: string[];
let lifecycle: Lifecycle;
let control: ControlQueue<Path>;
let receiver: ChunkReceiver;

function handler(
  name: string,
  chunkTypes: readonly number[],
  outcome: ChunkOutcome = "continue",
): ChunkHandler<Path> {
  return {
    chunkTypes,
    onChunk: ({ kind }, source) => {
      log.push(`${name}: ${kind} from ${source.address}`);
      return outcome;
    },
  };
}

function receive(chunks: readonly Chunk[], maxChunks = 100): string[] {
  const packet = encodePacket({ sourcePort: 8, destinationPort: 7, verificationTag: 1, chunks });
  receiver.receive(packet, COMMON_HEADER_BYTES, SOURCE, maxChunks, 0);
  return log.splice(0);
}

/** @param some of the parts that every association has; the others know no chunk */
function make(
  handlers: ReadonlyArray<ChunkHandler<Path>>,
  maxUnrecognizedReported = 16,
  some: { readonly monitor?: ChunkHandler<Path> } = {},
): void {
  seat = new TestSeat();
  ({ log } = seat);
  lifecycle = new Lifecycle({ onStateChange() {} });
  lifecycle.enter("ESTABLISHED");
  const options = associationOptions({ maxUnrecognizedReported });
  control = new ControlQueue(options);
  const paths = new PathSet();
  paths.add(SOURCE);
  const data = standIn<DataReceiver>({
    beginPacket() {},
    onData: ({ tsn }) => {
      log.push(`DATA ${tsn}`);
      return "continue";
    },
    endPacket: () => log.push("end of packet"),
  });
  const acknowledgements = standIn<Acknowledgements>({
    onSack: () => {
      log.push("SACK");
      return "continue";
    },
  });
  const nobody: ChunkHandler<Path> = { chunkTypes: [], onChunk: () => "continue" };
  const errorChunks = standIn<ErrorReceiver>({ beginPacket() {}, chunkTypes: [] });
  const own = { monitor: nobody, termination: nobody, shutdownChunks: nobody, ...some };
  const replyPaths = new ReplyPaths(paths);
  const settings = new Settings(options);
  const parts = { seat, settings, lifecycle, replyPaths, control, data, acknowledgements, errorChunks };
  const extensionHost = standIn<ExtensionHost>({});
  receiver = new ChunkReceiver({ ...parts, ...own, extensions: NO_EXTENSIONS, extensionHost });
  for (const each of handlers) receiver.addHandler(each);
}

beforeEach(() => make([]));

it("hands a chunk to every part that knows its type, in the order of the list", () => {
  make([handler("first", [11, 12]), handler("other", [12]), handler("second", [11])]);
  expect(receive([COOKIE_ACK])).toEqual([
    "first: COOKIE ACK from 10.0.0.2",
    "second: COOKIE ACK from 10.0.0.2",
    "end of packet",
  ]);
  expect(seat.drops).toEqual([]);
});

it("reads no further once a part says stop: neither the parts behind it nor the chunks", () => {
  make([handler("first", [11], "stop"), handler("second", [11, 14])]);
  const shutdownComplete: Chunk = { kind: "SHUTDOWN COMPLETE", tagReflected: false };
  expect(receive([COOKIE_ACK, shutdownComplete])).toEqual([
    "first: COOKIE ACK from 10.0.0.2",
    "end of packet",
  ]);
});

it("tells nobody of anything more once a part has ended the association", () => {
  const ending: ChunkHandler<Path> = {
    chunkTypes: [11],
    onChunk: () => {
      log.push("the end");
      lifecycle.enter("CLOSED");
      return "continue";
    },
  };
  make([ending, handler("second", [11])]);
  expect(receive([COOKIE_ACK, COOKIE_ACK])).toEqual(["the end"]);
});

it("knows the chunks of RFC 9260 without a part, and counts them as unexpected", () => {
  expect(receive([COOKIE_ACK, { kind: "SHUTDOWN COMPLETE", tagReflected: false }])).toEqual([
    "end of packet",
  ]);
  expect(seat.drops).toEqual([
    { reason: "unexpected-chunk", detail: "COOKIE ACK in ESTABLISHED" },
    { reason: "unexpected-chunk", detail: "SHUTDOWN COMPLETE in ESTABLISHED" },
  ]);
  expect(control.isEmpty).toBe(true);
});

it.each([
  [STOP, true, false],
  [STOP_AND_REPORT, true, true],
  [SKIP, false, false],
  [SKIP_AND_REPORT, false, true],
])("does what the type says about an unknown chunk: 0x%s", (type, stops, reports) => {
  make([handler("behind", [11])]);
  const seen = receive([tallyChunk(type, 1, 2), COOKIE_ACK]);
  expect(seen).toHaveLength(stops ? 1 : 2);
  expect(seat.drops.map(({ reason }) => reason)).toEqual(["unknown-chunk"]);
  const chunk = Uint8Array.of(type, 0, 0, 6, 1, 2);
  expect(control.first?.chunk).toEqual(
    reports ? { kind: "ERROR", causes: [{ kind: "Unrecognized Chunk Type", code: 6, chunk }] } : undefined,
  );
});

it("reports as many unknown chunks of one packet as the options allow, and none before it may send DATA", () => {
  make([], 2);
  const three = [1, 2, 3].map((n) => tallyChunk(SKIP_AND_REPORT, n));
  const reported = (): number => {
    receive(three);
    let count = 0;
    for (; control.first !== undefined; control.shift()) count++;
    return count;
  };
  expect([reported(), reported()]).toEqual([2, 2]);
  lifecycle.enter("COOKIE-ECHOED");
  expect(reported()).toBe(0);
});

it("knows a type while a part does that was added, and no longer", () => {
  const extension = handler("extension", [SKIP_AND_REPORT]);
  receiver.addHandler(handler("other", [SKIP]));
  receiver.addHandler(extension);
  expect(receive([tallyChunk(SKIP_AND_REPORT)])[0]).toBe("extension: unknown from 10.0.0.2");
  expect([seat.drops, control.isEmpty]).toEqual([[], true]);
  receiver.removeHandler(extension);
  expect(receive([tallyChunk(SKIP_AND_REPORT), tallyChunk(SKIP)])).toEqual([
    "other: unknown from 10.0.0.2",
    "end of packet",
  ]);
  expect(seat.drops).toEqual([{ reason: "unknown-chunk", detail: "chunk type 0xff" }]);
});

it("asks the parts of every association before those that were added", () => {
  make([handler("added", [11])], 16, { monitor: handler("own", [11]) });
  expect(receive([COOKIE_ACK]).map((line) => line.slice(0, 5))).toEqual(["own: ", "added", "end o"]);
});

it("adds a part behind those that know the type already", () => {
  make([handler("first", [11])]);
  receiver.addHandler(handler("second", [11]));
  expect(receive([COOKIE_ACK]).map((line) => line.slice(0, 6))).toEqual(["first:", "second", "end of"]);
});

it("heeds a SACK where DATA may be outstanding (RFC 9260 6), and reads so many chunks", () => {
  const sack: Chunk = { kind: "SACK", cumulativeTsnAck: 0, aRwndBytes: 0, gapBlocks: [], duplicateTsns: [] };
  expect(receive([sack, sack, sack], 2)).toEqual(["SACK", "SACK", "end of packet"]);
  expect(seat.drops.map(({ reason }) => reason)).toEqual(["limit-reached"]);
  lifecycle.enter("SHUTDOWN-SENT");
  expect(receive([sack])).toEqual(["end of packet"]);
});

it("goes on behind a chunk that its part cannot make sense of", () => {
  make([handler("cookie", [11]), handler("error", [9])]);
  const packet = encodePacket({ sourcePort: 8, destinationPort: 7, verificationTag: 1, chunks: [] });
  const malformedError = [9, 0, 0, 8, 0, 3, 0, 99];
  const bytes = Uint8Array.from([...packet, ...malformedError, 11, 0, 0, 4]);
  receiver.receive(bytes, COMMON_HEADER_BYTES, SOURCE, 100, 0);
  expect(log).toEqual(["cookie: COOKIE ACK from 10.0.0.2", "end of packet"]);
  expect(seat.drops[0]?.reason).toBe("malformed-chunk");
});
