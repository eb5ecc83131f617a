/**
 * The page's side of the race: what has been received, how time passes, what is said aloud.
 * Owns: the state that the page shows, the talk with the worker. Does not own: the race (race-worker.ts), how it looks
 * (race-page.tsx).
 */
import { type Signal, signal } from "@preact/signals";
import { CALM_MS } from "../app/calm.ts";
import { seconds } from "./figure-words.ts";
import { type Figures, figuresOf } from "./figures.ts";
import type { RaceReport, RaceRequest, SideReport } from "./protocol.ts";
import { PICTURES, TEXT_FILE } from "./resources.ts";
import { MEGABITS_PER_SECOND, readSettings, type Settings, writeSettings } from "./settings.ts";
import type { Manner, Progress, Resource } from "./transfer.ts";

export const MANNERS: readonly Manner[] = ["one-stream", "streams"];
export const MANNER_NAMES: Readonly<Record<Manner, string>> = {
  "one-stream": "One ordered stream",
  streams: "A stream for each",
};

/** Of one side, at a moment. */
export interface SideState {
  /** Of each resource, in full length: what has not come yet is zero. */
  readonly received: readonly Uint8Array[];
  readonly progress: readonly Progress[];
  readonly figures: Figures;
  readonly packetCount: number;
}

/** For the curves. */
export interface Sample {
  readonly ms: number;
  /** Bytes that stand behind others. */
  readonly heldBytes: Readonly<Record<Manner, number>>;
}

export interface RaceState {
  readonly run: number;
  readonly nowMs: number;
  readonly isDone: boolean;
  readonly sides: Readonly<Record<Manner, SideState>>;
  readonly samples: readonly Sample[];
}

/** Of the files; in the page that is one file, they are their own addresses. */
const ADDRESSES = import.meta.glob<string>("./files/*", {
  eager: true,
  query: "?url",
  import: "default",
});

/** After a pause of the page, as in a hidden tab, time does not jump. */
const MAX_ELAPSED_MS = 100;

export class RaceSession {
  readonly settings: Signal<Settings>;
  readonly state = signal<RaceState | undefined>(undefined);
  readonly isPlaying = signal(false);
  /** Said aloud. */
  readonly news = signal("");
  readonly problem = signal("");
  readonly #isCalm: () => boolean;
  readonly #worker: Worker;
  #resources: readonly Resource[] = [];
  #run = 0;
  #isAsked = false;
  #playedAtMs = 0;

  /** @param isCalm whether motion is to be reduced now: pictures change less often */
  constructor(worker: Worker, hash: string, isCalm: () => boolean) {
    this.settings = signal(readSettings(hash));
    this.#isCalm = isCalm;
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<RaceReport>) => this.#onReport(data));
    worker.addEventListener("error", ({ message }) => this.#fail(message));
  }

  /** Loads what is sent, and shows the start. @returns whether that has worked; else `problem` says why not */
  async load(): Promise<boolean> {
    try {
      const files = [TEXT_FILE, ...PICTURES.map(({ file }) => file)];
      this.#resources = await Promise.all(files.map(loaded));
      this.restart();
      return true;
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  /** To the start, with what is set now. */
  restart(): void {
    if (this.#resources.length === 0) return;
    const { seed, lossPercent, roundTripMs } = this.settings.value;
    const conditions = { seed, lossPercent, roundTripMs, megabitsPerSecond: MEGABITS_PER_SECOND };
    this.#run++;
    this.news.value = "";
    this.#ask({ kind: "start", run: this.#run, resources: this.#resources, conditions });
  }

  /** Another speed counts at once, what else is set begins the race anew. */
  set(changes: Partial<Settings>): void {
    this.settings.value = { ...this.settings.value, ...changes };
    history.replaceState(null, "", writeSettings(this.settings.value));
    if (Object.keys(changes).some((name) => name !== "speed")) this.restart();
  }

  play(): void {
    if (this.isPlaying.value) return;
    if (this.state.value?.isDone === true) this.restart();
    this.isPlaying.value = true;
    this.#playedAtMs = performance.now();
    this.#awaitFrame();
  }

  pause(): void {
    this.isPlaying.value = false;
  }

  #awaitFrame(): void {
    if (this.#isCalm()) setTimeout(() => this.#onFrame(), CALM_MS);
    else requestAnimationFrame(() => this.#onFrame());
  }

  /** One question at a time: a slow host shows fewer frames. */
  #onFrame(): void {
    if (!this.isPlaying.value) return;
    const nowMs = performance.now();
    const elapsedMs = Math.min(nowMs - this.#playedAtMs, this.#isCalm() ? 2 * CALM_MS : MAX_ELAPSED_MS);
    this.#playedAtMs = nowMs;
    const { state } = this;
    if (!this.#isAsked && state.value !== undefined) {
      const ms = state.value.nowMs + elapsedMs * this.settings.value.speed;
      this.#ask({ kind: "play-to", run: this.#run, ms });
    }
    this.#awaitFrame();
  }

  #ask(request: RaceRequest): void {
    this.#isAsked = true;
    this.#worker.postMessage(request);
  }

  #onReport({ run, nowMs, isDone, sides }: RaceReport): void {
    if (run !== this.#run) return;
    this.#isAsked = false;
    const before = this.state.value?.run === run ? this.state.value : undefined;
    const side = (manner: Manner): SideState =>
      this.#taken(sides[manner], before?.sides[manner].received ?? this.#emptyBuffers());
    const now = { "one-stream": side("one-stream"), streams: side("streams") };
    const heldBytes = { "one-stream": held(now["one-stream"]), streams: held(now.streams) };
    const samples = [...(before?.samples ?? []), { ms: nowMs, heldBytes }];
    this.state.value = { run, nowMs, isDone, sides: now, samples };
    if (isDone) this.pause();
    const news = newsBetween(before, this.state.value);
    if (news !== "") this.news.value = news;
  }

  #emptyBuffers(): readonly Uint8Array[] {
    return this.#resources.map(({ bytes }) => new Uint8Array(bytes.length));
  }

  #taken({ pieces, progress, packetCount }: SideReport, received: readonly Uint8Array[]): SideState {
    for (const { resource, offset, bytes } of pieces) received[resource]?.set(bytes, offset);
    return { received, progress, packetCount, figures: figuresOf(progress) };
  }

  #fail(why: string): void {
    this.pause();
    this.problem.value = `The race cannot run: ${why}`;
  }
}

async function loaded(name: string): Promise<Resource> {
  const response = await fetch(ADDRESSES[`./files/${name}`] ?? name);
  if (!response.ok) throw new Error(`${name} could not be loaded (${response.status})`);
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
}

function held({ progress }: SideState): number {
  return progress.reduce((sum, { arrivedBytes, deliveredBytes }) => sum + arrivedBytes - deliveredBytes, 0);
}

/** What is worth saying of what has happened in between: few things, for they come fast. */
function newsBetween(before: RaceState | undefined, now: RaceState): string {
  const said = MANNERS.flatMap((manner) => {
    const [was, is] = [before?.sides[manner].figures, now.sides[manner].figures];
    const name = MANNER_NAMES[manner];
    if (was?.allAtMs === undefined && is.allAtMs !== undefined)
      return `${name}: everything after ${seconds(is.allAtMs)}; in the mean ${seconds(is.meanHeldMs)} behind others.`;
    const [first] = is.picturesAtMs;
    if (was?.picturesAtMs[0] === undefined && first !== undefined)
      return `${name}: first picture after ${seconds(first)}.`;
    return [];
  });
  return said.join(" ");
}
