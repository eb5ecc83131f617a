/**
 * A scenario being played: the real stack on the simulated network, a step at a time.
 * Owns: setting the network up, what happens when, reaching for packets under way, going back in time by playing again.
 * Does not own: the deeds of hosts (deeds.ts), the network and the time (world.ts).
 */
import { SctpError } from "../../base/errors.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { HighNumbers } from "../world/high-numbers.ts";
import type { SimHost, SimHostOptions } from "../world/host.ts";
import type { Fate } from "../world/network.ts";
import type { Disturbance, PacketCopy, PacketObserver } from "../world/under-way.ts";
import { SimWorld } from "../world/world.ts";
import { type HostStep, type Player, ScenarioDeeds } from "./deeds.ts";
import type { Scenario, ScenarioFault, ScenarioHost, ScenarioStep } from "./scenario.ts";

/** A packet that somebody reached for, in a form that can be done again. */
export interface Intervention {
  /** Of the world, behind which it was done. */
  readonly stepCount: number;
  readonly atMs: number;
  /** The id of the copy. */
  readonly copy: number;
  readonly what: Disturbance;
}

/** A deed that the stack refused, or that nobody was there for. */
export interface RefusedStep {
  readonly atMs: number;
  readonly step: ScenarioStep;
  readonly why: string;
}

/** A deed that was done, or refused. */
export interface DoneStep {
  readonly atMs: number;
  readonly step: ScenarioStep;
}

export interface ScenarioRunOptions {
  /** Watches a host; asked once for each. */
  readonly trace?: ((host: string) => TraceSink | undefined) | undefined;
  /** Sees every packet. */
  readonly observer?: PacketObserver | undefined;
  /** Of an earlier run, to be done again. */
  readonly interventions?: readonly Intervention[];
  /** False: nothing is judged, which takes half the time; see `SimOptions`. */
  readonly isChecked?: boolean;
}

const FATES = { lose: "lost", double: "doubled", corrupt: "corrupted" } as const;

/** Plays from the beginning; the same scenario, with the same interventions, gives the same packets. */
export class ScenarioRun {
  readonly scenario: Scenario;
  readonly world: SimWorld;
  /** In the order of the scenario. */
  readonly hosts: readonly SimHost[];
  readonly #options: ScenarioRunOptions;
  readonly #players = new Map<string, Player>();
  readonly #deeds: ScenarioDeeds;
  readonly #interventions: Intervention[] = [];
  /** Of an earlier run, not done yet. */
  readonly #planned: Intervention[];
  readonly #refused: RefusedStep[] = [];
  readonly #done: DoneStep[] = [];

  /** @param scenario of `readScenario` */
  constructor(scenario: Scenario, options: ScenarioRunOptions = {}) {
    this.scenario = scenario;
    this.#options = options;
    this.#planned = [...(options.interventions ?? [])];
    const { seed, hosts, links, nats, faults, timeline } = scenario;
    const { observer, isChecked = true } = options;
    const fate = fateByNumber(faults);
    this.world = new SimWorld({
      seed,
      isChecked,
      ...(fate === undefined ? {} : { fate }),
      ...(observer === undefined ? {} : { observer }),
    });
    const nearWrap = hosts.filter(({ numbersNearWrap }) => numbersNearWrap);
    for (const plan of hosts) {
      const host = this.world.host(
        plan.name,
        plan.addresses,
        this.#hostOptions(plan, nearWrap.indexOf(plan)),
      );
      this.#players.set(plan.name, { host, plan });
    }
    this.hosts = Array.from(this.#players.values(), ({ host }) => host);
    for (const { between, there, back = there } of links)
      this.world.link(between[0], between[1], there, back);
    for (const { inner, outer } of nats) this.world.nat(inner, outer);
    for (const fault of faults) this.#plan(fault);
    this.#deeds = new ScenarioDeeds(this.world, this.#players);
    for (const step of timeline) this.#schedule(step);
  }

  /** Virtual time. */
  get nowMs(): number {
    return this.world.nowMs;
  }
  /** Whether all of its time has passed. */
  get isOver(): boolean {
    return this.nowMs >= this.scenario.durationMs;
  }
  /** The packets on the wire, the next to arrive first. */
  get packetsUnderWay(): readonly PacketCopy[] {
    return this.world.packetsUnderWay;
  }
  /** What has been done to packets by hand, the earliest first. */
  get interventions(): readonly Intervention[] {
    return this.#interventions;
  }
  /** Deeds of the timeline that could not be done. */
  get refused(): readonly RefusedStep[] {
    return this.#refused;
  }
  /** Deeds of the timeline whose time has come, refused ones among them; of a series of messages, each. */
  get done(): readonly DoneStep[] {
    return this.#done;
  }

  /** By its name; undefined if there is none. */
  host(name: string): SimHost | undefined {
    return this.#players.get(name)?.host;
  }

  /**
   * Goes to the next thing that happens.
   * @param limitMs in virtual time; the end if absent or later
   * @returns false if nothing does until then
   * @throws SimViolation if a checker found something
   */
  step(limitMs: number = Number.POSITIVE_INFINITY): boolean {
    return this.#step(Math.min(limitMs, this.scenario.durationMs));
  }

  /**
   * Lets time pass until `ms`, at most until the end.
   * @throws SimViolation if a checker found something
   */
  playTo(ms: number): void {
    const endMs = Math.min(ms, this.scenario.durationMs);
    while (this.#step(endMs)) {
      // Each step moves the time.
    }
    if (endMs > this.nowMs) this.world.run(endMs - this.nowMs);
  }

  /** Plays to the end. @throws SimViolation if a checker found something */
  play(): void {
    this.playTo(this.scenario.durationMs);
  }

  /**
   * Reaches for a packet under way: it is lost, comes twice, damaged or later.
   * @param copy its id, from `packetsUnderWay`
   * @returns false if it is not under way any more
   */
  disturb(copy: number, what: Disturbance): boolean {
    const { stepCount, nowMs } = this.world;
    const isDone = this.world.disturb(copy, what);
    if (isDone) this.#interventions.push({ stepCount, atMs: nowMs, copy, what });
    return isDone;
  }

  /**
   * The same scenario at another moment, played from the beginning: what was done by hand until then is done again, the rest
   * is forgotten.
   * @param options other watchers; those of this run, asked for again, if absent
   */
  at(ms: number, options: Pick<ScenarioRunOptions, "trace" | "observer"> = this.#options): ScenarioRun {
    const interventions = [...this.#interventions, ...this.#planned].filter(({ atMs }) => atMs <= ms);
    const { isChecked } = this.world;
    const run = new ScenarioRun(this.scenario, { ...options, interventions, isChecked });
    run.playTo(ms);
    return run;
  }

  #step(limitMs: number): boolean {
    const isStepped = this.world.step(limitMs);
    this.#intervene();
    return isStepped;
  }

  #intervene(): void {
    for (let [next] = this.#planned; next?.stepCount === this.world.stepCount; [next] = this.#planned) {
      this.#planned.shift();
      this.world.disturb(next.copy, next.what);
      this.#interventions.push(next);
    }
  }

  #hostOptions({ name, stack, interfaceBytes }: ScenarioHost, nearWrap: number): SimHostOptions {
    const lowestBit = nearWrap === 0 ? 0 : 1;
    return {
      ...stack,
      interfaceBytes,
      trace: this.#options.trace?.(name),
      ...(nearWrap === -1 ? {} : { randomFrom: (seed: number) => new HighNumbers(seed, lowestBit) }),
    };
  }

  #plan(fault: ScenarioFault): void {
    const { chunk, nth, count, atMs } = fault;
    if (chunk === undefined) return;
    const [from, to] = [this.host(fault.from ?? ""), this.host(fault.to ?? "")];
    const which = {
      nth,
      count,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    const plan = (): void => this.world.strike(chunk, fateOf(fault), which);
    if (atMs === 0) plan();
    else this.world.at(atMs, plan);
  }

  /** Of a series of messages each has its own time. */
  #schedule(step: ScenarioStep): void {
    const [count, everyMs] = step.do === "send" ? [step.count, step.everyMs] : [1, 0];
    for (let i = 0; i < count; i++) this.world.at(step.atMs + i * everyMs, () => this.#perform(step));
  }

  #perform(step: ScenarioStep): void {
    const atMs = this.nowMs;
    this.#done.push({ atMs, step });
    try {
      if ("host" in step) this.#deeds.perform(step as HostStep);
      else this.#changeNetwork(step);
    } catch (error) {
      if (!(error instanceof SctpError)) throw error;
      this.#refused.push({ atMs, step, why: error.message });
    }
  }

  #changeNetwork(step: Exclude<ScenarioStep, HostStep>): void {
    const { world } = this;
    if (step.do === "heal") return world.heal();
    if (step.do === "rebind") return world.rebind(step.address);
    const [a, b] = step.between;
    if (step.do === "adjust") {
      world.adjust(a, b, step.link);
      if (!step.oneWay) world.adjust(b, a, step.link);
      return;
    }
    if (step.do === "mend") return step.oneWay ? world.mendOneWay(a, b) : world.mend(a, b);
    return step.oneWay ? world.cutOneWay(a, b) : world.cut(a, b);
  }
}

function fateOf(fault: ScenarioFault): Exclude<Fate, "carried"> {
  return fault.do === "delay" ? { lateMs: fault.lateMs } : FATES[fault.do];
}

/** What befalls packets by their numbers; undefined if nothing does. */
function fateByNumber(faults: readonly ScenarioFault[]): ((packet: number) => Fate) | undefined {
  const numbered = faults.flatMap((fault) => {
    const { packet } = fault;
    return packet === undefined ? [] : [[packet, fateOf(fault)] as const];
  });
  if (numbered.length === 0) return undefined;
  const fates = new Map(numbered);
  return (packet) => fates.get(packet) ?? "carried";
}
