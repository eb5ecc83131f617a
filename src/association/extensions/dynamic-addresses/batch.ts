/**
 * What goes into one ASCONF, and where it leaves from (RFC 5061 4.1.1, 5.3).
 * Owns: which of the changes that wait may go together, in which order and under which names; the address that it leaves from, and the
 * one by which the peer finds the association.
 * Does not own: its number and its timer (requester.ts).
 *
 * Where an address may not be named, the wildcard stands for it, and the packet has to leave from it: one such address at a time.
 */
import { ParameterType } from "../../../chunks/codes.ts";
import type { Parameter } from "../../../chunks/parameters.ts";
import { addressFamily } from "../../../platform/address.ts";
import type { Change } from "./announcer.ts";
import type { OwnAddresses } from "./own-addresses.ts";

/** Of a parameter with an IPv6 address, and of one with an IPv4 address (4.2.1). */
const LONGEST_PARAMETER_BYTES = 28;
const PARAMETER_NAMES = {
  add: { kind: "Add IP Address", type: ParameterType.AddIpAddress },
  remove: { kind: "Delete IP Address", type: ParameterType.DeleteIpAddress },
  "set-primary": { kind: "Set Primary Address", type: ParameterType.SetPrimaryAddress },
} as const;
/** Added first, removed last: no address is missed in between (5.3 F5, 5.4). */
const ORDER: ReadonlyArray<Change["kind"]> = ["add", "set-primary", "remove"];

/** One parameter, and the changes that it stands for. */
export interface Asked {
  readonly changes: readonly Change[];
  readonly correlationId: number;
  readonly parameter: Parameter;
}

/** What is asked in one chunk. */
export interface Batch {
  readonly asked: readonly Asked[];
  /** What its wildcards stand for: it has to leave from there. */
  readonly leavesFrom: string | undefined;
}

/** Changes that go into one chunk. */
interface Selection {
  readonly changes: Change[];
  leavesFrom: string | undefined;
}

/**
 * Takes what goes into the next chunk out of what waits.
 * @param roomBytes for its parameters
 * @param nextId gives another correlation id each time
 * @returns undefined where all has to wait
 */
export function takeBatch(
  waiting: Change[],
  own: OwnAddresses,
  roomBytes: number,
  nextId: () => number,
): Batch | undefined {
  const selection = select(waiting, own, Math.max(1, Math.floor(roomBytes / LONGEST_PARAMETER_BYTES)));
  const { changes, leavesFrom } = selection;
  if (changes.length === 0) return undefined;
  for (const change of changes) waiting.splice(waiting.indexOf(change), 1);
  changes.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const asked: Asked[] = [];
  const nameless = changes.filter(({ kind, address }) => kind === "remove" && !own.mayBeNamed(address));
  for (const change of changes) {
    if (nameless.includes(change) && change !== nameless[0]) continue; // One parameter removes them all.
    const address = own.mayBeNamed(change.address)
      ? change.address
      : wildcardLike(leavesFrom ?? change.address);
    const correlationId = nextId();
    const parameter: Parameter = { ...PARAMETER_NAMES[change.kind], correlationId, address };
    asked.push({ changes: nameless.includes(change) ? nameless : [change], correlationId, parameter });
  }
  return { asked, leavesFrom };
}

function select(waiting: readonly Change[], own: OwnAddresses, maxCount: number): Selection {
  const selection: Selection = { changes: [], leavesFrom: undefined };
  const seen = new Set<string>();
  for (const change of waiting) {
    if (selection.changes.length >= maxCount) break;
    // What is said of one address is said in its order, in a chunk for each.
    const isFirst = !seen.has(change.address) || isPrimaryOfAdded(change, selection.changes);
    seen.add(change.address);
    if (!isFirst || !isDue(change, waiting, own)) continue;
    const leavesFrom = own.mayBeNamed(change.address) ? undefined : sourceOf(change, waiting, own);
    if (leavesFrom !== undefined && selection.leavesFrom !== undefined && leavesFrom !== selection.leavesFrom)
      continue;
    selection.leavesFrom ??= leavesFrom;
    selection.changes.push(change);
  }
  return selection;
}

/** 5.4: an address may be made the primary one in the chunk that adds it. */
function isPrimaryOfAdded({ kind, address }: Change, taken: readonly Change[]): boolean {
  return kind === "set-primary" && taken.some((each) => each.kind === "add" && each.address === address);
}

/**
 * An address that works, and is the only one that the peer knows, is removed when it knows another: so something can be sent all the
 * time. One that is gone already is removed along with what is added (5.3.2).
 */
function isDue({ kind, address }: Change, waiting: readonly Change[], own: OwnAddresses): boolean {
  if (kind !== "remove" || !own.isThere(address)) return true;
  const removed = new Set(waiting.flatMap((each) => (each.kind === "remove" ? [each.address] : [])));
  return own.usable.some((known) => !removed.has(known));
}

/** Where a change without a name has to leave from: a removal from what stays. */
function sourceOf(change: Change, waiting: readonly Change[], own: OwnAddresses): string {
  if (change.kind !== "remove") return change.address;
  const [stays] = staying(waiting.slice(0, waiting.indexOf(change) + 1), own);
  return stays ?? change.address;
}

/** The addresses that the peer will know once those changes are done. */
export function staying(changes: readonly Change[], own: OwnAddresses): readonly string[] {
  const addresses = new Set(own.known.filter((address) => !own.isLeaving(address)));
  for (const { kind, address } of changes) {
    if (kind === "add") addresses.add(address);
    if (kind === "remove") addresses.delete(address);
  }
  return [...addresses];
}

/** The address by which the peer finds the association: one that it knows, and by that name; else whatever else the packet says. */
export function lookupParameter(localAddress: string, own: OwnAddresses): Parameter {
  const { known } = own;
  const named = [localAddress, ...known].find(
    (address) => known.includes(address) && own.mayBeNamed(address),
  );
  const address = named ?? wildcardLike(localAddress);
  return addressFamily(address) === 4
    ? { kind: "IPv4 Address", type: ParameterType.Ipv4Address, address }
    : { kind: "IPv6 Address", type: ParameterType.Ipv6Address, address };
}

function wildcardLike(address: string): string {
  return addressFamily(address) === 4 ? "0.0.0.0" : "::";
}
