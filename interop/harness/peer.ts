/**
 * The peer as a process.
 * Owns: starting it, talking with it in lines, ending it. Does not own: what it is asked (the cases).
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { awaitedLater } from "./messages.ts";

const BUILD = fileURLToPath(new URL("../build/", import.meta.url));
const TIME_LIMIT_MS = 60_000;
/** As many of its lines are told when a case fails. */
const LAST_LINES = 4;
/** Lines that no case expects. */
const TROUBLE = /^(FATAL|UNKNOWN|ECHO-FAILED|SEND-ERROR|END-ERROR|CONNECT-ERROR) /;

export interface PeerPorts {
  readonly localUdp: number;
  readonly remoteUdp: number;
  readonly sctp: number;
}

/** What the peer is built on. */
export type PeerProgram = "usrsctp-peer" | "pion-peer";

export interface PeerOptions {
  /** On usrsctp if absent. */
  readonly program?: PeerProgram;
  /** Options of the program, each with its value. */
  readonly options?: readonly (readonly [name: string, value: string | number])[];
  /** A command that runs the program, in front of it. */
  readonly launcher?: readonly string[];
}

export class Peer {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: string[] = [];
  readonly #counts = new Map<string, number>();
  readonly #lastLines: string[] = [];
  #onLine: (() => void) | undefined;
  #killed = false;
  /** Rejects at a line of trouble, and when it ends though nobody has killed it: a case may be waiting for us meanwhile. */
  readonly trouble: Promise<never>;

  private constructor(role: "server" | "client", ports: PeerPorts, more: PeerOptions) {
    const { program: peer = "usrsctp-peer", options, launcher } = more;
    const path = BUILD + peer;
    const [program = path, ...before] = [...(launcher ?? []), path];
    const args = [role, ports.localUdp, ports.remoteUdp, ports.sctp, ...(options ?? []).flat()].map(String);
    this.#process = spawn(program, [...before, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdin.on("error", () => {}); // It may have been killed meanwhile.
    const lines = createInterface({ input: this.#process.stdout });
    lines.on("line", (line) => {
      this.#lines.push(line);
      this.#lastLines.push(line);
      if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
      const word = line.split(" ", 1)[0] ?? "";
      this.#counts.set(word, this.countOf(word) + 1);
      this.#onLine?.();
    });
    this.trouble = awaitedLater(
      new Promise<never>((_resolve, reject) => {
        lines.on("line", (line) => {
          if (TROUBLE.test(line)) reject(new Error(`the peer says: ${line}`));
        });
        this.#process.on("exit", () => {
          this.#onLine?.();
          if (!this.#killed) reject(new Error(`the peer ended by itself (${this.#howItEnded})`));
        });
      }),
    );
  }

  /** Starts the peer; it listens, as a server, when this returns. */
  static async start(role: "server" | "client", ports: PeerPorts, options: PeerOptions = {}): Promise<Peer> {
    const peer = new Peer(role, ports, options);
    await peer.until("READY");
    return peer;
  }

  say(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** Tells it how to behave; resolves when it does so. What is sent to it before may still meet it as it was. */
  async set(...lines: readonly string[]): Promise<void> {
    for (const line of lines) this.say(line);
    await this.settle();
  }

  /** Resolves when it has done everything that it was told; lines before that are passed over. */
  async settle(): Promise<void> {
    this.say("totals");
    await this.until("TOTALS");
  }

  /** The rest of the next line that begins with `word`; lines before it are passed over. */
  async until(word: string, timeLimitMs: number = TIME_LIMIT_MS): Promise<string> {
    const [first] = await this.collect(word, 1, timeLimitMs);
    return first ?? "";
  }

  /** The rests of the next `count` lines that begin with `word`. Whoever asks may look at the result later. */
  collect(word: string, count: number, timeLimitMs: number = TIME_LIMIT_MS): Promise<string[]> {
    return awaitedLater(this.#collect(word, count, timeLimitMs));
  }

  async #collect(word: string, count: number, timeLimitMs: number): Promise<string[]> {
    const found: string[] = [];
    const endMs = Date.now() + timeLimitMs;
    for (;;) {
      for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
        if (line !== word && !line.startsWith(`${word} `)) continue;
        found.push(line.slice(word.length + 1));
        if (found.length === count) return found;
      }
      if (this.#ended)
        throw new Error(
          `the peer ended (${this.#howItEnded}) while "${word}" was awaited, ${found.length} of ${count}`,
        );
      const leftMs = endMs - Date.now();
      if (leftMs <= 0)
        throw new Error(`the peer did not say "${word}" (${found.length} of ${count}) in ${timeLimitMs} ms`);
      await this.#nextLine(leftMs);
    }
  }

  /** The rests of all lines that begin with `word`, up to one that begins with `end`. */
  async gather(word: string, end: string): Promise<string[]> {
    const lines = await this.gatherAll(end);
    return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  }

  /** All lines up to the one that begins with `end`, which is left out. */
  async gatherAll(end: string): Promise<string[]> {
    const found: string[] = [];
    for (let line = ""; !line.startsWith(end); ) {
      line = await this.#line();
      if (!line.startsWith(end)) found.push(line);
    }
    return found;
  }

  async #line(): Promise<string> {
    while (this.#lines.length === 0) {
      if (this.#ended) throw new Error(`the peer ended (${this.#howItEnded})`);
      await this.#nextLine(TIME_LIMIT_MS);
    }
    return this.#lines.shift() ?? "";
  }

  /** How many lines so far began with `word`, read or not. */
  countOf(word: string): number {
    return this.#counts.get(word) ?? 0;
  }

  /** What it said last, read or not. */
  get lastSaid(): string {
    return this.#lastLines.join("; ");
  }

  /** Ends it as a crash would: nothing is said to the other side. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    this.#killed = true;
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await gone;
  }

  /** By itself or by a signal. */
  get #ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get #howItEnded(): string {
    return this.#process.signalCode ?? `exit code ${this.#process.exitCode}`;
  }

  #nextLine(timeLimitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeLimitMs);
      this.#onLine = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
