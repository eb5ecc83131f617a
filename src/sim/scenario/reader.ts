/**
 * Scenarios from JSON and back.
 * Owns: what the fields of a scenario must be to each other: hosts that exist, addresses that somebody has.
 * Does not own: what each field may be by itself (schema.ts), playing it (run.ts).
 */
import { canonicalAddress } from "../../platform/address.ts";
import { linkProfile, PERFECT_LINK } from "../world/network.ts";
import { complaint, filledDocument, trimmedDocument } from "./document-schema.ts";
import { associationOptionsOf } from "./options.ts";
import type { Scenario, ScenarioFault, ScenarioStep } from "./scenario.ts";
import { SCENARIO_SCHEMA } from "./schema.ts";

/** All that a scenario may send: more is no scenario but a load test. */
const MAX_MESSAGES = 200_000;
const MAX_SENT_BYTES = 268_435_456;
/** So that no two hosts choose the same tag (high-numbers.ts). */
const MAX_NEAR_WRAP = 2;

/**
 * A scenario, checked and with all of its defaults.
 * @param document its JSON, or what that has been parsed to
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION: a sentence with the path of the field
 */
export function readScenario(document: unknown): Scenario {
  const parsed = typeof document === "string" ? parse(document) : document;
  const scenario = filledDocument(SCENARIO_SCHEMA, withoutSchema(parsed), "the scenario") as Scenario;
  return new Checker(scenario).checked();
}

/** The JSON of a scenario, a line for each entry of a list; `readScenario` gives the same scenario again. */
export function writeScenario(scenario: Scenario): string {
  const fields = Object.entries(trimmedDocument(SCENARIO_SCHEMA, scenario) as object);
  const lines = fields.map(([name, value]) => {
    const text = Array.isArray(value) && value.length > 0 ? listText(value) : inline(value);
    return `  ${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${lines.join(",\n")}\n}\n`;
}

function listText(items: readonly unknown[]): string {
  return `[\n${items.map((item) => `    ${inline(item)}`).join(",\n")}\n  ]`;
}

/** In one line, with spaces where people put them. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${inline(field)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw complaint(`the scenario is no JSON: ${(error as Error).message}`);
  }
}

/** Editors look for the schema by this field. */
function withoutSchema(document: unknown): unknown {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return document;
  const { $schema: _, ...rest } = document as Record<string, unknown>;
  return rest;
}

class Checker {
  readonly #scenario: Scenario;
  readonly #names: ReadonlySet<string>;
  /** Of hosts, now or later, and of NATs. */
  readonly #addresses = new Map<string, string>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#names = new Set(scenario.hosts.map(({ name }) => name));
  }

  checked(): Scenario {
    this.#checkHosts();
    this.#checkNetwork();
    for (const [i, fault] of this.#scenario.faults.entries()) this.#checkFault(fault, `faults[${i}]`);
    for (const [i, step] of this.#scenario.timeline.entries()) this.#checkStep(step, `timeline[${i}]`);
    this.#checkLoad();
    return this.#scenario;
  }

  #checkHosts(): void {
    const { hosts, timeline, nats } = this.#scenario;
    hosts.forEach(({ name, addresses, options }, i) => {
      if (hosts.findIndex((host) => host.name === name) < i)
        throw complaint(`hosts[${i}].name: there is another host "${name}"`);
      for (const [k, address] of addresses.entries())
        this.#claim(address, `hosts[${i}].addresses[${k}]`, name);
      checkedBy(`hosts[${i}].options`, () => associationOptionsOf(options));
    });
    if (hosts.filter(({ numbersNearWrap }) => numbersNearWrap).length > MAX_NEAR_WRAP)
      throw complaint(`hosts: numbersNearWrap is for ${MAX_NEAR_WRAP} hosts at most`);
    for (const [i, { outer }] of nats.entries()) this.#claim(outer, `nats[${i}].outer`, "");
    timeline.forEach((step, i) => {
      const gained = step.do === "add-address" ? step.address : step.do === "move" ? step.to : undefined;
      if (gained === undefined || this.#addresses.get(gained) === (step as { host: string }).host) return;
      this.#claim(
        gained,
        `timeline[${i}].${step.do === "move" ? "to" : "address"}`,
        (step as { host: string }).host,
      );
    });
  }

  #claim(address: string, path: string, owner: string): void {
    const canonical = canonicalAddress(address);
    if (canonical === undefined) throw complaint(`${path} must be an IPv4 or IPv6 address, not "${address}"`);
    if (canonical !== address) throw complaint(`${path} is written "${canonical}", not "${address}"`);
    if (this.#addresses.has(address)) throw complaint(`${path}: somebody else has ${address}`);
    this.#addresses.set(address, owner);
  }

  #checkNetwork(): void {
    this.#scenario.links.forEach(({ between, there, back }, i) => {
      this.#checkPair(between, `links[${i}].between`);
      checkedBy(`links[${i}].there`, () => linkProfile(there, PERFECT_LINK));
      if (back !== undefined) checkedBy(`links[${i}].back`, () => linkProfile(back, PERFECT_LINK));
    });
    for (const [i, { inner }] of this.#scenario.nats.entries()) this.#needAddress(inner, `nats[${i}].inner`);
  }

  #checkPair(pair: readonly string[], path: string): void {
    for (const [k, address] of pair.entries()) this.#needAddress(address, `${path}[${k}]`);
    if (pair[0] === pair[1]) throw complaint(`${path} must be two addresses, not ${pair[0]} twice`);
  }

  #checkFault({ chunk, packet, from, to }: ScenarioFault, path: string): void {
    if ((chunk === undefined) === (packet === undefined))
      throw complaint(`${path} must say either which chunk or which packet`);
    if (from !== undefined) this.#needHost(from, `${path}.from`);
    if (to !== undefined) this.#needHost(to, `${path}.to`);
  }

  #checkStep(step: ScenarioStep, path: string): void {
    if ("host" in step) this.#needHost(step.host, `${path}.host`);
    if ("peer" in step && step.peer !== undefined) this.#needHost(step.peer, `${path}.peer`);
    if ("between" in step) this.#checkPair(step.between, `${path}.between`);
    if ("address" in step) this.#needAddress(step.address, `${path}.address`);
    switch (step.do) {
      case "connect":
        if (typeof step.to === "string") return this.#needHost(step.to, `${path}.to`);
        for (const [k, address] of step.to.entries()) this.#needAddress(address, `${path}.to[${k}]`);
        return;
      case "send": {
        if ((step.bytes === undefined) === (step.text === undefined))
          throw complaint(`${path} must say either bytes or text`);
        const { reliability } = step;
        if (reliability !== undefined && Object.keys(reliability).length !== 1)
          throw complaint(`${path}.reliability must have one of lifetimeMs, maxRetransmits and priority`);
        return;
      }
      case "move":
        return this.#needAddress(step.from, `${path}.from`);
      case "options":
        return checkedBy(`${path}.options`, () => associationOptionsOf(step.options));
      case "adjust":
        return checkedBy(`${path}.link`, () => linkProfile(step.link, PERFECT_LINK));
      default:
        return;
    }
  }

  #checkLoad(): void {
    let [messages, bytes] = [0, 0];
    for (const step of this.#scenario.timeline) {
      if (step.do !== "send") continue;
      messages += step.count;
      bytes += step.count * (step.bytes ?? step.text?.length ?? 0);
    }
    if (messages > MAX_MESSAGES)
      throw complaint(`timeline: ${messages} messages are more than ${MAX_MESSAGES}`);
    if (bytes > MAX_SENT_BYTES) throw complaint(`timeline: ${bytes} bytes are more than ${MAX_SENT_BYTES}`);
  }

  #needHost(name: string, path: string): void {
    if (this.#names.has(name)) return;
    const names = [...this.#names].map((each) => `"${each}"`).join(", ");
    throw complaint(`${path} must be the name of a host (${names}), not "${name}"`);
  }

  #needAddress(address: string, path: string): void {
    if (this.#addresses.has(address)) return;
    throw complaint(`${path} must be the address of a host, not "${address}"`);
  }
}

/** Says with a complaint of another check which field it is about. */
function checkedBy(path: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw complaint(`${path}: ${(error as Error).message}`);
  }
}
