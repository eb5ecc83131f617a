/**
 * One seed of the campaign: a network, two users and a list of misfortunes, all drawn from the seed.
 * Owns: what is drawn and when it happens. Does not own: living through it and judging the end (play.ts).
 */
import type { Reliability } from "../../../src/association/model/reliability.ts";
import type { StreamShare } from "../../../src/association/model/stream-share.ts";
import type { HmacName } from "../../../src/base/authentication.ts";
import { CONGESTION_CONTROLS } from "../../../src/base/congestion-control.ts";
import { LOSS_DETECTIONS } from "../../../src/base/loss-detection.ts";
import { MULTIPATH_MODES } from "../../../src/base/multipath.ts";
import { type AssociationOptions, NEVER_EXCEEDED } from "../../../src/base/options.ts";
import { STREAM_SCHEDULERS, type StreamSchedulerName } from "../../../src/base/stream-schedulers.ts";
import { SeededRandom } from "../../../src/platform/random.ts";
import type { LinkProfile } from "../../../src/sim/index.ts";

/** Misfortunes happen before this time; then the network heals. */
export const HEAL_AT_MS = 60_000;

export interface PathPlan {
  readonly client: string;
  readonly server: string;
  readonly there: Partial<LinkProfile>;
  readonly back: Partial<LinkProfile>;
}

/** Addresses that come, and the links to them. */
export interface SparePlan {
  readonly client: readonly string[];
  readonly server: readonly string[];
  readonly link: Partial<LinkProfile>;
}

const NO_SPARES: SparePlan = { client: [], server: [], link: {} };

export type Who = "client" | "server";

/** Something that happens at a time. */
export type Action =
  | {
      readonly kind: "send";
      readonly who: Who;
      readonly streamId: number;
      readonly bytes: number;
      readonly unordered: boolean;
      /** When it is given up. */
      readonly reliability: Reliability | undefined;
    }
  | { readonly kind: "cut"; readonly path: number; readonly way: "both" | "there" | "back" }
  | { readonly kind: "mend"; readonly path: number }
  | { readonly kind: "shrink"; readonly path: number; readonly mtuBytes: number }
  | { readonly kind: "rebind" }
  | { readonly kind: "pause" | "resume"; readonly who: Who }
  | { readonly kind: "scheduler"; readonly who: Who; readonly scheduler: StreamSchedulerName }
  | { readonly kind: "share"; readonly who: Who; readonly streamId: number; readonly share: StreamShare }
  | { readonly kind: "primary" | "heartbeat"; readonly who: Who; readonly path: number }
  /** Streams begin anew: those of the bits; all if none is set (RFC 6525). */
  | {
      readonly kind: "reset";
      readonly who: Who;
      readonly direction: "incoming" | "outgoing" | "both";
      readonly bits: number;
    }
  | { readonly kind: "reset-all"; readonly who: Who }
  | { readonly kind: "add-streams"; readonly who: Who; readonly inbound: number; readonly outbound: number }
  /** One of the spare addresses is added, one that the peer knows is removed or made its primary one (RFC 5061). */
  | {
      readonly kind: "add-address" | "remove-address" | "peer-primary";
      readonly who: Who;
      readonly pick: number;
    }
  /** Another network: a spare address takes the place of one that is lost at once. */
  | { readonly kind: "move"; readonly who: Who; readonly pick: number }
  | { readonly kind: "restart"; readonly who: Who }
  | { readonly kind: "lose-address"; readonly who: Who; readonly path: number }
  | { readonly kind: "shutdown" | "abort"; readonly who: Who };

export interface Scenario {
  readonly seed: number;
  readonly paths: readonly PathPlan[];
  /** Addresses that either side may get while it lives, each joined with all of the other side's. */
  readonly spares: SparePlan;
  /** The address by which the world knows the client, where a NAT hides it. */
  readonly natAddress: string | undefined;
  /** Tags and TSNs begin shortly before 2^32. */
  readonly tsnsNearWrap: boolean;
  /** The client always uses the same SCTP port: when it comes back, the server sees a restart (RFC 9260 5.2). */
  readonly fixedPort: boolean;
  /** Both sides connect to each other. */
  readonly collision: boolean;
  readonly clientOptions: Partial<AssociationOptions>;
  readonly serverOptions: Partial<AssociationOptions>;
  readonly actions: ReadonlyArray<{ readonly atMs: number; readonly action: Action }>;
}

export function scenarioOf(seed: number): Scenario {
  const dice = new Dice(seed);
  const pathCount = dice.pick([1, 1, 2, 2, 3, 4]);
  const patient = dice.happens(0.7);
  const paths = Array.from({ length: pathCount }, (_, i) => pathPlan(dice, i));
  const natAddress = pathCount === 1 && dice.happens(0.4) ? "192.0.2.1" : undefined;
  const collision = natAddress === undefined && dice.happens(0.15);
  const limits = new Dice(seed ^ 0x3758);
  const clientOptions = { ...options(dice, patient), partialReliability: limits.happens(0.8) };
  const serverOptions = { ...options(dice, patient), partialReliability: limits.happens(0.8) };
  const streams = new Dice(seed ^ 0x8260);
  const interleaving = { client: streams.happens(0.7), server: streams.happens(0.7) };
  const schedulers = { client: streams.pick(STREAM_SCHEDULERS), server: streams.pick(STREAM_SCHEDULERS) };
  const resets = new Dice(seed ^ 0x6525);
  const permissions = (): Partial<AssociationOptions> => ({
    streamReconfiguration: resets.happens(0.8),
    allowStreamReset: resets.happens(0.8),
    allowAssociationReset: resets.happens(0.7),
    allowAddStreams: resets.happens(0.7),
  });
  Object.assign(clientOptions, permissions());
  Object.assign(serverOptions, permissions());
  const authentication = new Dice(seed ^ 0x4895);
  Object.assign(clientOptions, { authentication: authenticationOf(authentication) });
  Object.assign(serverOptions, { authentication: authenticationOf(authentication) });
  const adaptation = new Dice(seed ^ 0xc006);
  Object.assign(clientOptions, { adaptationIndication: adaptation.pick([undefined, 0, seed]) });
  Object.assign(serverOptions, { adaptationIndication: adaptation.pick([undefined, 0, seed]) });
  const moving = new Dice(seed ^ 0x5061);
  const spares = natAddress === undefined ? sparePlan(moving) : NO_SPARES;
  Object.assign(clientOptions, { dynamicAddresses: moving.happens(0.8) && spares !== NO_SPARES });
  Object.assign(serverOptions, { dynamicAddresses: moving.happens(0.8) && spares !== NO_SPARES });
  const failover = new Dice(seed ^ 0x7829);
  Object.assign(clientOptions, thresholds(failover));
  Object.assign(serverOptions, thresholds(failover));
  const controllers = new Dice(seed ^ 0x9438);
  Object.assign(clientOptions, { congestionControl: controllers.pick(CONGESTION_CONTROLS) });
  Object.assign(serverOptions, { congestionControl: controllers.pick(CONGESTION_CONTROLS) });
  const detectors = new Dice(seed ^ 0x8985);
  Object.assign(clientOptions, { lossDetection: detectors.pick(LOSS_DETECTIONS) });
  Object.assign(serverOptions, { lossDetection: detectors.pick(LOSS_DETECTIONS) });
  const modes = new Dice(seed ^ 0x6356);
  for (const options of [clientOptions, serverOptions]) {
    const multipath = modes.pick(MULTIPATH_MODES);
    const isLinked = multipath === "coupled" && options.congestionControl === "bbr";
    Object.assign(options, { multipath: isLinked ? "independent" : multipath });
  }
  const promises = new Dice(seed ^ 0x10);
  Object.assign(clientOptions, { nrSack: promises.happens(0.7) });
  Object.assign(serverOptions, { nrSack: promises.happens(0.7) });
  const buffers = new Dice(seed ^ 0x2018);
  Object.assign(clientOptions, limitsOf(buffers, clientOptions));
  Object.assign(serverOptions, limitsOf(buffers, serverOptions));
  const misfortunes = [
    ...actions(dice, limits, pathCount, natAddress !== undefined),
    ...changesOfOrder(streams),
    ...reconfigurations(resets),
    ...(spares === NO_SPARES ? [] : changesOfAddresses(moving)),
  ].sort((a, b) => a.atMs - b.atMs);
  // There are few numbers near the wrap: a host that came back could choose its old tag.
  const hasRestart = misfortunes.some(({ action }) => action.kind === "restart");
  const tsnsNearWrap = dice.happens(0.2) && !hasRestart;
  const fixedPort = dice.happens(0.6);
  return {
    seed,
    paths,
    spares,
    natAddress,
    tsnsNearWrap,
    fixedPort,
    collision,
    clientOptions: {
      ...clientOptions,
      interleaving: interleaving.client,
      streamScheduler: schedulers.client,
    },
    serverOptions: {
      ...serverOptions,
      interleaving: interleaving.server,
      streamScheduler: schedulers.server,
    },
    actions: misfortunes,
  };
}

class Dice {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed ^ 0x00c0ffee);
  }

  integer(low: number, high: number): number {
    return this.#random.integer(low, high);
  }

  happens(probability: number): boolean {
    return this.#random.fraction() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)] as T;
  }
}

function pathPlan(dice: Dice, index: number): PathPlan {
  const there = linkProfile(dice);
  const isIpv6 = dice.happens(0.3);
  // Links are found by the canonical form, which the stack sends with.
  const address = (last: number): string =>
    isIpv6 ? `2001:db8:${index + 1}::${last}` : `10.${index}.0.${last}`;
  return {
    client: address(1),
    server: address(2),
    there,
    back: dice.happens(0.5) ? there : linkProfile(dice),
  };
}

function linkProfile(dice: Dice): Partial<LinkProfile> {
  const delayMinMs = dice.integer(0, 80);
  const isClean = dice.happens(0.3);
  return {
    delayMinMs,
    delayMaxMs: delayMinMs + dice.integer(0, 40),
    ...(isClean
      ? {}
      : {
          lossRate: dice.pick([0, 0.01, 0.05, 0.2, 0.35]),
          duplicateRate: dice.pick([0, 0.02, 0.1]),
          reorderRate: dice.pick([0, 0.1, 0.4]),
          reorderMs: dice.integer(1, 200),
          corruptRate: dice.pick([0, 0, 0.02]),
        }),
    ...(dice.happens(0.3)
      ? { bytesPerSecond: dice.integer(5_000, 500_000), queueBytes: dice.integer(6_000, 100_000) }
      : {}),
  };
}

function options(dice: Dice, patient: boolean): Partial<AssociationOptions> {
  const limits = patient
    ? {
        associationMaxRetrans: 100,
        pathMaxRetrans: dice.integer(1, 8),
        maxInitRetransmits: 100,
        shutdownGuardMs: 0,
      }
    : {
        associationMaxRetrans: dice.integer(2, 12),
        pathMaxRetrans: dice.integer(0, 6),
        maxInitRetransmits: dice.integer(2, 10),
      };
  return {
    ...limits,
    rtoMinMs: dice.integer(50, 1_000),
    rtoInitialMs: dice.integer(1_000, 3_000),
    rtoMaxMs: dice.integer(3_000, 20_000),
    initTimeoutMaxMs: dice.integer(3_000, 20_000),
    sackDelayMs: dice.pick([0, 50, 200, 500]),
    sackFrequencyPackets: dice.integer(1, 4),
    maxBurst: dice.integer(1, 20),
    heartbeatIntervalMs: dice.pick([1_000, 5_000, 15_000]),
    receiveBufferBytes: dice.pick([4_096, 20_000, 100_000, 1_048_576]),
    sendBufferBytes: dice.pick([4_096, 100_000, 1_048_576]),
    maxPacketBytes: dice.pick([512, 700, 1_200, 1_452, 4_000]),
    noDelay: dice.happens(0.7),
    outboundStreams: dice.integer(1, 20),
    maxInboundStreams: dice.integer(1, 30),
    maxGapBlocksReported: dice.pick([1, 4, 16, 16_384]),
    maxDuplicateTsnsReported: dice.pick([0, 3, 64]),
  };
}

/**
 * What either side wants authenticated, if anything. Not ABORT, ERROR and COOKIE ECHO: who comes back without the old keys could
 * neither say that the association is gone nor restart it (RFC 4895 6.3).
 */
const AUTHENTICATED = [0, 3, 4, 5, 7, 8, 11, 16, 64, 130, 192, 194];
function authenticationOf(dice: Dice): AssociationOptions["authentication"] {
  if (dice.happens(0.5)) return false;
  const chunks = AUTHENTICATED.filter(() => dice.happens(0.4));
  const hmacs = dice.pick<readonly HmacName[]>([["SHA-1"], ["SHA-1", "SHA-256"], ["SHA-256", "SHA-1"]]);
  return {
    chunks,
    hmacs,
    keys: { 0: new Uint8Array(0), 7: new Uint8Array(20).fill(7) },
    activeKeyId: dice.pick([0, 7]),
  };
}

/** Quick failover is off, or on with any threshold, and sometimes the primary path gives way. */
function thresholds(failover: Dice): Partial<AssociationOptions> {
  const potentiallyFailedMaxRetrans = failover.pick([0, 0, 1, 3, NEVER_EXCEEDED, NEVER_EXCEEDED]);
  const primarySwitchoverMaxRetrans = failover.happens(0.3) ? potentiallyFailedMaxRetrans : NEVER_EXCEEDED;
  return { potentiallyFailedMaxRetrans, primarySwitchoverMaxRetrans };
}

/** Buffers stay as they are, or grow: from nearly nothing, or by a little. */
function limitsOf(
  buffers: Dice,
  { receiveBufferBytes = 0, sendBufferBytes = 0 }: Partial<AssociationOptions>,
): Partial<AssociationOptions> {
  return {
    receiveBufferLimitBytes: receiveBufferBytes + buffers.pick([0, 1_000, 100_000, 8_388_608]),
    sendBufferLimitBytes: sendBufferBytes + buffers.pick([0, 1_000, 100_000, 8_388_608]),
  };
}

/** Half of the seeds send some messages that may be given up. */
function limitDrawer(limits: Dice): () => Reliability | undefined {
  const share = limits.pick([0, 0, 0.3, 0.8]);
  return () => {
    if (!limits.happens(share)) return undefined;
    const kind = limits.integer(0, 2);
    if (kind === 0) return { maxRetransmits: limits.pick([0, 0, 1, 3]) };
    if (kind === 1) return { lifetimeMs: limits.integer(1, 5_000) };
    return { priority: limits.integer(0, 3) };
  };
}

/** Another scheduler, or another share of a stream, while messages wait. */
function changesOfOrder(streams: Dice): Scenario["actions"] {
  return Array.from({ length: streams.integer(0, 6) }, () => {
    const who = streams.pick<Who>(["client", "server"]);
    const atMs = streams.integer(0, HEAL_AT_MS);
    const streamId = streams.integer(0, 19);
    const share = { priority: streams.integer(0, 3), weight: streams.integer(1, 10) };
    const action: Action = streams.happens(0.5)
      ? { kind: "scheduler", who, scheduler: streams.pick(STREAM_SCHEDULERS) }
      : { kind: "share", who, streamId, share };
    return { atMs, action };
  });
}

/** Half of the seeds have addresses that come and go. */
function sparePlan(moving: Dice): SparePlan {
  if (moving.happens(0.5)) return NO_SPARES;
  const spares = (side: number): readonly string[] =>
    Array.from({ length: 3 }, (_, i) => `10.${side}.${i}.9`);
  return { client: spares(100), server: spares(200), link: linkProfile(moving) };
}

function changesOfAddresses(moving: Dice): Scenario["actions"] {
  const isNomad = moving.happens(0.4);
  return Array.from({ length: moving.integer(1, isNomad ? 20 : 8) }, () => {
    const who: Who = isNomad ? "client" : moving.pick(["client", "server"]);
    const kind = isNomad
      ? "move"
      : moving.pick(["add-address", "add-address", "remove-address", "peer-primary"] as const);
    return { atMs: moving.integer(0, HEAL_AT_MS), action: { kind, who, pick: moving.integer(0, 9) } };
  });
}

/** Half of the seeds begin streams anew, some of them all the time. */
function reconfigurations(resets: Dice): Scenario["actions"] {
  const count = resets.pick([0, 0, resets.integer(1, 5), resets.integer(5, 60)]);
  // With requests for the other side's streams it cannot be seen from outside which reset is whose.
  const directions = resets.happens(0.6)
    ? (["outgoing"] as const)
    : (["outgoing", "incoming", "both"] as const);
  return Array.from({ length: count }, () => {
    const who: Who = resets.pick(["client", "server"]);
    const atMs = resets.integer(0, HEAL_AT_MS);
    const kind = resets.pick(["reset", "reset", "reset", "reset", "reset-all", "add-streams"] as const);
    if (kind === "reset-all") return { atMs, action: { kind, who } };
    if (kind === "add-streams")
      return { atMs, action: { kind, who, inbound: resets.integer(0, 3), outbound: resets.integer(0, 3) } };
    const bits = resets.happens(0.3) ? 0 : resets.integer(1, 0xf_ffff);
    return { atMs, action: { kind, who, direction: resets.pick(directions), bits } };
  });
}

function actions(dice: Dice, limits: Dice, pathCount: number, isNatted: boolean): Scenario["actions"] {
  const list: Array<{ readonly atMs: number; readonly action: Action }> = [];
  const at = (action: Action, latestMs: number = HEAL_AT_MS): number => {
    const atMs = dice.integer(0, latestMs);
    list.push({ atMs, action });
    return atMs;
  };
  const who = (): Who => dice.pick(["client", "server"]);
  const path = (): number => dice.integer(0, pathCount - 1);
  const limit = limitDrawer(limits);
  for (let i = dice.integer(0, 150); i > 0; i--) {
    const bytes = dice.pick([dice.integer(1, 50), dice.integer(1, 1_500), dice.integer(1, 20_000)]);
    const [sender, streamId, unordered] = [who(), dice.integer(0, 19), dice.happens(0.2)];
    at({ kind: "send", who: sender, streamId, bytes, unordered, reliability: limit() });
  }
  for (let i = dice.integer(0, 2 * pathCount); i > 0; i--) {
    const cutPath = path();
    const atMs = at({ kind: "cut", path: cutPath, way: dice.pick(["both", "there", "back"]) });
    list.push({ atMs: atMs + dice.integer(10, 30_000), action: { kind: "mend", path: cutPath } });
  }
  if (dice.happens(0.2)) at({ kind: "shrink", path: path(), mtuBytes: dice.integer(600, 1_400) });
  if (isNatted) for (let i = dice.integer(1, 4); i > 0; i--) at({ kind: "rebind" });
  if (dice.happens(0.4)) {
    const reader = who();
    const atMs = at({ kind: "pause", who: reader });
    list.push({ atMs: atMs + dice.integer(10, 20_000), action: { kind: "resume", who: reader } });
  }
  if (dice.happens(0.3)) at({ kind: "primary", who: who(), path: path() });
  if (dice.happens(0.3)) at({ kind: "heartbeat", who: who(), path: path() });
  if (dice.happens(0.2)) at({ kind: "restart", who: who() });
  if (pathCount > 1 && dice.happens(0.15)) at({ kind: "lose-address", who: who(), path: path() });
  if (dice.happens(0.5)) at({ kind: "shutdown", who: who() });
  if (dice.happens(0.2)) at({ kind: "shutdown", who: who() });
  if (dice.happens(0.08)) at({ kind: "abort", who: who() });
  return list;
}
