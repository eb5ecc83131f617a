/**
 * The judge of what is played: the same run once more, with the simulator's checks, behind the one that is shown.
 * Owns: how far it has come, the first breach that it found. Does not own: the checks (sctpkit/sim), when there is time for it
 * (worker.ts). What is shown runs unchecked, so that it is fast.
 */
import {
  type Intervention,
  type PacketObserver,
  type Scenario,
  ScenarioRun,
  type ScenarioRunOptions,
  SimViolation,
} from "../../../src/sim/index.ts";

/** What the checks found: plain data. */
export interface Breach {
  /** In virtual time. */
  readonly atMs: number;
  /** Who sent, or took, what should not be; undefined where nothing has been sent yet. */
  readonly host: string | undefined;
  readonly what: string;
}

/** What is judged: a player. */
export interface Audited {
  readonly scenario: Scenario;
  readonly interventions: readonly Intervention[];
  readonly run: ScenarioRun;
}

type Plays = (scenario: Scenario, options: ScenarioRunOptions) => ScenarioRun;

/** In front of what a checker says. */
const SEED_AND_TIME = /^seed \d+(?:, [\d.]+ ms)?: /;

export class Audit {
  readonly #plays: Plays;
  #interventions: readonly Intervention[] | undefined;
  #run: ScenarioRun | undefined;
  #isOver = false;
  #breach: Breach | undefined;
  /** Who has sent or got the last packet. */
  #actor: string | undefined;

  /** @param plays by default the stack that is shown */
  constructor(plays: Plays = (scenario, options) => new ScenarioRun(scenario, options)) {
    this.#plays = plays;
  }

  /** The first one of this run, wherever it is shown now. */
  get breach(): Breach | undefined {
    return this.#breach;
  }

  /** Whether there is something that has not been judged. */
  isBehind({ interventions, run }: Audited): boolean {
    if (interventions !== this.#interventions || this.#run === undefined) return run.world.stepCount > 0;
    return !this.#isOver && this.#run.world.stepCount < run.world.stepCount;
  }

  /** Goes on to where the other run stands, for as long as `isPatient` says; from the beginning where other packets were touched. */
  follow({ scenario, interventions, run }: Audited, isPatient: () => boolean): void {
    if (interventions !== this.#interventions || this.#run === undefined)
      this.#begin(scenario, interventions);
    const own = this.#run as ScenarioRun;
    try {
      while (!this.#isOver && own.world.stepCount < run.world.stepCount && isPatient())
        if (!own.step()) this.#isOver = true;
    } catch (error) {
      this.#isOver = true; // Of anything else the run that is shown will tell.
      if (error instanceof SimViolation) this.#breach = this.#breachOf(error, own);
    }
  }

  #begin(scenario: Scenario, interventions: readonly Intervention[]): void {
    this.#interventions = interventions;
    this.#isOver = false;
    this.#breach = undefined;
    this.#actor = undefined;
    const observer: PacketObserver = {
      onSent: ({ sender }) => {
        this.#actor = sender;
      },
      onArrived: ({ packet }) => {
        this.#actor = packet.receiver;
      },
      onLost: () => undefined,
    };
    this.#run = this.#plays(scenario, { observer, interventions });
  }

  #breachOf({ message }: SimViolation, { scenario, nowMs }: ScenarioRun): Breach {
    const what = message.replace(SEED_AND_TIME, "");
    const named = scenario.hosts.find(
      ({ name }) => what.startsWith(`${name} `) || what.startsWith(`${name}:`),
    );
    return { atMs: nowMs, host: named?.name ?? this.#actor, what };
  }
}
