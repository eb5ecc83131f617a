/**
 * What Deno and Bun lack that the Node-side tests need.
 * Owns: the reasons, and which failures each one explains. Does not own: running the tests (run.ts).
 */

interface Lack {
  readonly runtime: "bun" | "deno";
  /** Names of tests that fail for it. */
  readonly tests?: RegExp;
  /** What failures say that come of it. */
  readonly says?: RegExp;
  readonly reason: string;
}

const BINDS_LATE = "bind() of node:dgram takes a turn of the event loop";

const LACKS: readonly Lack[] = [
  { runtime: "bun", tests: /NODE_DEBUG/, reason: "util.debuglog() does not heed NODE_DEBUG" },
  {
    runtime: "bun",
    says: /this runtime does not bind at once|getsockname EBADF/,
    reason: `${BINDS_LATE}: createEndpoint() and \`new UdpPort()\` need a port that is bound at once`,
  },
  {
    runtime: "bun",
    tests:
      /^an endpoint|^errors say what|^closing |^one-to-many$|^chat$|^everybody hears|^a superuser|^the client takes|^wrong arguments|not looked for by endpoints|^an SCTP port on which nobody/,
    reason: `${BINDS_LATE}: createEndpoint() and \`new UdpPort()\` need a port that is bound at once`,
  },
  {
    runtime: "bun",
    tests: /^workers as|^a cluster/,
    reason: `${BINDS_LATE}: a worker of a cluster needs one that is done at once`,
  },
  {
    runtime: "bun",
    tests:
      /^servers of one process|^clients (that|of|with|take)|^many clients|^listen tells where|^the peer of a program/,
    reason: `${BINDS_LATE}: listen() does not know its UDP port when it returns`,
  },
  {
    runtime: "bun",
    tests: /^a capture at the wildcard/,
    reason: `${BINDS_LATE}: what a trace asks the host about sources is not answered at once`,
  },
  {
    runtime: "bun",
    tests: /^tls: a client|^https: ten requests/,
    reason:
      "node:tls over a Duplex that is no socket ends after 128 KiB, and node:https takes none handed to it with 'connection'",
  },
  {
    runtime: "bun",
    tests: /^as with net 'write\(\) and destroy\(\)'/,
    reason: "a socket of node:net that has been destroyed still emits 'end'",
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

/** Why a test fails on a runtime, where that is known. @param message of the failure */
export function reasonFor(runtime: string, test: string, message: string): string | undefined {
  return LACKS.find(
    (lack) => lack.runtime === runtime && (lack.tests?.test(test) || lack.says?.test(message)),
  )?.reason;
}
