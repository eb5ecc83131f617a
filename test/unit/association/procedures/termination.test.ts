import { beforeEach, expect, it } from "vitest";
import { ControlQueue } from "../../../../src/association/model/control-queue.ts";
import type { CloseReason } from "../../../../src/association/model/events.ts";
import { Identity } from "../../../../src/association/model/identity.ts";
import { Lifecycle } from "../../../../src/association/model/lifecycle.ts";
import { Settings } from "../../../../src/association/model/settings.ts";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { Termination } from "../../../../src/association/procedures/termination.ts";
import type { BufferGrowth } from "../../../../src/association/receiving/receive-buffer.ts";
import type { UserEvents } from "../../../../src/association/reporting/user-events.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { standIn, TestSeat, testPath } from "../../../inside/seat.ts";

const PEER_TAG = 77;

let seat: TestSeat;
let identity: Identity;
let lifecycle: Lifecycle;
let paths: PathSet;
let control: ControlQueue<Path>;
let closed: CloseReason | undefined;
let termination: Termination;

function agree(): void {
  identity.agree({ localTag: 1, peerTag: PEER_TAG, localInitialTsn: 1, peerInitialTsn: 1 });
}

beforeEach(() => {
  seat = new TestSeat();
  const { log } = seat;
  identity = new Identity({ localPort: 7, remotePort: 8, localTag: 1, localInitialTsn: 1 });
  lifecycle = new Lifecycle({ onStateChange: (_from, to) => log.push(`enter ${to}`) });
  const settings = new Settings(associationOptions());
  paths = new PathSet();
  paths.add(testPath("10.0.0.2"));
  control = new ControlQueue(associationOptions());
  closed = undefined;
  const events = standIn<UserEvents>({
    failUnsent: (causeCode) => log.push(`failUnsent ${causeCode}`),
    tellReadable: () => log.push("tellReadable"),
    abortDeliveries: () => log.push("abortDeliveries"),
    closed: (reason) => {
      log.push("closed");
      closed = reason;
    },
  });
  const inbound = {
    stopAwaitingNumbers: () => log.push("stopAwaitingNumbers"),
    growth: standIn<BufferGrowth>({ onEnd: () => log.push("end of growth") }),
  };
  const extensions = { authentication: undefined };
  const parts = { seat, settings, identity, lifecycle, paths, control, inbound, events, extensions };
  termination = new Termination(parts);
  lifecycle.enter("ESTABLISHED");
  log.length = 0;
});

it("ends an association in one order: what fails, the state, what can be read, what has grown, the seat, the last event", () => {
  agree();
  control.push({ kind: "COOKIE ACK" }, testPath("10.0.0.2"));
  termination.abort(Uint8Array.of(1, 2));
  expect(seat.log).toEqual([
    "send ABORT",
    "failUnsent 12",
    "enter CLOSED",
    "stopAwaitingNumbers",
    "tellReadable",
    "abortDeliveries",
    "end of growth",
    "release",
    "closed",
  ]);
  expect(control.isEmpty).toBe(true);
  expect(closed).toMatchObject({
    kind: "aborted",
    by: "local",
    causeCodes: [12],
    reason: Uint8Array.of(1, 2),
  });
  expect(seat.lastWords).toEqual([
    {
      verificationTag: PEER_TAG,
      chunks: [
        {
          kind: "ABORT",
          tagReflected: false,
          causes: [{ kind: "User-Initiated Abort", code: 12, reason: Uint8Array.of(1, 2) }],
        },
      ],
      address: "10.0.0.2",
    },
  ]);
});

it("ends once, with the first reason", () => {
  termination.end({ kind: "shutdown" });
  const { length } = seat.log;
  termination.end({ kind: "unreachable", during: "transfer" });
  expect(seat.log).toHaveLength(length);
  expect([closed?.kind, termination.isOver]).toEqual(["shutdown", true]);
});

it("sends no ABORT to a peer whose tag it does not know, nor where no address is confirmed", () => {
  termination.abort(new Uint8Array(0));
  expect([seat.lastWords, closed?.kind]).toEqual([[], "aborted"]);
});

it("sends an ABORT where the COOKIE ECHO has gone, though no address is confirmed (RFC 9260 5.4)", () => {
  agree();
  for (const path of paths.all) path.confirmed = false;
  termination.abort(new Uint8Array(0));
  expect(seat.lastWords).toMatchObject([{ chunks: [{ kind: "ABORT" }] }]);
});

it("names the cause of a violation in the ABORT and to the user (RFC 9260 3.3.10.13)", () => {
  agree();
  termination.abortForViolation("no such TSN");
  expect(seat.lastWords[0]?.chunks).toMatchObject([
    { causes: [{ code: 13, information: new TextEncoder().encode("no such TSN") }] },
  ]);
  expect(closed).toMatchObject({ kind: "aborted", causeCodes: [13], detail: "no such TSN" });
  expect(seat.log).toContain("failUnsent 13");
});

it("answers once only what has been answered already", () => {
  agree();
  termination.endByViolation([{ kind: "Invalid Mandatory Parameter", code: 7 }], "unacceptable");
  expect(seat.lastWords).toEqual([]);
  expect(closed).toMatchObject({ kind: "aborted", by: "local", causeCodes: [7] });
});

it("has the last word of a shutdown, to where it was asked (RFC 9260 9.2)", () => {
  agree();
  termination.completeShutdown(testPath("10.1.0.2"));
  expect(seat.lastWords).toEqual([
    {
      verificationTag: PEER_TAG,
      chunks: [{ kind: "SHUTDOWN COMPLETE", tagReflected: false }],
      address: "10.1.0.2",
    },
  ]);
  expect(closed).toEqual({ kind: "shutdown" });
});

it("gives a shutdown up with an ABORT without causes", () => {
  agree();
  termination.abandonShutdown();
  expect(seat.lastWords[0]?.chunks).toEqual([{ kind: "ABORT", tagReflected: false, causes: [] }]);
  expect(closed).toEqual({ kind: "unreachable", during: "shutdown" });
});

it("reads the peer's ABORT, and keeps the user's reason beyond the packet", () => {
  const reason = Uint8Array.of(9);
  const causes = [
    { kind: "Out of Resource", code: 4 } as const,
    { kind: "User-Initiated Abort", code: 12, reason } as const,
  ];
  expect(termination.onChunk({ kind: "ABORT", tagReflected: false, causes }, testPath("10.0.0.2"), 0)).toBe(
    "stop",
  );
  reason.fill(0);
  expect(closed).toMatchObject({ by: "peer", causeCodes: [4, 12], reason: Uint8Array.of(9) });
  expect(seat.lastWords).toEqual([]);
  expect(seat.log).toContain("failUnsent 4");
});
