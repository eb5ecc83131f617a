/**
 * Plays one small association under one pattern of faults, and judges how it ends.
 * Owns: what the two users do, what must be true at the end. Does not own: which scenarios and patterns there are
 * (scenarios.ts, run.ts); every packet is judged by the checkers of src/sim.
 */
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { type SimAssociation, type SimHost, SimViolation, SimWorld } from "../../../src/sim/index.ts";
import type { Played } from "../campaign/play.ts";
import { type Fault, isInMask, type Scenario } from "./scenarios.ts";

const PORT = 7;
/** The stream of each message that Alice sends. */
const STREAMS = [0, 1, 0];
const MESSAGE_BYTES = 1_100;
/** Late enough for an undisturbed transfer to be over, so that two who close do it at the same time. */
const CLOSE_AT_MS = 300;
const LIMIT_MS = 3_600_000;
const OPTIONS = { allowStreamReset: true };
const OPTIONS_TO_CHANGE = { ...OPTIONS, dynamicAddresses: true };
const OPTIONS_BY_RFC_9260 = { ...OPTIONS, congestionControl: "rfc9260", lossDetection: "rfc9260" } as const;
const ALICES_OTHER = "10.0.0.3";
/** Packets that may be lost before anybody may give up: Max.Init.Retransmits (RFC 9260 16) is the first limit. */
const MAX_HARMLESS_LOSSES = 8;

/** @throws SimViolation, or whatever the stack throws */
export function playPattern(scenario: Scenario, fault: Fault, mask: number, trace?: TraceSink): Played {
  const world = new SimWorld({
    seed: 1,
    fate: (packetNumber) => (isInMask(mask, packetNumber) ? fault.fate : "carried"),
  });
  const pair = new Pair(scenario, world, trace);
  pair.begin();
  try {
    world.runUntil(() => pair.isOver, { limitMs: LIMIT_MS });
  } catch (error) {
    if (!(error instanceof SimViolation) || !error.message.includes("not done at")) throw error;
    throw new SimViolation(`it does not end: ${pair.describe()}`);
  }
  pair.judge(fault.fate !== "lost" || bitCount(mask) <= MAX_HARMLESS_LOSSES);
  return { packets: world.packetCount, traceHash: world.traceHash, deliveredMessages: pair.deliveredCount };
}

class Pair {
  readonly #scenario: Scenario;
  readonly #world: SimWorld;
  readonly #alice: SimHost;
  readonly #bob: SimHost;
  readonly #messages: Uint8Array[] = [];

  constructor(scenario: Scenario, world: SimWorld, trace: TraceSink | undefined) {
    this.#scenario = scenario;
    this.#world = world;
    this.#alice = world.host("alice", ["10.0.0.1"], { trace });
    this.#bob = world.host("bob", ["10.0.0.2"], { trace });
    world.link("10.0.0.1", "10.0.0.2");
    world.link(ALICES_OTHER, "10.0.0.2");
  }

  /** Both listen; who opens connects at once, from the same SCTP port. */
  begin(): void {
    const { opens, closes, addresses, byRfc9260 } = this.#scenario;
    const unmoved = byRfc9260 ? OPTIONS_BY_RFC_9260 : OPTIONS;
    const options = addresses === "stay" ? unmoved : OPTIONS_TO_CHANGE;
    for (const [host, peer, name] of [
      [this.#alice, this.#bob, "alice"],
      [this.#bob, this.#alice, "bob"],
    ] as const) {
      host.listen(PORT, options);
      const known = new Set<SimAssociation>();
      host.onFlushed = () => {
        for (const user of host.associations) {
          if (user.state !== "ESTABLISHED" || known.has(user)) continue;
          known.add(user);
          if (name === "alice") this.#sendAll(user);
          if (name === "alice") this.#changeAddresses(user);
          if (closes === name || closes === "both") this.#world.at(CLOSE_AT_MS, () => user.shutdown());
        }
      };
      if (opens !== name && opens !== "both") continue;
      // What is queued before the peer has answered may travel with the COOKIE ECHO.
      const user = host.connect(peer.addresses, PORT, options, PORT);
      if (name === "alice" && !this.#scenario.resets) this.#sendAll(user);
    }
  }

  get deliveredCount(): number {
    return this.#received.length;
  }

  get isOver(): boolean {
    return (
      this.#users.every(({ state }) => state === "CLOSED") &&
      this.#hosts.every((host) => host.nextDeadlineMs === Number.POSITIVE_INFINITY)
    );
  }

  describe(): string {
    const users = this.#users.map(({ host, state }) => `${host.name} ${state}`).join(", ");
    return `${users}; timers at ${this.#hosts.map((host) => host.nextDeadlineMs).join(" and ")}`;
  }

  /** @param mustSucceed nothing happened that would be a reason to give up */
  judge(mustSucceed: boolean): void {
    for (const host of this.#hosts)
      this.#need(host.stack.associationCount === 0, `${host.name} keeps an association`);
    for (const user of this.#users)
      this.#need(user.closeReason !== undefined, `${user.host.name} was not told that its association ended`);
    for (const [i, message] of this.#messages.entries()) this.#judgeMessage(i + 1, message);
    if (!mustSucceed) return;
    this.#need(this.#users.length === 2, `there were ${this.#users.length} associations`);
    for (const { host, closeReason } of this.#users)
      this.#need(closeReason?.kind === "shutdown", `${host.name} gave up: ${JSON.stringify(closeReason)}`);
    const failedCount = this.#users.reduce((sum, { failed }) => sum + failed.length, 0);
    this.#need(
      this.deliveredCount + failedCount >= STREAMS.length,
      `only ${this.deliveredCount} messages were delivered`,
    );
  }

  #judgeMessage(number: number, message: Uint8Array): void {
    const deliveries = this.#received.filter(([first]) => first === number).length;
    const told = this.#users.flatMap(({ failed }) => failed.filter(({ data }) => data === message));
    this.#need(deliveries <= 1, `message ${number} was delivered ${deliveries} times`);
    this.#need(told.length <= 1, `message ${number} was told as failed ${told.length} times`);
    this.#need(deliveries + told.length > 0, `message ${number} was neither delivered nor told as failed`);
    this.#need(
      deliveries === 0 || told.every(({ transmitted }) => transmitted),
      `message ${number} was delivered, and told as unsent`,
    );
    if (this.#isLimited(number)) return;
    const endedWell = this.#users.every(({ closeReason }) => closeReason?.kind === "shutdown");
    this.#need(!endedWell || told.length === 0, `message ${number} was told as failed by a graceful end`);
  }

  #isLimited(number: number): boolean {
    return this.#scenario.givesUp && number <= 2;
  }

  get #hosts(): readonly SimHost[] {
    return [this.#alice, this.#bob];
  }
  get #users(): readonly SimAssociation[] {
    return [...this.#alice.associations, ...this.#bob.associations];
  }
  get #received(): readonly Uint8Array[] {
    return this.#bob.associations.flatMap(({ received }) => [...received.values()].flat());
  }

  /** Once: an association that comes after one that was given up has nothing to carry. */
  #sendAll(user: SimAssociation): void {
    if (this.#messages.length > 0) return;
    for (const [i, streamId] of STREAMS.entries()) {
      const message = new Uint8Array(MESSAGE_BYTES).fill(i + 1);
      this.#messages.push(message);
      if (i === STREAMS.length - 1 && this.#scenario.resets) user.resetStreams("outgoing", [streamId]);
      user.send(streamId, message, this.#isLimited(i + 1) ? { reliability: { maxRetransmits: 0 } } : {});
    }
  }

  #changeAddresses(user: SimAssociation): void {
    const { addresses } = this.#scenario;
    if (addresses === "stay" || this.#alice.addresses.includes(ALICES_OTHER)) return;
    if (addresses === "move") return this.#alice.move("10.0.0.1", ALICES_OTHER);
    this.#alice.gain(ALICES_OTHER);
    user.addAddress(ALICES_OTHER);
  }

  #need(right: boolean, complaint: string): void {
    if (!right) throw new SimViolation(complaint);
  }
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
