/**
 * What a part of an association needs to be tested by itself: a seat of the test's own, paths, and stand-ins for other parts.
 * Owns: noting in order what is asked of the seat. Does not own: any stack, what is right (the tests).
 */
import type { AssociationNews } from "../../src/association/model/events.ts";
import { GrowthBudget } from "../../src/association/model/growth-budget.ts";
import type { PacketLimits } from "../../src/association/model/packet-limits.ts";
import { Scratch } from "../../src/association/model/scratch.ts";
import type { Route, Seat } from "../../src/association/model/seat.ts";
import { Path, type PathInit } from "../../src/association/paths/path.ts";
import { RetransmissionTimeout } from "../../src/association/paths/rto.ts";
import { associationOptions, NEVER_EXCEEDED } from "../../src/base/options.ts";
import type { DropReason } from "../../src/base/trace-sink.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { Rfc9260Controller } from "../../src/congestion/rfc9260.ts";
import type { AddressFamily } from "../../src/platform/address.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { PortableHmac } from "../../src/platform/portable-hmac.ts";
import { SeededRandom } from "../../src/platform/random.ts";

export const TEST_PLATFORM: Platform = {
  random: new SeededRandom(1),
  hmac: new PortableHmac(),
  allocate: (lengthBytes) => new Uint8Array(lengthBytes),
};

/** A packet that outlives its association. */
export interface LastWord {
  readonly verificationTag: number;
  readonly chunks: readonly Chunk[];
  readonly address: string;
}

export class TestSeat implements Seat {
  readonly platform: Platform = TEST_PLATFORM;
  readonly allocate: (lengthBytes: number) => Uint8Array = TEST_PLATFORM.allocate;
  readonly trace: undefined = undefined;
  readonly scratch: Scratch = new Scratch();
  readonly growth: GrowthBudget = new GrowthBudget(0);
  /** What was asked, in order, by its name; with what else a test writes there. */
  readonly log: string[] = [];
  readonly news: AssociationNews[] = [];
  readonly lastWords: LastWord[] = [];
  readonly drops: Array<{ readonly reason: DropReason; readonly detail: string }> = [];
  /** Addresses that are this association's, and another one's. */
  readonly claimed: Set<string> = new Set();
  readonly taken: Set<string> = new Set();
  /** Where packets leave from. */
  localAddress = "10.0.0.1";
  /** What the peer is told. */
  advertised: readonly string[] = [];
  told: readonly string[] = [];

  touch(): void {
    this.log.push("touch");
  }
  emit(news: AssociationNews): void {
    this.log.push(`emit ${news.kind}`);
    this.news.push(news);
  }
  sendDetached(verificationTag: number, chunks: readonly Chunk[], { address }: Route): void {
    this.log.push(`send ${chunks.map(({ kind }) => kind).join("+")}`);
    this.lastWords.push({ verificationTag, chunks, address });
  }
  claimAddress(address: string): boolean {
    if (this.taken.has(address)) return false;
    this.claimed.add(address);
    return true;
  }
  unclaimAddress(address: string): void {
    this.claimed.delete(address);
  }
  release(): void {
    this.log.push("release");
  }
  countDrop(reason: DropReason, detail: string): void {
    this.drops.push({ reason, detail });
  }
  mayProbe(): boolean {
    return true;
  }
  localAddressFor(): string {
    return this.localAddress;
  }
  advertisedAddresses(): readonly string[] {
    return this.advertised;
  }
  tell(addresses: readonly string[], anew = false): void {
    this.told = anew ? addresses : [...this.told, ...addresses];
  }
  isTold(): boolean {
    return true;
  }
  beforeChange(): void {
    this.log.push("before change");
  }
  hasAddress(): boolean {
    return true;
  }
  canReach(): boolean {
    return true;
  }
  packetLimits(): PacketLimits {
    return { maxBytes: 65_507, cutFromBytes: undefined };
  }
  addressFamilies(): readonly AddressFamily[] {
    return [4];
  }
}

export function testPath(address: string, more: Partial<PathInit> = {}): Path {
  return new Path({
    address,
    localAddress: "10.0.0.1",
    remoteUdpPort: 9_899,
    confirmed: true,
    maxPacketBytes: 1_200,
    congestion: new Rfc9260Controller(1_188, 4),
    rto: new RetransmissionTimeout(1_000, 1_000, 60_000),
    thresholds: associationOptions({ pathMaxRetrans: 2, potentiallyFailedMaxRetrans: NEVER_EXCEEDED }),
    ...more,
  });
}

/** Stands for a part of which a test needs no more than this. */
export function standIn<T>(some: Partial<T>): T {
  return some as T;
}
