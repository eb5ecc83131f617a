/**
 * Runs one throughput measurement in two processes of its own.
 * Owns: starting and ending them, and what they report. Does not own: what they do (peer.ts), the table (run.ts).
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PEER = fileURLToPath(new URL("./peer.ts", import.meta.url));
/** A measurement that has not ended by then has failed. */
const GRACE_MS = 10_000;

export type Transport = "raw" | "raw-answered" | "sctp";

export interface Job {
  readonly transport: Transport;
  readonly messageBytes: number;
  readonly durationMs: number;
  readonly maxPacketBytes: number;
}

/** What the sink counted, and the CPU time of both processes. */
export interface Outcome {
  readonly messagesPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly cpuSecondsPerGigabyte: number;
}

export interface SinkReport {
  readonly messages: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly cpuSeconds: number;
}

export interface SourceReport {
  readonly cpuSeconds: number;
}

export type Order =
  | { readonly role: "sink"; readonly job: Job }
  | { readonly role: "source"; readonly job: Job; readonly udpPort: number };

/** Runs a job; the figures are those of the receiving side. */
export async function measure(job: Job): Promise<Outcome> {
  const children: ChildProcess[] = [];
  const watchdog = setTimeout(() => {
    for (const child of children) child.kill();
  }, job.durationMs + GRACE_MS);
  try {
    const sink = start({ role: "sink", job }, children);
    const { udpPort } = await report<{ udpPort: number }>(sink);
    const done = report<SinkReport>(sink);
    const source = start({ role: "source", job, udpPort }, children);
    const sent = await report<SourceReport>(source);
    sink.send("finish");
    const received = await done;
    const seconds = received.elapsedMs / 1_000;
    return {
      messagesPerSecond: received.messages / seconds,
      megabytesPerSecond: received.bytes / 1e6 / seconds,
      cpuSecondsPerGigabyte: ((received.cpuSeconds + sent.cpuSeconds) * 1e9) / received.bytes,
    };
  } finally {
    clearTimeout(watchdog);
    for (const child of children) child.kill();
  }
}

function start(order: Order, children: ChildProcess[]): ChildProcess {
  const child = fork(PEER, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.push(child);
  child.send(order);
  return child;
}

async function report<T>(child: ChildProcess): Promise<T> {
  const [first] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`a benchmark process ended early, with exit code ${code}`);
    }),
  ])) as [T];
  return first;
}
