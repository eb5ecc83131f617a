/**
 * Traces that go into a file.
 * Owns: which sink a file's name stands for, and writing: what one turn of the event loop brings goes out together. Does not own: the
 * formats (src/trace). No file stays open, so there is none to be closed; a file that cannot be written is told of once.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import {
  checkArgument,
  checkOptions,
  isFlag,
  isFunction,
  type Kind,
  type OptionNames,
} from "../../base/option-check.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { PcapngSink } from "../../trace/pcapng.ts";
import { QlogSink } from "../../trace/qlog.ts";

const SUFFIXES = [".pcapng", ".sqlog"] as const;

export interface TraceFileOptions {
  /** Leave user data and cookies out; see `PcapngSinkOptions` and `QlogOptions`. Default false. */
  readonly redact?: boolean;
  /** Called once if the file cannot be written; nothing more goes there then. Default: a warning of the process. */
  readonly onError?: (error: Error) => void;
}

const NAMES: OptionNames<TraceFileOptions> = {
  of: "traceFile",
  see: "TraceFileOptions",
  kinds: { redact: isFlag, onError: isFunction },
};

/** The name of a file for a trace. */
export const isTraceFile: Kind = (value) =>
  typeof value === "string" && SUFFIXES.some((suffix) => value.endsWith(suffix))
    ? undefined
    : `the name of a file that ends in ${SUFFIXES.join(" or ")}`;

/**
 * A trace sink that writes a file anew: `.pcapng`, a capture for Wireshark; `.sqlog`, events after qlog (docs/tracing.md).
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT if the name ends otherwise; ERR_SCTP_INVALID_OPTION
 */
export function traceFile(path: string, options: TraceFileOptions = {}): TraceSink {
  checkArgument("path of traceFile()", path, isTraceFile);
  const { redact = false, onError = warn } = checkOptions(options, NAMES);
  const file = new BatchedFile(path, onError);
  if (path.endsWith(".pcapng"))
    return new PcapngSink((bytes) => file.write(bytes), { epochMs: performance.timeOrigin, redact });
  const wallClockTime = new Date(performance.timeOrigin).toISOString();
  return new QlogSink((record) => file.write(Buffer.from(record)), { wallClockTime, redact });
}

function warn(error: Error): void {
  process.emitWarning(`a trace ends: ${error.message}`);
}

/** Those that have something to write when the process ends: one listener for them all. */
const unwritten = new Set<BatchedFile>();
let listensForExit = false;

class BatchedFile {
  readonly #path: string;
  readonly #onError: (error: Error) => void;
  #pieces: Uint8Array[] = [];
  #failed = false;

  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#attempt(() => writeFileSync(path, ""));
    if (!listensForExit) process.on("exit", flushAll);
    listensForExit = true;
  }

  write(bytes: Uint8Array): void {
    if (this.#failed) return;
    this.#pieces.push(bytes);
    if (this.#pieces.length > 1) return;
    unwritten.add(this);
    setImmediate(() => this.flush());
  }

  flush(): void {
    unwritten.delete(this);
    if (this.#pieces.length === 0) return;
    const batch = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#attempt(() => appendFileSync(this.#path, batch));
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#failed = true;
      this.#onError(error as Error);
    }
  }
}

function flushAll(): void {
  for (const file of unwritten) file.flush();
}
