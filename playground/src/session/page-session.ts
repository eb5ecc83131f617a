/**
 * What the page knows of the worker: the moment that is shown, and all that can be asked for.
 * Owns: these signals, the address of the page. Does not own: playing (worker.ts), showing (src/app, src/ladder).
 */
import { batch, type Signal, signal } from "@preact/signals";
import type { Disturbance, Intervention, Scenario } from "../../../src/sim/index.ts";
import { CALM_MS, isMotionReduced } from "../app/calm.ts";
import { pageOf } from "../app/site.ts";
import { readAddress, writeAddress } from "./address.ts";
import { BUNDLED } from "./bundled.ts";
import type { ExportFormat, Moment, OptionRow, Report, Request, WatchKind } from "./protocol.ts";

/** So many times per second at most the address changes: browsers refuse more. */
const ADDRESS_PAUSE_MS = 400;
const FIRST_SCENARIO = "handshake";

/** Where the scenario comes from. */
type Source = { readonly kind: "bundled"; readonly name: string } | { readonly kind: "own" | "capture" };

export class PageSession {
  readonly moment: Signal<Moment | undefined> = signal(undefined);
  readonly scenario: Signal<Scenario | undefined> = signal(undefined);
  /** The scenario as JSON. */
  readonly text: Signal<string> = signal("");
  readonly source: Signal<Source> = signal({ kind: "bundled", name: FIRST_SCENARIO });
  readonly options: Signal<readonly OptionRow[]> = signal([]);
  /** Of the packet that is selected. */
  readonly bytes: Signal<Uint8Array | undefined> = signal(undefined);
  /** Why something could not be done; empty if nothing is wrong. */
  readonly complaint: Signal<string> = signal("");
  /** What is read out. */
  readonly news: Signal<string> = signal("");
  readonly speed: Signal<number> = signal(0.1);
  readonly skipsQuiet: Signal<boolean> = signal(true);
  readonly #worker: Worker;
  /** The source of what was asked for last; it counts once the worker has accepted it. */
  #asked: Source = this.source.value;
  #written = "";
  #chosen = 0;
  #addressTimer: ReturnType<typeof setTimeout> | undefined;
  /** Until the next moment is asked for, where motion is to be reduced. */
  #calmTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", (event: MessageEvent<Report>) => this.#hear(event.data));
    addEventListener("hashchange", () => {
      if (location.hash.slice(1) !== this.#written) this.openAddress(location.hash);
    });
  }

  get mode(): Moment["mode"] {
    return this.moment.value?.mode ?? "paused";
  }

  /** Plays what an address says. */
  async openAddress(fragment: string): Promise<void> {
    try {
      const { name = FIRST_SCENARIO, document, seed, atMs, interventions } = await readAddress(fragment);
      const bundled = BUNDLED.find((each) => each.name === name);
      if (document === undefined && bundled === undefined)
        throw new Error(`there is no scenario "${name}" here`);
      const read = document === undefined ? bundled?.document : JSON.parse(document);
      this.#asked = document === undefined ? { kind: "bundled", name } : { kind: "own" };
      this.#load(seed === undefined ? read : { ...read, seed }, interventions, atMs);
    } catch (error) {
      this.complaint.value = `This address cannot be played: ${(error as Error).message}.`;
      if (this.moment.value === undefined) this.openBundled(FIRST_SCENARIO);
    }
  }

  openBundled(name: string): void {
    const bundled = BUNDLED.find((each) => each.name === name);
    if (bundled === undefined) return;
    this.#asked = { kind: "bundled", name };
    this.#load(bundled.document, [], 0);
  }

  /** A document of the user's own, JSON or parsed. */
  openDocument(document: unknown, atMs = 0, interventions: readonly Intervention[] = []): void {
    this.#asked = { kind: "own" };
    this.#load(document, interventions, atMs);
  }

  /** Another seed: other losses, other tags. */
  setSeed(seed: number): void {
    this.#asked = this.source.value;
    this.#load({ ...this.document(), seed }, [], 0);
  }

  /** From now on, or from the beginning if that is now: what was done by hand until now is done again. */
  changeNetwork(document: object): void {
    const { nowMs = 0, mode, interventions = [] } = this.moment.value ?? {};
    const done = interventions.filter(({ atMs }) => atMs <= nowMs);
    this.openDocument(document, nowMs, done);
    if (mode === "playing") this.play();
  }

  /** What was done by hand is forgotten: other packets will be on the wire. */
  changeOptions(document: object): void {
    this.openDocument(document, this.moment.value?.nowMs ?? 0);
  }

  /** The scenario as it is edited: what is left to its default is absent. */
  document(): Record<string, unknown> {
    return this.text.value === "" ? {} : JSON.parse(this.text.value);
  }

  openCapture(name: string, bytes: Uint8Array): void {
    this.#asked = { kind: "capture" };
    this.#chosen = 0;
    this.news.value = `reading ${name}`; // Of a large one for some seconds.
    this.#ask({ kind: "capture", name, bytes });
  }

  play(): void {
    this.#ask({ kind: "play", speed: this.speed.value, skipsQuiet: this.skipsQuiet.value });
  }

  pause(): void {
    this.#ask({ kind: "pause" });
  }

  toggle(): void {
    if (this.mode === "paused") this.play();
    else this.pause();
  }

  step(): void {
    this.#ask({ kind: "step" });
  }

  stepBack(): void {
    this.#ask({ kind: "step-back" });
  }

  seek(ms: number): void {
    this.#ask({ kind: "seek", ms });
  }

  setSpeed(speed: number): void {
    this.speed.value = speed;
    if (this.mode === "playing") this.play();
  }

  setSkipsQuiet(skips: boolean): void {
    this.skipsQuiet.value = skips;
    if (this.mode === "playing") this.play();
  }

  disturb(copy: number, what: Disturbance): void {
    this.#ask({ kind: "disturb", copy, what });
  }

  look(top: number, height: number, isFollowing: boolean): void {
    this.#ask({ kind: "look", top, height, isFollowing });
  }

  list(first: number, count: number): void {
    this.#ask({ kind: "list", first, count });
  }

  /** The packet that was selected last; 0 if none is. Known before the moment that shows it: keys come faster than moments. */
  get chosen(): number {
    return this.#chosen;
  }

  select(packet: number | undefined): void {
    this.#chosen = packet ?? 0;
    this.#ask({ kind: "select", packet });
  }

  watch(what: WatchKind): void {
    this.#ask({ kind: "watch", what });
  }

  export(format: ExportFormat, host = ""): void {
    this.#ask({ kind: "export", format, host });
  }

  #load(document: unknown, interventions: readonly Intervention[], atMs: number): void {
    this.complaint.value = "";
    this.select(undefined);
    this.#ask({ kind: "load", document, interventions, atMs });
  }

  #ask(request: Request): void {
    this.#worker.postMessage(request);
    // Whoever does something sees at once what comes of it.
    if (this.#calmTimer !== undefined && !isOfTheView(request)) this.#askNext();
  }

  #askNext(): void {
    clearTimeout(this.#calmTimer);
    this.#calmTimer = undefined;
    this.#ask({ kind: "shown" });
  }

  #hear(report: Report): void {
    switch (report.kind) {
      case "ready":
        this.options.value = report.options;
        return;
      case "loaded":
        batch(() => {
          this.source.value = this.#asked;
          this.scenario.value = report.scenario;
          this.text.value = report.text;
          this.complaint.value = "";
        });
        return;
      case "captured":
        batch(() => {
          this.source.value = this.#asked;
          this.scenario.value = undefined;
          this.complaint.value = "";
        });
        return;
      case "moment":
        return this.#showMoment(report.moment);
      case "selected":
        this.bytes.value = report.bytes;
        return;
      case "exported":
        return save(report.name, report.type, report.bytes);
      case "refused":
        this.news.value = "";
        this.complaint.value = report.why;
        return;
    }
  }

  #showMoment(moment: Moment): void {
    if (moment.news.number !== this.moment.value?.news.number) this.news.value = moment.news.text;
    this.moment.value = moment;
    // A hidden page paints nothing; it is told of the moment that it comes back in.
    if (document.hidden) setTimeout(() => this.#askNext(), 100);
    else if (moment.mode === "playing" && isMotionReduced())
      this.#calmTimer = setTimeout(() => this.#askNext(), CALM_MS);
    else requestAnimationFrame(() => this.#askNext());
    if (moment.mode === "paused") this.#keepAddress();
  }

  /** Soon, and once for many changes. */
  #keepAddress(): void {
    this.#addressTimer ??= setTimeout(() => {
      this.#addressTimer = undefined;
      void this.#writeAddress();
    }, ADDRESS_PAUSE_MS);
  }

  async #writeAddress(): Promise<void> {
    const { source, moment, text, scenario } = this;
    if (source.value.kind === "capture" || moment.value === undefined || scenario.value === undefined) return;
    const { nowMs, interventions } = moment.value;
    const name = source.value.kind === "bundled" ? source.value.name : undefined;
    const { seed } = scenario.value;
    const usual = BUNDLED.find((each) => each.name === name)?.document["seed"] ?? 1;
    this.#written = await writeAddress({
      name,
      document: name === undefined ? text.value : undefined,
      seed: name !== undefined && seed !== usual ? seed : undefined,
      atMs: nowMs,
      interventions,
    });
    if (pageOf(location.hash) !== "Playground") return; // In the one file: somebody is on the way to another page.
    if (location.hash.slice(1) !== this.#written) history.replaceState(null, "", `#${this.#written}`);
  }
}

/** Asked for by what is shown, and not by a user. */
function isOfTheView(request: Request): boolean {
  if (request.kind === "look") return request.isFollowing;
  return request.kind === "shown" || request.kind === "list";
}

function save(name: string, type: string, bytes: Uint8Array): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
