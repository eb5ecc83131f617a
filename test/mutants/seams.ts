/**
 * Mistakes that somebody could make in the seams between the parts, and in the negotiation of extensions; the tests must find every
 * one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const SEAM_MUTANTS: readonly Mutant[] = [
  // ---- Deadlines, handlers, the end ----
  mutant(
    "deadlines-over",
    "association/engine.ts",
    "i < deadlines.count && !termination.isOver",
    "i < deadlines.count",
    "parts are called after the end",
  ),
  mutant(
    "deadlines-due",
    "association/engine.ts",
    "part === undefined || nowMs < part.deadlineMs",
    "part === undefined || nowMs <= part.deadlineMs",
    "a part is called a moment late",
  ),
  mutant(
    "handlers-first",
    "association/packets/chunk-receiver.ts",
    '      if (outcome === "stop" || this.#parts.lifecycle.state === "CLOSED") return "stop";',
    '      if (outcome === "stop" || this.#parts.lifecycle.state === "CLOSED" || isHandled) return outcome;',
    "only the first part hears of a chunk",
  ),
  mutant(
    "handlers-stop",
    "association/packets/chunk-receiver.ts",
    '      if (outcome === "stop" || this.#parts.lifecycle.state === "CLOSED") return "stop";\n',
    "",
    "a part cannot end the packet",
  ),
  mutant(
    "handlers-known",
    "association/packets/chunk-receiver.ts",
    "      this.#moreHandlers.some(({ chunkTypes }) => chunkTypes.includes(type))",
    "      type >= 128",
    "what was not agreed on counts as known",
  ),
  mutant(
    "end-once",
    "association/procedures/termination.ts",
    "    if (this.#isOver) return;\n",
    "",
    "an association ends twice",
  ),
  mutant(
    "end-order",
    "association/procedures/termination.ts",
    "    this.#parts.seat.release();\n    this.#parts.events.closed(reason);",
    "    this.#parts.events.closed(reason);\n    this.#parts.seat.release();",
    "the last event comes while the association still has its tag",
  ),

  // ---- Seats, addresses, what is sent ----
  mutant(
    "seat-claim",
    "association/paths/peer-addresses.ts",
    "    this.#parts.seat.unclaimAddress(path.address);\n    this.#parts.paths.remove(path);",
    "    this.#parts.paths.remove(path);",
    "a removed address stays this association's",
  ),
  mutant(
    "addresses-last",
    "association/paths/peer-addresses.ts",
    "if (!addresses.has(path.address) && this.#parts.paths.all.length > 1)",
    "if (!addresses.has(path.address))",
    "an association without an address",
  ),
  mutant(
    "outbox-route",
    "stack/outbox.ts",
    "route: { localAddress, address, remoteUdpPort },",
    "route,",
    "a last word follows a path that changes",
  ),
  mutant(
    "outbox-oversize",
    "stack/outbox.ts",
    "      if (packet.bytes.length > slab.bytes.length) continue; // It fits into no packet.\n",
    "",
    "an answer that is too large throws",
  ),
  mutant(
    "release-tag",
    "stack/residents.ts",
    "    this.table.remove(engine);\n    this.#closedTags.add(engine.identity.localTag, this.#nowMs);",
    "    this.table.remove(engine);",
    "a late cookie brings an association back",
  ),

  mutant(
    "lower-layer",
    "stack/local-addresses.ts",
    "maxPacketBytes = Math.min(maxPacketBytes, layer.maxPacketBytes);",
    "maxPacketBytes = layer.maxPacketBytes;",
    "the last address says for all how large packets may be",
  ),
  mutant(
    "lower-layer-gone",
    "stack/local-addresses.ts",
    "    this.#lowerLayers.delete(address);\n",
    "",
    "an address that is gone bounds packets still",
  ),

  // ---- Negotiation ----
  mutant(
    "negotiation-unasked",
    "association/model/negotiation.ts",
    "proposals: proposals.filter(({ extension }) => capabilities.has(extension.id)), capabilities",
    "proposals, capabilities",
    "an INIT ACK says what was not asked",
  ),
  mutant(
    "negotiation-bound",
    "association/model/negotiation.ts",
    "    if (savedBytes > bytesLeft) continue;\n",
    "",
    "a peer makes the cookie as large as it wants",
  ),
  mutant(
    "negotiation-collision",
    "stack/init-responder.ts",
    "      return { proposals, capabilities: settle(proposals, asked) };",
    "      return { proposals: [], capabilities: settle(proposals, asked) };",
    "an INIT ACK in a collision does not repeat the INIT",
  ),
  mutant(
    "negotiation-restart",
    "association/extensions/extensions-at-work.ts",
    "      for (const handler of parts.handlers) site.receiver.removeHandler(handler);\n",
    "",
    "an extension outlives the restart of a peer that has it no more",
  ),
  mutant(
    "negotiation-timed",
    "association/extensions/extensions-at-work.ts",
    "      for (const part of parts.timed) site.deadlines.remove(part);\n",
    "",
    "the timer of an extension outlives it",
  ),
  mutant(
    "negotiation-promise",
    "stack/cookie-receiver.ts",
    "if (!negotiation.knows(cookie.capabilities))",
    "if (false)",
    "a cookie's promise is not kept",
  ),
  mutant(
    "negotiation-repeat",
    "association/procedures/setup.ts",
    "      ...proposalParameters(this.proposals),\n",
    "      ...proposalParameters(this.#retransmitCount > 0 ? [] : this.proposals),\n",
    "a repeated INIT offers nothing",
  ),
  mutant(
    "negotiation-tail",
    "stack/state-cookie.ts",
    "at + view.getUint16(SAVED_LENGTH_AT)",
    "at",
    "what was agreed on is lost in the cookie",
  ),
  mutant(
    "negotiation-stop",
    "association/procedures/init-parameters.ts",
    "    if (isRecognised(parameter.type, wanted)) {",
    "    if (isRecognised(parameter.type, wanted) || parameter.type >= 0x8000) {",
    "parameters that nobody reads are not reported",
  ),

  // ---- Traces ----
  mutant(
    "trace-t3",
    "association/procedures/path-monitor.ts",
    'this.#parts.tracer.onTimer("T3-rtx", path);',
    "",
    "the trace is not told that T3-rtx expired",
  ),
  mutant(
    "trace-delayed-sack",
    "association/engine.ts",
    "if (part === inbound) tracer",
    "if (part === outbound) tracer",
    "the zero-window probe is traced as a delayed SACK",
  ),
  mutant(
    "trace-lost",
    "sim/world/host-trace.ts",
    "if (arrives) this.#sink.packet",
    'if (arrives || direction === "sent") this.#sink.packet',
    "a lost packet is drawn as if it arrived",
  ),
  mutant(
    "trace-missed",
    "sim/world/world.ts",
    "if (!isUnderWay && receiver instanceof SimHost) receiver.traceMissed(datagram, reached, source);",
    "",
    "a packet that was lost on its way to a host is not drawn there",
  ),
  mutant(
    "trace-lost-sack",
    "trace/explain.ts",
    'if (chunk.kind === "DATA" || chunk.kind === "I-DATA") association[direction].sawData(chunk.tsn);',
    "",
    "DATA that was lost is not called sent again when it is",
  ),
  mutant(
    "planned-nth",
    "sim/world/planned-faults.ts",
    "passes: nth - 1",
    "passes: nth",
    "the fourth SACK is lost instead of the third",
  ),
  mutant(
    "planned-from",
    "sim/world/planned-faults.ts",
    "plan.from !== undefined && plan.from !== sender",
    "plan.from === undefined && plan.from !== sender",
    "a planned loss hits the packets of others",
  ),
  mutant(
    "trace-wildcard",
    "node/driver/open-port.ts",
    "trace === undefined || !isUdp",
    "trace === undefined || isUdp",
    "captures show 0.0.0.0 as the source",
  ),
];
