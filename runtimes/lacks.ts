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

/** oven-sh/bun#33031 says why; a bindSync() as Node's of 2026 was asked for in oven-sh/bun#32376. */
const BINDS_LATE =
  "bind() and connect() of node:dgram answer in a later turn of the event loop (oven-sh/bun#33031)";

const LACKS: readonly Lack[] = [
  {
    runtime: "bun",
    tests: /know their address right after listen|^listen tells where/,
    reason: `${BINDS_LATE}: a server knows its address at 'listening', not when listen() returns`,
  },
  {
    runtime: "bun",
    says: /this runtime does not bind at once/,
    reason: `${BINDS_LATE}: \`new UdpPort()\` cannot open its sockets, \`await UdpPort.open()\` does`,
  },
  {
    runtime: "bun",
    tests: /^a capture at the wildcard/,
    reason: `${BINDS_LATE}: a trace that asks the host about the source has no answer, and shows the wildcard`,
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
    reason: "a socket of node:net that has been destroyed still emits 'end' (oven-sh/bun#33256)",
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
