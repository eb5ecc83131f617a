/**
 * Interop with usrsctp, and with pion where a case says so: `npm run interop`. Builds the peers, runs every case with us as
 * client and as server, and lets tshark read every capture; those of the cases that fail stay in interop/captures.
 * Owns: the list of cases, the table. Does not own: what happens in a case (cases/), what it happens on (harness/).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flag, readCommand, refuse, text } from "../tools/command-line.ts";
import { adaptationLayers } from "./cases/adaptation.ts";
import {
  authenticatedData,
  authenticatedSetUp,
  authenticatedUnderLoss,
  keysChanged,
} from "./cases/authentication.ts";
import { collisionInCookieEchoed, collisionInCookieWait, collisionInEstablished } from "./cases/collision.ts";
import { echoInOrder, sizes, unordered } from "./cases/data.ts";
import {
  abortByPeer,
  abortByUs,
  restart,
  shutdownByBoth,
  shutdownByPeer,
  shutdownByPeerUnderLoss,
  shutdownByUs,
  shutdownByUsUnderLoss,
  shutdownInMidTransfer,
} from "./cases/endings.ts";
import { mixed, mixedGivenUpByPeer, mixedGivenUpByUs, mixedUnderLoss } from "./cases/interleaving.ts";
import { loss1, loss5, loss20 } from "./cases/loss.ts";
import { churn, crowd } from "./cases/many.ts";
import { promisedUnderLoss } from "./cases/nr-sack.ts";
import { largerPackets } from "./cases/path-mtu.ts";
import { echoByPion } from "./cases/pion.ts";
import {
  resetsAskedOfPeer,
  resetsByPeer,
  resetsByUs,
  resetsByUsUnderLoss,
  resetsDenied,
  streamsAdded,
} from "./cases/reconfiguration.ts";
import { answers0, answers1, far20, far50, far100, lossy0, lossy1, lossy5 } from "./cases/speed.ts";
import { givenUpByPeer, givenUpByUs } from "./cases/unreliable.ts";
import type { HostsCase } from "./harness/namespaces.ts";
import { judgeOwnCapture } from "./harness/own-capture.ts";
import { type Result, runOnLoopback, runOnTwoHosts } from "./harness/run-case.ts";
import type { Role, Side } from "./harness/side.ts";

/** What a case is: something that happens between two ends on loopback, or on two hosts with two paths, by its name there. */
type Case = ((side: Side) => Promise<void>) | HostsCase;

const BOTH: readonly Role[] = ["client", "server"];
const CASES: ReadonlyArray<readonly [name: string, run: Case, roles?: readonly Role[]]> = [
  ["10,000 messages echoed on 8 streams", echoInOrder],
  ["200 messages of 1 B to 256 KiB", sizes],
  ["unordered delivery", unordered],
  ["shutdown by us, data queued", (side) => shutdownByUs(side)],
  ["shutdown by the peer, data queued", (side) => shutdownByPeer(side)],
  ["shutdown by both at once, data queued", (side) => shutdownByBoth(side)],
  ["shutdown by the peer in mid-transfer [A2]", shutdownInMidTransfer],
  ["ABORT by us", abortByUs],
  ["ABORT by the peer", abortByPeer],
  ["restart on the same ports", restart],
  ["1,000 associations in turn", churn],
  ["200 associations at once", crowd],
  ["INIT collision, both in COOKIE-WAIT", collisionInCookieWait],
  ["INIT collision, one in COOKIE-ECHOED", collisionInCookieEchoed],
  ["INIT collision, one in ESTABLISHED", collisionInEstablished],
  ["1 % loss, data both ways", loss1],
  ["5 % loss, data both ways", loss5],
  ["20 % loss, data both ways", loss20],
  ["shutdown by us, 20 % loss", shutdownByUsUnderLoss],
  ["shutdown by the peer, 20 % loss", shutdownByPeerUnderLoss],
  ["messages given up by us, 10 % loss", givenUpByUs],
  ["messages given up by the peer, 10 % loss", givenUpByPeer],
  ["I-DATA on 8 streams, both ways at once", mixed],
  ["I-DATA on 8 streams, both ways at once, 10 % loss", mixedUnderLoss],
  ["I-DATA given up by us, 10 % loss", mixedGivenUpByUs],
  ["I-DATA given up by the peer, 10 % loss", mixedGivenUpByPeer],
  ["NR-SACK on 8 streams, both ways at once, 5 % loss", promisedUnderLoss],
  ["streams reset by us in mid-transfer", resetsByUs],
  ["streams reset by us in mid-transfer, 10 % loss", resetsByUsUnderLoss],
  ["streams reset by the peer, and by us for it", resetsByPeer],
  ["streams reset by the peer for us, all numbers anew", resetsAskedOfPeer],
  ["streams added by either side", streamsAdded],
  ["resets denied by us", resetsDenied],
  ["authenticated DATA and SACKs, both ways at once", authenticatedData],
  ["authenticated DATA and SACKs, both ways at once, 10 % loss", authenticatedUnderLoss],
  ["authenticated set-up, by a key of both", authenticatedSetUp],
  ["authenticated by other keys in mid-transfer", keysChanged],
  ["adaptation layers told by either side", adaptationLayers],
  ["larger packets than usual found by us, data both ways", largerPackets],
  ["200 messages echoed by pion", echoByPion, ["client"]],
  ["usrsctp sends 5 MB, RTT 20 ms, 1 Gbit/s [A1]", far20],
  ["as many SACKs as usrsctp's, RTT 1 ms, 1 % loss [A30]", answers1],
  ["two paths, our link down and up", "our link down"],
  ["two paths, the peer's link down and up", "the peer's link down"],
  ["two paths, one silent for a while", "silent"],
  ["two paths, one pair of addresses cut for a while", "one pair"],
  ["two paths, one doubted for a while (RFC 7829)", "doubted"],
  ["two paths at once, both ways", "both at once"],
  ["two paths at once, one cut while we send", "both at once, one cut"],
  ["an address added, made primary, the other removed by us", "addresses changed by us"],
  ["an address added, made primary, the other removed by the peer", "addresses changed by the peer"],
];
/** More of the same: with --long, or by name. */
const LONG_CASES: typeof CASES = [
  ["usrsctp sends 5 MB, RTT 50 ms, 1 Gbit/s [A1]", far50],
  ["usrsctp sends 5 MB, RTT 100 ms, 1 Gbit/s [A1]", far100],
  ["as many SACKs as usrsctp's, RTT 0 ms, 1 % loss [A30]", answers0],
  ["usrsctp sends 5 MB, RTT 0 ms, 1 % loss [A30]", lossy0],
  ["usrsctp sends 5 MB, RTT 1 ms, 1 % loss [A30]", lossy1],
  ["usrsctp sends 5 MB, RTT 5 ms, 1 % loss [A30]", lossy5],
];
const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Says what to do if something is missing, before the first case fails for it. */
function requireTools(): void {
  const compiler = process.env["CC"] ?? "cc"; // As make chooses it.
  const missing = [compiler, "make", "go", "dumpcap", "tshark"].filter(
    (tool) => spawnSync(tool, ["--version"], { stdio: "ignore" }).error !== undefined,
  );
  const header = spawnSync(compiler, ["-E", "-include", "usrsctp.h", "-x", "c", "/dev/null"], {
    stdio: "ignore",
  });
  if (header.status !== 0) missing.push("usrsctp.h");
  if (!existsSync("/usr/share/gocode/src/github.com/pion/sctp")) missing.push("pion/sctp");
  if (missing.length === 0) return;
  console.error(`missing: ${missing.join(", ")}. Run interop/setup.sh first.`);
  process.exit(2);
}

const COMMAND = {
  name: "interop",
  about: "Every case against usrsctp or pion, with us as client and as server; tshark reads every capture.",
  options: {
    case: text("the cases that have this in their names", undefined, { otherwise: "all but the long ones" }),
    role: text("ours: client or server", undefined, { otherwise: "both in turn" }),
    long: flag("the long ones, too"),
    list: flag("names the cases"),
    again: flag("runs a case that fails once more: it passes if it passes then, and the table says so"),
    record: flag("writes interop/results.json, from which docs/features.md is made; for a run of all cases"),
    keep: flag("keeps the captures of the cases that pass, too, in interop/captures"),
  },
};
const { values } = readCommand(COMMAND);
if (values.list) {
  for (const [name] of [...CASES, ...LONG_CASES]) console.log(name);
  process.exit(0);
}
const offered = values.long || values.case !== undefined ? [...CASES, ...LONG_CASES] : CASES;
if (values.record && (values.case ?? values.role) !== undefined)
  refuse(COMMAND, "--record is for a run of all cases");
const rolesWanted = BOTH.filter((role) => values.role === undefined || role === values.role);
if (rolesWanted.length === 0) refuse(COMMAND, `--role is client or server, not "${values.role}"`);
const chosen = offered.filter(([name]) => values.case === undefined || name.includes(values.case));
if (chosen.length === 0) refuse(COMMAND, `no case has "${values.case}" in its name; --list shows them all`);
requireTools();
execFileSync("make", ["-s", "-C", `${HERE}peers`], { stdio: "inherit" });
rmSync(`${HERE}captures`, { recursive: true, force: true });
mkdirSync(`${HERE}captures`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

async function runCase(name: string, run: Case, role: Role): Promise<Result> {
  const file = `${HERE}captures/${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${role}.pcapng`;
  if (typeof run === "string") return await runOnTwoHosts(run, role, file, values.keep);
  return await runOnLoopback(run, role, file, values.keep);
}

type Outcome = "pass" | "2nd try" | "FAIL";

/** Runs a case, with --again a second time where it fails, and tells at once what failed. */
async function judge(
  name: string,
  run: Case,
  role: Role,
): Promise<{ readonly outcome: Outcome; readonly packetCount: number }> {
  const first = await runCase(name, run, role);
  if (first.complaint === undefined) return { outcome: "pass", packetCount: first.packetCount };
  console.log(`FAIL ${name}, us as ${role}: ${first.complaint}`);
  if (!values.again) return { outcome: "FAIL", packetCount: first.packetCount };
  const { complaint, packetCount } = await runCase(name, run, role);
  if (complaint !== undefined) console.log(`FAIL again: ${complaint}`);
  return { outcome: complaint === undefined ? "2nd try" : "FAIL", packetCount };
}

const width = Math.max(...chosen.map(([name]) => name.length));
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padEnd([width, 11, 11, 7][i] ?? 0)).join("  ");
console.log(line(["case", "as client", "as server", "seconds", "packets, all clean by tshark"]));
const counts: Record<Outcome, number> = { pass: 0, "2nd try": 0, FAIL: 0 };
/** By case: what became of it as client and as server. */
const results: Record<string, readonly string[]> = {};
for (const [name, run, roles = BOTH] of chosen) {
  const cells: string[] = [];
  const packetCounts: number[] = [];
  const startMs = performance.now();
  for (const role of BOTH) {
    if (!roles.includes(role) || !rolesWanted.includes(role)) {
      cells.push("-");
      continue;
    }
    const { outcome, packetCount } = await judge(name, run, role);
    cells.push(outcome);
    packetCounts.push(packetCount);
    counts[outcome]++;
  }
  results[name] = cells;
  const tookS = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(line([name, ...cells, tookS, packetCounts.join(" + ")]));
}
if (values.case === undefined) {
  const { complaint, packetCount } = await judgeOwnCapture(`${HERE}captures/own.pcapng`, values.keep);
  const outcome = complaint === undefined ? "pass" : "FAIL";
  counts[outcome]++;
  if (complaint !== undefined) console.log(`FAIL the captures that we write: ${complaint}`);
  console.log(
    line(["the captures that we write, of every kind of chunk", outcome, "-", "", `${packetCount}`]),
  );
}
if (values.record) writeFileSync(`${HERE}results.json`, `${JSON.stringify(results, undefined, 2)}\n`);
const second = counts["2nd try"];
const told = second === 0 ? "" : ` (${second} at the second try)`;
console.log(`\n${counts.pass + second} passed${told}, ${counts.FAIL} failed`);
process.exit(counts.FAIL === 0 ? 0 : 1);
