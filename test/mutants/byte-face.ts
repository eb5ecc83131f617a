/**
 * Mistakes that somebody could make in what Node's streams are told of an association and its streams; the tests must find
 * every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const BYTE_FACE_MUTANTS: readonly Mutant[] = [
  mutant(
    "encoding-silent",
    "node/socket/message-stream.ts",
    "  override setEncoding(encoding: BufferEncoding): this {",
    "  override setEncoding(encoding: BufferEncoding): this {\n    if (encoding.length > 0) return this;",
    "setEncoding is ignored, and strings never come",
  ),
  mutant(
    "pipe-into-bytes",
    "node/socket/message-stream.ts",
    "writableObjectMode === false && !(destination instanceof MessageStream)",
    "writableObjectMode === undefined && !(destination instanceof MessageStream)",
    "a pipe into bytes fails at its first message",
  ),
  mutant(
    "echo-without-info",
    "node/socket/message-stream.ts",
    "infos.set(bytes, chunk.info);",
    "",
    "an echo loses streams and PPIDs",
  ),
  mutant(
    "abandoned-read",
    "node/socket/message-stream.ts",
    "if (signal?.aborted) throw abortError(signal);",
    "if (signal?.aborted) return;",
    "an aborted iteration looks as if the association had ended",
  ),
  mutant(
    "end-before-streams",
    "node/socket/association-duplex.ts",
    "if (!this.#waiters.isEmpty || !this.channels.areSettled) return;",
    "if (!this.#waiters.isEmpty) return;",
    "end() does not wait for the byte streams",
  ),
  mutant(
    "end-before-web-writes",
    "node/channels/sctp-stream.ts",
    "return this.#writesPending === 0 && (this.#node",
    "return (this.#node",
    "end() does not wait for what was written to a Web Stream",
  ),
  mutant(
    "destroy-looks-whole",
    "node/channels/byte-duplex.ts",
    "else if (!isWhole && !this.isSettled) this.destroy();",
    "",
    "a byte stream of an association that was destroyed ends as if it were whole",
  ),
  mutant(
    "departure-untold",
    "node/channels/sctp-stream.ts",
    'if (ending === "departing") this.#node?.onDeparture();',
    "",
    "the peer is not told of streams that were cut short",
  ),
  mutant(
    "cut-as-whole",
    "node/channels/byte-duplex.ts",
    "const isCut = error !== null || this.writableLength > 0;",
    "const isCut = error !== null;",
    "what was written and not accepted is lost behind a clean end",
  ),
  mutant(
    "error-as-whole",
    "node/channels/byte-duplex.ts",
    "if (message?.data[0] === CUT) {",
    "if (message?.data[0] === 2) {",
    "a peer's Duplex that was destroyed with an error looks whole",
  ),
  mutant(
    "restart-unheard",
    "node/socket/association-duplex.ts",
    "this.channels.onRestart();",
    "",
    "byte streams wait for the ends that a restarted peer has forgotten",
  ),
  mutant(
    "unread-end",
    "node/channels/byte-duplex.ts",
    "if (!this.destroyed) this.read(0);",
    "",
    "nobody hears of the peer's end who does not read",
  ),
  mutant(
    "unread-holds",
    "node/channels/byte-duplex.ts",
    "    this.endUnread();\n    this.#channel.onSettled();",
    "    this.#channel.onSettled();",
    "a byte stream that nobody reads holds the association for ever",
  ),
  mutant(
    "listener-interrupts",
    "node/socket/association-duplex.ts",
    "      this.push(message);\n    } catch (error) {\n      throwLater(error);",
    "      this.push(message);\n    } catch (error) {\n      throw error;",
    "a listener that throws deafens the association",
  ),
  mutant(
    "flow-interrupted",
    "node/socket/message-stream.ts",
    "setImmediate(() => this.#flow());",
    "",
    "what was buffered is not heard after a listener has thrown",
  ),
  mutant(
    "bytes-interrupted",
    "node/channels/byte-duplex.ts",
    "      throwLater(error);\n      return true;",
    "      throw error;",
    "a listener that throws deafens a byte stream",
  ),
  mutant(
    "destroy-aborts",
    "node/socket/association-duplex.ts",
    "const departs = lives && this.isConnected && association.readableCount === 0;",
    "const departs = lives && this.isConnected && association.readableCount === 0 && error === null;",
    "destroy(error) loses what was accepted before",
  ),
  mutant(
    "close-without-word",
    "node/channels/byte-duplex.ts",
    'process.nextTick(() => this.emit("close", error !== null));',
    'process.nextTick(() => this.emit("close"));',
    "'close' of a byte stream does not say whether there was an error",
  ),
  mutant(
    "departing-deaf",
    "node/socket/ending.ts",
    "this.#association.receiveMessage(this.#driver.nowMs());",
    "",
    "a socket destroyed in the midst of reading never tells a peer that goes on sending",
  ),
  mutant(
    "write-accepted-late",
    "node/socket/association-duplex.ts",
    "if (isAccepted) callback(); // At once",
    "if (isAccepted) process.nextTick(callback); // At once",
    "of several writes before a destroy() only the first goes out",
  ),
];
