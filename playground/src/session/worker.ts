/**
 * The worker: the core runs here, away from the page.
 * Owns: real time, what is played now, telling the page of it no faster than it can show it. Does not own: what is played (player.ts,
 * capture.ts), whether it is right (audit.ts), the words between them (protocol.ts).
 */
import type { Ladder } from "../../../src/core.ts";
import { readScenario, writeScenario } from "../../../src/sim/index.ts";
import { Audit, type Breach } from "./audit.ts";
import { type CaptureChart, chartOfCapture } from "./capture.ts";
import type { Chart } from "./chart.ts";
import { fileOf } from "./files.ts";
import { optionRows } from "./option-rows.ts";
import { Player } from "./player.ts";
import {
  type DrawnPacket,
  type DrawnRows,
  FOLLOWED_AT,
  type Moment,
  type Report,
  type Request,
  VIEW_MARGIN,
  type WatchKind,
} from "./protocol.ts";
import { Watch } from "./watch.ts";

/** Between two ticks; what is sought is not waited for. */
const PAUSE_MS = { paused: 16, playing: 16, seeking: 0 };
/** Of each tick, so that requests are heard soon. */
const BUDGET_MS = { playing: 12, seeking: 80 };
/** What is on the way to a moment that is sought is shown so often: drawing it takes from finding it. */
const SEEN_EVERY_MS = 250;
/** Of each tick in which the run that is shown is not being sought in: for judging it. */
const AUDIT_BUDGET_MS = { paused: 40, playing: 4 };
/** Quiet is no packet under way, and nothing that happens within so many virtual ms. */
const QUIET_MS = 60;
/** Of a pause in real time after which time does not jump. */
const MAX_ELAPSED_MS = 100;

type Motion =
  | { readonly mode: "paused" }
  | { readonly mode: "playing"; readonly speed: number; readonly skipsQuiet: boolean }
  | { readonly mode: "seeking"; readonly ms: number; readonly next: Motion };

/** What is shown: a scenario that is played, or a capture, of which all is known. */
type Shown =
  | { readonly kind: "nothing" }
  | { readonly kind: "scenario"; readonly player: Player; readonly audit: Audit }
  | { readonly kind: "capture"; readonly ladder: Ladder; readonly chart: Chart; readonly endMs: number };

/** What of a moment depends on what is shown. */
type Times = Pick<
  Moment,
  | "nowMs"
  | "durationMs"
  | "isOver"
  | "mode"
  | "underWayCount"
  | "nowY"
  | "height"
  | "interventions"
  | "watched"
  | "records"
  | "breach"
>;

const PAUSED: Motion = { mode: "paused" };
const NOBODY: readonly DrawnPacket[] = [];

class Desk {
  readonly #tell: (report: Report) => void;
  #shown: Shown = { kind: "nothing" };
  #motion: Motion = PAUSED;
  #tickedAtMs = 0;
  #isTicking = false;
  #view = { top: 0, height: 800, isFollowing: true };
  #listed = { first: 1, count: 0 };
  #news = { number: 0, text: "" };
  #isPageBusy = false;
  #isStale = false;
  #shownAtMs = 0;
  #selected: number | undefined;
  /** Of what was selected, as the page has it. */
  #told: { chart: Chart | undefined; number: number | undefined; bytes: Uint8Array | undefined } = {
    chart: undefined,
    number: undefined,
    bytes: undefined,
  };
  #watching: WatchKind = "nothing";
  readonly #watch = new Watch();

  constructor(tell: (report: Report) => void) {
    this.#tell = tell;
    tell({ kind: "ready", options: optionRows() });
  }

  answer(request: Request): void {
    if (request.kind === "shown") {
      this.#isPageBusy = false;
      if (this.#isStale) this.#show();
      return;
    }
    try {
      this.#perform(request);
    } catch (error) {
      this.#motion = PAUSED;
      this.#tell({ kind: "refused", why: (error as Error).message });
    }
    this.#show();
    this.#tick();
  }

  #perform(request: Exclude<Request, { readonly kind: "shown" }>): void {
    switch (request.kind) {
      case "load":
        return this.#load(request);
      case "capture":
        return this.#open(request.name, request.bytes);
      case "look":
        this.#view = request;
        return;
      case "list":
        this.#listed = request;
        return;
      case "select":
        this.#selected = request.packet;
        return;
      case "watch":
        this.#watching = request.what;
        return;
      case "play":
        this.#tickedAtMs = performance.now();
        return this.#play({ mode: "playing", speed: request.speed, skipsQuiet: request.skipsQuiet });
      default:
        if (this.#shown.kind === "scenario") this.#move(request, this.#shown.player);
    }
  }

  /** A moment that is sought is found first. */
  #play(playing: Motion): void {
    this.#motion = this.#motion.mode === "seeking" ? { ...this.#motion, next: playing } : playing;
  }

  #move(
    request: Extract<
      Request,
      { readonly kind: "pause" | "step" | "step-back" | "seek" | "disturb" | "export" }
    >,
    player: Player,
  ): void {
    switch (request.kind) {
      case "pause":
        this.#motion = PAUSED;
        player.chart.takeWords();
        return this.#say(`paused at ${timeText(player.run.nowMs)}`);
      case "step":
        this.#motion = PAUSED;
        player.chart.takeWords();
        this.#watch.look(player.run);
        player.step();
        this.#watch.look(player.run);
        return this.#say(
          `${timeText(player.run.nowMs)}: ${player.chart.takeWords() || "nothing more happens"}`,
        );
      case "step-back":
        this.#motion = PAUSED;
        player.stepBack();
        player.chart.takeWords();
        return this.#say(`back at ${timeText(player.run.nowMs)}`);
      case "seek":
        if (request.ms < player.run.nowMs) player.rewind();
        this.#motion = { mode: "seeking", ms: request.ms, next: PAUSED };
        return;
      case "disturb": {
        player.chart.takeWords();
        const isDone = player.disturb(request.copy, request.what);
        player.chart.place(player.run.packetsUnderWay, player.run.nowMs);
        const words = player.chart.takeWords() || disturbanceWords(request.what);
        return this.#say(isDone ? words : "that packet is not under way any more");
      }
      case "export":
        return this.#tell({ kind: "exported", ...fileOf(player, request.format, request.host) });
    }
  }

  #load({ document, interventions, atMs }: Extract<Request, { readonly kind: "load" }>): void {
    const scenario = readScenario(document);
    const player = new Player(scenario, interventions);
    this.#shown = { kind: "scenario", player, audit: new Audit() };
    this.#tell({ kind: "loaded", scenario, text: writeScenario(scenario) });
    this.#motion = atMs > 0 ? { mode: "seeking", ms: atMs, next: PAUSED } : PAUSED;
  }

  #open(name: string, bytes: Uint8Array): void {
    const { ladder, chart, endMs, told } = captureNamed(name, bytes);
    this.#motion = PAUSED;
    this.#selected = undefined;
    this.#shown = { kind: "capture", ladder, chart, endMs };
    this.#tell({ kind: "captured", name, told });
    this.#say(told);
  }

  #tick(): void {
    if (this.#isTicking || (this.#motion.mode === "paused" && !this.#isJudgeBehind)) return;
    this.#isTicking = true;
    setTimeout(() => {
      this.#isTicking = false;
      try {
        this.#advance();
        this.#judge();
      } catch (error) {
        this.#motion = PAUSED;
        this.#tell({ kind: "refused", why: `The simulation cannot go on: ${(error as Error).message}` });
      }
      this.#show();
      this.#tick();
    }, PAUSE_MS[this.#motion.mode]);
  }

  get #isJudgeBehind(): boolean {
    return this.#shown.kind === "scenario" && this.#shown.audit.isBehind(this.#shown.player);
  }

  /** Behind what is shown; where a breach is found, time stops. */
  #judge(): void {
    if (this.#shown.kind !== "scenario" || this.#motion.mode === "seeking") return;
    const { audit, player } = this.#shown;
    const known = audit.breach;
    const beganAtMs = performance.now();
    const budgetMs = AUDIT_BUDGET_MS[this.#motion.mode];
    audit.follow(player, () => performance.now() - beganAtMs < budgetMs);
    if (audit.breach === undefined || audit.breach === known) return;
    this.#motion = PAUSED;
    this.#say(`stopped at ${timeText(player.run.nowMs)}: a rule of the protocol is broken`);
  }

  #advance(): void {
    if (this.#shown.kind !== "scenario" || this.#motion.mode === "paused") return;
    const { player } = this.#shown;
    const { mode } = this.#motion;
    const beganAtMs = performance.now();
    const isPatient = (): boolean => performance.now() - beganAtMs < BUDGET_MS[mode];
    if (this.#motion.mode === "seeking") {
      this.#watch.forget();
      if (!player.advance(this.#motion.ms, isPatient)) return;
      this.#motion = this.#motion.next;
      this.#tickedAtMs = performance.now();
      player.chart.takeWords();
      return this.#say(`at ${timeText(player.run.nowMs)}`);
    }
    if (this.#watching !== "ends") this.#watch.forget();
    const { speed, skipsQuiet } = this.#motion;
    const elapsedMs = Math.min(beganAtMs - this.#tickedAtMs, MAX_ELAPSED_MS);
    this.#tickedAtMs = beganAtMs;
    const { nowMs } = player.run;
    const isQuiet =
      skipsQuiet && player.run.packetsUnderWay.length === 0 && player.nextAtMs - nowMs > QUIET_MS;
    player.advance(isQuiet ? player.nextAtMs : nowMs + elapsedMs * speed, isPatient);
    if (!player.run.isOver) return;
    this.#motion = PAUSED;
    player.chart.takeWords();
    this.#say(`the end, at ${timeText(player.run.nowMs)}`);
  }

  #say(text: string): void {
    this.#news = { number: this.#news.number + 1, text };
  }

  #show(): void {
    this.#isStale = true;
    const nowMs = performance.now();
    const isTooSoon = this.#motion.mode === "seeking" && nowMs - this.#shownAtMs < SEEN_EVERY_MS;
    const moment = this.#isPageBusy || isTooSoon ? undefined : this.#moment();
    if (moment === undefined) return;
    this.#shownAtMs = nowMs;
    this.#isStale = false;
    this.#isPageBusy = true;
    this.#tellBytes();
    this.#tell({ kind: "moment", moment });
  }

  #moment(): Moment | undefined {
    if (this.#shown.kind === "nothing") return undefined;
    const { first, count } = this.#listed;
    const { chart, ladder } = this.#shown.kind === "capture" ? this.#shown : this.#shown.player;
    const of =
      this.#shown.kind === "capture"
        ? this.#captureTimes(this.#shown)
        : this.#playerTimes(this.#shown.player, this.#shown.audit.breach);
    return {
      ...of,
      lanes: ladder.lanes,
      paths: ladder.paths,
      packetCount: chart.packetCount,
      omittedCount: ladder.omittedCount,
      rows: this.#rowsInView(chart, of.nowY),
      list: count === 0 ? NOBODY : chart.list(first, count),
      selected: this.#selected === undefined ? undefined : chart.packet(this.#selected),
      news: this.#news,
    };
  }

  #rowsInView(chart: Chart, nowY: number): DrawnRows {
    const { height, isFollowing } = this.#view;
    const top = isFollowing ? Math.max(0, nowY - height * FOLLOWED_AT) : this.#view.top;
    return chart.rowsIn(top - VIEW_MARGIN, top + height + VIEW_MARGIN);
  }

  #captureTimes({ chart, endMs }: Extract<Shown, { readonly kind: "capture" }>): Times {
    const nowY = chart.yAt(endMs);
    const times = {
      nowMs: endMs,
      durationMs: endMs,
      isOver: true,
      mode: "paused",
      underWayCount: 0,
    } as const;
    const none = { watched: undefined, records: undefined, breach: undefined };
    return { ...times, ...none, nowY, height: nowY, interventions: [] };
  }

  #playerTimes(player: Player, breach: Breach | undefined): Times {
    const { run, chart, interventions } = player;
    const underWay = run.packetsUnderWay;
    return {
      nowMs: run.nowMs,
      durationMs: run.scenario.durationMs,
      isOver: run.isOver,
      mode: this.#motion.mode,
      underWayCount: underWay.length,
      height: chart.place(underWay, run.nowMs),
      nowY: chart.yAt(run.nowMs),
      interventions,
      watched: this.#watching === "ends" ? { ...this.#watch.look(run), courses: player.courses } : undefined,
      records: this.#watching === "paths" ? player.records() : undefined,
      breach,
    };
  }

  /** Of what is selected: on another run, as after going back, a packet of that number may have others. */
  #tellBytes(): void {
    if (this.#shown.kind === "nothing") return;
    const holder = this.#shown.kind === "capture" ? this.#shown.chart : this.#shown.player;
    const { chart } = holder instanceof Player ? holder : { chart: holder };
    const number = this.#selected;
    const told = this.#told;
    if (chart === told.chart && number === told.number) return;
    if (number !== undefined && number > chart.packetCount) return; // Not sent yet: no row of it is shown, either.
    const bytes = number === undefined ? undefined : holder.datagram(number);
    this.#told = { chart, number, bytes };
    if (!sameBytes(bytes, told.bytes)) this.#tell({ kind: "selected", bytes: bytes?.slice() });
  }
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === b || (a?.length === b?.length && (a?.every((byte, i) => byte === b?.[i]) ?? false));
}

/** @throws Error with its name */
function captureNamed(name: string, bytes: Uint8Array): CaptureChart {
  try {
    return chartOfCapture(bytes);
  } catch (error) {
    throw new Error(`${name} cannot be shown: ${(error as Error).message}.`);
  }
}

function timeText(ms: number): string {
  return `${ms.toFixed(3)} ms`;
}

function disturbanceWords(what: unknown): string {
  return typeof what === "string" ? `the packet is ${what}` : "the packet is held up";
}

const desk = new Desk((report) => postMessage(report));
addEventListener("message", (event: MessageEvent<Request>) => desk.answer(event.data));
