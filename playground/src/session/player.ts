/**
 * A scenario in the hands of its viewer: played, stepped, gone back in, with packets reached for.
 * Owns: which run there is, that what was done by hand is done again after going back, the ladder of it. Does not own: playing
 * (ScenarioRun of sctpkit/sim), real time (worker.ts), where things lie (chart.ts).
 */
import type { Ladder, TraceSink } from "../../../src/core.ts";
import {
  type Disturbance,
  type Intervention,
  observeAll,
  type PacketObserver,
  type Scenario,
  ScenarioLadder,
  ScenarioRun,
  type ScenarioStep,
} from "../../../src/sim/index.ts";
import { Chart } from "./chart.ts";
import { type Course, followed } from "./courses.ts";
import { deedWords } from "./deed-words.ts";
import { type PathRecord, SeriesRecorder } from "./series-recorder.ts";
import { takePaths } from "./take-snapshot.ts";

/** Of one step: beyond it nothing that can be seen happens any more. */
const MAX_UNSEEN_EVENTS = 100_000;
/** A scenario's time is cut into so many parts, and the paths are taken down once in each in which something happens. */
const RECORDED_PARTS = 5_000;
/** How late it is is asked between so many events: the question costs as much as some of them. */
const EVENTS_PER_LOOK = 32;

export class Player {
  readonly scenario: Scenario;
  #interventions: readonly Intervention[];
  #run: ScenarioRun;
  #picture: ScenarioLadder;
  #chart: Chart;
  /** Of the world, behind each step that could be seen. */
  #seenSteps: number[] = [];
  #deedCount = 0;
  /** Of which series the first message has been told. */
  #begun = new Set<ScenarioStep>();
  #recorder = new SeriesRecorder();
  #recordedPart = 0;
  #courses: readonly Course[] = [];

  /** At the beginning. */
  constructor(scenario: Scenario, interventions: readonly Intervention[]) {
    this.scenario = scenario;
    this.#interventions = interventions;
    [this.#run, this.#picture, this.#chart] = this.#begin();
  }

  get run(): ScenarioRun {
    return this.#run;
  }
  get chart(): Chart {
    return this.#chart;
  }
  get ladder(): Ladder {
    return this.#picture.ladder;
  }
  /** Those that have been done, and those that will be once their time has come again. */
  get interventions(): readonly Intervention[] {
    return this.#interventions;
  }

  /** How each host came to its state. */
  get courses(): readonly Course[] {
    this.#courses = followed(this.#courses, this.#run);
    return this.#courses;
  }

  /** The paths over time, until now. */
  records(): readonly PathRecord[] {
    this.#recorder.record(takePaths(this.#run));
    return this.#recorder.records;
  }

  /** Goes back to the beginning. */
  rewind(): void {
    this.#seenSteps = [];
    [this.#run, this.#picture, this.#chart] = this.#begin();
  }

  /** Goes on to the next thing that can be seen. @returns false if there is none @throws SimViolation */
  step(): boolean {
    const before = this.#chart.rowCount;
    for (let i = 0; i < MAX_UNSEEN_EVENTS; i++) {
      if (!this.#next()) {
        this.#run.play();
        return false;
      }
      if (this.#chart.rowCount > before) return true;
    }
    return false;
  }

  /** Goes back to before the last thing that could be seen. */
  stepBack(): void {
    const { stepCount } = this.#run.world;
    const target = this.#seenSteps.findLast((count) => count < stepCount) ?? 0;
    this.rewind();
    while (this.#run.world.stepCount < target && this.#next()) {
      // Each moves the count.
    }
  }

  /**
   * Plays towards a time, for as long as `isPatient` says.
   * @returns whether it has been reached
   * @throws SimViolation if a checker found something
   */
  advance(ms: number, isPatient: () => boolean): boolean {
    const endMs = Math.min(ms, this.scenario.durationMs);
    for (let count = 1; this.#next(endMs); count++) {
      if (count % EVENTS_PER_LOOK === 0 && !isPatient()) return false;
    }
    this.#run.playTo(endMs);
    return true;
  }

  /** When the next thing happens. */
  get nextAtMs(): number {
    return this.#run.world.nextAtMs;
  }

  /**
   * What was to be done by hand later is forgotten: it was meant for other packets.
   * @returns false if the packet is not under way any more; nothing is done and nothing forgotten then
   */
  disturb(copy: number, what: Disturbance): boolean {
    const { nowMs, packetsUnderWay } = this.#run;
    if (!packetsUnderWay.some(({ id }) => id === copy)) return false;
    if (this.#interventions.length > this.#run.interventions.length) {
      const steps = this.#run.world.stepCount;
      this.#interventions = this.#run.interventions.slice();
      this.rewind();
      while (this.#run.world.stepCount < steps && this.#next()) {
        // Each moves the count.
      }
      this.#run.playTo(nowMs);
    }
    const isDone = this.#run.disturb(copy, what);
    this.#interventions = this.#run.interventions.slice();
    return isDone;
  }

  /** The bytes of a packet, by its number. */
  datagram(number: number): Uint8Array | undefined {
    const kept = this.#chart.datagram(number);
    if (kept !== undefined || number > this.#chart.packetCount) return kept;
    let found: Uint8Array | undefined;
    const observer: PacketObserver = {
      onSent: (packet) => {
        if (packet.number === number) found = packet.datagram;
      },
      onArrived: () => undefined,
      onLost: () => undefined,
    };
    this.replay({ observer });
    return found;
  }

  /** Plays all that has been played once more, for other watchers. */
  replay(watchers: {
    trace?: (host: string) => TraceSink | undefined;
    observer?: PacketObserver;
  }): ScenarioRun {
    return this.#run.at(this.#run.nowMs, { trace: undefined, observer: undefined, ...watchers });
  }

  /** The ladder, with what is under way as that: for a drawing. */
  markedLadder(): Ladder {
    this.#picture.mark(this.#run.packetsUnderWay);
    return this.#picture.ladder;
  }

  /** @returns false if nothing happens until then */
  #next(limitMs: number = this.scenario.durationMs): boolean {
    const before = this.#chart.rowCount;
    const isStepped = this.#run.step(limitMs);
    this.#takeDeeds();
    if (this.#chart.rowCount > before) this.#seenSteps.push(this.#run.world.stepCount);
    this.#takePaths();
    this.#courses = followed(this.#courses, this.#run);
    return isStepped;
  }

  #takePaths(): void {
    const part = Math.ceil((RECORDED_PARTS * this.#run.nowMs) / this.scenario.durationMs);
    if (part === this.#recordedPart) return;
    this.#recordedPart = part;
    this.#recorder.record(takePaths(this.#run));
  }

  #begin(): [ScenarioRun, ScenarioLadder, Chart] {
    const { scenario } = this;
    const picture = new ScenarioLadder(scenario);
    const chart = new Chart(picture.ladder, typicalMsOf(scenario));
    this.#deedCount = 0;
    this.#begun = new Set();
    this.#recorder = new SeriesRecorder();
    this.#recordedPart = 0;
    this.#courses = [];
    const placing: PacketObserver = {
      onSent: (packet, copies, lostBy) => chart.onSent(packet, copies, lostBy),
      onArrived: (copy) => chart.onArrived(copy, copy.packet.number),
      onLost: (copy, lostBy) => chart.onLost(copy, copy.packet, lostBy, this.#lostAtMs(copy.id)),
    };
    const deeds: PacketObserver = {
      onSent: () => this.#takeDeeds(),
      onArrived: () => undefined,
      onLost: () => undefined,
    };
    const run = new ScenarioRun(scenario, {
      observer: observeAll(deeds, picture, placing),
      trace: (host) => this.#trace(picture.trace(host), chart),
      interventions: this.#interventions,
      isChecked: false,
    });
    return [run, picture, chart];
  }

  /** What is done by hand again is done behind the same event as before, and that may have been earlier. */
  #lostAtMs(copy: number): number {
    const again = this.#interventions.find((each) => each.copy === copy && each.what === "lost");
    return again?.atMs ?? this.#run.nowMs;
  }

  #trace(sink: TraceSink, chart: Chart): TraceSink {
    return {
      packet: () => undefined,
      event: (event, nowMs) => {
        this.#takeDeeds();
        sink.event(event, nowMs);
        chart.takeNotes();
      },
    };
  }

  /** What users have done comes before what follows from it. */
  #takeDeeds(): void {
    const { done } = this.#run;
    for (; this.#deedCount < done.length; this.#deedCount++) {
      const deed = done[this.#deedCount];
      if (deed === undefined || this.#begun.has(deed.step)) continue;
      this.#begun.add(deed.step);
      this.#picture.ladder.deed(this.#laneOf(deed.step), deedWords(deed.step), deed.atMs);
    }
    this.#chart.takeNotes();
  }

  #laneOf(step: ScenarioStep): number {
    const { hosts, nats } = this.scenario;
    const isOf = (address: string | undefined) => (host: { readonly addresses: readonly string[] }) =>
      address !== undefined && host.addresses.includes(address);
    if ("host" in step)
      return Math.max(
        0,
        hosts.findIndex(({ name }) => name === step.host),
      );
    const outer = "between" in step ? step.between[0] : "address" in step ? step.address : undefined;
    const inner = nats.find((nat) => nat.outer === outer)?.inner ?? outer;
    return Math.max(0, hosts.findIndex(isOf(inner)));
  }
}

/** Of all links: half of them take less. */
function typicalMsOf({ links }: Scenario): number {
  const delays = links.map(({ there }) => there.delayMinMs ?? 1).sort((a, b) => a - b);
  return delays[Math.floor(delays.length / 2)] ?? 1;
}
