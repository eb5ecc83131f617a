import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scenarioSchemaText } from "../../../docs/scenario-schema.ts";
import { SctpError } from "../../../src/base/errors.ts";
import { readScenario, writeScenario } from "../../../src/sim/index.ts";
import { scenarioDocuments } from "./scenario-arbitrary.ts";

type Fields = Record<string, unknown>;

const ALICE = { name: "alice", addresses: ["10.0.0.1"] };
const BOB = { name: "bob", addresses: ["10.0.0.2", "2001:db8::2"] };
const LINK = { between: ["10.0.0.1", "10.0.0.2"] };
const SMALL = { hosts: [ALICE, BOB], links: [LINK], timeline: [] };
const send = (more: Fields): Fields => ({ atMs: 0, do: "send", host: "alice", bytes: 1, ...more });
const step = (...timeline: Fields[]): Fields => ({ ...SMALL, timeline });
const fault = (more: Fields): Fields => ({ ...SMALL, faults: [{ do: "lose", ...more }] });
const host = (more: Fields): Fields => ({ ...SMALL, hosts: [ALICE, { ...BOB, ...more }] });

describe("readScenario", () => {
  it("fills in what has a default", () => {
    const { seed, durationMs, faults, hosts, timeline } = readScenario(
      step({ atMs: 5, do: "send", host: "bob", text: "hi" }),
    );
    expect({ seed, durationMs, faults }).toEqual({ seed: 1, durationMs: 10_000, faults: [] });
    expect(hosts[0]).toEqual({
      ...ALICE,
      options: {},
      stack: {},
      interfaceBytes: 65_507,
      numbersNearWrap: false,
    });
    const defaults = { streamId: 0, ppid: 0, unordered: false, count: 1, everyMs: 0 };
    expect(timeline).toEqual([{ atMs: 5, do: "send", host: "bob", text: "hi", ...defaults }]);
  });

  it("leaves the document as it was, and takes its JSON as well", () => {
    const document = step(send({}));
    const before = structuredClone(document);
    expect(readScenario(JSON.stringify(document))).toEqual(readScenario(document));
    expect(document).toEqual(before);
    expect(readScenario({ ...document, $schema: "x.json" })).toEqual(readScenario(document));
  });

  it.each<[document: unknown, complaint: string]>([
    ['{"hosts": [', "the scenario is no JSON: "],
    [5, "the scenario must be an object, not 5"],
    [[], "the scenario must be an object, not a list of 0"],
    [{ ...SMALL, links: undefined }, "links is missing: a list of 0 to 256 items"],
    [{ ...SMALL, sead: 3 }, 'there is no field "sead" in the scenario: it is called seed'],
    [{ ...SMALL, seed: 1.5 }, "seed must be a whole number from 0 to 4294967295, not 1.5"],
    [{ ...SMALL, seed: "1" }, 'seed must be a whole number from 0 to 4294967295, not "1"'],
    [
      { ...SMALL, durationMs: Number.POSITIVE_INFINITY },
      "durationMs must be a number from 0 to 86400000, not Infinity",
    ],
    [{ ...SMALL, name: "a\u001b[2J" }, "name must be a string of 80 characters at most"],
    [
      JSON.stringify(SMALL).replace("{", '{"__proto__": {"seed": 9},'),
      'there is no field "__proto__" in the scenario',
    ],
    [
      JSON.stringify(host({ options: { authentication: { keys: {} } } })).replace(
        '"keys":{',
        '"keys":{"__proto__":"0a"',
      ),
      'there is no field "__proto__" in hosts[1].options.authentication.keys',
    ],
    [{ ...SMALL, hosts: [] }, "hosts must be a list of 1 to 16 items, not a list of 0"],
    [host({ name: "alice" }), 'hosts[1].name: there is another host "alice"'],
    [host({ addresses: ["10.0.0.1"] }), "hosts[1].addresses[0]: somebody else has 10.0.0.1"],
    [
      host({ addresses: ["10.0.0.256"] }),
      'hosts[1].addresses[0] must be an IPv4 or IPv6 address, not "10.0.0.256"',
    ],
    [
      host({ addresses: ["2001:DB8::1"] }),
      'hosts[1].addresses[0] is written "2001:db8::1", not "2001:DB8::1"',
    ],
    [
      host({ options: { rtoMin: 5 } }),
      'there is no field "rtoMin" in hosts[1].options: it is called rtoMinMs',
    ],
    [
      host({ options: { maxBurst: 0 } }),
      "hosts[1].options.maxBurst must be a whole number from 1 to 1024, not 0",
    ],
    [
      host({ options: { rtoMinMs: 5_000, rtoMaxMs: 10 } }),
      "hosts[1].options: rtoMinMs must not be above rtoMaxMs",
    ],
    [
      host({ options: { congestionControl: "reno" } }),
      'hosts[1].options.congestionControl must be one of "rfc9260", "cubic", "bbr", not "reno"',
    ],
    [
      host({ options: { authentication: { keys: { 0: "abc" } } } }),
      "hosts[1].options.authentication.keys.0 must be a string of 1024 characters at most",
    ],
    [
      { ...SMALL, links: [{ between: ["10.0.0.1", "10.0.0.9"] }] },
      'links[0].between[1] must be the address of a host, not "10.0.0.9"',
    ],
    [
      { ...SMALL, links: [{ between: ["10.0.0.1", "10.0.0.1"] }] },
      "links[0].between must be two addresses, not 10.0.0.1 twice",
    ],
    [
      { ...SMALL, links: [{ between: ["10.0.0.1"] }] },
      "links[0].between must be a list of 2 items, not a list of 1",
    ],
    [
      { ...SMALL, links: [{ ...LINK, there: { lossRate: 5 } }] },
      "links[0].there.lossRate must be a number from 0 to 1, not 5",
    ],
    [
      { ...SMALL, links: [{ ...LINK, back: { delayMinMs: 9, delayMaxMs: 1 } }] },
      "links[0].back: delayMinMs, 9, must not be above delayMaxMs, 1",
    ],
    [
      { ...SMALL, nats: [{ inner: "10.0.0.1", outer: "10.0.0.2" }] },
      "nats[0].outer: somebody else has 10.0.0.2",
    ],
    [
      { ...SMALL, nats: [{ inner: "10.0.0.7", outer: "192.0.2.1" }] },
      'nats[0].inner must be the address of a host, not "10.0.0.7"',
    ],
    [fault({}), "faults[0] must say either which chunk or which packet"],
    [fault({ chunk: "SACK", packet: 3 }), "faults[0] must say either which chunk or which packet"],
    [fault({ chunk: "SAKC" }), "faults[0].chunk must be one of "],
    [fault({ chunk: "SACK", nth: 0 }), "faults[0].nth must be a whole number from 1 to 1000000000, not 0"],
    [
      fault({ chunk: "SACK", from: "carol" }),
      'faults[0].from must be the name of a host ("alice", "bob"), not "carol"',
    ],
    [
      fault({ chunk: "SACK", to: "carol" }),
      'faults[0].to must be the name of a host ("alice", "bob"), not "carol"',
    ],
    [fault({ do: "delay", chunk: "SACK" }), "faults[0].lateMs is missing: a number from 0 to 86400000"],
    [step({ do: "shutdown", host: "alice" }), "timeline[0].atMs is missing: a number from 0 to 86400000"],
    [step({ atMs: 0, do: "sned", host: "alice" }), 'not "sned": was "send" meant?'],
    [step({ atMs: 0 }), 'timeline[0].do must be one of "listen", "connect", '],
    [
      step("send" as unknown as Fields),
      "timeline[0] must be an object that says what to do: listen, connect, ",
    ],
    [
      step(send({ host: "carol" })),
      'timeline[0].host must be the name of a host ("alice", "bob"), not "carol"',
    ],
    [
      step(send({ peer: "carol" })),
      'timeline[0].peer must be the name of a host ("alice", "bob"), not "carol"',
    ],
    [step(send({}), send({ text: "x" })), "timeline[1] must say either bytes or text"],
    [step(send({ bytes: undefined })), "timeline[0] must say either bytes or text"],
    [
      step(send({ reliability: {} })),
      "timeline[0].reliability must have one of lifetimeMs, maxRetransmits and priority",
    ],
    [
      step(send({ reliability: { lifetimeMs: 1, priority: 1 } })),
      "timeline[0].reliability must have one of lifetimeMs, maxRetransmits and priority",
    ],
    [step(send({ bytes: 1_000_000, count: 1_000 })), "timeline: 1000000000 bytes are more than 268435456"],
    [
      step(...Array.from({ length: 3 }, () => send({ count: 100_000 }))),
      "timeline: 300000 messages are more than 200000",
    ],
    [
      step({ atMs: 0, do: "connect", host: "alice", to: "carol", port: 7 }),
      "timeline[0].to must be the name of a host",
    ],
    [
      step({ atMs: 0, do: "connect", host: "alice", to: ["10.0.0.9"], port: 7 }),
      "timeline[0].to[0] must be the address of a host",
    ],
    [
      step({ atMs: 0, do: "connect", host: "alice", to: 7, port: 7 }),
      "timeline[0].to must be a string of 40 characters at most",
    ],
    [
      step({ atMs: 0, do: "primary", host: "alice", address: "10.9.9.9" }),
      "timeline[0].address must be the address of a host",
    ],
    [
      step({ atMs: 0, do: "cut", between: ["10.0.0.1", "10.9.9.9"] }),
      "timeline[0].between[1] must be the address of a host",
    ],
    [
      step({ atMs: 0, do: "move", host: "alice", from: "10.9.9.8", to: "10.9.9.9" }),
      "timeline[0].from must be the address of a host",
    ],
    [
      step({ atMs: 0, do: "move", host: "alice", from: "10.0.0.1", to: "10.0.0.2" }),
      "timeline[0].to: somebody else has 10.0.0.2",
    ],
    [
      step({
        atMs: 0,
        do: "options",
        host: "alice",
        options: { rtoMinMs: 9, rtoMaxMs: 10, sackDelayMs: 501 },
      }),
      "timeline[0].options",
    ],
    [
      step({ atMs: 0, do: "adjust", between: LINK.between, link: { delayMinMs: 2, delayMaxMs: 1 } }),
      "timeline[0].link: delayMinMs, 2, must not be above delayMaxMs, 1",
    ],
    [
      {
        ...SMALL,
        hosts: [1, 2, 3].map((i) => ({ name: `h${i}`, addresses: [`10.0.0.${i}`], numbersNearWrap: true })),
      },
      "hosts: numbersNearWrap is for 2 hosts at most",
    ],
  ])("refuses %j and names the field", (document, complaint) => {
    expect(() => readScenario(document)).toThrow(
      expect.objectContaining({
        code: "ERR_SCTP_INVALID_ARGUMENT",
        message: expect.stringContaining(complaint),
      }),
    );
  });

  it("takes an address that a host gains later", () => {
    const move = { atMs: 0, do: "move", host: "alice", from: "10.0.0.1", to: "10.0.1.1" };
    const there = { atMs: 9, do: "move", host: "alice", from: "10.0.1.1", to: "10.0.0.1" };
    const links = [LINK, { between: ["10.0.1.1", "10.0.0.2"] }];
    expect(readScenario({ ...step(move, there, move), links }).timeline).toHaveLength(3);
  });

  it("throws nothing but complaints, whatever stands in a document", () => {
    const places = fc.array(fc.nat(), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(scenarioDocuments, places, fc.jsonValue(), (document, path, value) => {
        try {
          readScenario(changedAt(structuredClone(document), path, value));
        } catch (error) {
          expect(error).toBeInstanceOf(SctpError);
        }
      }),
      { numRuns: 80 },
    );
  });
});

describe("writeScenario", () => {
  it("writes what readScenario reads as the same, and nothing that has a default", () => {
    fc.assert(
      fc.property(scenarioDocuments, (document) => {
        const scenario = readScenario(document);
        const text = writeScenario(scenario);
        expect(readScenario(text)).toEqual(scenario);
        expect(writeScenario(readScenario(text))).toBe(text);
      }),
      { numRuns: 80 },
    );
    expect(JSON.parse(writeScenario(readScenario({ ...SMALL, seed: 1, faults: [] })))).toEqual(SMALL);
  });

  it("gives each entry of a list a line", () => {
    expect(writeScenario(readScenario({ ...step(send({ count: 2 })), seed: 7 }))).toBe(
      `{
  "seed": 7,
  "hosts": [
    { "name": "alice", "addresses": ["10.0.0.1"] },
    { "name": "bob", "addresses": ["10.0.0.2", "2001:db8::2"] }
  ],
  "links": [
    { "between": ["10.0.0.1", "10.0.0.2"] }
  ],
  "timeline": [
    { "atMs": 0, "do": "send", "host": "alice", "bytes": 1, "count": 2 }
  ]
}
`,
    );
  });
});

it("docs/scenario.schema.json is up to date (npm run docs)", () => {
  const file = readFileSync(new URL("../../../docs/scenario.schema.json", import.meta.url), "utf8");
  expect(file).toBe(scenarioSchemaText());
});

/** Puts a value somewhere into a document. */
function changedAt(document: Fields, path: readonly number[], value: unknown): unknown {
  let at: Fields = document;
  for (const pick of path) {
    const names = Object.keys(at);
    const name = names[pick % Math.max(1, names.length)];
    if (name === undefined) break;
    const inner = at[name];
    if (typeof inner === "object" && inner !== null && pick % 3 !== 0) {
      at = inner as Fields;
      continue;
    }
    at[name] = value;
    break;
  }
  return document;
}
