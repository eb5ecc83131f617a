/**
 * One seed of the campaign against a scripted peer: a legal one, and odd in several ways at once.
 * Owns: what is drawn from the seed, living through it, judging the end. Does not own: what the behaviours are
 * (src/sim/peer/behaviours.ts), which seeds.
 */
import { CONGESTION_CONTROLS, type CongestionControlName } from "../../../src/base/congestion-control.ts";
import { LOSS_DETECTIONS, type LossDetectionName } from "../../../src/base/loss-detection.ts";
import { MULTIPATH_MODES, type MultipathMode } from "../../../src/base/multipath.ts";
import { STREAM_SCHEDULERS, type StreamSchedulerName } from "../../../src/base/stream-schedulers.ts";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { SeededRandom } from "../../../src/platform/random.ts";
import {
  BEHAVIOUR_NAMES,
  type Behaviour,
  type LinkProfile,
  type SimAssociation,
  type SimHost,
  type SimPeer,
  type SimPeerAssociation,
  SimViolation,
  SimWorld,
} from "../../../src/sim/index.ts";
import type { Played } from "./play.ts";

const OUR_ADDRESS = "10.0.0.1";
const PEER_ADDRESS = "10.0.0.2";
const PORT = 7;
const STREAMS = 5;
/** The network is as bad as was drawn until then. */
const HEAL_AT_MS = 60_000;
/** Longer than whoever is left alone in its set-up goes on: its COOKIE ECHO is repeated as often as PATIENCE has it. */
const LIVENESS_LIMIT_MS = 7_200_000;
/** Of each behaviour: chosen so often, it comes to pass in every twentieth seed at least. */
const BEHAVIOUR_RATE = 0.3;
const PATIENCE = 100;

const STATES = [
  "COOKIE-WAIT",
  "COOKIE-ECHOED",
  "ESTABLISHED",
  "SHUTDOWN-PENDING",
  "SHUTDOWN-SENT",
  "SHUTDOWN-RECEIVED",
  "SHUTDOWN-ACK-SENT",
] as const;
const PEER_OPENS = STATES.slice(0, 2);
const PEER_CLOSES = STATES.slice(3, 5);
const HOST_CLOSES = STATES.slice(5);

export interface PeerScenario {
  readonly seed: number;
  readonly hostInterleaves: boolean;
  readonly hostScheduler: StreamSchedulerName;
  readonly hostController: CongestionControlName;
  readonly hostDetector: LossDetectionName;
  /** There is one path, for which the parts of several are made. */
  readonly hostMultipath: MultipathMode;
  readonly hostPromises: boolean;
  readonly behaviours: readonly Behaviour[];
  readonly opens: "host" | "peer" | "both";
  readonly link: Partial<LinkProfile>;
  readonly hostMessages: readonly Planned[];
  readonly peerMessages: readonly Planned[];
  readonly hostClosesAtMs: number;
  readonly peerClosesAtMs: number;
  readonly abort: { readonly who: "host" | "peer"; readonly atMs: number } | undefined;
  readonly restart:
    | { readonly inState: (typeof STATES)[number]; readonly afterMs: number; readonly connects: boolean }
    | undefined;
}

interface Planned {
  readonly atMs: number;
  readonly streamId: number;
  readonly bytes: number;
  readonly unordered: boolean;
  /** It may be given up. */
  readonly isLimited: boolean;
}

export function peerScenarioOf(seed: number): PeerScenario {
  const random = new SeededRandom(seed ^ 0x00facade);
  const happens = (probability: number): boolean => random.fraction() < probability;
  const pick = <T>(choices: readonly T[]): T => choices[random.integer(0, choices.length - 1)] as T;
  const behaviours = BEHAVIOUR_NAMES.filter(() => happens(BEHAVIOUR_RATE));
  const delayMinMs = random.integer(0, 60);
  const isClean = happens(0.3);
  const messages = (latestMs: number): Planned[] =>
    Array.from({ length: random.integer(0, 60) }, () => ({
      atMs: random.integer(0, latestMs),
      streamId: random.integer(0, STREAMS - 1),
      bytes: pick([random.integer(1, 60), random.integer(1, 1_500), random.integer(1, 12_000)]),
      unordered: happens(0.2),
      isLimited: happens(0.3),
    })).sort((a, b) => a.atMs - b.atMs);
  // Half of them end while much is under way, half when all is quiet.
  const spanMs = pick([50, 2_000, 20_000]);
  const restart = behaviours.includes("restarts")
    ? { inState: pick(STATES), afterMs: happens(0.5) ? 0 : random.integer(1, 100), connects: happens(0.7) }
    : undefined;
  const closes = (probability: number): number =>
    happens(probability) ? random.integer(0, spanMs) : Number.POSITIVE_INFINITY;
  // So that what was chosen can come to pass: the peer has to close, or has to come into the state in which it crashes.
  const peerMustClose = behaviours.includes("shutdown-for-sack") || isOneOf(restart?.inState, PEER_CLOSES);
  const hostMustClose = isOneOf(restart?.inState, HOST_CLOSES);
  const peerMustOpen = isOneOf(restart?.inState, PEER_OPENS);
  const own = new SeededRandom(seed ^ 0x8260);
  const ownPick = <T>(choices: readonly T[]): T => choices[own.integer(0, choices.length - 1)] as T;
  const hostInterleaves = own.fraction() < 0.6;
  const hostScheduler = ownPick(STREAM_SCHEDULERS);
  const hostController = ownPick(CONGESTION_CONTROLS);
  return {
    seed,
    hostInterleaves,
    hostScheduler,
    hostController,
    hostDetector: ownPick(LOSS_DETECTIONS),
    // BBR's windows cannot be coupled.
    hostMultipath: ownPick(MULTIPATH_MODES.filter((mode) => mode !== "coupled" || hostController !== "bbr")),
    hostPromises: own.fraction() < 0.7,
    behaviours,
    opens: peerMustOpen ? "peer" : pick(["host", "peer", "both"]),
    link: {
      delayMinMs,
      delayMaxMs: delayMinMs + random.integer(0, 30),
      ...(isClean
        ? {}
        : {
            lossRate: pick([0, 0.02, 0.1, 0.25]),
            duplicateRate: pick([0, 0.05]),
            reorderRate: pick([0, 0.2]),
            reorderMs: random.integer(1, 150),
            corruptRate: pick([0, 0, 0.02]),
          }),
    },
    hostMessages: messages(spanMs),
    peerMessages: messages(spanMs),
    hostClosesAtMs: closes(hostMustClose ? 1 : peerMustClose ? 0.2 : 0.6),
    peerClosesAtMs: closes(peerMustClose ? 1 : hostMustClose ? 0.2 : 0.6),
    abort: happens(0.08) ? { who: pick(["host", "peer"]), atMs: random.integer(0, spanMs) } : undefined,
    restart,
  };
}

function isOneOf(state: string | undefined, states: readonly string[]): boolean {
  return state !== undefined && states.includes(state);
}

/** @throws SimViolation, or whatever the stack throws */
export function playPeer(scenario: PeerScenario, trace?: TraceSink): Played {
  const { seed } = scenario;
  const world = new SimWorld({ seed });
  const game = new PeerGame(scenario, world, trace);
  game.begin();
  world.at(HEAL_AT_MS, () => world.heal());
  world.run(HEAL_AT_MS + 1);
  game.judge();
  return {
    packets: world.packetCount,
    traceHash: world.traceHash,
    deliveredMessages: game.deliveredCount,
    features: game.features,
  };
}

class PeerGame {
  readonly #scenario: PeerScenario;
  readonly #world: SimWorld;
  readonly #host: SimHost;
  readonly #peer: SimPeer;
  /** The state in which the peer crashed. */
  #crashedIn: string | undefined;
  #isCrashPlanned = false;

  constructor(scenario: PeerScenario, world: SimWorld, trace: TraceSink | undefined) {
    this.#scenario = scenario;
    this.#world = world;
    this.#host = world.host("host", [OUR_ADDRESS], { trace });
    this.#peer = world.peer("peer", PEER_ADDRESS, {
      behaviours: scenario.behaviours,
      port: PORT,
      streams: STREAMS,
      maxRetrans: PATIENCE,
    });
    world.link(OUR_ADDRESS, PEER_ADDRESS, scenario.link);
  }

  get deliveredCount(): number {
    const received = [...this.#host.associations, ...this.#peer.associations];
    return received.reduce((sum, { receivedCount }) => sum + receivedCount, 0);
  }

  get features(): readonly string[] {
    const crash = this.#crashedIn === undefined ? [] : [`restarts in ${this.#crashedIn}`];
    return [...this.#peer.done, ...crash];
  }

  begin(): void {
    const { opens, hostMessages, peerMessages, hostClosesAtMs, peerClosesAtMs, abort } = this.#scenario;
    const options = {
      associationMaxRetrans: PATIENCE,
      pathMaxRetrans: PATIENCE,
      maxInitRetransmits: PATIENCE,
      shutdownGuardMs: 0,
      outboundStreams: STREAMS,
      interleaving: this.#scenario.hostInterleaves,
      streamScheduler: this.#scenario.hostScheduler,
      congestionControl: this.#scenario.hostController,
      lossDetection: this.#scenario.hostDetector,
      multipath: this.#scenario.hostMultipath,
      nrSack: this.#scenario.hostPromises,
      allowStreamReset: true,
      allowAddStreams: true,
    };
    const world = this.#world;
    this.#host.listen(PORT, options);
    this.#peer.listen();
    if (opens !== "peer") this.#host.connect([PEER_ADDRESS], PORT, options, PORT);
    if (opens !== "host") this.#peer.connect(OUR_ADDRESS, PORT);
    for (const message of hostMessages) world.at(message.atMs, () => this.#hostSends(message));
    for (const { atMs, streamId, bytes, unordered, isLimited } of peerMessages)
      world.at(atMs, () => this.#peer.send(streamId, this.#payload(bytes), unordered, isLimited));
    if (hostClosesAtMs < HEAL_AT_MS) world.at(hostClosesAtMs, () => this.#hostCloses());
    if (peerClosesAtMs < HEAL_AT_MS) world.at(peerClosesAtMs, () => this.#peer.shutdown());
    if (abort !== undefined)
      world.at(abort.atMs, () => (abort.who === "host" ? this.#user?.abort() : this.#peerAborts()));
    if (this.#scenario.restart !== undefined) this.#host.onFlushed = () => this.#maybePlanCrash();
  }

  /**
   * What must be true in the end: all that was accepted has been delivered, or an end was told; both ends close; no timer
   * is left. Where nobody crashed or aborted, all has been delivered and the end is a graceful one.
   */
  judge(): void {
    this.#settle(
      "everything has been delivered or reported",
      () => this.#users.every(isSettled) && this.#isPeerSettled,
    );
    // A peer that has come back may have opened another one while the first one ended.
    this.#host.onFlushed = () => this.#world.at(this.#world.nowMs, () => this.#hostCloses());
    this.#hostCloses();
    this.#settle("our association has ended", () => this.#users.every(({ state }) => state === "CLOSED"));
    this.#peer.shutdown();
    this.#settle(
      "the peer's association has ended",
      () => (this.#peer.current?.state ?? "CLOSED") === "CLOSED",
    );
    this.#settle("no timer is left", () => this.#host.nextDeadlineMs === Number.POSITIVE_INFINITY);
    this.#need(this.#host.stack.associationCount === 0, "the host keeps an association");
    if (this.#crashedIn !== undefined) return;
    for (const user of this.#users) this.#judgeUser(user);
    if (this.#scenario.abort !== undefined) return;
    for (const { delivery } of this.#peer.associations) {
      const missing = delivery.undelivered.filter((data) => !delivery.isLimited(data)).length;
      this.#need(missing === 0, `${missing} messages of the peer were not delivered`);
    }
    // One side may meet an ABORT instead of the last chunk: the answer to something late, out of the blue (8.4).
    const ends = [
      ...this.#users.map(({ closeReason }) => closeReason?.kind),
      ...this.#peer.associations.map(({ end }) => end),
    ];
    const isGraceful = ends.includes("shutdown") && !ends.includes("unreachable");
    this.#need(isGraceful, `there was no graceful end: ${ends.join(", ")}`);
  }

  #judgeUser({ failed, delivery, closeReason }: SimAssociation): void {
    this.#need(closeReason !== undefined, "the host was not told that its association ended");
    const told = new Set(failed.map(({ data }) => data));
    const missing = delivery.undelivered.filter((data) => !told.has(data)).length;
    // What a peer promised to keep it had when it broke off.
    const mayMiss = this.#scenario.abort !== undefined && this.#peer.done.has("nr-sacks");
    this.#need(missing === 0 || mayMiss, `${missing} messages of the host neither arrived nor came back`);
    const undelivered = new Set(delivery.undelivered);
    const wrong = failed.filter(({ data, transmitted }) => !transmitted && !undelivered.has(data)).length;
    this.#need(wrong === 0, `${wrong} messages were delivered, and told as unsent`);
    if (this.#scenario.abort !== undefined) return;
    const isViolation = closeReason?.kind === "aborted" && closeReason.by === "local";
    this.#need(!isViolation, `the host ended its association: ${JSON.stringify(closeReason)}`);
    this.#need(told.size === failed.length, "a message of the host came back twice");
    const wronglyTold = failed.filter(({ data }) => !delivery.isLimited(data)).length;
    this.#need(wronglyTold === 0, `${wronglyTold} messages came back after a graceful end`);
  }

  get #users(): readonly SimAssociation[] {
    return this.#host.associations;
  }
  get #user(): SimAssociation | undefined {
    return this.#users.at(-1);
  }

  get #isPeerSettled(): boolean {
    const { current } = this.#peer;
    return current === undefined || isPeerAssociationSettled(current);
  }

  #hostSends({ streamId, bytes, unordered, isLimited }: Planned): void {
    const reliability = isLimited ? { maxRetransmits: bytes % 2 } : undefined;
    if (this.#user?.isOpen === true)
      this.#user.send(streamId, this.#payload(bytes), { unordered, reliability });
    this.#hostReconfigures(streamId, bytes);
  }

  /** Now and then streams begin anew, or are added, where the peer knows that (RFC 6525). */
  #hostReconfigures(streamId: number, bytes: number): void {
    const { association, state } = this.#user ?? {};
    if (association?.streamReconfiguration !== true || state !== "ESTABLISHED") return;
    const { nowMs } = this.#world;
    if (bytes % 8 === 0) association.resetStreams("outgoing", bytes % 3 === 0 ? [] : [streamId], nowMs);
    else if (bytes % 8 === 1) association.resetStreams("both", [streamId], nowMs);
    else if (bytes % 8 === 2) association.resetStreams("incoming", [streamId], nowMs);
    else if (bytes % 16 === 3) association.addStreams({ outbound: 1, inbound: bytes % 2 }, nowMs);
    this.#host.flush();
  }

  /**
   * Not in a set-up by both, where it would go on with another association: of two cookies that the peer has sent in two lives
   * nobody can tell which is the later one (RFC 9260 5.2.4 B takes either), nor does a peer crash then.
   */
  #peerAborts(): void {
    if (this.#scenario.opens !== "both" || this.#peer.current?.association.isSettingUp !== true)
      this.#peer.abort();
  }

  #hostCloses(): void {
    for (const user of this.#users) if (user.isOpen) user.shutdown();
  }

  /** Once, a while after the peer has come into the state that was drawn. */
  #maybePlanCrash(): void {
    const { restart } = this.#scenario;
    if (restart === undefined || this.#isCrashPlanned || this.#peer.current?.state !== restart.inState)
      return;
    this.#isCrashPlanned = true;
    this.#world.at(this.#world.nowMs + restart.afterMs, () => {
      this.#crashedIn = this.#peer.current?.state ?? "CLOSED";
      this.#world.restart(this.#peer);
      if (restart.connects) this.#peer.connect(OUR_ADDRESS, PORT);
    });
  }

  #payload(bytes: number): Uint8Array {
    const payload = new Uint8Array(bytes);
    this.#world.random.fill(payload);
    return payload;
  }

  #settle(what: string, done: () => boolean): void {
    try {
      this.#world.runUntil(done, { limitMs: this.#world.nowMs + LIVENESS_LIMIT_MS });
    } catch (error) {
      if (!(error instanceof SimViolation) || !error.message.includes("not done at")) throw error;
      const states = this.#users.map(({ state }) => `host ${state}`).join(", ");
      this.#need(false, `it does not come true that ${what} (${states}, peer ${this.#peer.current?.state})`);
    }
  }

  #need(right: boolean, complaint: string): void {
    if (!right) throw new SimViolation(`seed ${this.#scenario.seed}: ${complaint}`);
  }
}

function isSettled(user: SimAssociation): boolean {
  return user.state === "CLOSED" || (user.state === "ESTABLISHED" && user.association.bufferedBytes === 0);
}

function isPeerAssociationSettled({ state, association }: SimPeerAssociation): boolean {
  return state === "CLOSED" || (state === "ESTABLISHED" && association.isIdle);
}
