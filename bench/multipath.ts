/**
 * Several paths at once, in virtual time: `npm run bench:multipath`. Two equal links against one; and a fast link with a slow one beside it,
 * where the receive buffer is small, against the fast one alone.
 *
 * Owns: the two tables. Does not own: the links (two-links.ts).
 */
import { positiveNumber, readCommand, wholeNumber } from "../tools/command-line.ts";
import { type Route, Transfer, type TransferInit } from "./two-links.ts";

const { values } = readCommand({
  name: "bench:multipath",
  about:
    "Goodput of one association over two links, as a share of what one of them carries alone: by controller, detector and " +
    "mode, and for links of 10:1 in rate and 5:1 in delay by the receive buffer. Some minutes of CPU time.",
  options: {
    seeds: wholeNumber("of which the worst and the middle one are told", 10, { from: 1 }),
    messages: wholeNumber("of 5,000 bytes in each transfer", 3_000, { from: 1 }),
    loss: positiveNumber("percent of the packets lost, each way", 0.01, { mayBeZero: true }),
  },
});
const [FAST, SLOW]: readonly [Route, Route] = [
  { bytesPerSecond: 1_250_000, roundTripMs: 20 },
  { bytesPerSecond: 125_000, roundTripMs: 100 },
];
const EQUAL: Route = { bytesPerSecond: 1_250_000, roundTripMs: 40 };
const SETTINGS = [
  { congestionControl: "rfc9260", lossDetection: "rfc9260" },
  { congestionControl: "cubic", lossDetection: "rack" },
] as const;
const PRODUCT_BYTES = ((FAST.bytesPerSecond + SLOW.bytesPerSecond) * SLOW.roundTripMs) / 1_000;

function sharesOf(of: Omit<TransferInit, "messages">, against: Omit<TransferInit, "messages">): string {
  const shares: number[] = [];
  for (let seed = 1; seed <= values.seeds; seed++) {
    const common = { messages: values.messages, seed, lossRate: values.loss / 100 };
    shares.push(
      new Transfer({ ...of, ...common }).finish() / new Transfer({ ...against, ...common }).finish(),
    );
  }
  shares.sort((a, b) => a - b);
  const middle = shares[Math.floor(shares.length / 2)] ?? Number.NaN;
  return `worst ${(shares[0] ?? Number.NaN).toFixed(3)}, middle ${middle.toFixed(3)}`;
}

for (const settings of SETTINGS) {
  const name = `${settings.congestionControl}, ${settings.lossDetection}`;
  const large = { ...settings, receiveBufferBytes: 8_388_608 };
  for (const multipath of ["independent", "coupled"] as const) {
    const shares = sharesOf(
      { routes: [EQUAL, EQUAL], options: { ...large, multipath } },
      { routes: [EQUAL], options: large },
    );
    console.log(`${name}, ${multipath}: two equal links, of one: ${shares}`);
  }
  for (const products of [1, 2, 4]) {
    const small = { ...settings, receiveBufferBytes: products * PRODUCT_BYTES };
    const shares = sharesOf(
      { routes: [FAST, SLOW], options: { ...small, multipath: "independent" } },
      { routes: [FAST], options: small },
    );
    console.log(`${name}: receive buffer of ${products} products, of the fast link alone: ${shares}`);
  }
}
