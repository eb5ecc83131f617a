/**
 * A program with all that it starts: one that hangs must not hold up the others, nor leave workers behind.
 * Owns: starting it in a group of its own, ending the whole group in time, at its end, and with us.
 */
import { type ChildProcess, spawn } from "node:child_process";

/** The group is a POSIX matter; on Windows only the program itself is ended. */
const HAS_GROUPS = process.platform !== "win32";

interface Ended {
  /** Its exit code, or the signal that ended it. */
  readonly status: number | NodeJS.Signals;
  /** What it wrote to standard output and standard error. */
  readonly output: string;
  readonly outOfTime: boolean;
}

const running = new Set<ChildProcess>();

/** Runs a program to its end, and ends then what it has left behind. */
export function runProgram(
  path: string,
  words: readonly string[],
  { cwd, limitMs }: { readonly cwd: string; readonly limitMs: number },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, words, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      detached: HAS_GROUPS,
    });
    running.add(child);
    let output = "";
    let outOfTime = false;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    const timer = setTimeout(() => {
      outOfTime = true;
      end(child);
    }, limitMs);
    child.once("error", reject);
    // At 'exit', not 'close': a worker left behind would hold the pipes open.
    child.once("exit", () => end(child));
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ status: (code ?? signal) as Ended["status"], output, outOfTime });
    });
  });
}

function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(HAS_GROUPS ? -child.pid : child.pid, "SIGKILL");
  } catch {
    // Nobody of the group is left.
  }
}

/** Whoever ends the run ends what runs: groups of their own do not hear the terminal's Ctrl+C. */
export function endWithUs(): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.once(signal, () => process.exit(code));
  process.on("exit", () => {
    for (const child of running) end(child);
  });
}
