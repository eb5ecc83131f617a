/**
 * Mistakes that somebody could make with UDP ports and with clients: who shares a port, what is told of a peer that is not there,
 * what is left behind; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const PORT_MUTANTS: readonly Mutant[] = [
  // ---- Sharing ----
  mutant(
    "clients-port-unexplained",
    "node/driver/shared-ports.ts",
    "[...shared.keys(), ...ofClients.values()].find(",
    "[...shared.keys()].find(",
    "a port that this thread's clients have looks as if another program had it",
  ),
  mutant(
    "elsewhere-unsaid",
    "base/option-check.ts",
    "const isElsewhere = better !== undefined && Object.hasOwn(foreign, better);",
    "const isElsewhere = false;",
    "an option that belongs to another call is said to be of this one",
  ),
  mutant(
    "ports-own",
    "node/driver/shared-ports.ts",
    "if (isOfItsOwn(wish)) return",
    "if (isOfItsOwn({})) return",
    "a trace is of no effect, or sees what others do",
  ),
  mutant(
    "ports-families",
    "node/driver/shared-ports.ts",
    "families.length > 1 ? undefined",
    "families.length > 0 ? undefined",
    "an IPv4 literal opens an IPv6 socket",
  ),
  mutant(
    "ports-subset",
    "node/driver/shared-ports.ts",
    "localAddresses: hasOnly(driver, wanted) ? undefined : wanted",
    "localAddresses: undefined",
    "a server listens on more addresses than it asked for",
  ),
  mutant(
    "ports-wildcard-family",
    "stack/sctp-ports.ts",
    "isWildcardAddress(to) && bound?.some(isWildcardAddress) !== true",
    "isWildcardAddress(to)",
    "a server on IPv6 only is reached by IPv4",
  ),
  mutant(
    "ports-taken-over",
    "node/driver/port-driver.ts",
    "if (lingering.delete(this)) clearTimeout(this.#lingerTimer);",
    "lingering.delete(this);",
    "a port that was taken over while it lingered closes under its associations",
  ),
  mutant(
    "ports-forgo",
    "node/driver/port-driver.ts",
    "if (this.#holders === 0 && !lingering.has(this)) this.close();",
    "this.close();",
    "who fails to listen closes the port of those he would have shared it with",
  ),
  // ---- An SCTP port that is another association's at the peer ----
  mutant(
    "port-change-causes",
    "association/procedures/setup.ts",
    "  CauseCode.RestartWithNewAddresses,\n  CauseCode.RestartWithNewEncapsulationPort,",
    "  CauseCode.RestartWithNewEncapsulationPort,",
    "a port that collides behind other addresses is told to the user",
  ),
  mutant(
    "port-change-bound",
    "association/procedures/setup.ts",
    "this.#portChanges >= MAX_PORT_CHANGES || ",
    "",
    "a peer makes the set-up go on for ever",
  ),
  mutant(
    "port-change-chosen",
    "stack/stack.ts",
    "isPicked ? changePort : undefined",
    "changePort",
    "the port that the user chose is changed",
  ),
  mutant(
    "port-change-claim",
    "stack/association-table.ts",
    "    return remoteAddresses.every((address) => this.claim(engine, address));",
    "    return remoteAddresses.length > 0;",
    "the association is not found by its new port",
  ),
  // ---- A peer that is not there ----
  mutant(
    "refusal-all",
    "node/socket/connect-attempt.ts",
    "if (refused.size === remoteAddresses.length)",
    "if (refused.size > 0)",
    "one address that refuses ends what another one would have answered",
  ),
  mutant(
    "refusal-transport",
    "node/driver/open-port.ts",
    "options.transport === undefined && options.createSocket === undefined",
    "options.transport === undefined",
    "the host is asked about a port that packets do not go to",
  ),
  mutant(
    "refusal-one-datagram",
    "node/driver/refusals.ts",
    "    canaries.set(key, canary);",
    "",
    "each who waits asks by itself",
  ),
  mutant(
    "refusal-grace",
    "node/driver/refusals.ts",
    "if (!listener.isWaiting()) this.#fresh.delete(listener)",
    "listener.isWaiting()",
    "a peer that has answered is asked whether it is there",
  ),
  mutant(
    "refusal-sctp-port",
    "association/procedures/termination.ts",
    'this.#parts.lifecycle.state === "COOKIE-WAIT" ? {',
    'this.#parts.lifecycle.state === "COOKIE-ECHOED" ? {',
    "an ABORT of a peer that had accepted is told as a refusal, and a refusal is not",
  ),
  mutant(
    "connect-timeout-stop",
    "node/socket/connecting.ts",
    '  socket.once("connect", stop);\n',
    "",
    "connectTimeoutMs ends an association that is up",
  ),
  // ---- The end of a thread ----
  mutant(
    "farewell-accepted",
    "node/driver/port-driver.ts",
    "        stayInTouch(this);\n",
    "",
    "the peers of a server that exits hear nothing of it",
  ),
  mutant(
    "farewell-last-words",
    "node/driver/farewell.ts",
    "      leaver.sendNow(); // What was sent in this turn goes before, as far as it may.\n",
    "",
    "what was sent right before process.exit() is lost",
  ),
  mutant(
    "farewell-bound",
    "node/driver/farewell.ts",
    "if (count >= MAX_ABORTS || performance.now() > endMs) break;",
    "",
    "an exit takes as long as there are associations",
  ),
  mutant(
    "farewell-over",
    "node/driver/port-driver.ts",
    "this.#stack.associationCount === 0) loseTouch(this);",
    "this.#stack.associationCount < 0) loseTouch(this);",
    "a listener for 'exit' stays when the last association has ended",
  ),
  // ---- The addresses of one name ----
  mutant(
    "race-failure",
    "node/socket/connect-race.ts",
    "if (this.#next < this.#addresses.length) void this.#tryNext();\n    else if",
    "if",
    "an address that refuses makes the next one wait its time",
  ),
  mutant(
    "race-patience",
    "node/socket/connect-race.ts",
    "    else void this.#tryNext();\n  }\n\n  #win",
    "  }\n\n  #win",
    "an address that is silent is waited for to the end",
  ),
  mutant(
    "race-losers",
    "node/socket/connect-race.ts",
    "      this.#drop(runner);\n      runner.withdraw();",
    "      this.#drop(runner);",
    "the set-ups that lost go on",
  ),
  mutant(
    "race-families",
    "node/common/resolve.ts",
    "[four[i], six[i]]",
    "[six[i], four[i]]",
    "IPv6 goes first, though a wildcard of the peer's may have no IPv6",
  ),
];
