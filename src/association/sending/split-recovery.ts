/**
 * Fast Recovery of each path by itself, where DATA goes to several at once (draft-tuexen-tsvwg-sctp-multipath 3.1, 3.2).
 * Owns: which paths are making good what they have lost, up to which TSN, and for which of them the first packet of a Fast Retransmit
 * has still to go out. Does not own: what counts as lost (loss-detector.ts), the windows (src/congestion), the one Fast Recovery of an
 * association that uses one path at a time (fast-recovery.ts).
 *
 * A path's cumulative ack is what lies below the earliest TSN that is outstanding there (the draft's pseudo cumulative ack): what other
 * paths have still to deliver neither prolongs its recovery nor stops its window.
 */
import { tsnGt } from "../../base/serial.ts";
import type { Path } from "../paths/path.ts";
import type { Recovery, SettledChunks } from "./fast-recovery.ts";

/** One path. */
interface PathRecovery {
  readonly path: Path;
  isActive: boolean;
  /** It was when the SACK at hand came. */
  wasActive: boolean;
  retransmitDue: boolean;
  exitTsn: number;
}

export class SplitRecovery implements Recovery {
  /** Of the paths that have lost something. */
  readonly #paths: PathRecovery[] = [];

  get isActive(): boolean {
    return this.#paths.some(({ isActive }) => isActive);
  }

  isActiveOn(path: Path): boolean {
    return this.#of(path)?.isActive === true;
  }

  wasActiveOn(path: Path): boolean {
    return this.#of(path)?.wasActive === true;
  }

  retransmitDueOn(path: Path): boolean {
    return this.#of(path)?.retransmitDue === true;
  }

  beginSack(): void {
    for (const each of this.#paths) each.wasActive = each.isActive;
  }

  onSettled(sent: SettledChunks): void {
    for (const each of this.#paths) {
      if (!each.isActive) continue;
      const earliest = sent.earliestOn(each.path.flight);
      each.isActive = earliest !== undefined && !tsnGt(earliest, each.exitTsn);
    }
  }

  enter(highestTsn: number, path: Path): void {
    let recovery = this.#of(path);
    if (recovery === undefined) {
      recovery = { path, isActive: false, wasActive: false, retransmitDue: false, exitTsn: 0 };
      this.#paths.push(recovery);
    }
    recovery.isActive = true;
    recovery.retransmitDue = true;
    recovery.exitTsn = highestTsn;
  }

  cancelRetransmit(path?: Path): void {
    for (const each of this.#paths) if (path === undefined || each.path === path) each.retransmitDue = false;
  }

  reset(path?: Path): void {
    for (const each of this.#paths) {
      if (path !== undefined && each.path !== path) continue;
      each.isActive = false;
      each.retransmitDue = false;
    }
  }

  forget(path: Path): void {
    const index = this.#paths.findIndex((each) => each.path === path);
    if (index !== -1) this.#paths.splice(index, 1);
  }

  #of(path: Path): PathRecovery | undefined {
    for (const each of this.#paths) if (each.path === path) return each;
    return undefined;
  }
}
