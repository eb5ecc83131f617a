/**
 * Runs one case in one role: on loopback in this process, or on two hosts of its own in another one.
 * Owns: the capture of the case, its time limit, the verdict. Does not own: what the case does (the cases), the table (run.ts).
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launcher } from "../../tools/namespaces.ts";
import { type CaptureOptions, inspect, startCapture } from "./capture.ts";
import { type HostsCase, TwoHosts } from "./namespaces.ts";
import { freeUdpPorts, type Role, Side } from "./side.ts";

const CASE_LIMIT_MS = 60_000;
/** On hosts of their own both ends have the registered port (RFC 6951 7). */
const UDP_PORT = 9_899;
const HOSTS_PROCESS = fileURLToPath(new URL("./hosts-process.ts", import.meta.url));

export interface Result {
  readonly complaint: string | undefined;
  readonly packetCount: number;
}

/** @param file where the capture goes; it stays there only if the case fails, or if it is to be kept */
export async function runOnLoopback(
  run: (side: Side) => Promise<void>,
  role: Role,
  file: string,
  keep: boolean,
): Promise<Result> {
  const [ourUdp = 0, peerUdp = 0] = await freeUdpPorts(2);
  const side = new Side(role, ourUdp, peerUdp);
  const work = async (): Promise<string | undefined> => {
    try {
      const complaint = await complaintOf(within(Promise.race([run(side), side.peerTrouble]), CASE_LIMIT_MS));
      return complaint === undefined ? undefined : `${complaint} (${side.describe()})`;
    } finally {
      await side.close();
    }
  };
  return await captured(work, file, keep, { device: "lo", udpPorts: [ourUdp, peerUdp], launcher: [] });
}

/** Where the two hosts cannot be made, the case has failed: the complaint says why. */
export async function runOnTwoHosts(
  what: HostsCase,
  role: Role,
  file: string,
  keep: boolean,
): Promise<Result> {
  let hosts: TwoHosts;
  try {
    hosts = TwoHosts.make();
  } catch (error) {
    return { complaint: `cannot run: ${(error as Error).message}`, packetCount: 0 };
  }
  const leaveNothing = (): void => hosts.remove();
  process.once("exit", leaveNothing);
  try {
    const enter = launcher(hosts.ours);
    const work = (): Promise<string | undefined> =>
      runProcess([...enter, process.execPath, ...process.execArgv, HOSTS_PROCESS], role, what, hosts);
    return await captured(work, file, keep, { device: "any", udpPorts: [UDP_PORT], launcher: enter });
  } finally {
    process.off("exit", leaveNothing);
    hosts.remove();
  }
}

async function captured(
  work: () => Promise<string | undefined>,
  file: string,
  keep: boolean,
  options: CaptureOptions,
): Promise<Result> {
  const capture = await startCapture(file, options);
  let complaint = await work();
  const missedCount = await capture.stop();
  const { packetCount, complaints } = await inspect(file, options.udpPorts);
  if (complaints.length > 0)
    complaint ??= `tshark: ${complaints.length} complaints, the first: ${complaints[0]}`;
  if (packetCount === 0) complaint ??= "nothing was captured";
  if (missedCount > 0) complaint ??= `the capture has missed ${missedCount} packets`;
  if (complaint === undefined && !keep) rmSync(file);
  return { complaint, packetCount };
}

/** @returns what the process complains of, in its message or by ending without one */
async function runProcess(
  command: readonly string[],
  role: Role,
  what: HostsCase,
  hosts: TwoHosts,
): Promise<string | undefined> {
  const [program = "", ...args] = [...command, role, what, String(UDP_PORT), hosts.ours, hosts.peers];
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  let verdict: { readonly complaint?: string } | undefined;
  child.on("message", (message) => {
    verdict = message as { readonly complaint?: string };
  });
  const gone = new Promise<void>((resolve, reject) => {
    child.on("exit", () => resolve());
    child.on("error", reject);
  });
  try {
    await within(gone, CASE_LIMIT_MS);
  } catch (error) {
    child.kill("SIGKILL");
    return (error as Error).message;
  }
  return verdict === undefined ? "its process ended without a verdict" : verdict.complaint;
}

async function complaintOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
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
