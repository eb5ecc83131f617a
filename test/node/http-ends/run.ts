/**
 * `npm run ends -- --seeds 1000`: Node's HTTP over byte streams, ended in every way at every moment; ends by itself.
 * Owns: the command line, the account. Does not own: the game (play.ts), what befalls it (scenario.ts).
 */
import { readCommand, wholeNumber } from "../../../tools/command-line.ts";
import { type Played, play } from "./play.ts";
import { scenarioOf } from "./scenario.ts";

const { values } = readCommand({
  name: "ends",
  about:
    "Plays Node's HTTP server and client with bodies of 5 MB over the streams of one association, whose sockets or streams are " +
    "ended, destroyed or aborted at a moment that the seed chooses. No body may be short and look whole, all sockets must " +
    "close, and the process must end by itself.",
  options: { seeds: wholeNumber("how many", 1_000), from: wholeNumber("the first seed", 0) },
});

const startMs = performance.now();
let [whole, cut, ended, failed] = [0, 0, 0, 0];
for (let seed = values.from; seed < values.from + values.seeds; seed++) {
  let played: Played;
  try {
    played = await play(scenarioOf(seed));
  } catch (error) {
    failed++;
    console.log(
      `seed ${seed}: ${(error as Error).message}\n  again: npm run ends -- --from ${seed} --seeds 1`,
    );
    continue;
  }
  if (played.wasEnded) ended++;
  for (const { isWhole } of played.outcomes) {
    if (isWhole) whole++;
    else cut++;
  }
}
const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
console.log(
  `http-ends: ${values.seeds - failed} seeds passed, ${failed} failed: ${ended} were ended on the way, ` +
    `${whole} bodies arrived whole, ${cut} were told to be cut, ${seconds} s`,
);
process.exitCode = failed === 0 && whole > 0 ? 0 : 1;
