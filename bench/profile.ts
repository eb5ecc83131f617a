/**
 * Where the time goes: `npm run bench:profile`. Runs one flow with both ends under V8's CPU profiler, and tells what each
 * function itself took, as a share of the time that the end was not idle.
 *
 * Owns: running and adding up. Does not own: the program (peers/node), the profiles' format (V8's).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { oneOf, positiveNumber, readCommand, wholeNumber } from "../tools/command-line.ts";
import { buildNodePrograms } from "./runner/build.ts";
import { Program } from "./runner/program.ts";
import { NODE_PROGRAM } from "./runner/sides.ts";

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const { values } = readCommand({
  name: "bench:profile",
  about: "Runs one flow with both ends under V8's CPU profiler, and tells what each function itself took.",
  options: {
    size: wholeNumber("bytes of a message", 1_000, { from: 1 }),
    mtu: wholeNumber("path MTU in bytes", 1_500, { from: 576 }),
    measure: oneOf("what the two ends do", ["oneway", "both", "pingpong", "handshakes"], "oneway"),
    seconds: positiveNumber("how long", 3),
    top: wholeNumber("functions that are told of each end", 25, { from: 1 }),
  },
});
const IP_UDP_HEADER_BYTES = 28;
const [SINK_PORT, SOURCE_PORT] = [31_001, 31_002];

buildNodePrograms();
const folder = mkdtempSync(join(tmpdir(), "sctpkit-profile-"));
try {
  await run();
  for (const role of ["source", "sink"]) tell(role);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const sink = start("sink", SINK_PORT, SOURCE_PORT, 1);
  await sink.next("ready");
  const source = start("source", SOURCE_PORT, SINK_PORT, 0);
  await source.next("connected");
  const before = await sink.mark();
  await sleep(values.seconds * 1_000);
  const after = await sink.mark();
  const bytesPerSecond = (after.bytes - before.bytes) / (after.seconds - before.seconds);
  console.log(
    `${values.size}-byte messages, path MTU ${values.mtu}: ${(bytesPerSecond / 1e6).toFixed(0)} MB/s while profiled`,
  );
  await source.stop();
  await sink.stop();
}

function start(role: "sink" | "source", udpPort: number, remotePort: number, core: number): Program {
  const options = {
    transport: "sctpkit",
    measure: values.measure,
    size: String(values.size),
    packet: String(values.mtu - IP_UDP_HEADER_BYTES),
    udp: String(udpPort),
    remote: String(remotePort),
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const profiler = ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${role}.cpuprofile`];
  return new Program(role, [process.execPath, ...profiler, NODE_PROGRAM, role, ...flags], core);
}

function tell(role: string): void {
  if (!readdirSync(folder).includes(`${role}.cpuprofile`))
    throw new Error(`there is no profile of the ${role}`);
  const profile = JSON.parse(readFileSync(join(folder, `${role}.cpuprofile`), "utf8")) as Profile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [i, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const time = profile.timeDeltas[i] ?? 0;
    if (frame === undefined || frame.functionName === "(idle)") continue;
    total += time;
    const name = nameOf(frame);
    times.set(name, (times.get(name) ?? 0) + time);
  }
  console.log(`\n${role}:`);
  const sorted = [...times].sort((a, b) => b[1] - a[1]).slice(0, values.top);
  for (const [name, time] of sorted)
    console.log(`${((100 * time) / total).toFixed(1).padStart(6)} %  ${name}`);
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const file = /(?:src|bench)\/.*|node:.*$/.exec(url)?.[0] ?? "";
  return file === "" ? functionName : `${functionName || "(anonymous)"}  ${file}:${lineNumber + 1}`;
}
