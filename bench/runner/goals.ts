/**
 * The goals for speed, and how far a run came. A ratio is taken round by round, and the median of these counts.
 * Owns: each goal's figures and its limit. Does not own: how the figures were found (trial.ts).
 */
import { type Figure, figure, type Row, ratios } from "./report.ts";
import type { SideName } from "./sides.ts";
import { median } from "./statistics.ts";

const RIVALS: readonly SideName[] = ["usrsctp", "usrsctp-128k", "pion"];
const USRSCTP: readonly SideName[] = ["usrsctp", "usrsctp-128k"];
const LINK_MEGABYTES = 100 / 8;

interface Goal {
  readonly what: string;
  readonly limit: number;
  /** Above the limit is good, or below. */
  readonly isAtLeast: boolean;
  readonly measured: number;
  /** The same by what the busier end's CPU time would allow: hardly depends on what else the host does. */
  readonly byCpu?: number;
  /** What that must come to, where it is a goal as well. */
  readonly cpuLimit?: number;
}

export class Goals {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  /** Those of which the run has the figures, as lines of a Markdown table. */
  table(): string[] {
    const known = this.#all().filter(({ measured }) => Number.isFinite(measured));
    if (known.length === 0) return [];
    const lines = known.map(({ what, limit, isAtLeast, measured, byCpu, cpuLimit }) => {
      const isFast = isAtLeast ? measured >= limit : measured <= limit;
      const isMet = isFast && (cpuLimit === undefined || (byCpu ?? 0) >= cpuLimit);
      const wanted = `${isAtLeast ? ">=" : "<="} ${limit}${cpuLimit === undefined ? "" : `, by CPU ${cpuLimit}`}`;
      const cells = [what, wanted, measured.toFixed(2)];
      return `| ${[...cells, byCpu?.toFixed(2) ?? "", isMet ? "yes" : "NO"].join(" | ")} |`;
    });
    return ["| goal | limit | measured | by CPU time | met |", "|---|---|---|---|---|", ...lines];
  }

  #all(): Goal[] {
    return [
      ...[1_000, 1_400, 16_384, 65_536].map((size) =>
        this.#ratio(`${size} B, MB/s against the faster of usrsctp and pion`, 1.2, `oneway ${size}`, RIVALS),
      ),
      ...[1_000, 1_400, 16_384].map((size) => ({
        ...this.#ratio(`${size} B, MB/s against answered datagrams`, 0.85, `oneway ${size}`, [
          "raw-answered",
        ]),
        cpuLimit: 0.9,
      })),
      this.#ratio("64 B, messages/s against usrsctp", 1, "oneway 64", USRSCTP),
      ...[9_000, 65_000].flatMap((mtu) => [16_384, 65_536].flatMap((size) => this.#largePackets(mtu, size))),
      ...[1_000, 16_384].map((size) => this.#cpu(size)),
      this.#atMost("ping-pong p50 against raw datagrams", 1.35, "latency 100", "p50Us", "raw"),
      this.#atMost("ping-pong p99 against raw datagrams", 1.35, "latency 100", "p99Us", "raw"),
      {
        ...this.#plain(
          "handshakes, CPU us of both ends",
          250,
          this.#of("handshakes", "cpuSecondsPerMillionMessages"),
        ),
        isAtLeast: false,
      },
      this.#plain("handshakes a second", 8_000, this.#of("handshakes", "messagesPerSecond")),
      this.#plain(
        "handshakes a second, each connect() by itself",
        1_500,
        this.#of("handshakes-default", "messagesPerSecond"),
      ),
      ...["loss 0%", "loss 0.1%", "loss 1%", "loss 4%", "reorder 3%"].map((name) =>
        this.#ratio(`link, ${name}: goodput against usrsctp`, 1, `link ${name}`, USRSCTP),
      ),
      this.#plain("link, no loss: share of the link", 0.95, this.#of("link loss 0%") / LINK_MEGABYTES),
      this.#plain(
        "link, two flows: the slower against the faster",
        0.9,
        this.#of("link two flows", "flowShare"),
      ),
      this.#ratio("1,000 B against npm werift", 8, "oneway 1000", ["werift"]),
      this.#ratio("1,000 B against npm sctp", 100, "oneway 1000", ["npm-sctp"]),
      this.#garbage(1_000, 325),
      this.#garbage(16_384, 200),
    ];
  }

  #row(test: string, side: SideName = "sctpkit"): Row | undefined {
    return this.#rows.find((row) => row.test.name === test && row.side.name === side);
  }

  #of(test: string, name: Figure = "megabytesPerSecond"): number {
    return figure(this.#row(test), name);
  }

  /** What sctpkit has of each side's figure, where the run has both; the extremes of none are infinite, and not told. */
  #against(test: string, sides: readonly SideName[], name: Figure): number[] {
    const ours = this.#row(test);
    return sides.map((side) => median(ratios(ours, this.#row(test, side), name))).filter(Number.isFinite);
  }

  #plain(what: string, limit: number, measured: number): Goal {
    return { what, limit, isAtLeast: true, measured };
  }

  #ratio(what: string, limit: number, test: string, sides: readonly SideName[]): Goal {
    const measured = Math.min(...this.#against(test, sides, "megabytesPerSecond"));
    if (test.startsWith("link")) return this.#plain(what, limit, measured); // The link is the limit there, not a core.
    const byCpu = Math.min(...this.#against(test, sides, "megabytesPerCoreSecond"));
    return { ...this.#plain(what, limit, measured), byCpu };
  }

  #atMost(what: string, limit: number, test: string, name: Figure, side: SideName): Goal {
    return { what, limit, isAtLeast: false, measured: Math.max(...this.#against(test, [side], name)) };
  }

  #largePackets(mtu: number, size: number): Goal[] {
    const test = `mtu ${mtu} ${size}`;
    return [
      this.#ratio(`${size} B at path MTU ${mtu}, MB/s against usrsctp`, 1, test, USRSCTP),
      this.#plain(
        `${size} B at path MTU ${mtu}, MB/s against our own at 1,500`,
        4,
        median(ratios(this.#row(test), this.#row(`oneway ${size}`), "megabytesPerSecond")),
      ),
    ];
  }

  #cpu(size: number): Goal {
    const measured = Math.max(...this.#against(`oneway ${size}`, USRSCTP, "cpuSecondsPerGigabyte"));
    const what = `${size} B, CPU seconds per GB of both ends against usrsctp`;
    return { what, limit: 1.5, isAtLeast: false, measured };
  }

  /** A mean of both ends. node:dgram allocates for every datagram whatever we do: what is ours is the rest. */
  #garbage(size: number, limit: number): Goal {
    const of = (side: SideName): number =>
      figure(this.#row(`oneway ${size}`, side), "allocatedBytesPerPacket");
    const measured = of("sctpkit") - of("raw-answered");
    return {
      what: `${size} B, garbage per packet beyond node:dgram's own, bytes`,
      limit,
      isAtLeast: false,
      measured,
    };
  }
}
