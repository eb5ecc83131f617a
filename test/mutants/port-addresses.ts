/**
 * Mistakes that somebody could make where local addresses of an open UDP port come and go; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const TRANSPORTS = "node/driver/port-transports.ts";
const ADDRESSES = "node/driver/port-addresses.ts";
const SHARED = "node/driver/shared-ports.ts";

export const PORT_ADDRESS_MUTANTS: readonly Mutant[] = [
  // ---- The sockets ----
  mutant(
    "pa-wildcard",
    TRANSPORTS,
    "if (wildcard === undefined) return await",
    "return await",
    "a second socket behind a wildcard",
  ),
  mutant(
    "pa-probe",
    TRANSPORTS,
    "    const probe = await this.#open(address, 0);\n    probe.close();\n",
    "",
    "the host is not asked",
  ),
  mutant(
    "pa-unref",
    TRANSPORTS,
    "if (!this.#isReferenced) transport.unref();",
    "",
    "one more keeps the process alive",
  ),
  mutant(
    "pa-last",
    TRANSPORTS,
    "this.#covered.includes(address) || this.#all.some(({ localAddress }) => localAddress !== address)",
    "true",
    "the last one is closed",
  ),
  mutant(
    "pa-remove-wildcard",
    TRANSPORTS,
    "if (this.#open === undefined || isWildcardAddress(address)) return false;",
    "if (this.#open === undefined) return false;",
    "a wildcard is removed",
  ),
  mutant(
    "pa-close",
    TRANSPORTS,
    "for (const transport of this.#all) if (transport.localAddress === address) transport.close();\n    this.#all = this.#all.filter",
    "this.#all = this.#all.filter",
    "the socket of an address that is gone stays open",
  ),
  mutant(
    "pa-family",
    TRANSPORTS,
    "return this.#all.find(({ localAddress }) => addressFamily(localAddress) === family);",
    "return family === 4 ? undefined : this.#all[0];",
    "an address that is gone is left by a socket of another family",
  ),

  // ---- Whose they are ----
  mutant(
    "pa-once",
    ADDRESSES,
    "this.#opening.get(address) ?? this.#open(address)",
    "this.#open(address)",
    "two at once open two sockets",
  ),
  mutant(
    "pa-one-address",
    ADDRESSES,
    "if (isWildcardAddress(address) || !isUnicastAddress(address))",
    "if (isWildcardAddress(address))",
    "a group is an address of this host",
  ),
  mutant(
    "pa-closed",
    ADDRESSES,
    "    this.#requireOpen();\n    const transport",
    "    const transport",
    "a closed port opens sockets",
  ),
  mutant(
    "pa-at-once",
    ADDRESSES,
    "setTimeout(close, LATECOMERS_MS)",
    "setTimeout(close, 0)",
    "latecomers find nobody",
  ),
  mutant(
    "pa-listeners",
    ADDRESSES,
    "if (this.#port.isListenedOn(address)) return true;",
    "",
    "a server loses its address",
  ),
  mutant(
    "pa-wanted-again",
    ADDRESSES,
    "else this.#leavers.get(address)?.delete(association);",
    "",
    "who wants it again has given it up",
  ),
  mutant(
    "pa-late-user",
    ADDRESSES,
    "if (!this.#isUsed(address)) this.drop(address);",
    "this.drop(address);",
    "who came meanwhile loses it",
  ),

  // ---- What the host has lost ----
  mutant(
    "pa-lost-complaint",
    TRANSPORTS,
    'return error instanceof SctpError && error.code === "EADDRNOTAVAIL";',
    "return error instanceof SctpError;",
    "whatever the host complains of, the address is gone",
  ),
  mutant(
    "pa-lost-wildcard",
    TRANSPORTS,
    "this.#localAddresses.filter((address) => !isWildcardAddress(address));",
    "this.#localAddresses.filter(() => !this.#localAddresses.some(isWildcardAddress));",
    "what stands behind a wildcard is never lost",
  ),
  mutant(
    "pa-lost-probe",
    TRANSPORTS,
    "    probe.close();\n    return false;",
    "    return probe.localUdpPort < 0;",
    "each question leaves a socket behind",
  ),
  mutant(
    "pa-lost-once",
    ADDRESSES,
    "this.#droppingLost ??= this",
    "this.#droppingLost = this",
    "each association of a port asks the host by itself",
  ),
  mutant(
    "pa-lost-again",
    ADDRESSES,
    "      this.#droppingLost = undefined;\n",
    "",
    "the host is asked once for ever",
  ),
  mutant(
    "pa-lost-closed",
    ADDRESSES,
    "      if (this.#port.isClosed) return;\n",
    "",
    "a port that is closed loses addresses",
  ),

  // ---- Who gets the port ----
  mutant(
    "pa-shared",
    SHARED,
    "driver.isAsOpened && asked.join()",
    "asked.join()",
    "a port is found by an address that it has lost",
  ),
  mutant(
    "pa-clients",
    SHARED,
    "if (driver?.isAsOpened && driver",
    "if (driver !== undefined && driver",
    "clients get addresses that they have not asked for",
  ),
];
