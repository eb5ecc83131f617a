/**
 * What must hold in the end: the real peer can go on, or what is left of the association ends by itself.
 * Owns: the three endings, and what is expected of them. Does not own: single packets (watch.ts).
 */
import type { Association } from "../../../src/association/association.ts";
import { tsnAdd } from "../../../src/base/serial.ts";
import { dataChunk, initChunk, PEER_TAG } from "../../conformance/lab.ts";
import { check } from "../target.ts";
import type { Bench } from "./bench.ts";
import { PEER_TSN, Peer, type Reply } from "./peer.ts";
import { LIMITED, type Scene, type State } from "./states.ts";
import type { Watch } from "./watch.ts";

const MAX_ROUNDS = 200;
/** Timeouts after which an association without a peer must have given up. */
const MAX_SILENT_TIMEOUTS = 3_000;
const GREETING = new TextEncoder().encode("still here");

export class Ending {
  readonly #bench: Bench;
  readonly #watch: Watch;
  readonly #peer: Peer;
  readonly #state: State;

  constructor(scene: Scene, watch: Watch, state: State) {
    this.#bench = scene.bench;
    this.#peer = scene.peer;
    this.#watch = watch;
    this.#state = state;
  }

  /** The peer goes on: its message arrives, and the association ends when it wants. */
  withPeer(): void {
    const bench = this.#bench;
    const unharmed = this.#watch.harmless;
    this.#peer.acknowledges = true;
    bench.autoRead = true;
    bench.readAll();
    const association = bench.association;
    if (association !== undefined) {
      this.#converse(association, unharmed);
      if (unharmed) this.#checkGracefulEnd(association);
    }
    this.inSilence();
  }

  /** The peer is gone: every association must notice, and nothing may be left. */
  inSilence(): void {
    const bench = this.#bench;
    for (let i = 0; bench.stack.associationCount > 0; i++) {
      check(i < MAX_SILENT_TIMEOUTS, () => `an association without a peer does not end: ${this.#shown()}`);
      check(this.#watch.toNextDeadline(), () => `an association waits for nothing: ${this.#shown()}`);
      bench.sent.length = 0;
    }
    this.#checkNothingLeft();
  }

  /** The user has had enough. */
  byAbort(): void {
    const bench = this.#bench;
    this.#watch.flush();
    for (const association of bench.associations) association.abort(GREETING, bench.nowMs);
    bench.flush();
    this.#checkNothingLeft();
  }

  /** A new association with the same peer can be had. */
  again(): void {
    const bench = this.#bench;
    if (!this.#state.options.listens) return;
    const peer = new Peer();
    peer.isOpening = true;
    bench.sent.length = 0;
    this.#deliver(peer.packet(undefined, [initChunk({ initiateTag: PEER_TAG, initialTsn: PEER_TSN })]));
    for (let round = 0; round < 4; round++) {
      for (const sent of bench.sent.splice(0)) {
        const reply = peer.reply(sent, bench.association);
        if (reply !== undefined) this.#deliver(reply);
      }
    }
    const { association } = bench;
    check(association?.state === "ESTABLISHED", () => `no new association with the peer: ${this.#shown()}`);
    association.abort(GREETING, bench.nowMs);
    bench.flush();
    this.#checkNothingLeft();
  }

  #converse(association: Association, unharmed: boolean): void {
    const bench = this.#bench;
    let greeted = false;
    let closing = false;
    for (let round = 0; association.state !== "CLOSED"; round++) {
      check(round < MAX_ROUNDS, () => `the peer cannot end the association: ${this.#shown()}`);
      this.#watch.flush();
      if (this.#answer()) continue;
      if (association.state === "ESTABLISHED" && !greeted) {
        greeted = true;
        this.#greet(association, unharmed);
      } else if (maySayGoodbye(association) && !closing) {
        closing = true;
        this.#peer.acknowledges = true;
        this.#say(association, this.#peer.sackFor(association));
        this.#answer();
        const cumulativeTsnAck = this.#peer.highestTsn(association);
        if (maySayGoodbye(association)) this.#say(association, { kind: "SHUTDOWN", cumulativeTsnAck });
      } else {
        closing = false;
        check(this.#watch.toNextDeadline(), () => `the association waits for nothing: ${this.#shown()}`);
      }
    }
    bench.flush();
  }

  /** The peer replies to what was sent; false if there was nothing to reply to. */
  #answer(): boolean {
    const bench = this.#bench;
    const { association } = bench;
    let replied = false;
    for (const sent of bench.sent.splice(0)) {
      const reply = this.#peer.reply(sent, association);
      if (reply === undefined) continue;
      this.#deliver(reply);
      replied = true;
    }
    return replied;
  }

  #greet(association: Association, unharmed: boolean): void {
    if (unharmed) {
      for (const chunk of this.#state.rest) this.#say(association, chunk);
      this.#say(association, this.#peer.data({ unordered: true, payload: GREETING }));
    } else {
      // What the stack has from "the peer" is not known here; an old TSN makes it say so in a SACK.
      this.#say(association, this.#peer.userData(this.#peer.sack?.cumulativeTsnAck ?? PEER_TSN));
      this.#answer();
      if (association.state !== "ESTABLISHED") return;
      if (association.isInterleaved) return; // Nor is it known which numbers have been given up.
      // Nor what is acknowledged, where no address is confirmed that a SACK may go to (RFC 9260 5.4).
      if (association.paths().every(({ state }) => state === "unconfirmed")) return;
      const next = tsnAdd(this.#peer.sack?.cumulativeTsnAck ?? PEER_TSN, 1);
      this.#say(association, dataChunk({ tsn: next, unordered: true, payload: GREETING }));
    }
    this.#answer();
    // A window that is full of messages which never become whole stays so; the RFC has no remedy but the end.
    const isFull = !unharmed && this.#peer.sack?.aRwndBytes === 0;
    if (association.state !== "ESTABLISHED" && !unharmed) return;
    check(this.#hasGreeting() || isFull, () => `the peer's message does not arrive: ${this.#shown()}`);
  }

  #hasGreeting(): boolean {
    return this.#bench.messages.some(
      (data) => data.length === GREETING.length && data.every((byte, i) => byte === GREETING[i]),
    );
  }

  #checkGracefulEnd(association: Association): void {
    const { events } = this.#bench;
    const lost = events.filter(
      (event) => event.kind === "send-failed" && event.message.context !== LIMITED,
    ).length;
    check(lost === 0, () => `${lost} messages came back, and no datagram was the peer's`);
    const end = events.find((event) => event.kind === "closed" && event.association === association);
    const reason = end?.kind === "closed" ? end.reason.kind : "none";
    check(reason === "shutdown", () => `the end was "${reason}", and no datagram was the peer's`);
    const held = association.status().heldBytes;
    check(held === 0, () => `${held} bytes are still held, and the peer has sent everything`);
  }

  #checkNothingLeft(): void {
    const { stack } = this.#bench;
    this.#watch.flush();
    check(stack.associationCount === 0, () => `an association is left: ${this.#shown()}`);
    const deadlineMs = stack.nextDeadlineMs();
    check(deadlineMs === Number.POSITIVE_INFINITY, () => `a timer is left, for ${deadlineMs} ms`);
  }

  #say(association: Association, chunk: Parameters<Peer["packet"]>[1][number]): void {
    const [first = ""] = association.remoteAddresses;
    const from = association.hasAddress("10.0.0.2") ? "10.0.0.2" : first;
    const packet = this.#peer.packet(association, [chunk], from);
    this.#deliver(packet, udpPortOf(association, from));
  }

  #deliver({ bytes, from, to }: Reply, port?: number): void {
    const udpPort = port ?? udpPortOf(this.#bench.association, from) ?? 9_899;
    this.#watch.receive(bytes, { address: from, port: udpPort }, to, true);
  }

  #shown(): string {
    return this.#bench.associations
      .map((association) => JSON.stringify([association.status(), association.paths()]))
      .join(" and ");
  }
}

function maySayGoodbye({ state }: Association): boolean {
  return state === "ESTABLISHED" || state === "SHUTDOWN-PENDING" || state === "SHUTDOWN-SENT";
}

/** The UDP port by which an address of the peer is reached. */
function udpPortOf(association: Association | undefined, from: string): number | undefined {
  return association?.paths().find(({ address }) => address === from)?.remoteUdpPort;
}
