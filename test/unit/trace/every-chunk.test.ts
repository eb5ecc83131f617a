/** Every kind of chunk and parameter that the codec knows has words of its own. */
import { expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { PacketExplainer } from "../../../src/trace/explain.ts";
import * as talk from "./conversation.ts";

type Kind = Exclude<Chunk["kind"], "unknown">;
const bytes = Uint8Array.of(1, 2, 3, 4);
const piece = { beginning: true, ending: true, unordered: false, immediate: false, payload: bytes };

/** One of each kind: one that is new to the codec is missed here by the compiler. */
const EVERY: { readonly [K in Kind]: Extract<Chunk, { readonly kind: K }> | Chunk } = {
  DATA: talk.data(1, "hello"),
  "I-DATA": { kind: "I-DATA", ...piece, tsn: 1, streamId: 3, mid: 9, ppidOrFsn: 46 },
  INIT: talk.init,
  "INIT ACK": talk.initAck,
  SACK: { kind: "SACK", cumulativeTsnAck: 1, aRwndBytes: 9, gapBlocks: [], duplicateTsns: [] },
  "NR-SACK": {
    kind: "NR-SACK",
    cumulativeTsnAck: 1,
    aRwndBytes: 9,
    gapBlocks: [],
    nonRenegableBlocks: [{ start: 2, end: 3 }],
    duplicateTsns: [],
  },
  HEARTBEAT: { kind: "HEARTBEAT", parameters: bytes, info: bytes },
  "HEARTBEAT ACK": { kind: "HEARTBEAT ACK", parameters: bytes, info: bytes },
  "FORWARD TSN": { kind: "FORWARD TSN", newCumulativeTsn: 5, skipped: [{ streamId: 3, ssn: 1 }] },
  "I-FORWARD-TSN": {
    kind: "I-FORWARD-TSN",
    newCumulativeTsn: 5,
    skipped: [{ streamId: 3, unordered: true, mid: 1 }],
  },
  ABORT: { kind: "ABORT", tagReflected: false, causes: [] },
  ERROR: { kind: "ERROR", causes: [] },
  SHUTDOWN: { kind: "SHUTDOWN", cumulativeTsnAck: 1 },
  "SHUTDOWN ACK": { kind: "SHUTDOWN ACK" },
  "SHUTDOWN COMPLETE": { kind: "SHUTDOWN COMPLETE", tagReflected: false },
  "COOKIE ECHO": talk.cookieEcho,
  "COOKIE ACK": talk.cookieAck,
  ECNE: { kind: "ECNE", value: bytes },
  CWR: { kind: "CWR", value: bytes },
  AUTH: { kind: "AUTH", sharedKeyId: 1, hmacId: 3, hmac: new Uint8Array(32) },
  ASCONF: {
    kind: "ASCONF",
    serialNumber: 1,
    parameters: [{ kind: "Add IP Address", type: 0xc001, correlationId: 1, address: "10.0.0.1" }],
  },
  "ASCONF-ACK": {
    kind: "ASCONF-ACK",
    serialNumber: 1,
    parameters: [{ kind: "Success Indication", type: 0xc005, correlationId: 1 }],
  },
  "RE-CONFIG": {
    kind: "RE-CONFIG",
    parameters: [{ kind: "SSN/TSN Reset Request", type: 15, requestNumber: 8 }],
  },
  PAD: { kind: "PAD", padding: bytes },
};

it.each(Object.entries(EVERY))("%s says what it holds and why it is sent", (name, chunk) => {
  const [told] = new PacketExplainer().explain("sent", talk.fromClient([chunk])).chunks;
  expect(told!.name).toBe(name);
  expect(told!.says.join(" ").length).toBeGreaterThan(5);
  expect(told!.why).toMatch(/\(RFC \d+ |RFC \d+\)|, \d[\d.]*( [A-Z], [A-Z])?\)\.?/);
});

it.each<[Extract<Chunk, { kind: "INIT" }>["parameters"][number], string]>([
  [{ kind: "Forward-TSN-Supported", type: 0xc000 }, "Understands FORWARD TSN"],
  [{ kind: "Adaptation Layer Indication", type: 0xc006, adaptationCode: 0xab }, "calls itself 0x000000ab"],
  [
    { kind: "Set Primary Address", type: 0xc004, correlationId: 0, address: "10.0.0.9" },
    "Would like to be sent to at 10.0.0.9 by preference",
  ],
  [
    { kind: "Zero Checksum Acceptable", type: 0x8001, errorDetectionMethod: 1 },
    "where method 1 finds errors",
  ],
])("an INIT's %o", (parameter, words) => {
  const init = { ...talk.init, parameters: [parameter] } as Chunk;
  const [told] = new PacketExplainer().explain("sent", talk.fromClient([init], 0)).chunks;
  expect(told!.says.at(-1)).toContain(words);
});
