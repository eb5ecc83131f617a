/**
 * A moment of a scenario, taken down as plain data.
 * Owns: what of the running hosts is told, and why what has come is held, in words: the other end knows under which TSN the
 * missing message goes. Does not own: the form (snapshot.ts), when one is taken (the worker).
 */
import type {
  AssociationInspection,
  HeldMessage,
  InboundQueue,
  OutboundQueue,
  OutstandingChunk,
} from "../../../src/core.ts";
import type { ScenarioRun, SimAssociation, SimHost } from "../../../src/sim/index.ts";
import type { PathsSnapshot } from "./series-recorder.ts";
import type { AssociationSnapshot, HostSnapshot, Snapshot, StreamSnapshot } from "./snapshot.ts";

/** A list is told of so far; a view shows no more at once. */
const MAX_LISTED = 256;
/** An end that is gone is told of for so long after it has begun: the newest of a host. */
const MAX_ASSOCIATIONS = 16;

/** Changes nothing in the run. */
export function takeSnapshot(run: ScenarioRun): Snapshot {
  const { nowMs, isOver, hosts } = run;
  const inspections = new Inspections();
  return {
    nowMs,
    durationMs: run.scenario.durationMs,
    isOver,
    hosts: hosts.map((host) => hostSnapshot(host, hosts, inspections)),
  };
}

/** What a recorder takes down of it: the newest end of each host, from the outside. */
export function takePaths({ nowMs, hosts }: ScenarioRun): PathsSnapshot {
  return {
    nowMs,
    hosts: hosts.map(({ name, associations }) => ({
      name,
      associations: associations.slice(-1).map(({ association }) => ({
        id: associations.length,
        status: association.status(),
        // They cost more than the rest, and nobody asks for them where nothing else has changed.
        get stats() {
          return association.stats;
        },
        paths: association.paths(),
      })),
    })),
  };
}

/** Looks at each end once, though its peer asks for it, too. */
class Inspections {
  readonly #made = new Map<SimAssociation, AssociationInspection>();

  of(user: SimAssociation): AssociationInspection {
    const made = this.#made.get(user) ?? user.association.inspect();
    this.#made.set(user, made);
    return made;
  }
}

function hostSnapshot(host: SimHost, hosts: readonly SimHost[], inspections: Inspections): HostSnapshot {
  const { name, addresses, associations } = host;
  const firstId = Math.max(0, associations.length - MAX_ASSOCIATIONS);
  return {
    name,
    addresses: [...addresses],
    associations: associations
      .slice(firstId)
      .map((user, i) => associationSnapshot(user, firstId + i + 1, otherEnd(user, host, hosts), inspections)),
  };
}

/** The end at another host that has this one's tags, the other way round. */
function otherEnd(
  { association }: SimAssociation,
  host: SimHost,
  hosts: readonly SimHost[],
): SimAssociation | undefined {
  const { localTag, peerTag } = association;
  if (peerTag === 0) return undefined;
  for (const other of hosts) {
    if (other === host) continue;
    const found = other.associations.findLast(
      (user) => user.association.localTag === peerTag && [localTag, 0].includes(user.association.peerTag),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param id among those that the host has had */
function associationSnapshot(
  user: SimAssociation,
  id: number,
  other: SimAssociation | undefined,
  inspections: Inspections,
): AssociationSnapshot {
  const { association } = user;
  const { state, localPort, remotePort, localTag, peerTag, options, stats } = association;
  const inspection = inspections.of(user);
  const { nextTsn, cumulativeTsnAckPoint, peerCumulativeTsn, peerHighestTsn } = inspection;
  const theirs = other === undefined ? [] : inspections.of(other).outstanding;
  return {
    id,
    peer: other?.host.name,
    state,
    localPort,
    remotePort,
    localTag,
    peerTag,
    scheduler: options.streamScheduler,
    tsns: {
      next: nextTsn,
      cumulativeAckPoint: cumulativeTsnAckPoint,
      peerCumulative: peerCumulativeTsn,
      peerHighest: peerHighestTsn,
    },
    status: association.status(),
    stats,
    paths: association.paths(),
    timers: (state === "CLOSED" ? [] : inspection.timers)
      .map(({ timer, address, deadlineMs }) => ({ name: timer, path: address, dueMs: deadlineMs }))
      .sort((a, b) => a.dueMs - b.dueMs),
    outstanding: inspection.outstanding.slice(0, MAX_LISTED),
    streams: streamSnapshots(
      inspection.outboundQueues,
      inspection.inboundQueues,
      theirs,
      association.isInterleaved,
    ),
  };
}

function streamSnapshots(
  outbound: readonly OutboundQueue[],
  inbound: readonly InboundQueue[],
  theirs: readonly OutstandingChunk[],
  isInterleaved: boolean,
): StreamSnapshot[] {
  const outgoing = new Map(outbound.map((queue) => [queue.streamId, queue]));
  const incoming = new Map(inbound.map((queue) => [queue.streamId, queue]));
  const ids = [...new Set([...outgoing.keys(), ...incoming.keys()])].sort((a, b) => a - b);
  return ids.map((streamId) => {
    const {
      queuedMessages = 0,
      queuedBytes = 0,
      outstandingBytes = 0,
      priority = 0,
      weight = 1,
    } = outgoing.get(streamId) ?? {};
    const { nextNumber = 0, held = [] } = incoming.get(streamId) ?? {};
    const [first] = held.filter(({ waitsFor }) => waitsFor !== "user");
    const behindTsns = first === undefined ? [] : missingTsns(streamId, first, nextNumber, theirs);
    return {
      streamId,
      bufferedBytes: queuedBytes + outstandingBytes,
      queuedMessages,
      queuedBytes,
      priority,
      weight,
      heldBytes: held.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0),
      nextNumber,
      held: held.slice(0, MAX_LISTED),
      behindTsns,
      waitsFor: waitingText(first ?? held[0], nextNumber, behindTsns, isInterleaved),
    };
  });
}

/** Of what the other end has outstanding, the TSNs that a held message waits for: those that have not come. */
function missingTsns(
  streamId: number,
  { waitsFor, number, unordered, tsn }: HeldMessage,
  nextNumber: number,
  theirs: readonly OutstandingChunk[],
): number[] {
  const isMissing = (chunk: OutstandingChunk): boolean =>
    chunk.state !== "acknowledged" && chunk.streamId === streamId && chunk.tsn !== tsn;
  const isWanted = (chunk: OutstandingChunk): boolean => {
    if (waitsFor === "order") return !chunk.unordered && chunk.number === nextNumber;
    return waitsFor === "fragments" && chunk.unordered === unordered && chunk.number === number;
  };
  return theirs.filter((chunk) => isMissing(chunk) && isWanted(chunk)).map((chunk) => chunk.tsn);
}

function waitingText(
  held: HeldMessage | undefined,
  nextNumber: number,
  behindTsns: readonly number[],
  isInterleaved: boolean,
): string {
  if (held === undefined) return "";
  const word = isInterleaved ? "MID" : "SSN";
  const [tsn] = behindTsns;
  const where = tsn === undefined ? "" : `, which TSN ${tsn} carries`;
  switch (held.waitsFor) {
    case "order":
      return `${word} ${held.number} is here and stands behind ${word} ${nextNumber}${where}`;
    case "fragments":
      return tsn === undefined
        ? "a message is here in part"
        : `a message is here in part; TSN ${tsn} is missing`;
    case "delivery":
      return "stands behind a message of which the user has the beginning";
    case "reset":
      return "stands behind a reset of the stream";
    case "user":
      return "is ready, and the user does not read";
  }
}
