/**
 * Mistakes that somebody could make in user message interleaving and in the stream schedulers (RFC 8260); the tests must find every
 * one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const WIRE = "chunks/i-data.ts";
const EXTENSION = "association/extensions/interleaving.ts";
const POLICY = "association/extensions/partial-reliability.ts";
const POINT = "association/extensions/partial-reliability/advanced-ack-point.ts";
const ASSEMBLER = "association/receiving/i-data-assembler.ts";
const ORDERING = "association/receiving/stream-ordering.ts";
const INBOUND = "association/receiving/inbound.ts";
const DATA = "association/packets/data-receiver.ts";
const QUEUE = "association/sending/send-queue.ts";
const STREAM = "association/sending/stream-queue.ts";
const OUTBOUND = "association/sending/outbound.ts";
const FCFS = "association/sending/fcfs-scheduler.ts";
const RING = "association/sending/round-robin-scheduler.ts";
const PRIORITY = "association/sending/priority-scheduler.ts";
const FAIR = "association/sending/weighted-fair-scheduler.ts";
const SHARE = "association/model/stream-share.ts";
const CHANNELS = "node/channels/channel-table.ts";
const JOINER = "node/socket/piece-joiner.ts";
const OPTIONS = "socket/options/association-options.ts";

export const INTERLEAVING_MUTANTS: readonly Mutant[] = [
  // ---- On the wire, and what is agreed ----
  mutant(
    "id-short",
    WIRE,
    "lengthBytes < I_DATA_HEADER_BYTES",
    "lengthBytes < 16",
    "a header of DATA will do",
  ),
  mutant("id-ppid", WIRE, "view.ppid = isBeginning ? ppidOrFsn : 0;", "view.ppid = 0;", "the PPID is lost"),
  mutant(
    "id-fsn",
    WIRE,
    "view.fragmentNumber = isBeginning ? 0 : ppidOrFsn;",
    "view.fragmentNumber = ppidOrFsn;",
    "the PPID counts as a number",
  ),
  mutant(
    "id-mid",
    WIRE,
    "view.sequenceNumber = uint32At(datagram, start + OFF_MID);",
    "view.sequenceNumber = uint32At(datagram, start + OFF_MID) & 0xffff;",
    "MIDs have 16 bits",
  ),
  mutant(
    "id-write",
    WIRE,
    "=== 0 ? fragmentNumber : ppid",
    "=== 0 ? ppid : fragmentNumber",
    "PPID and number change places",
  ),
  mutant(
    "id-reserved",
    WIRE,
    "  out.setUint16(at + OFF_RESERVED, 0);\n",
    "  out.setUint16(at + OFF_RESERVED, 1);\n",
    "a reserved bit is set",
  ),
  mutant(
    "id-consent",
    EXTENSION,
    "interleaving && interleavedDelivery",
    "interleaving",
    "I-DATA comes to who takes no mixed pieces",
  ),
  mutant(
    "id-default",
    EXTENSION,
    "isWanted: ({ interleaving, interleavedDelivery }) => interleaving && interleavedDelivery",
    "isWanted: ({ interleavedDelivery }) => interleavedDelivery",
    "the option is not heeded",
  ),
  mutant(
    "id-review",
    EXTENSION,
    "theirs.chunkTypes.includes(ChunkType.IData) ? new Uint8Array(0) : undefined",
    "new Uint8Array(0)",
    "a peer that does not know I-DATA gets it",
  ),
  mutant(
    "id-pr-known",
    POLICY,
    "? chunkTypes.includes(ChunkType.IForwardTsn)",
    "? chunkTypes.includes(ChunkType.ForwardTsn)",
    "I-FORWARD-TSN goes to who does not know it",
  ),
  mutant(
    "id-pr-offer",
    POLICY,
    " && asked?.chunkTypes.includes(ChunkType.IData) !== false",
    "",
    "an INIT ACK lists what has not been asked for",
  ),
  mutant(
    "id-violation",
    DATA,
    "if (isIData !== this.#parts.inbound.isInterleaved) {",
    "if (!isIData && this.#parts.inbound.isInterleaved) {",
    "I-DATA is taken that was not agreed on",
  ),
  mutant(
    "id-forward-kind",
    POLICY,
    '(chunk.kind === "I-FORWARD-TSN") !== host.inbound.isInterleaved',
    "false",
    "either chunk skips",
  ),
  // ---- Receiving ----
  mutant(
    "id-order",
    ASSEMBLER,
    "2 * streamId + (unordered ? 1 : 0);",
    "2 * streamId;",
    "both orders of a stream share their numbers",
  ),
  mutant(
    "id-first",
    ASSEMBLER,
    "      message.ppid = chunk.ppid;\n",
    "",
    "the PPID of a message in fragments is lost",
  ),
  mutant(
    "id-whole",
    ASSEMBLER,
    "this.fragments.size === MID_SPACE.add(this.endNumber, 1 - this.nextNumber)",
    "this.fragments.size === MID_SPACE.add(this.endNumber, 1)",
    "a message of which the user has pieces never ends",
  ),
  mutant(
    "id-half",
    ASSEMBLER,
    ">= HALF_SPACE) return true;",
    ">= HALF_SPACE) return false;",
    "numbers from before are taken",
  ),
  mutant(
    "id-begins",
    ASSEMBLER,
    "if (isBeginning ? hasBegun : !hasBegun && number === 0) return true;",
    "if (isBeginning && hasBegun) return true;",
    "a message begins without the B bit",
  ),
  mutant(
    "id-ends",
    ASSEMBLER,
    "return isEnding && MID_SPACE.gt(this.highestNumber, number);",
    "return false;",
    "a message ends before what has come of it",
  ),
  mutant(
    "id-beyond",
    ASSEMBLER,
    "return isEnding !== (number === this.endNumber) || MID_SPACE.gt(number, this.endNumber);",
    "return false;",
    "a message goes on behind its end",
  ),
  mutant(
    "id-old",
    ASSEMBLER,
    'if (!isUnordered && MID_SPACE.gt(this.#order.nextNumberOf(streamId), mid)) return "violation";',
    "",
    "a message that has been delivered begins again",
  ),
  mutant(
    "id-bound",
    ASSEMBLER,
    "(!message.isOpen && message.payloadBytes < minBytes)",
    "message.payloadBytes < minBytes",
    "what continues a message waits for the point",
  ),
  mutant(
    "id-one-open",
    ASSEMBLER,
    "if (open !== undefined) return open.hasPiece ? open : undefined;",
    "if (open?.hasPiece === true) return open;",
    "a stream has several messages open",
  ),
  mutant(
    "id-turn",
    ASSEMBLER,
    "this.#order.nextNumberOf(streamId))",
    "0)",
    "the first message of a stream is always its turn",
  ),
  mutant(
    "id-drop-tsn",
    ASSEMBLER,
    "    this.#tsns.remove(tsn);\n",
    "",
    "what is taken back does not come again",
  ),
  mutant(
    "id-drop-first",
    ASSEMBLER,
    "if (message.firstTsn === tsn) message.firstTsn = undefined;",
    "",
    "a message that lost its beginning still has it",
  ),
  mutant(
    "id-mark",
    ASSEMBLER,
    "if (!MID_SPACE.gt(mid, mark)) return true;",
    "",
    "the rest of what was given up is kept",
  ),
  mutant(
    "id-mark-age",
    ASSEMBLER,
    "if (MID_SPACE.add(mid, -mark) > MAX_MARK_DISTANCE)",
    "if (mark < 0)",
    "a mark stays until its numbers come round",
  ),
  mutant(
    "id-skip-more",
    ASSEMBLER,
    "if (MID_SPACE.gt(message.mid, ssn)) continue;",
    "",
    "what was not given up is dropped",
  ),
  mutant(
    "id-skip-told",
    ASSEMBLER,
    "if (message.isOpen) aborted.push(message.delivery);",
    "",
    "nobody hears that a message will not be ended",
  ),
  mutant(
    "id-scattered",
    ORDERING,
    "if (scattered?.every((tsn) => tsnGt(tsn, aboveTsn)) === false) return false;",
    "",
    "what has been acknowledged for good is taken back",
  ),
  mutant(
    "id-scattered-tsns",
    ORDERING,
    "for (const tsn of scattered) this.#tsns.remove(tsn);",
    "",
    "fragments of a message do not come again",
  ),
  mutant(
    "id-unordered-skip",
    INBOUND,
    "if (streamId >= this.#streamCount || unordered === true) continue;",
    "if (streamId >= this.#streamCount) continue;",
    "unordered messages move the order of their stream",
  ),
  mutant(
    "id-last-of-each",
    INBOUND,
    "if (known === undefined || MID_SPACE.gt(message.ssn, known.ssn)) last.set(key, message);",
    "last.set(key, message);",
    "the last that is listed counts, not the largest",
  ),
  mutant(
    "id-gate",
    INBOUND,
    "this.isInterleaved || this.#options.interleavedDelivery",
    "this.#options.interleavedDelivery",
    "messages wait for the end of another stream's",
  ),
  // ---- Sending ----
  mutant(
    "id-counters",
    STREAM,
    "if (unordered) this.#nextUnordered = tsnAdd(mid, 1);\n    else this.#nextOrdered",
    "this.#nextUnordered = tsnAdd(mid, 1);\n    this.#nextOrdered",
    "both orders move each other's numbers",
  ),
  mutant(
    "id-reset",
    STREAM,
    "    this.#nextUnordered = 0;\n  }",
    "  }",
    "unordered messages go on counting after a restart",
  ),
  mutant(
    "id-size",
    OUTBOUND,
    "this.#format = isInterleaved ? I_DATA_FORMAT : DATA_FORMAT;\n    this.onPacketSizeChanged();",
    "this.#format = isInterleaved ? I_DATA_FORMAT : DATA_FORMAT;",
    "packets are four bytes too long",
  ),
  mutant(
    "id-turns",
    QUEUE,
    "const endOfTurn = endOfMessage || this.#isInterleaved;",
    "const endOfTurn = endOfMessage;",
    "a message is finished before another begins",
  ),
  mutant(
    "id-half-sent",
    QUEUE,
    "if (!isCut) this.#halfSent",
    "if (isCut) this.#halfSent",
    "half-sent messages are not given up",
  ),
  mutant(
    "id-reschedule",
    QUEUE,
    "waiting.sort((a, b) => a.place - b.place)",
    "waiting",
    "another order forgets who came first",
  ),
  mutant(
    "id-point-unordered",
    POINT,
    "const key = 2 * streamId + (unordered ? 1 : 0);",
    "const key = 2 * streamId;",
    "of both orders of a stream one is told",
  ),
  mutant(
    "id-point-room",
    POINT,
    "isInterleaved ? I_SKIPPED_BYTES : SKIPPED_BYTES",
    "SKIPPED_BYTES",
    "I-FORWARD-TSN is twice as long as a packet",
  ),
  // ---- Whose turn it is ----
  mutant(
    "ss-leave",
    FCFS,
    "if (at !== left) this.#turns.push(turn);",
    "this.#turns.push(turn);",
    "a stream has a turn too many",
  ),
  mutant(
    "ss-fcfs-head",
    FCFS,
    "if (this.#turns.peek() === stream) this.#turns.shift();\n    else this.#leave(stream);",
    "this.#turns.shift();",
    "another stream loses its turn",
  ),
  mutant(
    "ss-empty",
    RING,
    "stream !== undefined && stream.first === undefined",
    "false",
    "an empty stream is served",
  ),
  mutant(
    "ss-member",
    RING,
    "      this.#members.delete(stream);\n",
    "",
    "a stream that comes back has no turn",
  ),
  mutant(
    "ss-twice",
    RING,
    "if (this.#members.has(stream)) return;",
    "",
    "a stream with two messages has two turns",
  ),
  mutant("ss-pass", RING, "if (this.#turns.peek() !== stream) return;", "", "another stream loses its turn"),
  mutant(
    "ss-rr-turn",
    RING,
    "if (endOfTurn && bytes > 0) this.#ring.pass(stream);",
    "",
    "the turn never passes",
  ),
  mutant(
    "ss-served",
    RING,
    "if (this.#served !== undefined) this.#ring.pass(this.#served);",
    "if (this.#ring.first !== undefined) this.#ring.pass(this.#ring.first);",
    "an empty stream's turn is taken off the next one",
  ),
  mutant(
    "ss-bundle",
    OUTBOUND,
    "if (isPerPacket && message.streamId !== chunk.streamId) break;",
    "",
    "a packet has chunks of several streams",
  ),
  mutant(
    "ss-packet-end",
    OUTBOUND,
    "    if (isPerPacket) this.queue.onPacketEnd();\n",
    "",
    "the same stream fills all packets",
  ),
  mutant(
    "ss-prio-order",
    PRIORITY,
    "(levels[middle] as Level).priority < priority",
    "(levels[middle] as Level).priority > priority",
    "a larger number goes first",
  ),
  mutant(
    "ss-prio-level",
    PRIORITY,
    "if (known?.priority === priority) return known.ring;",
    "",
    "streams of one number do not take turns",
  ),
  mutant(
    "ss-prio-turn",
    PRIORITY,
    "if (endOfTurn && bytes > 0) this.#ringOf(stream.priority).pass(stream);",
    "",
    "of equals the first has it all",
  ),
  mutant(
    "ss-prio-empty",
    PRIORITY,
    "if (stream !== undefined) return stream;\n      this.#levels.shift();",
    "return stream;",
    "a number without messages holds up the others",
  ),
  mutant(
    "ss-prio-place",
    PRIORITY,
    "levels.splice(low, 0, { priority, ring });",
    "levels.push({ priority, ring });",
    "numbers stand in the order in which they came",
  ),
  mutant(
    "ss-weight",
    FAIR,
    "bytes / (this.#isWeighted ? stream.weight : 1)",
    "bytes",
    "weights count for nothing",
  ),
  mutant(
    "ss-fair",
    FAIR,
    "(this.#isWeighted ? stream.weight : 1)",
    "stream.weight",
    "a fair share has weights",
  ),
  mutant("ss-save", FAIR, "share.clock = Math.max(share.clock, this.#clock);", "", "who was idle catches up"),
  mutant(
    "ss-clock",
    FAIR,
    "this.#clock = Math.max(this.#clock, share.clock);",
    "",
    "the time of the streams stands still",
  ),
  mutant("ss-sink", FAIR, "else this.#sink(share.at);", "", "the first stays first"),
  mutant(
    "ss-equal",
    FAIR,
    "a.clock === b.clock && a.turn < b.turn",
    "a.clock === b.clock && a.turn > b.turn",
    "of equals the last goes first",
  ),
  // ---- In every face ----
  mutant("share-weight", SHARE, 'checkNumber("weight", weight, 1);', "", "a weight of 0 divides"),
  mutant("share-priority", SHARE, 'checkNumber("priority", priority, 0);', "", "any priority will do"),
  mutant("share-whole", SHARE, "Number.isInteger(value) && ", "", "half a number will do"),
  mutant("share-most", SHARE, "value <= 65_535", "value <= 65_536", "a value has 17 bits"),
  mutant(
    "share-early",
    CHANNELS,
    "shares.setStreamShare(id, share);\n    this",
    "void share;\n    this",
    "what was said early is forgotten",
  ),
  mutant(
    "share-early-range",
    CHANNELS,
    "if (id < shares.outboundStreams) ",
    "",
    "a stream that there is not breaks the connection",
  ),
  mutant(
    "join-all",
    JOINER,
    "const isTooLarge = this.#heldBytes > this.#maxBytes;",
    "const isTooLarge = message.lengthBytes > this.#maxBytes;",
    "each stream may take as much as one message",
  ),
  mutant(
    "join-drop",
    JOINER,
    "this.#heldBytes -= this.#unfinished.get(messageKey)?.lengthBytes ?? 0;",
    "",
    "what has been joined counts for ever",
  ),
  mutant(
    "opt-level",
    OPTIONS,
    "if (interleaving && core.settings.fragmentInterleave !== 2)",
    "if (interleaving && core.settings.fragmentInterleave === 0)",
    "I-DATA comes to who takes no mixed pieces",
  ),
  mutant(
    "opt-value",
    OPTIONS,
    'options.streamScheduler === "wfq" ? weight : priority',
    "priority",
    "the weight of a stream is not told",
  ),
];
