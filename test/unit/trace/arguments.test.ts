/** Trace tools that are made wrongly say so when they are made, not at the first packet. */
import { expect, it } from "vitest";
import { SctpError } from "../../../src/base/errors.ts";
import { SequenceDiagram } from "../../../src/trace/drawings/sequence-diagram.ts";
import { EventLog } from "../../../src/trace/event-log.ts";
import { fanOut } from "../../../src/trace/fan-out.ts";
import { PcapngSink, PcapngWriter } from "../../../src/trace/pcapng.ts";

/** As if from JavaScript. */
const say = (value: unknown): never => value as never;
const write = (): void => {};

it.each<[what: string, make: () => unknown, complaint: string]>([
  ["EventLog()", () => new EventLog(say(undefined)), "write of EventLog must be a function, not undefined"],
  ["kinds: []", () => new EventLog(write, say({ kinds: ["state"] })), "kinds must be a Set, as in new Set("],
  ["{ kind }", () => new EventLog(write, say({ kind: new Set() })), "of EventLog: it is called kinds"],
  ["PcapngSink({})", () => new PcapngSink(say({})), "write of PcapngSink must be a function, not an object"],
  ["{ epoch }", () => new PcapngSink(write, say({ epoch: 5 })), "of PcapngSink: it is called epochMs"],
  ["comment: 5", () => new PcapngSink(write, say({ comment: 5 })), "comment must be a function, not 5"],
  [
    "sectionComments: 'x'",
    () => new PcapngWriter(say({ sectionComments: "x" })),
    "sectionComments must be a list of strings",
  ],
  ["epochMs: now", () => new PcapngWriter(say({ epochMs: new Date(0) })), "epochMs must be a number"],
  ["SequenceDiagram()", () => new SequenceDiagram(say(5)), "write of SequenceDiagram must be a function"],
  [
    "explain: 'frist'",
    () => new SequenceDiagram(write, say({ explain: "frist" })),
    'explain must be "none", "first" or "all", not "frist"',
  ],
  [
    "{ width }",
    () => new SequenceDiagram(write, say({ with: 80 })),
    'there is no option "with" of SequenceDiagram',
  ],
  ["fanOut([])", () => fanOut(say([])), "each argument of fanOut() must be a TraceSink"],
])("%s", (_what, make, complaint) => {
  expect(make).toThrow(SctpError);
  expect(make).toThrow(complaint);
});

it("options that are right are taken, with all their names", () => {
  const sinks = [
    new EventLog(write, { kinds: new Set(["packet"]) }),
    new PcapngSink(write, { epochMs: 1, application: "a", interfaceName: "i", comment: () => [] }),
    new SequenceDiagram(write, {
      widthColumns: 80,
      localName: "a",
      remoteName: "b",
      explain: "all",
      events: ["state"],
      style: (text) => text,
    }),
  ];
  expect(() => fanOut(...sinks)).not.toThrow();
});
