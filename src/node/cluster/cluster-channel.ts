/**
 * Workers as threads and as processes, and the way to talk to them.
 * Owns: starting one, its end, the channel of either kind. Does not own: what is said (cluster-protocol.ts).
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker, workerData } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./cluster-protocol.ts";

/** Threads share a process and start fast; a process survives what brings another down. */
export type WorkerKind = "thread" | "process";

/** How the parent sees a worker. */
export interface WorkerHandle {
  /** Process id, or thread id. */
  readonly id: number;
  post(message: ToWorker): void;
  /** Closes the channel: a worker with nothing else to do ends. */
  release(): void;
  /** Ends it at once, whatever it does. */
  kill(): void;
}

export interface WorkerOwner {
  onMessage(message: FromWorker): void;
  /** The worker has ended. @param code exit code; null if a signal ended the process */
  onExit(code: number | null, error: Error | undefined): void;
}

/** Marks what is ours among what else a process may say to its parent. */
const ENVELOPE = "sctpkit:cluster";
const PROCESS_MARK = "SCTPKIT_CLUSTER_WORKER";

export function startWorker(
  kind: WorkerKind,
  program: URL,
  execArgv: readonly string[] | undefined,
  owner: WorkerOwner,
): WorkerHandle {
  return kind === "thread" ? startThread(program, execArgv, owner) : startProcess(program, execArgv, owner);
}

function startThread(
  program: URL,
  execArgv: readonly string[] | undefined,
  owner: WorkerOwner,
): WorkerHandle {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(program, {
    workerData: { [ENVELOPE]: port2 },
    transferList: [port2],
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  });
  let failure: Error | undefined;
  port1.on("message", (message: FromWorker) => owner.onMessage(message));
  worker.once("error", (error: Error) => {
    failure = error;
  });
  worker.once("exit", (code) => {
    port1.close();
    owner.onExit(code, failure);
  });
  return {
    id: worker.threadId,
    post: (message) => port1.postMessage(message, transferOf(message)),
    release: () => port1.close(),
    kill: () => void worker.terminate(),
  };
}

function startProcess(
  program: URL,
  execArgv: readonly string[] | undefined,
  owner: WorkerOwner,
): WorkerHandle {
  const child = fork(fileURLToPath(program), [], {
    serialization: "advanced",
    env: { ...process.env, [PROCESS_MARK]: "1" },
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
  });
  let failure: Error | undefined;
  let gone = false;
  const onGone = (code: number | null): void => {
    if (gone) return;
    gone = true;
    owner.onExit(code, failure);
  };
  child.on("message", (message) => {
    const ours = opened<FromWorker>(message);
    if (ours !== undefined) owner.onMessage(ours);
  });
  child.on("error", (error) => {
    failure = error;
    if (child.pid === undefined) onGone(null); // It never began.
  });
  child.once("exit", onGone);
  return {
    id: child.pid ?? 0,
    post: (message) => {
      if (child.connected) child.send({ [ENVELOPE]: message }, () => {}); // Its end is told by 'exit'.
    },
    release: () => {
      if (child.connected) child.disconnect();
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** How a worker sees its parent. */
export interface ParentChannel {
  post(message: FromWorker): void;
  onMessage(listener: (message: ToWorker) => void): void;
  /** The parent closed the channel, or has ended. */
  onClose(listener: () => void): void;
}

/** Undefined in a program that no cluster started. */
export function parentChannel(): ParentChannel | undefined {
  const port = (workerData as { readonly [ENVELOPE]?: MessagePort } | null)?.[ENVELOPE];
  if (port !== undefined) {
    return {
      post: (message) => port.postMessage(message, transferOf(message)),
      onMessage: (listener) => void port.on("message", listener),
      onClose: (listener) => void port.once("close", listener),
    };
  }
  if (process.env[PROCESS_MARK] === undefined || process.send === undefined) return undefined;
  return {
    post: (message) => {
      if (process.connected) process.send?.({ [ENVELOPE]: message }, undefined, undefined, () => {});
    },
    onMessage: (listener) => {
      process.on("message", (message) => {
        const ours = opened<ToWorker>(message);
        if (ours !== undefined) listener(ours);
      });
    },
    onClose: (listener) => void process.once("disconnect", listener),
  };
}

function transferOf(message: ToWorker | FromWorker): ArrayBuffer[] {
  return message.kind === "batch" ? [message.bytes.buffer] : [];
}

function opened<T>(message: unknown): T | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  return (message as { readonly [ENVELOPE]?: T })[ENVELOPE];
}
