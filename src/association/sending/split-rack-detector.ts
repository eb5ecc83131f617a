/**
 * Loss by time (RACK-TLP) where DATA goes to several paths at once.
 * Owns: which SACKs tell of which path, the recovery of each path by itself. Does not own: the rules (rack-loss-detector.ts), which know of
 * one path at a time already.
 */
import type { DuplicateReports, TimedChunks } from "./loss-detector.ts";
import { RackLossDetector, type RackPath } from "./rack-loss-detector.ts";
import type { SentChunk } from "./sent-chunk.ts";
import { SplitRecovery } from "./split-recovery.ts";

export class SplitRackDetector extends RackLossDetector {
  readonly recovery: SplitRecovery = new SplitRecovery();
  /** SACKs since the earliest outstanding TSN of a path moved that told of more there: gaps that other paths leave tell nothing. */
  #reports = new WeakMap<RackPath["path"], number>();

  /** What went to several addresses does not say by which it came, and so nothing of what was sent before it on the last one. */
  override onAcked(chunk: SentChunk, nowMs: number): void {
    if (!chunk.sentElsewhere) super.onAcked(chunk, nowMs);
  }

  override onSack(
    sent: TimedChunks,
    inFastRecovery: boolean,
    nowMs: number,
    duplicates: DuplicateReports,
  ): boolean {
    for (const path of this.paths.all) {
      const { ackedBytes, ackedEarliest } = path.flight;
      if (ackedBytes > 0) this.#reports.set(path, ackedEarliest === true ? 0 : this.#reportsOn(path) + 1);
    }
    return super.onSack(sent, inFastRecovery, nowMs, duplicates);
  }

  override reset(): void {
    super.reset();
    this.#reports = new WeakMap();
    this.recovery.reset();
  }

  /** Of what has come from another path, that one is the late one. */
  protected override mayDuplicate({ sentElsewhere }: SentChunk): boolean {
    return !sentElsewhere;
  }

  protected override isInFastRecovery({ path }: RackPath): boolean {
    return this.recovery.isActiveOn(path);
  }

  protected override packetsBeyond({ path }: RackPath): number {
    return this.#reportsOn(path);
  }

  #reportsOn(path: RackPath["path"]): number {
    return this.#reports.get(path) ?? 0;
  }
}
