/** Every record that a trace of whatever happens gives is as docs/sctp-qlog.schema.json says. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type LinkProfile, SimWorld } from "../../src/sim/index.ts";
import { QlogSink } from "../../src/trace/qlog.ts";
import { faultOf, type Schema } from "../unit/trace/json-schema.ts";
import { partOf, type SeededPart } from "./campaign/parts.ts";

const SCHEMA = JSON.parse(
  readFileSync(new URL("../../docs/sctp-qlog.schema.json", import.meta.url), "utf8"),
) as Schema;
interface EventSchema {
  readonly properties: { readonly name: { readonly const: string } };
}
const EVENT_NAMES = (SCHEMA["$defs"] as { event: { oneOf: EventSchema[] } }).event.oneOf.map(
  ({ properties }) => properties.name.const,
);

interface Qlog {
  readonly sink: QlogSink;
  readonly records: () => Array<Record<string, unknown>>;
}

function qlog(options?: ConstructorParameters<typeof QlogSink>[1]): Qlog {
  const texts: string[] = [];
  const sink = new QlogSink((text) => texts.push(text), options);
  return {
    sink,
    records: () =>
      texts.map((text) => {
        expect(text.startsWith("\u001e") && text.indexOf("\n") === text.length - 1).toBe(true);
        return JSON.parse(text.slice(1));
      }),
  };
}

/** What is wrong with the records, each fault once. */
function faultsIn(records: readonly unknown[]): string[] {
  return [
    ...new Set(records.map((record) => faultOf(record, SCHEMA)).filter((fault) => fault !== undefined)),
  ];
}

const LINK: Partial<LinkProfile> = { delayMinMs: 10, delayMaxMs: 10 };

/** All that an association can do, and much that can happen to it. */
function converse(sink: QlogSink, interleaving: boolean): void {
  const world = new SimWorld({ seed: 4 });
  const alice = world.host("alice", ["10.0.0.1", "10.1.0.1"], { trace: sink });
  const bob = world.host("bob", ["10.0.0.2", "10.1.0.2"]);
  world.link("10.0.0.1", "10.0.0.2", LINK);
  world.link("10.1.0.1", "10.1.0.2", LINK);
  world.link("10.0.0.3", "10.0.0.2", LINK);
  const options = { dynamicAddresses: true, allowStreamReset: true, pathMtuDiscovery: true, interleaving };
  bob.listen(7, options);
  const association = alice.connect(["10.0.0.2"], 7, options);
  association.send(0, new Uint8Array(20_000));
  world.run(5_000);
  world.lose(interleaving ? "I-DATA" : "DATA");
  world.lose("SACK");
  for (let i = 0; i < 20; i++) association.send(i % 4, new Uint8Array(1_000));
  bob.associations[0]?.send(0, new Uint8Array(3_000));
  world.run(5_000);
  for (const net of [0, 1]) world.cut(`10.${net}.0.1`, `10.${net}.0.2`);
  association.send(2, new Uint8Array(3_000), { reliability: { lifetimeMs: 100 } });
  world.run(500);
  for (const net of [0, 1]) world.mend(`10.${net}.0.1`, `10.${net}.0.2`);
  world.run(20_000);
  association.resetStreams("outgoing", [1]);
  alice.gain("10.0.0.3");
  association.addAddress("10.0.0.3");
  world.run(120_000);
  alice.connect(["10.0.0.2"], 8, options); // Nobody listens there.
  world.run(1_000);
  for (const net of [0, 1]) world.cut(`10.${net}.0.1`, `10.${net}.0.2`);
  association.send(0, new Uint8Array(100));
  association.abort();
  world.run(1_000);
}

describe("a qlog file", () => {
  it.each([
    [false, false],
    [true, true],
  ])("tells all that happens as the schema says: I-DATA %s, redacted %s", (interleaving, redact) => {
    const { sink, records } = qlog({ title: "a conversation", redact, vantagePoint: "client" });
    converse(sink, interleaving);
    const all = records();
    expect(faultsIn(all)).toEqual([]);
    const names = new Set(all.slice(1).map(({ name }) => name));
    expect(EVENT_NAMES.filter((name) => !names.has(name))).toEqual(["sctp:packet_dropped"]);
    const ids = all.flatMap(({ data }) => (data as { packet_id?: number } | undefined)?.packet_id ?? []);
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => i + 1));
    expect(JSON.stringify(all.slice(1)).includes('"data":"')).toBe(!redact);
    const sent = all.filter(({ name }) => name === "sctp:packet_sent");
    expect(sent.filter(({ data }) => (data as { reasons?: string[] }).reasons === undefined)).toEqual([]);
  });

  it.each<[SeededPart, readonly number[]]>([
    ["networks", [1, 2, 3]],
    ["lossy", [1]],
    ["peers", [1, 2, 3]],
  ])("is as the schema says for a slice of the campaign: %s", (part, seeds) => {
    let count = 0;
    for (const seed of seeds) {
      const { sink, records } = qlog();
      partOf(part)?.replay(seed, sink);
      const all = records();
      count += all.length;
      expect(faultsIn(all)).toEqual([]);
    }
    expect(count).toBeGreaterThan(100);
  });

  it("is held to the schema: what is not as it says is found", () => {
    const { sink, records } = qlog();
    converse(sink, false);
    const [header, ...events] = records();
    const find = (name: string): Record<string, unknown> =>
      structuredClone(events.find((event) => event["name"] === name) as Record<string, unknown>);
    const sent = find("sctp:packet_sent") as {
      data: { chunks: Array<Record<string, unknown>>; packet_id: unknown };
    };
    const without = (record: object, field: string): object =>
      Object.fromEntries(Object.entries(record).filter(([name]) => name !== field));
    const wrong = [
      { ...find("timer:expired"), name: "timer:ended" },
      { ...find("timer:expired"), data: { timer: "T9" } },
      { ...find("message:cut"), more: 1 },
      without(find("message:queued"), "time"),
      { ...sent, data: { ...sent.data, packet_id: "1" } },
      { ...sent, data: { ...sent.data, chunks: [{ ...sent.data.chunks[0], initiate_tag: -1 }] } },
      { ...sent, data: { ...sent.data, chunks: [{ ...sent.data.chunks[0], chunk_type: "INIT?" }] } },
      { ...header, file_schema: "another" },
    ];
    for (const record of wrong) expect(faultOf(record, SCHEMA), JSON.stringify(record)).toBeDefined();
  });
});
