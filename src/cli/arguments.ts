/**
 * The words of the command line.
 * Owns: what may be said, and the sentence about what may not. Does not own: what is done.
 */
import { parseArgs } from "node:util";
import { nearestName } from "../base/nearest-name.ts";
import { isTraceFile } from "../node/common/trace-file.ts";
import type { ExplainSettings } from "./commands/explain.ts";
import type { Settings } from "./commands/session.ts";
import type { SimSettings } from "./commands/sim.ts";

/** The words make no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const HELP = `sctp - SCTP over UDP from the command line

  sctp echo [PORT]         send every message back as it came (SCTP port 7 if none is given)
  sctp cat HOST PORT       lines from standard input become messages; messages are printed as lines
  sctp cat -l PORT         the same, for the first association that somebody sets up
  sctp explain [FILE]      say what the SCTP packets of a capture mean: pcap or pcapng, from standard input if no FILE is given
  sctp sim FILE            play a scenario, a network in a JSON document, and give an account of it

PORT is an SCTP port. Options:

  -l, --listen             wait for an association instead of asking for one
  --local-address ADDRESS  local address; several times for a multihomed end (all addresses if absent)
  --local-udp-port PORT    UDP port of this end: 9899 to listen, any free one to connect
  --remote-udp-port PORT   UDP port of the other end (9899)
  --stream ID              send on this stream (0)
  --ppid NUMBER            payload protocol identifier of what is sent (0)
  --unordered              send without order
  --in-udp-port PORT       explain what UDP port PORT carries, and nothing else; several times for several ports
  --bytes                  explain: print every field of each packet, too: its place, value, meaning and section
  --trace FILE             write what happens to FILE: .pcapng, a capture for Wireshark; .sqlog, events after qlog
  --redact                 leave user data and cookies out of the trace
  --diagram                sim, explain: print a diagram of every packet
  --svg FILE               sim, explain: draw the diagram as SVG
  --plot FILE              sim: draw windows and round trips of each path as SVG
  --capture FILE           sim: write every packet to a pcapng file
  --seed NUMBER            sim: play it with another seed
  -v, --verbose            say on standard error what happens
  -h, --help               this text
  --version                the version

The end of standard input ends the association gracefully, as does the first Ctrl-C; the second aborts it.
`;

const OPTIONS = {
  listen: { type: "boolean", short: "l", default: false },
  "local-address": { type: "string", multiple: true, default: [] as string[] },
  "local-udp-port": { type: "string" },
  "remote-udp-port": { type: "string" },
  stream: { type: "string", default: "0" },
  ppid: { type: "string", default: "0" },
  unordered: { type: "boolean", default: false },
  "in-udp-port": { type: "string", multiple: true, default: [] as string[] },
  bytes: { type: "boolean", default: false },
  trace: { type: "string" },
  redact: { type: "boolean", default: false },
  diagram: { type: "boolean", default: false },
  svg: { type: "string" },
  plot: { type: "string" },
  capture: { type: "string" },
  seed: { type: "string" },
  verbose: { type: "boolean", short: "v", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
} as const;

/** Other names of options, and which one is meant. */
const MEANT: Readonly<Record<string, string>> = {
  address: "local-address",
  host: "local-address",
  "udp-local-port": "local-udp-port",
  "udp-remote-port": "remote-udp-port",
  "udp-port": "local-udp-port or --remote-udp-port",
};

/**
 * @returns what to do; "help" or "version" if that was asked
 * @throws UsageError
 */
export function parseArguments(
  words: readonly string[],
): Settings | ExplainSettings | SimSettings | "help" | "version" {
  const { values, positionals } = parse(words);
  if (values.help) return "help";
  if (values.version) return "version";
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError("say what to do: echo, cat, explain or sim");
  if (command === "explain") return explainSettings(values, rest, words);
  if (command === "sim") return simSettings(values, rest, words);
  if (command !== "echo" && command !== "cat")
    throw new UsageError(`there is no command "${command}": say echo, cat, explain or sim`);
  refuseForeign(words, DRAWING_OPTIONS, "is for sim and explain");
  refuseForeign(words, SIM_OPTIONS, "is for sim");
  refuseForeign(words, ["bytes"], "is for explain");
  const udpPort = (text: string | undefined, name: string, min: 0 | 1): number | undefined =>
    text === undefined ? undefined : wholeNumber(text, name, min, 65_535);
  return {
    command,
    listen: values.listen || command === "echo",
    ...place(command, values.listen, rest),
    localAddresses: values["local-address"],
    localUdpPort: udpPort(values["local-udp-port"], "--local-udp-port", 0),
    remoteUdpPort: udpPort(values["remote-udp-port"], "--remote-udp-port", 1),
    streamId: wholeNumber(values.stream, "--stream", 0, 65_534),
    ppid: wholeNumber(values.ppid, "--ppid", 0, 0xffff_ffff),
    unordered: values.unordered,
    trace: traceName(values.trace),
    redact: values.redact,
    verbose: values.verbose,
  };
}

function traceName(file: string | undefined): string | undefined {
  const wanted = file === undefined ? undefined : isTraceFile(file);
  if (wanted !== undefined) throw new UsageError(`--trace wants ${wanted}, not "${file}"`);
  return file;
}

/** Options of what can be drawn. */
const DRAWING_OPTIONS: readonly string[] = ["diagram", "svg"];
/** Options of `sim` alone. */
const SIM_OPTIONS: readonly string[] = ["plot", "capture", "seed"];

function explainSettings(
  { "in-udp-port": inUdpPorts, bytes, verbose, diagram, svg }: ReturnType<typeof parse>["values"],
  files: readonly string[],
  words: readonly string[],
): ExplainSettings {
  refuseForeign(words, SIM_OPTIONS, "is for sim");
  if (files.length > 1) throw new UsageError("it goes: sctp explain [FILE]");
  const udpPorts = inUdpPorts.map((text) => wholeNumber(text, "--in-udp-port", 1, 65_535));
  return { command: "explain", file: files[0], udpPorts, bytes, verbose, diagram, svg };
}

function simSettings(
  { diagram, svg, plot, capture, seed }: ReturnType<typeof parse>["values"],
  files: readonly string[],
  words: readonly string[],
): SimSettings {
  const ours = [...DRAWING_OPTIONS, ...SIM_OPTIONS, "verbose"];
  const others = Object.keys(OPTIONS).filter((name) => !ours.includes(name));
  refuseForeign(words, others, "is not for sim");
  const [file] = files;
  if (file === undefined || files.length > 1) throw new UsageError("it goes: sctp sim FILE");
  return {
    command: "sim",
    file,
    diagram,
    svg,
    plot,
    capture,
    seed: seed === undefined ? undefined : wholeNumber(seed, "--seed", 0, 0xffff_ffff),
  };
}

/** @throws UsageError for an option that another command has */
function refuseForeign(words: readonly string[], names: readonly string[], why: string): void {
  const end = words.indexOf("--");
  for (const word of end === -1 ? words : words.slice(0, end)) {
    const name = /^--([^=]+)/.exec(word)?.[1] ?? (word === "-l" ? "listen" : "");
    if (names.includes(name)) throw new UsageError(`--${name} ${why}`);
  }
}

function parse(words: readonly string[]) {
  checkNames(words);
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(firstSentence((error as Error).message));
  }
}

/** Refuses an option that there is not with the one that was meant. @throws UsageError */
function checkNames(words: readonly string[]): void {
  const end = words.indexOf("--");
  for (const word of end === -1 ? words : words.slice(0, end)) {
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || Object.hasOwn(OPTIONS, name)) continue;
    const meant = Object.hasOwn(MEANT, name) ? MEANT[name] : nearestName(name, Object.keys(OPTIONS));
    if (meant !== undefined) throw new UsageError(`there is no option --${name}: it is called --${meant}`);
  }
}

/** Node explains itself at length; its first sentence says what is wrong. */
function firstSentence(text: string): string {
  return (text.split("\n")[0] ?? text).replace(/\. .*$/, "");
}

/** Host and port, as far as the command has them. */
function place(
  command: "echo" | "cat",
  listen: boolean,
  words: readonly string[],
): { host: string; port: number } {
  const expected = command === "echo" ? "[PORT]" : listen ? "-l PORT" : "HOST PORT";
  const [min, max] = command === "echo" ? [0, 1] : listen ? [1, 1] : [2, 2];
  if (words.length < min || words.length > max) throw new UsageError(`it goes: sctp ${command} ${expected}`);
  const port = wholeNumber(words.at(-1) ?? "7", "PORT", 1, 65_535);
  return { host: command === "cat" && !listen ? (words[0] ?? "") : "", port };
}

function wholeNumber(text: string, name: string, min: number, max: number): number {
  const number = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${name} is a whole number from ${min} to ${max}, not "${text}"`);
}
