/**
 * Interop with usrsctp: `npm run interop`. Builds the peer, runs every case with us as client and as server, and lets
 * tshark read every capture. `--case NAME` runs those with NAME in theirs, `--list` names them, `--keep` keeps the
 * captures of the cases that pass too (those of the others stay in interop/captures).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
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
} from "./cases/endings.ts";
import { loss1, loss5, loss20 } from "./cases/loss.ts";
import { churn, crowd } from "./cases/many.ts";
import { inspect, startCapture } from "./harness/capture.ts";
import { freeUdpPorts, type Role, Side } from "./harness/side.ts";

type Case = (side: Side) => Promise<void>;

const CASES: ReadonlyArray<readonly [name: string, run: Case]> = [
  ["10,000 messages echoed on 8 streams", echoInOrder],
  ["200 messages of 1 B to 256 KiB", sizes],
  ["unordered delivery", unordered],
  ["shutdown by us, data queued", (side) => shutdownByUs(side)],
  ["shutdown by the peer, data queued", (side) => shutdownByPeer(side)],
  ["shutdown by both at once, data queued", (side) => shutdownByBoth(side)],
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
];
const CASE_LIMIT_MS = 90_000;
const HERE = fileURLToPath(new URL(".", import.meta.url));

interface Result {
  readonly complaint: string | undefined;
  readonly packetCount: number;
}

async function runCase(name: string, run: Case, role: Role): Promise<Result> {
  const ports = await freeUdpPorts(2);
  const file = `${HERE}captures/${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${role}.pcapng`;
  const capture = await startCapture(file, ports);
  const [ourUdp = 0, peerUdp = 0] = ports;
  const side = new Side(role, ourUdp, peerUdp);
  let complaint: string | undefined;
  try {
    await within(Promise.race([run(side), side.peerCrash]), CASE_LIMIT_MS);
  } catch (error) {
    complaint = (error as Error).message;
  }
  await side.close();
  const missedCount = await capture.stop();
  const { packetCount, complaints } = await inspect(file, ports);
  if (complaints.length > 0)
    complaint ??= `tshark: ${complaints.length} complaints, the first: ${complaints[0]}`;
  if (packetCount === 0) complaint ??= "nothing was captured";
  if (missedCount > 0) complaint ??= `the capture has missed ${missedCount} packets`;
  if (complaint === undefined && !values.keep) rmSync(file);
  return { complaint, packetCount };
}

/** Says what to do if something is missing, before the first case fails for it. */
function requireTools(): void {
  const compiler = process.env["CC"] ?? "cc"; // As make chooses it.
  const missing = [compiler, "make", "dumpcap", "tshark"].filter(
    (tool) => spawnSync(tool, ["--version"], { stdio: "ignore" }).error !== undefined,
  );
  const header = spawnSync(compiler, ["-E", "-include", "usrsctp.h", "-x", "c", "/dev/null"], {
    stdio: "ignore",
  });
  if (header.status !== 0) missing.push("usrsctp.h");
  if (missing.length === 0) return;
  console.error(`missing: ${missing.join(", ")}. Run interop/setup.sh first.`);
  process.exit(2);
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished in ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const { values } = parseArgs({
  options: {
    case: { type: "string" },
    list: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
if (values.list) {
  for (const [name] of CASES) console.log(name);
  process.exit(0);
}
const chosen = CASES.filter(([name]) => values.case === undefined || name.includes(values.case));
if (chosen.length === 0) {
  console.error(`no case has "${values.case}" in its name; --list shows them all`);
  process.exit(2);
}
requireTools();
execFileSync("make", ["-s", "-C", `${HERE}peers`], { stdio: "inherit" });
rmSync(`${HERE}captures`, { recursive: true, force: true });
mkdirSync(`${HERE}captures`);

const width = Math.max(...chosen.map(([name]) => name.length));
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padEnd([width, 11, 11, 10][i] ?? 0)).join("  ");
console.log(line(["against usrsctp", "as client", "as server", "packets, all clean by tshark"]));
let passed = 0;
const failures: string[] = [];
for (const [name, run] of chosen) {
  const results = [await runCase(name, run, "client"), await runCase(name, run, "server")] as const;
  const cells = results.map(({ complaint }) => (complaint === undefined ? "pass" : "FAIL"));
  console.log(line([name, ...cells, results.map(({ packetCount }) => packetCount).join(" + ")]));
  for (const [i, { complaint }] of results.entries()) {
    if (complaint === undefined) passed++;
    else failures.push(`${name}, us as ${i === 0 ? "client" : "server"}: ${complaint}`);
  }
}
for (const failure of failures) console.log(`FAIL ${failure}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
