/**
 * Several paths at once, in virtual time: `npm run bench:multipath`. Two equal links against one; a fast link with a slow one beside it,
 * where the receive buffer is small, against the fast one alone; and one bottleneck that both paths share with another association.
 *
 * Owns: the three tables and their goals. Does not own: the links (two-links.ts, shared-link.ts).
 */
import { positiveNumber, readCommand, someOf, wholeNumber } from "../tools/command-line.ts";
import { SharedLink } from "./shared-link.ts";
import { type Route, Transfer, type TransferInit } from "./two-links.ts";

const TABLES = ["equal", "unequal", "shared"] as const;
const { values } = readCommand({
  name: "bench:multipath",
  about:
    "Goodput of one association over two links, as a share of what one of them carries alone: by controller, detector and " +
    "mode, and for links of 10:1 in rate and 5:1 in delay by the receive buffer; and over one bottleneck, as a share of what another " +
    "association gets there. Goals are for the defaults; the exit code is 1 if one is missed. Some ten minutes of CPU time.",
  options: {
    only: someOf("of the tables", TABLES, { otherwise: "all" }),
    seeds: wholeNumber("of which the worst and the middle one are told", 10, { from: 1 }),
    messages: wholeNumber("of 5,000 bytes in each transfer over two links", 3_000, { from: 1 }),
    loss: positiveNumber("percent of the packets lost over two links, each way", 0.01, { mayBeZero: true }),
    seconds: positiveNumber("on the shared bottleneck, for a round trip of 20 ms; more for longer ones", 40),
  },
});
const [FAST, SLOW]: readonly [Route, Route] = [
  { bytesPerSecond: 1_250_000, roundTripMs: 20 },
  { bytesPerSecond: 125_000, roundTripMs: 100 },
];
const EQUAL: Route = { bytesPerSecond: 1_250_000, roundTripMs: 40 };
const BY_RFC_9260 = { congestionControl: "rfc9260", lossDetection: "rfc9260" } as const;
const DEFAULTS = { congestionControl: "cubic", lossDetection: "rack" } as const;
const SETTINGS = [DEFAULTS, BY_RFC_9260];
const PRODUCT_BYTES = ((FAST.bytesPerSecond + SLOW.bytesPerSecond) * SLOW.roundTripMs) / 1_000;
/** Some forty packets under way, or windows would take hours of virtual time to find their size. */
const SHARED: readonly Route[] = [
  { bytesPerSecond: 2_500_000, roundTripMs: 20 },
  { bytesPerSecond: 625_000, roundTripMs: 100 },
];
/** Of what is measured, so that it does not matter who was first. */
const WARM_UP_SHARE = 0.25;

const columns = [64, 8, 8, 10, 4];
let isAnyMissed = false;

/** It is the worst seed that is judged. */
function tell(what: string, shares: readonly number[], goal: number | undefined, isAtLeast = true): void {
  const ascending = [...shares].sort((a, b) => a - b);
  const worst = (isAtLeast ? ascending[0] : ascending.at(-1)) ?? Number.NaN;
  const middle = ascending[Math.floor(ascending.length / 2)] ?? Number.NaN;
  const isMet = goal === undefined || (isAtLeast ? worst >= goal : worst <= goal);
  if (!isMet) isAnyMissed = true;
  line([
    what,
    worst.toFixed(3),
    middle.toFixed(3),
    goal === undefined ? "" : `${isAtLeast ? ">=" : "<="} ${goal}`,
    goal === undefined ? "" : isMet ? "yes" : "NO",
  ]);
}

function line(cells: readonly string[]): void {
  const padded = cells.map((cell, at) =>
    at === 0 ? cell.padEnd(columns[at] ?? 0) : cell.padStart(columns[at] ?? 0),
  );
  console.log(padded.join("  ").trimEnd());
}

function bySeed(shareOf: (seed: number) => number): number[] {
  return Array.from({ length: values.seeds }, (_, at) => shareOf(at + 1));
}

function transferShares(
  of: Omit<TransferInit, "messages">,
  against: Omit<TransferInit, "messages">,
): number[] {
  return bySeed((seed) => {
    const common = { messages: values.messages, seed, lossRate: values.loss / 100 };
    return new Transfer({ ...of, ...common }).finish() / new Transfer({ ...against, ...common }).finish();
  });
}

/** Measured goals are the defaults'. */
function goalFor(settings: (typeof SETTINGS)[number], limit: number): number | undefined {
  return settings === DEFAULTS ? limit : undefined;
}

function tellEqual(settings: (typeof SETTINGS)[number]): void {
  const large = { ...settings, receiveBufferBytes: 8_388_608 };
  for (const multipath of ["independent", "coupled"] as const)
    tell(
      `${settings.congestionControl}, ${multipath}: two equal links, of one`,
      transferShares(
        { routes: [EQUAL, EQUAL], options: { ...large, multipath } },
        { routes: [EQUAL], options: large },
      ),
      goalFor(settings, 1.9),
    );
}

function tellUnequal(settings: (typeof SETTINGS)[number]): void {
  for (const products of [1, 2, 4]) {
    const small = { ...settings, receiveBufferBytes: products * PRODUCT_BYTES };
    tell(
      `${settings.congestionControl}: 10:1, buffer of ${products} products, of the fast link`,
      transferShares(
        { routes: [FAST, SLOW], options: { ...small, multipath: "independent" } },
        { routes: [FAST], options: small },
      ),
      goalFor(settings, products === 1 ? 0.8 : 0.95),
    );
  }
}

function tellShared(settings: (typeof SETTINGS)[number], other: (typeof SETTINGS)[number]): void {
  for (const route of SHARED) {
    for (const queueProducts of [0.5, 1, 2]) {
      const measuredMs = (1_000 * values.seconds * route.roundTripMs) / 20;
      const shares = bySeed((seed) => {
        const link = new SharedLink({ ...route, queueProducts, seed }, [
          { paths: 2, options: { ...settings, multipath: "coupled" } },
          { paths: 1, options: other },
        ]);
        link.run(WARM_UP_SHARE * measuredMs);
        const [both = Number.NaN, one = Number.NaN] = link.run(measuredMs);
        return both / one;
      });
      tell(
        `${settings.congestionControl}, coupled, against ${other.congestionControl}: ${route.roundTripMs} ms, queue of ${queueProducts}`,
        shares,
        other === DEFAULTS ? goalFor(settings, 1.2) : undefined,
        false,
      );
    }
  }
}

const tables = values.only ?? TABLES;
line(["share", "worst", "middle", "goal", "met"]);
for (const settings of SETTINGS) {
  if (tables.includes("equal")) tellEqual(settings);
  if (tables.includes("unequal")) tellUnequal(settings);
}
if (tables.includes("shared")) {
  tellShared(DEFAULTS, DEFAULTS);
  tellShared(DEFAULTS, BY_RFC_9260);
  tellShared(BY_RFC_9260, BY_RFC_9260);
}
if (isAnyMissed) process.exitCode = 1;
