/**
 * Lives through one scenario of the campaign and judges it: safety on every packet (the checkers of src/sim), liveness
 * once the network has healed. Does not own: what happens (scenario.ts).
 */

import { SctpError } from "../../../src/base/errors.ts";
import type { AssociationOptionsInput } from "../../../src/base/options.ts";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { CauseCode } from "../../../src/chunks/codes.ts";
import { addressFamily } from "../../../src/platform/address.ts";
import {
  type ScenarioStep,
  type SimAssociation,
  type SimHost,
  SimViolation,
  SimWorld,
} from "../../../src/sim/index.ts";
import { HighNumbers } from "../../../src/sim/world/high-numbers.ts";
import { type Action, HEAL_AT_MS, type Scenario, type Who } from "./scenario.ts";

const PORT = 7;
const CLIENT_PORT = 5_000;
const COLLISION_PORT = 4_000;
/** After the network has healed, everything must have come to an end by then. */
const LIVENESS_LIMIT_MS = 4 * 3_600_000;
/** A sender waits while so much is unacknowledged, as a user who heeds back-pressure would. */
const MAX_BUFFERED_BYTES = 200_000;

export interface Played {
  readonly packets: number;
  readonly traceHash: string;
  readonly deliveredMessages: number;
  /** What it had that not every one has: the campaign counts them by name. */
  readonly features?: readonly string[];
}

/** Told of each thing that was done, as a scenario of the simulator says it. */
export type Note = (step: StepDraft, world: SimWorld) => void;
/** A step of a document, which its reader will check. */
export interface StepDraft {
  readonly do: ScenarioStep["do"];
  readonly atMs: number;
  readonly [field: string]: unknown;
}

export interface Watchers {
  readonly trace?: TraceSink | undefined;
  readonly note?: Note | undefined;
}

/** @throws SimViolation, or whatever the stack throws */
export function play(scenario: Scenario, { trace, note }: Watchers = {}): Played {
  const world = new SimWorld({ seed: scenario.seed });
  const game = new Game(scenario, world, trace, note);
  game.begin();
  for (const { atMs, action } of scenario.actions) world.at(atMs, () => game.perform(action));
  world.at(HEAL_AT_MS, () => game.heal());
  world.run(HEAL_AT_MS + 1);
  game.judge();
  return {
    packets: world.packetCount,
    traceHash: world.traceHash,
    deliveredMessages: game.deliveredMessages,
    features: game.features,
  };
}

/** What the campaign must have seen. */
export const NETWORK_FEATURES = [
  "gives up what was sent",
  "gives up what waits",
  "mixes messages",
  "begins streams anew",
  "begins all numbers anew",
  "adds streams",
  "changes addresses",
] as const;

class Game {
  readonly #scenario: Scenario;
  readonly #world: SimWorld;
  readonly #client: SimHost;
  readonly #server: SimHost;
  /** A restarted host forgets what it had acknowledged: what was under way to it may be lost without a word. */
  #restarted = false;
  readonly #note: Note | undefined;

  constructor(scenario: Scenario, world: SimWorld, trace: TraceSink | undefined, note: Note | undefined) {
    this.#scenario = scenario;
    this.#world = world;
    this.#note = note;
    const { paths, natAddress, tsnsNearWrap } = scenario;
    this.#client = world.host(
      "client",
      paths.map(({ client }) => client),
      { trace, ...(tsnsNearWrap ? { randomFrom: (seed) => new HighNumbers(seed, 0) } : {}) },
    );
    this.#server = world.host(
      "server",
      paths.map(({ server }) => server),
      { trace, ...(tsnsNearWrap ? { randomFrom: (seed) => new HighNumbers(seed, 1) } : {}) },
    );
    for (const { client, server, there, back } of paths)
      world.link(natAddress ?? client, server, there, back);
    const { spares } = scenario;
    for (const client of [...paths.map((path) => path.client), ...spares.client])
      for (const server of spares.server) world.link(client, server, spares.link);
    for (const client of spares.client)
      for (const { server } of paths) world.link(client, server, spares.link);
    const [first] = paths;
    if (natAddress !== undefined && first !== undefined) world.nat(first.client, natAddress);
  }

  get deliveredMessages(): number {
    return this.#everybody.reduce((sum, { receivedCount }) => sum + receivedCount, 0);
  }

  get features(): readonly string[] {
    const isAny = (isSent: boolean): boolean =>
      this.#everybody.some(({ delivery, failed }) =>
        failed.some(({ data, transmitted }) => delivery.isLimited(data) && transmitted === isSent),
      );
    const isTold = (kind: string): boolean => this.#everybody.some(({ performed }) => performed.has(kind));
    const seen: readonly boolean[] = [
      isAny(true),
      isAny(false),
      this.#everybody.some(({ association }) => association.isInterleaved),
      isTold("streams-reset"),
      isTold("association-reset"),
      isTold("streams-changed"),
      isTold("address-change"),
    ];
    return NETWORK_FEATURES.filter((_, i) => seen[i]);
  }

  begin(): void {
    this.#boot("server");
    this.#boot("client");
  }

  perform(action: Action): void {
    switch (action.kind) {
      case "cut":
      case "mend":
      case "shrink":
        return this.#changeLink(action);
      case "rebind":
        return this.#rebind(this.#scenario.paths[0]?.client ?? "");
      case "restart":
        this.#restarted = true;
        this.#noteOf(action.who, "restart");
        this.#world.restart(action.who === "client" ? this.#client : this.#server);
        return this.#boot(action.who);
      case "lose-address":
        return this.#loseAddress(action.who === "client" ? this.#client : this.#server, action.path);
      default:
        return this.#asUser(action);
    }
  }

  /** From here on nothing is lost; whoever paused reads again; NATs keep their bindings. */
  heal(): void {
    const atMs = this.#world.nowMs;
    this.#note?.({ do: "heal", atMs }, this.#world);
    for (const host of ["client", "server"]) this.#note?.({ do: "resume", host, atMs }, this.#world);
    this.#world.heal();
    for (const user of this.#everybody) this.#resume(user);
  }

  /**
   * What must be true in the end: what was accepted has been delivered, or the association's end was told on this side;
   * what is closed has no more timers; a shutdown comes to its end on both sides.
   */
  judge(): void {
    this.#settle("everything has been delivered or reported", () =>
      this.#everybody.every((user) => this.#isSettled(user)),
    );
    // A scenario does at a time what it does before all else that happens then: behind what this waited for.
    const behindMs = this.#world.nowMs + 1;
    for (const user of this.#everybody) {
      if (user.state !== "ESTABLISHED") continue;
      this.#note?.({ do: "shutdown", host: user.host.name, atMs: behindMs }, this.#world);
      user.shutdown();
    }
    this.#settle("every association has ended", () =>
      this.#everybody.every(({ state }) => state === "CLOSED"),
    );
    for (const host of [this.#client, this.#server]) {
      this.#need(
        host.stack.associationCount === 0,
        `${host.name} keeps ${host.stack.associationCount} associations`,
      );
      this.#need(
        host.nextDeadlineMs === Number.POSITIVE_INFINITY,
        `${host.name} waits for a timer with nothing to do`,
      );
    }
    for (const user of this.#everybody) this.#judgeEnd(user);
  }

  /** What a host does when it comes up: the server listens, the client connects; in a collision both do both. */
  #boot(who: Who): void {
    const { collision, fixedPort, clientOptions, serverOptions } = this.#scenario;
    const isClient = who === "client";
    const host = isClient ? this.#client : this.#server;
    const options = isClient ? clientOptions : serverOptions;
    const port = collision ? COLLISION_PORT : PORT;
    if (collision || !isClient) this.#noteOf(who, "listen", { port });
    if (collision) {
      host.listen(COLLISION_PORT, options);
      this.#connect(host, COLLISION_PORT, options, COLLISION_PORT);
    } else if (isClient) {
      this.#connect(host, PORT, options, fixedPort ? CLIENT_PORT : 0);
    } else {
      host.listen(PORT, options);
    }
  }

  /** To all of the other host's addresses that are of a family that this one still has. */
  #connect(host: SimHost, port: number, options: AssociationOptionsInput, localPort: number): void {
    const families = new Set(host.stack.localAddresses.map(addressFamily));
    const peer = host === this.#client ? this.#serverAddresses : this.#clientAddresses;
    const reachable = peer.filter((address) => families.has(addressFamily(address)));
    if (reachable.length === 0) return;
    this.#noteOf(host.name as Who, "connect", { to: reachable, port, localPort });
    host.connect(reachable, port, options, localPort);
  }

  get #serverAddresses(): readonly string[] {
    return this.#scenario.paths.map(({ server }) => server);
  }
  get #clientAddresses(): readonly string[] {
    return this.#scenario.paths.map(({ client }) => client);
  }

  /** Every association of a host that has not been forgotten in a crash. */
  get #everybody(): SimAssociation[] {
    return [this.#client, this.#server].flatMap((host) => {
      const alive = new Set<unknown>(host.stack.associations);
      return host.associations.filter(
        ({ association, bootCount }) => alive.has(association) || bootCount === host.bootCount,
      );
    });
  }

  #userOf(who: Who): SimAssociation | undefined {
    const host = who === "client" ? this.#client : this.#server;
    const boot = host.bootCount;
    return host.associations.findLast((user) => user.bootCount === boot);
  }

  #changeLink(action: Extract<Action, { readonly kind: "cut" | "mend" | "shrink" }>): void {
    const plan = this.#scenario.paths[action.path];
    if (plan === undefined) return;
    const client = this.#scenario.natAddress ?? plan.client;
    const between = [client, plan.server] as const;
    const atMs = this.#world.nowMs;
    if (action.kind === "shrink") {
      const link = { mtuBytes: action.mtuBytes };
      this.#note?.({ do: "adjust", between, link, oneWay: false, atMs }, this.#world);
      this.#world.adjust(client, plan.server, link);
      this.#world.adjust(plan.server, client, link);
    } else if (action.kind === "mend") {
      this.#note?.({ do: "mend", between, oneWay: false, atMs }, this.#world);
      this.#world.mend(client, plan.server);
    } else {
      if (action.way !== "back") this.#cut(client, plan.server);
      if (action.way !== "there") this.#cut(plan.server, client);
    }
  }

  #cut(from: string, to: string): void {
    this.#note?.({ do: "cut", between: [from, to], oneWay: true, atMs: this.#world.nowMs }, this.#world);
    this.#world.cutOneWay(from, to);
  }

  #rebind(address: string): void {
    this.#note?.({ do: "rebind", address, atMs: this.#world.nowMs }, this.#world);
    this.#world.rebind(address);
  }

  #loseAddress(host: SimHost, path: number): void {
    const address = host.addresses[path];
    if (address === undefined) return;
    this.#noteOf(host.name as Who, "lose-address", { address });
    host.lose(address);
  }

  #asUser(
    action: Exclude<
      Action,
      { readonly kind: "cut" | "mend" | "shrink" | "rebind" | "restart" | "lose-address" }
    >,
  ): void {
    const user = this.#userOf(action.who);
    if (user === undefined || user.state === "CLOSED") return;
    const { association } = user;
    switch (action.kind) {
      case "send":
        if (user.isOpen && association.bufferedBytes < MAX_BUFFERED_BYTES) {
          const streamId = action.streamId % association.outboundStreams;
          const { unordered, reliability, bytes } = action;
          this.#noteOf(action.who, "send", { streamId, bytes, unordered, reliability });
          user.send(streamId, this.#payload(action.bytes), { unordered, reliability });
        }
        return;
      case "pause":
        this.#noteOf(action.who, "pause");
        user.autoRead = false;
        return;
      case "resume":
        this.#noteOf(action.who, "resume");
        return this.#resume(user);
      case "primary":
      case "heartbeat": {
        const address = association.remoteAddresses[action.path];
        if (address === undefined || user.state !== "ESTABLISHED") return;
        this.#noteOf(action.who, action.kind, { address });
        if (action.kind === "primary") association.setPrimary(address);
        else association.requestHeartbeat(address, this.#world.nowMs);
        return user.host.flush();
      }
      case "scheduler":
        this.#noteOf(action.who, "options", { options: { streamScheduler: action.scheduler } });
        association.setOptions({ streamScheduler: action.scheduler }, this.#world.nowMs);
        return user.host.flush();
      case "share": {
        const streamId = action.streamId % association.outboundStreams;
        this.#noteOf(action.who, "share", { streamId, ...action.share });
        return association.setStreamShare(streamId, action.share);
      }
      case "add-address":
      case "remove-address":
      case "peer-primary":
      case "move":
        return this.#changeAddress(user, action);
      case "reset":
      case "reset-all":
      case "add-streams":
        return this.#reconfigure(user, action);
      case "shutdown":
        this.#noteOf(action.who, "shutdown");
        return user.shutdown();
      case "abort":
        this.#noteOf(action.who, "abort");
        return user.abort();
    }
  }

  #noteOf(host: Who, deed: ScenarioStep["do"], fields: Readonly<Record<string, unknown>> = {}): void {
    this.#note?.({ do: deed, host, atMs: this.#world.nowMs, ...fields }, this.#world);
  }

  /** What cannot be asked for now is not. */
  #changeAddress(
    user: SimAssociation,
    {
      kind,
      who,
      pick,
    }: Extract<Action, { readonly kind: "add-address" | "remove-address" | "peer-primary" | "move" }>,
  ): void {
    const { association, host } = user;
    if (user.state !== "ESTABLISHED" || !association.dynamicAddresses) return;
    const all = this.#scenario.spares[who];
    const spare = all.filter((address) => !host.addresses.includes(address))[pick % all.length];
    const own = association.localAddresses[pick % association.localAddresses.length] ?? "";
    try {
      if (kind === "remove-address" || kind === "peer-primary") {
        this.#noteOf(who, kind, { address: own });
        if (kind === "remove-address") user.removeAddress(own);
        else user.setPeerPrimary(own);
      } else if (spare !== undefined && kind === "move" && host.addresses.includes(own)) {
        this.#noteOf(who, "move", { from: own, to: spare });
        host.move(own, spare);
      } else if (spare !== undefined && kind === "add-address") {
        this.#noteOf(who, "add-address", { address: spare });
        host.gain(spare);
        user.addAddress(spare);
      }
    } catch (error) {
      if (!(error instanceof SctpError)) throw error; // It is being removed already, or is the last one.
    }
  }

  /** What cannot be asked for now is not. */
  #reconfigure(
    user: SimAssociation,
    action: Extract<Action, { readonly kind: "reset" | "reset-all" | "add-streams" }>,
  ): void {
    const { association } = user;
    if (user.state !== "ESTABLISHED" || !association.streamReconfiguration) return;
    try {
      if (action.kind === "reset-all") {
        this.#noteOf(action.who, "reset-association");
        return user.resetAssociation();
      }
      if (action.kind === "add-streams") {
        const counts = { inbound: action.inbound, outbound: action.outbound };
        this.#noteOf(action.who, "add-streams", counts);
        return user.addStreams(counts);
      }
      const { direction, bits } = action;
      const { inboundStreams, outboundStreams } = association;
      const [incoming, outgoing] = [
        direction === "outgoing" ? 31 : inboundStreams,
        direction === "incoming" ? 31 : outboundStreams,
      ];
      const ids = Array.from({ length: Math.min(incoming, outgoing, 20) }, (_, id) => id);
      const streamIds = ids.filter((id) => ((bits >>> id) & 1) === 1);
      this.#noteOf(action.who, "reset-streams", { direction, streamIds });
      user.resetStreams(direction, streamIds);
    } catch (error) {
      if (!(error instanceof SctpError)) throw error; // No stream to add, or the last reset of all was a moment ago.
    }
  }

  #resume(user: SimAssociation): void {
    user.autoRead = true;
    user.read();
    user.host.flush();
  }

  #payload(bytes: number): Uint8Array {
    const payload = new Uint8Array(bytes);
    this.#world.random.fill(payload);
    return payload;
  }

  #isSettled(user: SimAssociation): boolean {
    if (user.state === "CLOSED") return true;
    return user.state === "ESTABLISHED" && user.association.bufferedBytes === 0;
  }

  /** Messages that were accepted have arrived or come back; a graceful end means that all of them arrived. */
  #judgeEnd(user: SimAssociation): void {
    const { closeReason } = user;
    this.#need(closeReason !== undefined, `${user.host.name} was not told that its association ended`);
    // Both ends are right ones: neither may take the other's packets for a breach of the protocol.
    const isBreach =
      closeReason?.kind === "aborted" && closeReason.causeCodes[0] === CauseCode.ProtocolViolation;
    this.#need(
      !isBreach,
      `${user.host.name}: one of two right ends was taken for wrong: ${JSON.stringify(closeReason)}`,
    );
    if (this.#restarted) return;
    const failed = new Set(user.failed.map(({ data }) => data));
    const missing = user.delivery.undelivered.filter((data) => !failed.has(data));
    this.#need(
      missing.length === 0,
      `${user.host.name}: ${missing.length} messages neither arrived nor came back`,
    );
    this.#need(failed.size === user.failed.length, `${user.host.name}: a message came back twice`);
    const undelivered = new Set(user.delivery.undelivered);
    const wrong = user.failed.filter(
      ({ data, transmitted, acknowledgedBytes }) =>
        !transmitted && acknowledgedBytes < data.length && !undelivered.has(data),
    );
    this.#need(
      wrong.length === 0,
      `${user.host.name}: ${wrong.length} messages arrived, and came back unsent`,
    );
    if (user.closeReason?.kind !== "shutdown") return;
    // Messages that were queued before the peer had said how many streams it allows may have come back for that.
    const unexplained = user.failed.filter(
      ({ data, causeCode }) =>
        causeCode !== CauseCode.InvalidStreamIdentifier && !user.delivery.isLimited(data),
    );
    this.#need(unexplained.length === 0, `${user.host.name}: messages came back after a graceful end`);
  }

  #settle(what: string, done: () => boolean): void {
    try {
      this.#world.runUntil(done, { limitMs: this.#world.nowMs + LIVENESS_LIMIT_MS });
    } catch (error) {
      if (!(error instanceof SimViolation) || !error.message.includes("not done at")) throw error;
      const states = this.#everybody.map((user) => `${user.host.name} ${user.state}`).join(", ");
      throw new SimViolation(`seed ${this.#scenario.seed}: it does not come true that ${what} (${states})`);
    }
  }

  #need(right: boolean, complaint: string): void {
    if (!right) throw new SimViolation(`seed ${this.#scenario.seed}: ${complaint}`);
  }
}
