import { beforeEach, expect, it } from "vitest";
import type { ChunkOutcome } from "../../../../src/association/model/chunk-handler.ts";
import { Lifecycle } from "../../../../src/association/model/lifecycle.ts";
import type { AssociationState } from "../../../../src/association/model/state.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { ReplyPaths } from "../../../../src/association/paths/reply-paths.ts";
import type { Acknowledgements } from "../../../../src/association/procedures/acknowledgements.ts";
import type { Shutdown } from "../../../../src/association/procedures/shutdown.ts";
import { ShutdownReceiver } from "../../../../src/association/procedures/shutdown-receiver.ts";
import type { Termination } from "../../../../src/association/procedures/termination.ts";
import type { UserEvents } from "../../../../src/association/reporting/user-events.ts";
import { standIn, TestSeat, testPath } from "../../../inside/seat.ts";

const STATES: readonly AssociationState[] = [
  "COOKIE-WAIT",
  "COOKIE-ECHOED",
  "ESTABLISHED",
  "SHUTDOWN-PENDING",
  "SHUTDOWN-SENT",
  "SHUTDOWN-RECEIVED",
  "SHUTDOWN-ACK-SENT",
];
const SOURCE = testPath("10.0.0.2");

let lifecycle: Lifecycle;
let log: string[];
let ackOutcome: ChunkOutcome;
let isNews: boolean;
let receiver: ShutdownReceiver;

beforeEach(() => {
  log = [];
  ackOutcome = "continue";
  isNews = true;
  lifecycle = new Lifecycle({ onStateChange() {} });
  receiver = new ShutdownReceiver({
    seat: new TestSeat(),
    lifecycle,
    replyPaths: new ReplyPaths(new PathSet()),
    acknowledgements: standIn<Acknowledgements>({
      onCumulativeAck: (tsn) => {
        log.push(`ack ${tsn}`);
        return ackOutcome;
      },
    }),
    shutdown: standIn<Shutdown>({
      onShutdown: (source) => {
        log.push(`shutdown from ${source.address}`);
        return isNews;
      },
    }),
    termination: standIn<Termination>({
      completeShutdown: ({ address }) => log.push(`complete to ${address}`),
      end: ({ kind }) => log.push(`end: ${kind}`),
    }),
    events: standIn<UserEvents>({ shutdownReceived: () => log.push("told") }),
  });
});

/** What a chunk does in each state where it does anything. */
function inStates(chunk: Parameters<ShutdownReceiver["onChunk"]>[0]): Record<string, string[]> {
  const effects: Record<string, string[]> = {};
  for (const state of STATES) {
    lifecycle.enter(state);
    receiver.onChunk(chunk, SOURCE, 0);
    if (log.length > 0) effects[state] = log.splice(0);
  }
  return effects;
}

it("heeds a SHUTDOWN once the association stands, its acknowledgement where DATA may be outstanding (RFC 9260 9.2)", () => {
  const plain = ["shutdown from 10.0.0.2", "told"];
  const acknowledging = ["ack 5", ...plain];
  expect(inStates({ kind: "SHUTDOWN", cumulativeTsnAck: 5 })).toEqual({
    ESTABLISHED: acknowledging,
    "SHUTDOWN-PENDING": acknowledging,
    "SHUTDOWN-SENT": plain,
    "SHUTDOWN-RECEIVED": acknowledging,
    "SHUTDOWN-ACK-SENT": plain,
  });
});

it("tells the user of a SHUTDOWN only if it is news, and goes no further than an acknowledgement that ends it all", () => {
  lifecycle.enter("ESTABLISHED");
  isNews = false;
  expect(receiver.onChunk({ kind: "SHUTDOWN", cumulativeTsnAck: 5 }, SOURCE, 0)).toBe("continue");
  expect(log.splice(0)).toEqual(["ack 5", "shutdown from 10.0.0.2"]);
  ackOutcome = "stop";
  expect(receiver.onChunk({ kind: "SHUTDOWN", cumulativeTsnAck: 6 }, SOURCE, 0)).toBe("stop");
  expect(log).toEqual(["ack 6"]);
});

it("takes a SHUTDOWN ACK where it has sent SHUTDOWN or SHUTDOWN ACK, a SHUTDOWN COMPLETE only after the latter", () => {
  expect(inStates({ kind: "SHUTDOWN ACK" })).toEqual({
    "SHUTDOWN-SENT": ["complete to 10.0.0.2"],
    "SHUTDOWN-ACK-SENT": ["complete to 10.0.0.2"],
  });
  expect(inStates({ kind: "SHUTDOWN COMPLETE", tagReflected: false })).toEqual({
    "SHUTDOWN-ACK-SENT": ["end: shutdown"],
  });
});
