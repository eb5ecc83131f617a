/**
 * The control blocks of both ends as rows of a table, and what has changed in them since the step before.
 * Owns: which rows there are, by the names of RFC 9260 14, their values as text, their meaning. Does not own: the look
 * (state-view.tsx), the values (sctpkit).
 */
import type { PathInfo } from "../../../../src/core.ts";
import type { AssociationSnapshot } from "../../session/snapshot.ts";

/** What one end says in a row. */
export interface Cell {
  readonly text: string;
  /** What it said a step before; undefined where that is the same, or not known. */
  readonly was: string | undefined;
}

export interface ControlRow {
  /** The RFC's name. */
  readonly term: string;
  readonly section: string;
  readonly meaning: string;
  /** One for each end; undefined where it has no such thing. */
  readonly cells: readonly (Cell | undefined)[];
}

export interface ControlGroup {
  readonly name: string;
  readonly rows: readonly ControlRow[];
}

/** The same end now and a step before. */
export interface EndPair {
  readonly now: AssociationSnapshot | undefined;
  readonly before: AssociationSnapshot | undefined;
}

interface Term<T> {
  readonly term: string;
  readonly section: string;
  readonly meaning: string;
  readonly read: (from: T) => string;
}

const ASSOCIATION_TERMS: readonly Term<AssociationSnapshot>[] = [
  term("State", "4", "Where it stands in the state machine.", ({ state }) => state),
  term("My Verification Tag", "14.2", "The tag that every packet to this end must carry.", ({ localTag }) =>
    tagText(localTag),
  ),
  term(
    "Peer Verification Tag",
    "14.2",
    "The tag that every packet of this end carries; none before the peer has told it.",
    ({ peerTag }) => (peerTag === 0 ? "none yet" : tagText(peerTag)),
  ),
  term(
    "Primary Path",
    "14.2",
    "The destination that user data goes to while it works.",
    ({ status }) => status.primaryAddress,
  ),
  term("Next TSN", "14.2", "The TSN that the next new chunk of user data gets.", ({ tsns }) =>
    String(tsns.next),
  ),
  term(
    "Cumulative TSN Ack Point",
    "6.3.2",
    "Everything sent up to this TSN has been acknowledged.",
    ({ tsns }) => String(tsns.cumulativeAckPoint),
  ),
  term("Last Rcvd TSN", "14.2", "Everything of the peer's up to this TSN has come.", ({ tsns }) =>
    String(tsns.peerCumulative),
  ),
  term("Mapping Array", "14.2", "What has come behind a gap.", ({ tsns }) =>
    tsns.peerHighest === tsns.peerCumulative ? "no gap" : `up to ${tsns.peerHighest}, with gaps`,
  ),
  term(
    "Peer Rwnd",
    "14.2",
    "How much user data the peer can still take, by this end's account.",
    ({ status }) => bytes(status.peerRwndBytes),
  ),
  term("a_rwnd", "6.2.1", "How much user data this end has room for.", ({ status }) =>
    bytes(status.localRwndBytes),
  ),
  term(
    "Receive Buffer",
    "14.2",
    "What is held for the user, of what the buffer can hold.",
    ({ status }) => `${count(status.heldBytes)} of ${bytes(status.receiveBufferBytes)}`,
  ),
  term(
    "Out Queue",
    "14.4",
    "Chunks that have been sent and not acknowledged, and bytes that have not been sent.",
    ({ status }) => `${count(status.unackedChunks)} out, ${bytes(status.pendingBytes)} wait`,
  ),
  term("Inbound Streams", "14.2", "How many streams the peer may send on.", ({ status }) =>
    count(status.inboundStreams),
  ),
  term("Outbound Streams", "14.2", "How many streams this end may send on.", ({ status }) =>
    count(status.outboundStreams),
  ),
  term(
    "Retransmitted chunks",
    "11.1.8",
    "How many chunks were sent again; of those by fast retransmit; timeouts of T3-rtx.",
    ({ stats }) =>
      `${count(stats.retransmittedChunks)} (${count(stats.fastRetransmits)} fast, ${count(stats.timeouts)} timeouts)`,
  ),
];

const PATH_TERMS: readonly Term<PathInfo>[] = [
  term("state", "14.3", "Whether the destination answers: then it is active.", ({ state, isPrimary }) =>
    isPrimary ? `${state}, primary` : state,
  ),
  term("cwnd", "7.2", "Congestion window: how much may be in flight there.", ({ cwndBytes }) =>
    bytes(cwndBytes),
  ),
  term(
    "ssthresh",
    "7.2",
    "Below it cwnd grows in slow start, above it in congestion avoidance.",
    ({ ssthreshBytes }) => (ssthreshBytes >= 0x7fff_ffff ? "unlimited" : bytes(ssthreshBytes)),
  ),
  term(
    "partial bytes acked",
    "7.2.2",
    "Acknowledged since cwnd last grew in congestion avoidance.",
    ({ partialBytesAcked }) => bytes(partialBytesAcked),
  ),
  term("flightsize", "7.2.1", "Sent there and not acknowledged.", ({ flightBytes }) => bytes(flightBytes)),
  term("SRTT", "6.3.1", "Smoothed round-trip time.", ({ srttMs }) => milliseconds(srttMs)),
  term("RTTVAR", "6.3.1", "How much the round-trip time varies.", ({ rttvarMs }) => milliseconds(rttvarMs)),
  term(
    "RTO",
    "6.3.1",
    "How long an acknowledgement is waited for; it doubles with each timeout.",
    ({ rtoMs }) => milliseconds(rtoMs),
  ),
  term(
    "Error Count",
    "14.3",
    "Errors in a row, and how many it may have before it counts as inactive.",
    ({ errorCount, pathMaxRetrans }) => `${errorCount} of ${pathMaxRetrans}`,
  ),
  term("PMTU", "7.3", "The largest SCTP packet that is sent there.", ({ maxPacketBytes }) =>
    bytes(maxPacketBytes),
  ),
];

/** The rows of two ends, those of the association first, then those of each path. */
export function controlGroups(ends: readonly EndPair[]): ControlGroup[] {
  const groups: ControlGroup[] = [
    {
      name: "Association",
      rows: ASSOCIATION_TERMS.map((each) => row(each, ends)),
    },
  ];
  for (const addresses of pathPairs(ends)) {
    const paths = ends.map(({ now, before }, i) => ({
      now: pathTo(now, addresses[i]),
      before: pathTo(before, addresses[i]),
    }));
    groups.push({
      name: `Path ${addresses.map((address) => (address === undefined ? "none" : `to ${address}`)).join(" / ")}`,
      rows: PATH_TERMS.map((each) => row(each, paths)),
    });
  }
  return groups;
}

/** The destinations of both ends, those of one cable together: an end's path leads to where the other's leaves from. */
function pathPairs(ends: readonly EndPair[]): (string | undefined)[][] {
  const [first, second] = ends.map(({ now }) => now?.paths ?? []);
  const left = new Set(second?.map(({ address }) => address));
  const pairs = (first ?? []).map(({ address, localAddress }): (string | undefined)[] => {
    const isThere = left.delete(localAddress);
    return ends.length === 1 ? [address] : [address, isThere ? localAddress : undefined];
  });
  return [...pairs, ...[...left].map((address): (string | undefined)[] => [undefined, address])];
}

function pathTo(end: AssociationSnapshot | undefined, address: string | undefined): PathInfo | undefined {
  return address === undefined ? undefined : end?.paths.find((path) => path.address === address);
}

function row<T>(
  { term: name, section, meaning, read }: Term<T>,
  ends: readonly { readonly now: T | undefined; readonly before: T | undefined }[],
): ControlRow {
  const cells = ends.map(({ now, before }) => {
    if (now === undefined) return undefined;
    const text = read(now);
    const was = before === undefined ? undefined : read(before);
    return { text, was: was === text ? undefined : was };
  });
  return { term: name, section: `RFC 9260 ${section}`, meaning, cells };
}

function term<T>(name: string, section: string, meaning: string, read: (from: T) => string): Term<T> {
  return { term: name, section, meaning, read };
}

function tagText(tag: number): string {
  return `0x${tag.toString(16).padStart(8, "0")}`;
}

/** `1048576` as "1,048,576". */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

function bytes(value: number): string {
  return `${count(value)} B`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? "not measured" : `${Number(value.toFixed(1))} ms`;
}
