/**
 * What Deno and Bun lack that the Node-side tests need.
 * Owns: the reasons, and which tests each one explains. Does not own: running them (run.ts).
 */

interface Lack {
  readonly runtime: "bun" | "deno";
  /** Names of tests that fail for it. */
  readonly tests: RegExp;
  readonly reason: string;
}

const LACKS: readonly Lack[] = [
  { runtime: "bun", tests: /NODE_DEBUG/, reason: "util.debuglog() does not heed NODE_DEBUG" },
  {
    runtime: "bun",
    tests:
      /^an endpoint|^errors say what|^closing |^one-to-many$|^chat$|^everybody hears|^a superuser|^the client takes/,
    reason:
      "bind() of node:dgram takes a turn of the event loop: createEndpoint() needs a port that is bound at once",
  },
  {
    runtime: "bun",
    tests: /^workers as|^a cluster/,
    reason:
      "bind() of node:dgram takes a turn of the event loop: a worker of a cluster needs one that is done at once",
  },
  {
    runtime: "bun",
    tests:
      /^bytes that are no|^a flood of|^cookies that are|^what is to be echoed|^an association (does|answers)/,
    reason:
      "bind() of node:dgram takes a turn of the event loop: these tests make their port by `new UdpPort()`",
  },
  { runtime: "deno", tests: /NODE_DEBUG/, reason: "util.debuglog() does not heed NODE_DEBUG" },
  {
    runtime: "deno",
    tests: /unreferenced/,
    reason: "unref() of a node:dgram socket does not let the process end",
  },
  {
    runtime: "deno",
    tests: /port can be taken again at once/,
    reason: "close() of a node:dgram socket frees its port some time later",
  },
  {
    runtime: "deno",
    tests: /^HTTP over/,
    reason:
      "node:http loses requests that come over a Duplex handed to it with 'connection', over plain TCP as well",
  },
  {
    runtime: "deno",
    tests: /hundred associations|window closes|holds memory flat|graceful from either side|1 MiB|destroySoon/,
    reason: "node:dgram passes a tenth of the datagrams a second that Node's does: more than the test's time",
  },
];

/** Why a test fails on a runtime, where that is known. */
export function reasonFor(runtime: string, test: string): string | undefined {
  return LACKS.find((lack) => lack.runtime === runtime && lack.tests.test(test))?.reason;
}
