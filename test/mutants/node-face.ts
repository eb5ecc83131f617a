/**
 * Mistakes that somebody could make in the face towards Node: errors, bad input, names, statistics; the tests must find every one.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const NODE_FACE_MUTANTS: readonly Mutant[] = [
  // ---- Errors ----
  mutant(
    "error-host-code",
    "base/errors.ts",
    "this.code = details.hostCode ?? code;",
    "this.code = code;",
    "an error of the host has a code that nobody knows from net",
  ),
  mutant(
    "error-no-errno",
    "node/common/host-error.ts",
    '    errno: typeof said.errno === "number" ? said.errno : undefined,\n',
    "",
    "an error of the host has lost its number",
  ),
  mutant(
    "lookup-throws",
    "node/common/resolve.ts",
    "    } catch (error) {\n      fail(error);\n    }",
    "    } catch (error) {\n      reject(error);\n    }",
    "what a lookup throws comes out as it is",
  ),
  mutant(
    "error-whose",
    "node/socket/ending.ts",
    "message, { causeCodes, ...peer });",
    "message, { causeCodes });",
    "an abort of the peer does not say whose",
  ),

  // ---- Bad input ----
  mutant(
    "input-names",
    "base/option-check.ts",
    "      if (isForeign(name, value, taken)) continue;\n      throw unknownName(name, taken);",
    "      isForeign(name, value, taken);\n      continue;",
    "a name that does not exist is ignored",
  ),
  mutant(
    "input-kinds",
    "base/option-check.ts",
    "      if (words !== undefined) throw refusal(",
    "      if (words === name) throw refusal(",
    "a value of the wrong kind is taken",
  ),
  mutant(
    "input-send-info",
    "association/model/send-info.ts",
    "    default:\n      return false;",
    "    default:\n      return true;",
    "a mistyped name beside a message is ignored",
  ),
  mutant(
    "input-waiting-send",
    "node/socket/association-duplex.ts",
    "      checkSendInfo(info); // As sending would have",
    "      // As sending would have",
    "a message that waits is checked only when there is room",
  ),
  mutant(
    "input-link",
    "sim/network.ts",
    "const isRate = isNumber(0, 1);",
    "const isRate = isNumber(0, 100);",
    "a link loses five of one",
  ),

  // ---- As net ----
  mutant(
    "net-digits",
    "node/common/option-names.ts",
    'typeof value !== "number" && (typeof value !== "string" || value.trim() === "")',
    'typeof value !== "number"',
    "a port from the environment is refused",
  ),
  mutant(
    "net-keep-alive",
    "node/socket/socket.ts",
    "if (delayMs > 0) return",
    "if (delayMs > LONGEST_HEARTBEAT_MS) return",
    "setKeepAlive has no effect",
  ),
  mutant(
    "net-reconnect",
    "node/socket/association-duplex.ts",
    "    this.#closeReason = undefined;\n    this.#peerEnds = false;",
    "    this.#peerEnds = false;",
    "a socket that connects again believes its association ended",
  ),
  mutant(
    "net-reconnect-late",
    "node/socket/association-duplex.ts",
    "if (event.association !== this.#inside.association) return;",
    "",
    "the end of the association before ends the next one, too",
  ),
  mutant(
    "net-reconnect-lookup",
    "node/socket/connecting.ts",
    "socket.destroyed || inside.life !== life;",
    "socket.destroyed;",
    "the lookup of an attempt before makes a second association",
  ),
  mutant(
    "net-reconnect-twice",
    "node/socket/socket.ts",
    "if (this.destroyed ? this.#again !== undefined : isTaken) {",
    "if (!this.destroyed && isTaken) {",
    "a second connect() before 'close' takes the place of the first",
  ),
  mutant(
    "net-reconnect-destroyed",
    "node/socket/socket.ts",
    "    this.#again = undefined;\n    return super.destroy(error);",
    "    return super.destroy(error);",
    "destroy() does not take back a connect() that waits for 'close'",
  ),
  mutant(
    "net-connect-late",
    "node/socket/association-duplex.ts",
    'if (this.destroyed && event.kind !== "closed") return;',
    "",
    "'connect' is told behind destroy()",
  ),
  mutant(
    "net-reconnect-opened",
    "node/socket/socket.ts",
    "        if (this.destroyed) reject(this.errored ?? closedError());",
    "        if (this.pending) reject(this.errored ?? closedError());",
    "the end of the association before fails the next one",
  ),
  mutant(
    "net-address-object",
    "node/socket/connect-options.ts",
    "return { ...more, hosts, remoteUdpPort: localUdpPort };",
    "return { ...more, hosts };",
    "the address of a server leads to another UDP port",
  ),
  mutant(
    "compat-found",
    "compat/shared-port.ts",
    "if (!isTaken || isFound) throw error;",
    "if (!isTaken) throw error;",
    "a server of the compat module listens where nobody looks",
  ),
  mutant(
    "compat-again",
    "compat/shared-port.ts",
    "if (open !== undefined && (isRight || !isFound)) return open;",
    "if (open !== undefined) return open;",
    "a server of the compat module shares a port that a client was content with",
  ),

  // ---- Statistics ----
  mutant(
    "stats-carries",
    "association/reporting/facts.ts",
    "carriesData: path === this.#parts.paths.forData,",
    "carriesData: path === this.#parts.paths.primary,",
    "a dead primary path is said to carry DATA",
  ),
  mutant(
    "stats-path-retransmits",
    "association/reporting/tracer.ts",
    "    path.retransmittedChunks++;\n",
    "",
    "no path knows what was sent there again",
  ),
  mutant(
    "stats-passive",
    "stack/stack-stats.ts",
    "if (news.inbound) this.#passiveEstabs++;",
    "if (!news.inbound) this.#passiveEstabs++;",
    "who asked for an association is told the wrong way round",
  ),
  mutant(
    "stats-nan",
    "association/model/events.ts",
    "return Number.isNaN(ms) ? undefined : ms;",
    "return ms;",
    "users see NaN",
  ),
  mutant(
    "listen-whose-option",
    "node/server/listen-options.ts",
    '() => "it belongs to createServer()"',
    "() => undefined",
    "listen() ignores an option of the associations",
  ),
  mutant(
    "count-sent-again",
    "association/sending/outbound.ts",
    "writer.repeatData(",
    "writer.appendData(",
    "what is sent again counts as new",
  ),
  mutant(
    "count-put-together",
    "association/receiving/inbound.ts",
    '? "accepted" : "completed"',
    '? "accepted" : "accepted"',
    "no message counts as put together",
  ),
  mutant(
    "count-t2-again",
    "association/procedures/shutdown.ts",
    "    this.#parts.seat.scratch.writer.discountRepeated();\n",
    "",
    "a SHUTDOWN that T2 repeats counts as new",
  ),
  mutant(
    "count-last-words",
    "stack/outbox.ts",
    "      this.detachedChunks += packet.chunkCount;\n",
    "",
    "chunks of packets without an association do not count",
  ),
];
