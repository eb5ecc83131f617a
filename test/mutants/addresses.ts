/**
 * Mistakes that somebody could make with addresses: which are told to a peer, which pair of them a packet travels between; the
 * tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const ADDRESS_MUTANTS: readonly Mutant[] = [
  // ---- Scope ----
  mutant(
    "scope-listed",
    "stack/local-addresses.ts",
    "this.#addresses.includes(address) && peerAddresses.some((peer) => isInScope(address, peer)),",
    "this.#addresses.includes(address),",
    "addresses are listed to peers that they do not reach",
  ),
  mutant(
    "scope-zone",
    "platform/address.ts",
    "return remoteScope === Scope.Link && zoneOf(address) === zoneOf(remote);",
    "return remoteScope === Scope.Link;",
    "one link is as good as another",
  ),
  mutant(
    "scope-site",
    "platform/address.ts",
    "(first === 172 && second >> 4 === 1)",
    "first === 172",
    "public addresses count as private",
  ),
  mutant(
    "scope-source",
    "stack/local-addresses.ts",
    "const level = isInScope(address, remoteAddress) ? Scope.Global + 1 : scopeOf(address);",
    "const level = 0;",
    "the source is chosen by its prefix alone",
  ),
  mutant(
    "scope-collision",
    "stack/init-responder.ts",
    "    return existing === undefined\n",
    "    return existing !== undefined\n",
    "an INIT ACK lists other addresses than the association is bound to",
  ),
  mutant(
    "listed-zone",
    "association/procedures/init-parameters.ts",
    "return needsZone ? address + zoneOf(source) : address;",
    "return address;",
    "a listed link-local address has no link",
  ),
  mutant(
    "listed-link",
    "association/procedures/init-parameters.ts",
    "return !isLinkLocalAddress(address) || isLinkLocalAddress(source);",
    "return true;",
    "a link-local address of a peer elsewhere is used",
  ),

  // ---- Pairs ----
  mutant(
    "pair-divergent",
    "association/paths/next-pair.ts",
    "2 * doubtAbout(source) + (source.address === failed ? 1 : 0)",
    "2 * doubtAbout(source)",
    "what timed out goes out again from the source that failed",
  ),
  mutant(
    "pair-doubt",
    "association/paths/next-pair.ts",
    "  if (failureCount > 0) return 2;\n",
    "",
    "a source that has just failed is as good as one that was answered",
  ),
  mutant(
    "pair-stranger",
    "association/paths/next-pair.ts",
    "  if (!isKnownToPeer) return 3;\n",
    "",
    "packets leave from addresses that the peer may not know",
  ),
  mutant(
    "pair-destination",
    "association/paths/next-pair.ts",
    "  if (next !== failed) leaveFromBest(next, failedSource, nowMs);\n",
    "",
    "another destination is tried from the source that failed",
  ),
  mutant(
    "pair-windows",
    "association/paths/path.ts",
    "    this.localAddress = localAddress;\n    this.congestion.reset();",
    "    this.localAddress = localAddress;",
    "the window of one route is used on another",
  ),
  mutant(
    "pair-evidence",
    "association/sending/path-feedback.ts",
    "    if (path.flight.newestSentAtMs < sources.sinceMs) return;\n",
    "",
    "what left from one source speaks for another",
  ),
  mutant(
    "source-inactive",
    "association/paths/path-set.ts",
    " || path.sources?.anyReaches) return;",
    ") return;",
    "a destination that one source reaches is given up",
  ),
  mutant(
    "source-wildcard",
    "association/paths/local-sources.ts",
    "    if (isWildcardAddress(localAddress)) return;\n",
    "",
    "a wildcard counts as a source",
  ),
  mutant(
    "source-bound",
    "association/paths/local-sources.ts",
    "    if (this.#parts.boundAddresses?.includes(localAddress) === false) return;\n",
    "",
    "an association leaves from an address that it is not bound to",
  ),
  mutant(
    "source-known",
    "association/paths/local-sources.ts",
    "? localAddress === address && !Number.isNaN(rto.srttMs)",
    "? localAddress === address",
    "an address is known to the peer because we use it",
  ),
  mutant(
    "source-turn",
    "association/paths/source-addresses.ts",
    "const next = this.anyReaches ? others.slice(turn, turn + 1) : others;",
    "const next = others.slice(turn, turn + 1);",
    "where nothing is reached, one source is tried after the other",
  ),
  mutant(
    "source-all",
    "association/paths/source-addresses.ts",
    "const next = this.anyReaches ? others.slice(turn, turn + 1) : others;",
    "const next = others;",
    "every source is probed every time",
  ),
  mutant(
    "source-heartbeat-error",
    "association/paths/local-sources.ts",
    "return !currentFailed && sources?.anyReaches === true;",
    "return false;",
    "a source that is not used counts against the destination",
  ),
  mutant(
    "source-stranger-abort",
    "stack/special-packets.ts",
    "(first.flags & 1) === 1 && !atAddress.isKnownToPeer(to))",
    "(first.flags & 1) === 1 && false)",
    "a peer that does not know one address of ours ends the association",
  ),

  // ---- Answers ----
  mutant(
    "answer-source",
    "association/paths/reply-paths.ts",
    "return path === source ? source.sources?.of(cameTo)?.address : undefined;",
    "return undefined;",
    "answers leave from where the path leaves",
  ),
  mutant(
    "answer-sack",
    "association/paths/reply-paths.ts",
    'return path.sources.of(path.sources.dataCameTo ?? "")?.address ?? path.localAddress;',
    "return path.localAddress;",
    "SACKs leave from where the path leaves",
  ),
  mutant(
    "answer-data",
    "association/packets/packet-scheduler.ts",
    "if (path === dataPath && this.localAddress === path.localAddress)",
    "if (path === dataPath)",
    "DATA leaves with a SACK, from another source than its own",
  ),
  mutant(
    "answer-ride",
    "association/packets/packet-scheduler.ts",
    "    if (path.sources !== undefined && this.localAddress !== this.#parts.replyPaths.sackLeavesFrom) return;\n",
    "",
    "a SACK rides along from another source than its own",
  ),
  mutant(
    "answer-company",
    "association/packets/packet-scheduler.ts",
    "return path === this.path && (localAddress ?? path.localAddress) === this.localAddress;",
    "return path === this.path;",
    "control chunks ride along from another source than their own",
  ),
  mutant(
    "answer-complete",
    "association/paths/reply-paths.ts",
    "return from === undefined ? source : { localAddress: from, address, remoteUdpPort };",
    "return source;",
    "the SHUTDOWN COMPLETE leaves from where the path leaves",
  ),
  mutant(
    "answer-told",
    "socket/state/announce.ts",
    "return event.isNewState ? [",
    "return true ? [",
    "a notification of a path that is as it was",
  ),
];
