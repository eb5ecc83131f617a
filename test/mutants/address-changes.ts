/**
 * Mistakes that somebody could make where sockets and servers bind and unbind addresses (RFC 5061); the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const CHANGES = "node/socket/address-changes.ts";
const DUPLEX = "node/socket/association-duplex.ts";
const SERVER = "node/server/server.ts";
const HOST = "node/driver/host-addresses.ts";
const PORT = "node/driver/port-follower.ts";
const FOLLOWING = "node/socket/host-following.ts";
const ENDPOINT = "node/endpoint/endpoint-addresses.ts";
const BINDING = "socket/state/binding.ts";
const SOCKET_FOLLOWING = "socket/state/following.ts";
const ATTEMPT = "node/socket/connect-attempt.ts";

export const ADDRESS_CHANGE_MUTANTS: readonly Mutant[] = [
  mutant(
    "ac-bound",
    CHANGES,
    "if (association.knownLocalAddresses.includes(address))\n      throw",
    "if (address === association.primaryAddress)\n      throw",
    "an address is bound twice",
  ),
  mutant(
    "ac-order",
    CHANGES,
    "    await this.#opened;\n    await this.#driver.addresses.dropLost();",
    "    await this.#driver.addresses.dropLost();",
    "an address is unbound before the next one is there",
  ),
  mutant(
    "ac-lost-before",
    CHANGES,
    ".then(() => this.#driver.addresses.dropLost());",
    ".then(() => {});",
    "the peer is asked from an address that the host has lost",
  ),
  mutant(
    "ac-lost-meanwhile",
    CHANGES,
    "    await this.#driver.addresses.dropLost();\n    await this.#asked",
    "    await this.#asked",
    "a question from an address that is gone is asked for ever",
  ),
  mutant(
    "ac-flush",
    CHANGES,
    "this.#promised.add(request, { resolve, reject });",
    "this.#promised.add(request + 1, { resolve, reject });",
    "nobody hears of the outcome",
  ),
  mutant(
    "ac-denied",
    CHANGES,
    'if (outcome === "performed") return promised?.resolve();',
    "return promised?.resolve();",
    "what the peer refuses is done",
  ),
  mutant(
    "ac-lost",
    CHANGES,
    "    this.#promised.rejectAll(why);\n",
    "",
    "whoever waits when the association ends waits for ever",
  ),
  mutant(
    "ac-over",
    DUPLEX,
    "    if (this.destroyed || driver === undefined) throw this.errored ?? closedError();\n    this.#addressChanges",
    "    if (driver === undefined) throw closedError();\n    this.#addressChanges",
    "a socket that is destroyed binds addresses",
  ),
  mutant(
    "ac-told",
    DUPLEX,
    'tell(this, "addressChange", { change, address, outcome, reason });',
    "",
    "nobody is told of changes",
  ),
  mutant(
    "ac-server-later",
    SERVER,
    "if (!this.#localAddresses.includes(address)) this.#listenOn([...this.#localAddresses, address]);",
    "",
    "associations to come are not told of the server's new address",
  ),
  mutant(
    "ac-server-now",
    SERVER,
    "    await Promise.allSettled(this.#sockets.values().map((socket) => socket.bindAddress(address)));",
    "",
    "the server's associations are not told of its new address",
  ),
  mutant("ac-server-last", SERVER, "|| left.length === 0)) {", ")) {", "a server loses its last address"),
  mutant(
    "ac-server-left",
    SERVER,
    "if (!isLost) this.#listenOn(left);",
    "",
    "a server goes on to tell of an address that it has given up",
  ),

  // ---- Endpoints ----
  mutant(
    "ea-wait",
    ENDPOINT,
    '    await this.#answered(asked, "add", address);\n',
    "",
    "nobody is waited for",
  ),
  mutant(
    "ea-ended",
    ENDPOINT,
    'if (!isAnswered && event.kind !== "closed") continue;',
    "if (!isAnswered) continue;",
    "who has ended is waited for",
  ),
  mutant(
    "ea-known",
    ENDPOINT,
    "association.dynamicAddresses && isConcerned(association)",
    "association.dynamicAddresses",
    "the answer to what is not asked is waited for",
  ),
  mutant(
    "ea-agreed",
    ENDPOINT,
    '"ESTABLISHED" && association.dynamicAddresses && isConcerned',
    '"ESTABLISHED" && isConcerned',
    "who is not asked is waited for",
  ),
  mutant(
    "ea-nothing",
    ENDPOINT,
    "    this.#requireAgreed();\n",
    "",
    "a socket is opened for associations that cannot tell of it",
  ),
  mutant(
    "ea-forgotten",
    ENDPOINT,
    '    await this.#answered(asked, "remove", address);\n',
    "",
    "an address is closed before the peers have forgotten it",
  ),

  // ---- Following the host ----
  mutant("fh-settled", HOST, "if (!isSettled || isSame", "if (isSame", "one reading counts"),
  mutant(
    "fh-timer",
    HOST,
    "if (this.#watchers.size === 0) clearInterval(this.#timer);",
    "",
    "the host is read for nobody",
  ),
  mutant("fh-internal", HOST, "internal ? [] : (", "false ? [] : (", "loopback is an address of the host's"),
  mutant(
    "fh-nobody",
    HOST,
    "return this.#watchers.size > 0 ? this.#current : this.read();",
    "return this.#current;",
    "what was read long ago counts",
  ),
  mutant(
    "fh-own-watcher",
    HOST,
    "const watcher = (): void => onChange();",
    "const watcher = onChange;",
    "who watches twice stops both",
  ),
  mutant(
    "fh-before",
    PORT,
    "!this.#before.includes(address) && families",
    "families",
    "what was there before is taken up",
  ),
  mutant(
    "fh-family",
    PORT,
    " && families.has(addressFamily(address))",
    "",
    "a port of one family takes up another",
  ),
  mutant("fh-seen", PORT, "!this.#seen.has(address) || ", "", "what the host never had is dropped"),
  mutant(
    "fh-last",
    PORT,
    'if (this.#port.drop(address)) this.#tell("onRemoved", address);',
    'this.#port.drop(address);\n      this.#tell("onRemoved", address);',
    "the last address is told to have gone",
  ),
  mutant("fh-bound", PORT, "fresh.filter((_, i) => bound[i])", "fresh", "what could not be bound is told"),
  mutant(
    "fh-stop",
    PORT,
    "if (this.#followers.delete(follower) && this.#followers.size === 0) this.#stop?.();",
    "this.#stop?.();",
    "one who ends ends all",
  ),
  mutant(
    "fh-known",
    FOLLOWING,
    "if (association.mayRemoveLocalAddress(address)) association.removeLocalAddress(address, nowMs);",
    "",
    "the peer keeps what is gone",
  ),
  mutant(
    "fh-scope",
    ATTEMPT,
    "return reaching.length > 0 ? reaching : undefined;",
    "return undefined;",
    "an association begins at a wildcard, which cannot be removed",
  ),

  // ---- RFC 6458 ----
  mutant(
    "ab-known",
    BINDING,
    "if (!association.knownLocalAddresses.includes(address)) association.addLocalAddress",
    "association.addLocalAddress",
    "the peer is asked for what it has",
  ),
  mutant("ab-ask", BINDING, "  askToRemove(core, gone);\n", "", "the peer keeps what is unbound"),
  mutant(
    "ab-agreed",
    BINDING,
    "if (changeable(core).length === 0)",
    "if (core.isClosed)",
    "a peer that has not agreed is as good as asked",
  ),
  mutant(
    "ab-features",
    "socket/state/announce.ts",
    'if (entry.association.dynamicAddresses) features.unshift("SCTP_ASSOC_SUPPORTS_ASCONF");',
    "",
    "sac_info does not say that addresses may change",
  ),
  mutant(
    "af-twice",
    SOCKET_FOLLOWING,
    "if (isWanted === (core.stopFollowing !== undefined)) return;",
    "",
    "who turns it on twice ends it once",
  ),
  mutant("af-stop", SOCKET_FOLLOWING, "  core.stopFollowing?.();\n", "", "it cannot be turned off"),
  mutant("af-add", SOCKET_FOLLOWING, "      askToAdd(core, [address]);\n", "", "what appears is not told"),
  mutant(
    "af-remove",
    SOCKET_FOLLOWING,
    "      askToRemove(core, [address]);\n",
    "",
    "what vanishes is not told",
  ),
  mutant(
    "af-close",
    "socket/state/socket-core.ts",
    "    this.stopFollowing?.();\n",
    "",
    "a socket that is closed follows on",
  ),
];
