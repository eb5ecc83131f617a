/**
 * Mistakes in scenarios: their documents, their players, the packets that somebody reaches for.
 * Does not own: those in pictures (pictures.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const DOCUMENT = "sim/scenario/document-schema.ts";
const READER = "sim/scenario/reader.ts";
const RUN = "sim/scenario/run.ts";
const DEEDS = "sim/scenario/deeds.ts";
const UNDER_WAY = "sim/world/under-way.ts";
const FAULTS = "sim/world/planned-faults.ts";
const NETWORK = "sim/world/network.ts";
const WORLD = "sim/world/world.ts";
const PICTURE = "sim/scenario/ladder.ts";
const ACCOUNT = "sim/scenario/account.ts";
const COMMAND = "cli/commands/sim.ts";

export const SCENARIO_MUTANTS: readonly Mutant[] = [
  mutant(
    "sc-required",
    DOCUMENT,
    "else if (schema.required.includes(name))",
    "else if (schema.required.length === 0)",
    "a document may leave out what it must say",
  ),
  mutant(
    "sc-proto",
    DOCUMENT,
    'additionalProperties === false || name === "__proto__"',
    "additionalProperties === false",
    "a document reaches for the prototype of a record",
  ),
  mutant(
    "sc-control",
    DOCUMENT,
    '(pattern === undefined || new RegExp(pattern, "u").test(value))',
    "true",
    "a name moves the cursor of a terminal",
  ),
  mutant(
    "sc-whole",
    DOCUMENT,
    'if (schema.type === "integer" && !Number.isInteger(value)) return false;',
    "",
    "half a message is sent",
  ),
  mutant(
    "sc-trim",
    DOCUMENT,
    "([name, field]) => !isSame(field, schema.properties[name]?.default)",
    "([name, field]) => !isSame(field, schema.properties[name]?.default) && field !== 0",
    "what is 0 by choice is not written",
  ),
  mutant(
    "sc-same-address",
    READER,
    "if (this.#addresses.has(address)) throw",
    "if (this.#addresses.get(address) === owner) throw",
    "two hosts have one address",
  ),
  mutant(
    "sc-load",
    READER,
    "messages += step.count;",
    "messages++;",
    "a series of messages counts as one, and a short document sends without end",
  ),
  mutant(
    "sc-one-limit",
    READER,
    "Object.keys(reliability).length !== 1",
    "Object.keys(reliability).length === 0",
    "a message is given up for two reasons",
  ),
  mutant("sc-series", RUN, "step.atMs + i * everyMs", "step.atMs", "a series of messages is sent at once"),
  mutant(
    "sc-end",
    RUN,
    "const endMs = Math.min(ms, this.scenario.durationMs);",
    "const endMs = ms;",
    "a scenario is played beyond its end",
  ),
  mutant(
    "sc-again",
    RUN,
    "this.world.disturb(next.copy, next.what);",
    "",
    "what was done by hand is not done again",
  ),
  mutant(
    "sc-later",
    RUN,
    ".filter(({ atMs }) => atMs <= ms)",
    "",
    "what was done by hand later is done again where time went back",
  ),
  mutant(
    "sc-fault-time",
    RUN,
    "if (atMs === 0) plan();",
    "if (atMs >= 0) plan();",
    "a fault counts from the beginning whatever it says",
  ),
  mutant(
    "sc-one-way",
    RUN,
    "if (!step.oneWay) world.adjust(b, a, step.link);",
    "world.adjust(b, a, step.link);",
    "what changes one way of a link changes both",
  ),
  mutant(
    "sc-life",
    DEEDS,
    "(theirs === undefined || association.remoteAddresses.some((address) => theirs.has(address))),",
    "true,",
    "the latest association is asked for whatever peer is named",
  ),
  mutant("sc-resume", DEEDS, "  user.autoRead = true;\n", "", "who reads again reads once"),
  mutant(
    "sc-land",
    UNDER_WAY,
    "this.#copies.get(copy.id) === copy && this.#copies.delete(copy.id)",
    "this.#copies.delete(copy.id)",
    "a packet that is held up arrives when it would have",
  ),
  mutant(
    "sc-damaged",
    WORLD,
    "{ datagram: damaged(copy.datagram), isDamaged: true }",
    "{ datagram: copy.datagram, isDamaged: true }",
    "a packet that is damaged by hand is whole",
  ),
  mutant(
    "sc-loss-wins",
    FAULTS,
    'fate = fate === undefined || plan.fate === "lost" ? plan.fate : fate;',
    "fate ??= plan.fate;",
    "a packet that is to be lost comes twice, for another plan said so first",
  ),
  mutant(
    "sc-fault-to",
    FAULTS,
    "if (plan.to !== undefined && plan.to !== receiver) continue;",
    "",
    "a fault strikes packets for others",
  ),
  mutant(
    "sc-reason",
    NETWORK,
    'if (link.isCut) return lost("cut");',
    'if (link.isCut) return lost("chance");',
    "a cut counts as bad luck",
  ),
  mutant(
    "sc-nobody",
    WORLD,
    'this.#observer?.onLost(copy, "nobody there");',
    "",
    "a packet to an address that nobody has any more is never told as lost",
  ),
  mutant(
    "sc-lane-arrival",
    PICTURE,
    "this.#arrows.delete(copy.id);",
    "this.#arrows.clear();",
    "copies that are still under way are drawn twice once one has arrived",
  ),
  mutant(
    "sc-lane-twin",
    PICTURE,
    "this.ladder.packets[packet]?.arrows.length ?? 0",
    "0",
    "a packet that was doubled on the wire is drawn once",
  ),
  mutant(
    "sc-lane-nobody",
    PICTURE,
    "lane === 0 ? Math.min(1, this.#lanes.size - 1) : lane - 1",
    "lane",
    "a packet for nobody is drawn to its sender",
  ),
  mutant(
    "sc-lane-lost",
    PICTURE,
    "lostBy === undefined ? arrows : [lostArrow(lostBy, false)]",
    "arrows",
    "what the network loses at once is drawn without an arrow",
  ),
  mutant(
    "sc-lane-reason",
    PICTURE,
    "this.#settle(copy, lostArrow(lostBy, copy.isDamaged));",
    'this.#settle(copy, arrowOf(copy, "arrived"));',
    "a packet that somebody took out of the wire is drawn as if it arrived",
  ),
  mutant(
    "sc-memory-overlap",
    "sim/world/packet-memory.ts",
    "    this.#usedBytes += lengthBytes;\n",
    "",
    "each packet overwrites the one before it",
  ),
  mutant(
    "sc-memory-uncopied",
    "sim/world/packet-memory.ts",
    "return new Uint8Array(bytes);",
    "return bytes;",
    "a large packet changes once its sender writes the next",
  ),
  mutant(
    "sc-account-lost",
    ACCOUNT,
    "if (lostBy !== undefined) count(way, lostBy);",
    "",
    "the account tells of no loss",
  ),
  mutant(
    "sc-account-forgotten",
    ACCOUNT,
    "user.bootCount < bootCount",
    "user.bootCount > bootCount",
    "an association that a crash has wiped out is told as alive",
  ),
  mutant(
    "sc-account-arrived",
    ACCOUNT,
    "this.#way(packet).arrived++;",
    "this.#way(packet).packets++;",
    "what arrives counts as sent once more",
  ),
  mutant(
    "sc-account-by",
    ACCOUNT,
    'closeReason.by === "local" ? "this side" : "its peer"',
    'closeReason.by === "peer" ? "this side" : "its peer"',
    "the account blames the wrong side for an abort",
  ),
  mutant(
    "sc-account-refused",
    ACCOUNT,
    "for (const { atMs, step, why } of refused)",
    "for (const { atMs, step, why } of refused.slice(1))",
    "nobody is told of a deed that was refused",
  ),
  mutant(
    "sc-command-seed",
    COMMAND,
    "seed === undefined ? scenario : { ...scenario, seed }",
    "scenario",
    "--seed changes nothing",
  ),
  mutant(
    "sc-command-sent",
    COMMAND,
    'if (direction === "sent") sink.packet(direction, ...rest);',
    "",
    "a capture is empty",
  ),
  mutant(
    "sc-command-code",
    "cli/main.ts",
    "error instanceof UsageError || error instanceof ScenarioError ? 2 : 1",
    "error instanceof UsageError ? 2 : 1",
    "a wrong document ends as if the protocol had been broken",
  ),
  mutant(
    "sc-command-foreign",
    "cli/arguments.ts",
    'refuseForeign(words, others, "is not for sim");',
    "",
    "sim takes options that do nothing",
  ),
  mutant(
    "sc-unjudged-hash",
    WORLD,
    "    if (this.isChecked) {\n      this.#mix(datagram);\n      this.#guard(",
    "    {\n      this.#mix(datagram);\n      this.#guard(",
    "what is not to be judged is",
  ),
  mutant(
    "sc-unjudged-default",
    WORLD,
    "options.isChecked ?? true",
    "options.isChecked ?? false",
    "nobody judges unless asked to",
  ),
  mutant(
    "sc-unjudged-again",
    RUN,
    "{ ...options, interventions, isChecked }",
    "{ ...options, interventions }",
    "going back begins to judge",
  ),
  mutant(
    "sc-command-for-sim",
    "cli/arguments.ts",
    'refuseForeign(words, DRAWING_OPTIONS, "is for sim and explain");',
    "",
    "echo takes options that do nothing",
  ),
  mutant(
    "sc-explain-foreign",
    "cli/arguments.ts",
    '): ExplainSettings {\n  refuseForeign(words, SIM_OPTIONS, "is for sim");',
    "): ExplainSettings {",
    "explain takes options that do nothing",
  ),
];
