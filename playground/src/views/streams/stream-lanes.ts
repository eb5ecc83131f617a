/**
 * The streams of one direction: what the sender has queued and outstanding, what the receiver holds, and what waits for what.
 * Owns: putting both ends' knowledge together, stream by stream, in words too. Does not own: the knowledge (snapshot.ts), the look
 * (streams-view.tsx).
 */
import type { AssociationSnapshot, Snapshot, StreamSnapshot } from "../../session/snapshot.ts";

/** A chunk, or a message, as a block in its lane. */
export interface LaneBlock {
  /** What a lane's blocks are told apart by. */
  readonly key: string;
  /** `queued`: has no TSN; `flying`: sent; `lost`: to be sent again; `held`: here, and waits; `ready`: here, for the user to read. */
  readonly kind: "queued" | "flying" | "lost" | "held" | "ready";
  /** Such as "SSN 4". */
  readonly name: string;
  readonly bytes: number;
  /** Undefined for what has none. */
  readonly tsn: number | undefined;
  /** Others stand behind it: it is why they wait. */
  readonly isAwaited: boolean;
  /** What it is at, as a sentence. */
  readonly says: string;
}

export interface Lane {
  readonly streamId: number;
  readonly priority: number;
  readonly weight: number;
  /** The number that the receiver gives its user next. */
  readonly nextNumber: number;
  /** Waiting at the sender, in a sum. */
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** Sent and not here, by TSN. */
  readonly underWay: readonly LaneBlock[];
  /** Here and not with the user, by TSN. */
  readonly held: readonly LaneBlock[];
  /** Why nothing of what is held is delivered; empty where that is not so. */
  readonly waitsFor: string;
  /** What is held stands behind something that is missing: head-of-line blocking. */
  readonly isBlocked: boolean;
}

/** One way of an association. */
export interface Direction {
  readonly from: string;
  readonly to: string;
  readonly scheduler: string;
  readonly isInterleaved: boolean;
  readonly lanes: readonly Lane[];
  /** The TSN that everything is waited for first; undefined where there is no gap. */
  readonly missingTsn: number | undefined;
}

/** Both ways of the newest association of the first host that has one, the busier first. */
export function directions({ hosts }: Snapshot): Direction[] {
  for (const { name, associations } of hosts) {
    const end = associations.at(-1);
    if (end === undefined) continue;
    const peer = end.peer === undefined ? undefined : hosts.find((host) => host.name === end.peer);
    const other = peer?.associations.findLast(({ localTag }) => localTag === end.peerTag);
    const peerName = end.peer ?? "the peer";
    return [direction(name, peerName, end, other), direction(peerName, name, other, end)];
  }
  return [];
}

function direction(
  from: string,
  to: string,
  sender: AssociationSnapshot | undefined,
  receiver: AssociationSnapshot | undefined,
): Direction {
  const sent = new Map(sender?.streams.map((stream) => [stream.streamId, stream]));
  const received = new Map(receiver?.streams.map((stream) => [stream.streamId, stream]));
  const isInterleaved = (sender ?? receiver)?.status.isInterleaved ?? false;
  const ids = [...new Set([...sent.keys(), ...received.keys()])].sort((a, b) => a - b);
  const lanes = ids.map((streamId) =>
    lane(streamId, sent.get(streamId), received.get(streamId), sender, receiver, isInterleaved),
  );
  const { peerCumulative = 0, peerHighest = 0 } = receiver?.tsns ?? {};
  return {
    from,
    to,
    scheduler: sender?.scheduler ?? "",
    isInterleaved,
    // What a stream only sends the other way belongs there.
    lanes: lanes.filter((each) => hasCome(each) || each.nextNumber > 0),
    missingTsn: peerHighest === peerCumulative ? undefined : (peerCumulative + 1) >>> 0,
  };
}

function hasCome({ queuedMessages, underWay, held }: Lane): boolean {
  return queuedMessages > 0 || underWay.length > 0 || held.length > 0;
}

function lane(
  streamId: number,
  sent: StreamSnapshot | undefined,
  received: StreamSnapshot | undefined,
  sender: AssociationSnapshot | undefined,
  receiver: AssociationSnapshot | undefined,
  isInterleaved: boolean,
): Lane {
  const { priority = 0, weight = 1, queuedMessages = 0, queuedBytes = 0 } = sent ?? {};
  const { nextNumber = 0, waitsFor = "", behindTsns = [] } = received ?? {};
  const here = received?.held ?? [];
  const isBlocked = here.some((message) => message.waitsFor !== "user");
  const awaited = new Set(behindTsns);
  const hereTsns = new Set(here.map(({ tsn }) => tsn));
  const word = isInterleaved ? "MID" : "SSN";
  const underWay = (sender?.outstanding ?? [])
    .filter((chunk) => chunk.streamId === streamId && chunk.state !== "abandoned")
    .filter(({ tsn }) => !hasArrived(tsn, receiver) && !hereTsns.has(tsn))
    // What a gap block has told of, and what the user has been given, is not under way.
    .filter(({ state, unordered, number }) => {
      const isGiven = received !== undefined && !unordered && isBefore(number, nextNumber, isInterleaved);
      return state !== "acknowledged" && !isGiven;
    })
    .map(({ tsn, number, unordered, payloadBytes, state, transmitCount }): LaneBlock => {
      const isLost = state === "to be sent again";
      const again = transmitCount > 1 ? `, sent ${transmitCount} times` : "";
      const name = unordered ? "unordered" : `${word} ${number}`;
      return {
        key: `out ${tsn}`,
        kind: isLost ? "lost" : "flying",
        name,
        bytes: payloadBytes,
        tsn,
        isAwaited: awaited.has(tsn),
        says: `TSN ${tsn}, ${name}: ${isLost ? "lost, to be sent again" : `not known to have arrived${again}`}`,
      };
    });
  const held = here.map(({ number, unordered, tsn, payloadBytes, waitsFor: why }): LaneBlock => {
    const name = unordered ? "unordered" : `${word} ${number}`;
    return {
      key: `in ${tsn}`,
      kind: why === "user" ? "ready" : "held",
      name,
      bytes: payloadBytes,
      tsn,
      isAwaited: false,
      says: `TSN ${tsn}, ${name}: ${HELD_TEXTS[why]}`,
    };
  });
  return {
    streamId,
    priority,
    weight,
    nextNumber,
    queuedMessages,
    queuedBytes,
    underWay,
    held,
    waitsFor,
    isBlocked,
  };
}

const HELD_TEXTS = {
  order: "here, and stands behind an earlier message of its stream",
  fragments: "here in part",
  delivery: "here, and stands behind a message of which the user has the beginning",
  reset: "here, and stands behind a reset of the stream",
  user: "ready for the user, who does not read",
} as const;

/** By their order in a stream: SSNs have 16 bits, MIDs 32. */
function isBefore(number: number, other: number, isInterleaved: boolean): boolean {
  return isInterleaved ? (number - other) >> 0 < 0 : ((number - other) << 16) >> 16 < 0;
}

/** Whether the receiver has everything up to a TSN. */
function hasArrived(tsn: number, receiver: AssociationSnapshot | undefined): boolean {
  return receiver !== undefined && (receiver.tsns.peerCumulative - tsn) >> 0 >= 0;
}

/** The direction in a sentence: how many streams stand behind what, and how many do not. */
export function directionText({ lanes, missingTsn }: Direction): string {
  const blocked = lanes.filter(({ isBlocked }) => isBlocked);
  if (lanes.length === 0) return "Nothing has been sent this way.";
  if (blocked.length === 0)
    return missingTsn === undefined
      ? "Nothing is held up."
      : `TSN ${missingTsn} is missing, and no stream is held up by it.`;
  const which = blocked.map(({ streamId }) => streamId).join(", ");
  const names = blocked.length === 1 ? `Stream ${which} is` : `Streams ${which} are`;
  const others = lanes.length - blocked.length;
  const rest = others === 0 ? "" : `; ${others === 1 ? "the other one is" : `the other ${others} are`} not`;
  return `${names} held up${rest}.`;
}
