/**
 * The JSON Schema of scenarios; `npm run docs` writes it to docs/scenario.schema.json, for editors.
 * Owns: every field with its range, its default and a sentence. Does not own: what refers to what (reader.ts), what the
 * options of associations are (src/base/options.ts).
 */
import type { OptionSpec } from "../../base/option-spec.ts";
import { ASSOCIATION_OPTIONS, STACK_OPTIONS } from "../../base/options.ts";
import { chunkTypeName, chunkTypeOf } from "../../chunks/codes.ts";
import { PERFECT_LINK } from "../world/network.ts";
import type {
  FlagSchema,
  ListSchema,
  NumberSchema,
  ObjectSchema,
  Schema,
  TextSchema,
} from "./document-schema.ts";

const DAY_MS = 86_400_000;
const MAX_STREAM_ID = 65_534;
const MAX_ENTRIES = 10_000;
/** Nothing that would move the cursor of a terminal. */
const LINE = "^[^\\p{C}]*$";

const text = (description: string, maxLength: number, more: Partial<TextSchema> = {}): TextSchema => ({
  type: "string",
  maxLength,
  pattern: LINE,
  description,
  ...more,
});
const number = (
  description: string,
  minimum: number,
  maximum: number,
  more: Partial<NumberSchema> = {},
): NumberSchema => ({ type: "number", minimum, maximum, description, ...more });
const whole = (description: string, minimum: number, maximum: number, otherwise?: number): NumberSchema => ({
  type: "integer",
  minimum,
  maximum,
  description,
  ...(otherwise === undefined ? {} : { default: otherwise }),
});
const flag = (description: string, otherwise?: boolean): FlagSchema => ({
  type: "boolean",
  description,
  ...(otherwise === undefined ? {} : { default: otherwise }),
});
const oneOf = (description: string, names: readonly string[], otherwise?: string): TextSchema => ({
  type: "string",
  enum: names,
  description,
  ...(otherwise === undefined ? {} : { default: otherwise }),
});
const list = (items: Schema, minItems: number, maxItems: number, description = ""): ListSchema => ({
  type: "array",
  items,
  minItems,
  maxItems,
  ...(description === "" ? {} : { description }),
});
const object = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  description = "",
): ObjectSchema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
  ...(description === "" ? {} : { description }),
});
const withDefault = <S extends Schema>(schema: S, value: unknown): S => ({ ...schema, default: value });

const address = (description: string): TextSchema => text(description, 60, { minLength: 1 });
const hostName = (description: string): TextSchema => text(description, 40, { minLength: 1 });
const ms = (description: string, otherwise?: number): NumberSchema =>
  number(description, 0, DAY_MS, otherwise === undefined ? {} : { default: otherwise });

const LINK: ObjectSchema = object(
  {
    delayMinMs: ms(`The shortest delay of one way, in ms; ${PERFECT_LINK.delayMinMs} if absent.`),
    delayMaxMs: ms("The longest; like delayMinMs if absent."),
    lossRate: number("The probability that a packet is lost; 0 if absent.", 0, 1),
    duplicateRate: number("The probability that a packet comes twice; 0 if absent.", 0, 1),
    reorderRate: number("The probability that a packet is held back; 0 if absent.", 0, 1),
    reorderMs: ms(`For how long at most it is held back; ${PERFECT_LINK.reorderMs} if absent.`),
    corruptRate: number("The probability that one bit of a packet is turned over; 0 if absent.", 0, 1),
    bytesPerSecond: number("The rate of a bottleneck; 0, no bottleneck, if absent.", 0, 1e12),
    queueBytes: number(
      `Bytes that may wait for the bottleneck; ${PERFECT_LINK.queueBytes} if absent.`,
      0,
      1e12,
    ),
    mtuBytes: number("Larger UDP payloads vanish, unless they leave in pieces; 65,507 if absent.", 0, 65_507),
  },
  [],
  "What one direction of a link does to packets.",
);

/** What an option of the stack may be, as a field; no default: who reads the document need not know it. */
function optionSchema(name: string, spec: OptionSpec): Schema {
  const description = `${spec.description} ${String(spec.default ?? "None")} if absent (${spec.section}).`;
  switch (spec.type) {
    case "number": {
      const type = spec.unit === "ms" || spec.unit === "ratio" ? "number" : "integer";
      const limits = { minimum: spec.min, ...(Number.isFinite(spec.max) ? { maximum: spec.max } : {}) };
      return { type, ...limits, description };
    }
    case "boolean":
      return flag(description);
    case "graded":
      return { anyOf: [flag("On or off."), oneOf("What is neither.", spec.names)], description };
    case "choice":
    case "name":
      return oneOf(description, spec.names);
    case "formed":
      return { anyOf: [flag("On or off."), FORMED[name] as Schema], description };
  }
}

const FORMED: Readonly<Record<string, Schema>> = {
  authentication: object(
    {
      chunks: list(whole("The number of a chunk type.", 0, 255), 0, 256, "The peer must authenticate them."),
      hmacs: list(oneOf("An HMAC.", ["SHA-1", "SHA-256"]), 1, 2, "That the peer may use."),
      keys: {
        ...object({}, [], "The secrets by their ids, in pairs of hexadecimal digits."),
        additionalProperties: text("A secret.", 1_024, { pattern: "^(?:[0-9a-fA-F]{2})*$" }),
      },
      activeKeyId: whole("The key of what is sent.", 0, 65_535),
    },
    [],
    "Which chunks, by which HMACs, and the keys that both sides know.",
  ),
  dynamicAddresses: object(
    {
      authenticated: flag("Both sides authenticate them."),
      behindNat: flag("A NAT is in front of this side."),
    },
    [],
    "What changes of addresses are to be like.",
  ),
};

const optionsSchema = (table: Readonly<Record<string, OptionSpec>>, description: string): ObjectSchema =>
  object(
    Object.fromEntries(Object.entries(table).map(([name, spec]) => [name, optionSchema(name, spec)])),
    [],
    description,
  );

const OPTIONS = optionsSchema(
  ASSOCIATION_OPTIONS,
  "Options of associations, as docs/options.md explains them.",
);
const STACK = optionsSchema(STACK_OPTIONS, "Options of the host's stack.");

const HOST: ObjectSchema = object(
  {
    name: hostName("What it is called; each host has a name of its own."),
    addresses: list(address("An IPv4 or IPv6 address."), 1, 16, "Several make it multihomed."),
    options: withDefault(OPTIONS, {}),
    stack: withDefault(STACK, {}),
    interfaceBytes: whole(
      "The largest UDP payload that leaves whole; larger ones leave in pieces.",
      576,
      65_507,
      65_507,
    ),
    numbersNearWrap: flag("Its tags and TSNs begin shortly before 2^32.", false),
  },
  ["name", "addresses"],
);

const BETWEEN = list(address("An address."), 2, 2, "Two addresses.");
const CHUNKS = Array.from({ length: 256 }, (_, type) => chunkTypeName(type)).filter(
  (name) => chunkTypeOf(name) !== undefined,
);

const fault = (
  deed: string,
  description: string,
  more: Readonly<Record<string, Schema>> = {},
): ObjectSchema =>
  object(
    {
      do: { type: "string", const: deed },
      chunk: oneOf("Packets that contain such a chunk; or `packet`.", CHUNKS),
      packet: whole("The packet of this number, in the order of sending, by whichever host.", 1, 1e9),
      from: hostName("Only what this host sends."),
      to: hostName("Only what is for this host."),
      nth: whole("The first that it strikes, counted from atMs on.", 1, 1e9, 1),
      count: whole("How many in a row.", 1, 1e9, 1),
      atMs: ms("From when on it is counted.", 0),
      ...more,
    },
    ["do", ...Object.keys(more)],
    description,
  );
const FAULTS = {
  anyOf: [
    fault("lose", "They are lost."),
    fault("double", "They come twice."),
    fault("corrupt", "One bit of them is turned over."),
    fault("delay", "They come late.", { lateMs: ms("By how much.") }),
  ],
};

const AT = ms("When, in virtual time.");
const deed = (
  name: string,
  description: string,
  fields: Readonly<Record<string, Schema>>,
  required: readonly string[] = Object.keys(fields),
): ObjectSchema =>
  object(
    { atMs: AT, do: { type: "string", const: name }, ...fields },
    ["atMs", "do", ...required],
    description,
  );
const WHO = { host: hostName("Who does it.") };
const WITH = { ...WHO, peer: hostName("In the association with this host; in its latest one if absent.") };
const user = (
  name: string,
  description: string,
  fields: Readonly<Record<string, Schema>> = {},
  required: readonly string[] = Object.keys(fields),
): ObjectSchema => deed(name, description, { ...WITH, ...fields }, ["host", ...required]);
const PORT = whole("An SCTP port.", 1, 65_535);
const STREAM = whole("A stream.", 0, MAX_STREAM_ID);
const OWN = { address: address("One of the host's own.") };

const SEND = user(
  "send",
  "Sends messages.",
  {
    bytes: whole("The length of each, of bytes drawn from the seed; or `text`.", 1, 16_777_216),
    text: text("What each says.", 10_000, { minLength: 1 }),
    streamId: { ...STREAM, default: 0 },
    ppid: whole("The payload protocol identifier.", 0, 0xffff_ffff, 0),
    unordered: flag("Without order.", false),
    count: whole("How many.", 1, 100_000, 1),
    everyMs: ms("The time between two of them.", 0),
    reliability: object(
      {
        lifetimeMs: number("Given up once so many ms have passed.", 0.001, DAY_MS),
        maxRetransmits: whole("Given up when it would be sent again more often.", 0, 0xffff_ffff),
        priority: whole("Gives way to what is more important, 0 being that.", 0, 0xffff_ffff),
      },
      [],
      "When a message is given up: one of the three.",
    ),
  },
  [],
);

const STEPS = {
  anyOf: [
    deed("listen", "Accepts associations.", { ...WHO, port: PORT }),
    deed(
      "connect",
      "Asks for an association.",
      {
        ...WHO,
        to: {
          anyOf: [hostName("The name of a host."), list(address("An address."), 1, 16)],
          description: "A host, by all of its addresses that can be reached, or addresses.",
        },
        port: PORT,
        localPort: whole("An SCTP port of its own; 0: any.", 0, 65_535, 0),
      },
      ["host", "to", "port"],
    ),
    SEND,
    user("shutdown", "Ends the association gracefully."),
    user("abort", "Ends it at once.", { reason: text("Told to the peer.", 200, { default: "" }) }, []),
    deed("pause", "Reads no more.", WHO),
    deed("resume", "Reads again.", WHO),
    deed("restart", "Crashes, and comes back at once, knowing nothing.", WHO),
    user("options", "Changes options of the association.", { options: OPTIONS }),
    user(
      "share",
      "Gives a stream another share.",
      {
        streamId: STREAM,
        priority: whole("For the scheduler `priority`: smaller goes first.", 0, 65_535, 0),
        weight: whole("For the scheduler `wfq`.", 1, 65_535, 1),
      },
      ["streamId"],
    ),
    user("primary", "Makes an address of the peer the primary path.", { address: address("Of the peer.") }),
    user("heartbeat", "Sends a HEARTBEAT.", { address: address("Of the peer.") }),
    user(
      "reset-streams",
      "Begins streams anew (RFC 6525).",
      {
        direction: oneOf("Whose streams.", ["incoming", "outgoing", "both"], "outgoing"),
        streamIds: { ...list(STREAM, 0, 65_535, "None: all."), default: [] },
      },
      [],
    ),
    user("reset-association", "Begins all numbers anew (RFC 6525)."),
    user(
      "add-streams",
      "Asks for more streams (RFC 6525).",
      {
        inbound: whole("That the peer may use.", 0, 65_535, 0),
        outbound: whole("That this side may use.", 0, 65_535, 0),
      },
      [],
    ),
    user("add-address", "Gets an address, and tells the peer of it (RFC 5061).", OWN),
    user("remove-address", "Asks the peer to forget an address (RFC 5061).", OWN),
    user("peer-primary", "Asks the peer to send to an address by preference (RFC 5061).", OWN),
    deed("move", "Another network: one address takes the place of another at once.", {
      ...WHO,
      from: address("The one that it loses."),
      to: address("The one that it gets."),
    }),
    deed("lose-address", "Has one address less.", { ...WHO, ...OWN }),
    ...(["cut", "mend"] as const).map((name) =>
      deed(
        name,
        name === "cut" ? "Nothing passes any more." : "Undoes a cut.",
        {
          between: BETWEEN,
          oneWay: flag("Only from the first to the second.", false),
        },
        ["between"],
      ),
    ),
    deed(
      "adjust",
      "Changes what a link does.",
      {
        between: BETWEEN,
        oneWay: flag("Only from the first to the second.", false),
        link: LINK,
      },
      ["between", "link"],
    ),
    deed("heal", "Every link is up, and carries everything.", {}),
    deed("rebind", "The NAT in front of an address gives it another port.", {
      address: address("The inner one."),
    }),
  ],
};

export const SCENARIO_SCHEMA: ObjectSchema = object(
  {
    name: text("What it is called.", 80, { default: "" }),
    about: text("What it shows, in a sentence or two.", 1_000, { default: "" }),
    seed: whole("Where all chance comes from.", 0, 0xffff_ffff, 1),
    durationMs: number("How long it is played, in virtual time.", 0, DAY_MS, { default: 10_000 }),
    hosts: list(HOST, 1, 16, "Who is on the network, each with the real stack."),
    links: list(
      object({ between: BETWEEN, there: withDefault(LINK, {}), back: LINK }, ["between"]),
      0,
      256,
      "Pairs of addresses that are joined; `back` is like `there` if it is absent.",
    ),
    nats: {
      ...list(
        object({ inner: address("Of a host."), outer: address("As the world sees it.") }, ["inner", "outer"]),
        0,
        16,
      ),
      default: [],
      description: "NATs in front of addresses; links lead to the outer ones.",
    },
    faults: { ...list(FAULTS, 0, MAX_ENTRIES), default: [], description: "What befalls certain packets." },
    timeline: list(STEPS, 0, MAX_ENTRIES, "What happens when; at equal times in this order."),
  },
  ["hosts", "links", "timeline"],
  "A network of SCTP hosts in virtual time, for sctpkit.",
);
