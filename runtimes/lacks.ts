/**
 * What Deno and Bun lack that the Node-side tests need.
 * Owns: what each lack is, what a user sees of it, which tests fail for it, the program that shows it (probes/), and what of a run's
 * failures is explained by that. Does not own: running the tests (vitest-run.ts) and the programs (run.ts).
 *
 * A lack may not outlive its cause: where its probe says that the runtime has it, or one of its tests no longer fails, the run
 * fails. On Node every probe has to say that nothing is lacking.
 */
import type { OtherRuntime } from "./catalogue.ts";
import type { Failure, TestOutcome } from "./vitest-run.ts";

export interface Lack {
  readonly runtime: OtherRuntime;
  /** The program in probes/ that prints "has" or "lacks": the smallest that shows it, without a line of ours. */
  readonly probe: string;
  /** Where the runtime is said to differ. */
  readonly reason: string;
  /** What those who use sctpkit there meet. */
  readonly seen: string;
  /** Each is the beginning of full titles, or a whole file: `test/node/NAME.test.ts`. */
  readonly tests: readonly string[];
  /** These tests wait for what does not come, each for the whole time of a test: they are left out as long as it is lacking. */
  readonly waits?: boolean;
  /** Whether it shows in a test depends on time: its tests may pass, and its probe alone says whether it is still lacking. */
  readonly sometimes?: boolean;
}

export const LACKS: readonly Lack[] = [
  {
    runtime: "bun",
    probe: "binds-at-once",
    reason: "bind() of node:dgram answers in a later turn of the event loop (oven-sh/bun#33031)",
    seen: "a server knows its address() at 'listening'; a UdpPort is opened by `await UdpPort.open()`",
    tests: [
      "listen tells where it listens",
      "servers of one process know their address right after listen()",
    ],
  },
  {
    runtime: "bun",
    probe: "source-of-a-connected-socket",
    reason: "connect() of node:dgram answers in a later turn of the event loop (oven-sh/bun#33031)",
    seen: "a trace of a port at the wildcard shows the wildcard as the source of what is sent",
    tests: ["a capture at the wildcard shows where packets to"],
  },
  {
    runtime: "bun",
    probe: "tls-over-duplex",
    reason: "node:tls over a Duplex that is no socket stops after 128 KiB",
    seen: "TLS over a byte stream stops",
    tests: ["tls: a client that checks the certificate, 5 MB there and back"],
    sometimes: true,
  },
  {
    runtime: "bun",
    probe: "https-connection",
    reason: "node:https takes no Duplex handed to it with 'connection'",
    seen: "https over byte streams fails with WRONG_VERSION_NUMBER",
    tests: ["https: ten requests at once, with bodies both ways"],
  },
  {
    runtime: "bun",
    probe: "end-after-destroy",
    reason: "a socket of node:net that has been destroyed still emits 'end' (oven-sh/bun#33256)",
    seen: "nothing: it is net that differs from ours, which does as on Node",
    tests: ["as with net 'write() and destroy()'"],
  },
  {
    runtime: "deno",
    probe: "refused-datagram",
    reason: "connect() of node:dgram does not connect the socket of the host (denoland/deno#36492)",
    seen: "nobody tells that a UDP port is closed: connect() fails when its attempts are used up, not at once",
    tests: [
      "the addresses of a name come from both families in turn, and 'lookup' tells of each",
      "the addresses of a name fail together with what the first one said, and the others beside it",
      "a UDP port that nobody has of 127.0.0.1 is told at once",
      "a UDP port that nobody has of ::1 is told at once",
      "a UDP port that nobody has is no reason to give up where another address of the peer may answer",
      "a UDP port that nobody has is nothing to a set-up that was answered before the look was taken",
      "a UDP port that nobody has leaves many clients at once with the same answer",
      "a file for nobody ends with a sentence",
      "errors, where nobody listens",
    ],
    waits: true,
  },
  {
    runtime: "deno",
    probe: "source-of-a-connected-socket",
    reason: "connect() of node:dgram does not connect the socket of the host (denoland/deno#36492)",
    seen: "a trace of a port at the wildcard shows the wildcard as the source of what is sent",
    tests: ["a capture at the wildcard shows where packets to"],
  },
  {
    runtime: "deno",
    probe: "http-connection",
    reason: "node:http closes a connection after each answer where its server does not listen itself",
    seen: "each request over streams takes a stream of its own, and one that was to go over the last one's fails",
    tests: [
      "HTTP over the streams of one association answers many requests at once, also more than there are streams",
      "HTTP over the streams of one association runs as examples/http/main.ts shows",
    ],
  },
  {
    runtime: "deno",
    probe: "tls-over-duplex",
    reason: "node:tls over a Duplex that is no socket gets all bytes, and now and then no 'end'",
    seen: "TLS over a byte stream does not always tell the end",
    tests: ["tls: a client that checks the certificate, 5 MB there and back"],
    waits: true,
  },
  {
    runtime: "deno",
    probe: "exit-after-throw",
    reason: "listeners to 'exit' of the process hear nothing where an exception was not caught",
    seen: "a program that ends by an exception does not tell its peers: they notice as when a host fails",
    tests: ["the peer of a program that ends by throw hears of it at once"],
    waits: true,
  },
  {
    runtime: "deno",
    probe: "stdout-waits",
    reason: "write() of process.stdout waits until somebody reads, and the whole program with it",
    seen: "`sctp cat` whose output nobody reads answers nobody, where it should close its window",
    tests: ["reads no faster than its standard output is read: the window closes"],
    waits: true,
  },
  {
    runtime: "deno",
    probe: "cause-of-an-abort",
    reason: "the AbortError of events.once() and events.on() has no cause",
    seen: "nothing: it is theirs that differs from ours, which is as on Node",
    tests: ["messages() is as events.once and events.on have it"],
  },
];

/** What a run on Deno or Bun amounts to. */
export interface Judgement {
  readonly lacking: ReadonlyMap<Lack, readonly string[]>;
  readonly failed: readonly Failure[];
}

/** The tests that are left out on a runtime, as the regular expression of `vitest -t` for all others. */
export function patternOfRun(lacks: readonly Lack[]): string | undefined {
  const left = lacks.flatMap(({ waits, tests }) => (waits === true ? tests : []));
  return left.length === 0 ? undefined : `^(?!\\s*(?:${left.map(escaped).join("|")}))`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * Sorts failures by the lack that explains them.
 * @param isWhole all tests were run: each title that a lack names must have been met
 */
export function judge(
  lacks: readonly Lack[],
  { failures, leftOut }: TestOutcome,
  isWhole: boolean,
): Judgement {
  const lacking = new Map<Lack, string[]>();
  const failed: Failure[] = [];
  const met = new Set<string>();
  const meet = (lack: Lack, title: string): boolean => {
    const found = lack.tests.find((test) => title.startsWith(test));
    if (found === undefined) return false;
    met.add(found);
    lacking.set(lack, [...(lacking.get(lack) ?? []), title]);
    return true;
  };
  for (const failure of failures) if (!lacks.some((lack) => meet(lack, failure.title))) failed.push(failure);
  for (const title of leftOut) lacks.some((lack) => lack.waits === true && meet(lack, title));
  for (const lack of isWhole ? lacks.filter(({ sometimes }) => sometimes !== true) : [])
    for (const test of lack.tests)
      if (!met.has(test))
        failed.push({
          file: "runtimes/lacks.ts",
          title: test,
          message: `passes, or is gone: ${lack.reason}`,
        });
  return { lacking, failed };
}
