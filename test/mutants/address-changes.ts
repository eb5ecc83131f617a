/**
 * Mistakes that somebody could make where sockets and servers bind and unbind addresses (RFC 5061); the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const CHANGES = "node/socket/address-changes.ts";
const DUPLEX = "node/socket/association-duplex.ts";
const SERVER = "node/server/server.ts";

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
    "    await this.#opened;\n    await this.#asked((nowMs) => this.#association.removeLocalAddress",
    "    await this.#asked((nowMs) => this.#association.removeLocalAddress",
    "an address is unbound before the next one is there",
  ),
  mutant(
    "ac-flush",
    CHANGES,
    "this.#promised.set(request, { resolve, reject });",
    "this.#promised.set(request + 1, { resolve, reject });",
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
    "for (const { reject } of this.#promised.values()) reject(error);",
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
    "    await Promise.allSettled([...this.#sockets].map((socket) => socket.bindAddress(address)));",
    "",
    "the server's associations are not told of its new address",
  ),
  mutant("ac-server-last", SERVER, "|| left.length === 0) {", ") {", "a server loses its last address"),
  mutant(
    "ac-server-left",
    SERVER,
    "    this.#listenOn(left);",
    "",
    "a server goes on to tell of an address that it has given up",
  ),
];
