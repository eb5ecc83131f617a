/**
 * A scripted peer: a small SCTP endpoint that is not the stack, for the stack to talk to. It has one address and one
 * association at a time, and is odd in the ways that it is told to be (behaviours.ts).
 * Owns: whom a packet is for, INITs, cookies and RFC 9260's Table 12, packets out of the blue, crashing.
 * Does not own: the association (association.ts). It imports nothing of the stack but the codec.
 */

import {
  checkArgument,
  checkOptions,
  isCheckedElsewhere,
  isWhole,
  type OptionNames,
} from "../../base/option-check.ts";
import type { Chunk, InitChunk } from "../../chunks/chunk.ts";
import { CauseCode } from "../../chunks/codes.ts";
import { checksumIsValid } from "../../chunks/common-header.ts";
import { decodePacket, encodePacket, type Packet } from "../../chunks/packet.ts";
import type { TransportAddress } from "../../platform/address.ts";
import type { SeededRandom } from "../../platform/random.ts";
import { PeerAssociation, type PeerEnd, type PeerSeat } from "./association.ts";
import { BEHAVIOUR_NAMES, type Behaviour, Habits } from "./behaviours.ts";
import { type Introduction, initAckChunk, introductionOf, openCookie, sealCookie } from "./handshake.ts";
import type { PeerMessage } from "./receiver.ts";

/** What may be chosen for a scripted peer. */
export interface PeerOptions {
  readonly behaviours?: Iterable<Behaviour>;
  /** SCTP port, 1 to 65,535. */
  readonly port?: number;
  /** Receive window, bytes. */
  readonly windowBytes?: number;
  /** Streams in each direction, 1 to 65,535; no more than the other side allows. */
  readonly streams?: number;
  /** Retransmissions in a row until it gives up. */
  readonly maxRetrans?: number;
}

const NAMES: OptionNames<PeerOptions> = {
  of: "a peer of the simulation",
  see: "PeerOptions",
  kinds: {
    behaviours: isCheckedElsewhere,
    port: isWhole(1, 65_535),
    windowBytes: isWhole(1, 0xffff_ffff),
    streams: isWhole(1, 65_535),
    maxRetrans: isWhole(0, 255),
  },
};

function areBehaviours(value: unknown): string | undefined {
  const known: readonly unknown[] = BEHAVIOUR_NAMES;
  return (value as readonly unknown[]).every((name) => known.includes(name))
    ? undefined
    : `names of BEHAVIOURS: ${known.join(", ")}`;
}

/** Whoever drives a peer: sends its datagrams, hears its news. */
export interface PeerDriver {
  readonly nowMs: number;
  sendDatagram(datagram: Uint8Array, to: TransportAddress): void;
  onUp(association: PeerAssociation): void;
  onMessage(association: PeerAssociation, message: PeerMessage): void;
  onEnd(association: PeerAssociation, end: PeerEnd): void;
}

/** With "small-window": about a message of one packet. */
const SMALL_WINDOW_BYTES = { least: 1_500, most: 4_000 };

export class Peer implements PeerSeat {
  readonly address: string;
  readonly habits: Habits;
  readonly windowBytes: number;
  readonly maxRetrans: number;
  /** The association that there is, or was last. */
  association: PeerAssociation | undefined = undefined;
  readonly #driver: PeerDriver;
  readonly #port: number;
  readonly #streams: number;
  /** Tags of ours that were used: no late COOKIE ECHO brings one back. */
  readonly #endedTags = new Set<number>();
  #isListening = false;
  #cookieSecret: number;

  /** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT */
  constructor(driver: PeerDriver, address: string, random: SeededRandom, options: PeerOptions = {}) {
    const given = checkOptions(options, NAMES);
    const { behaviours = [], port = 7, streams = 10, maxRetrans = 10, windowBytes = 100_000 } = given;
    const chosen = [...behaviours];
    checkArgument("behaviours", chosen, areBehaviours);
    this.#driver = driver;
    this.address = address;
    this.habits = new Habits(chosen, random);
    this.#port = port;
    this.#streams = streams;
    this.maxRetrans = maxRetrans;
    const { least, most } = SMALL_WINDOW_BYTES;
    this.windowBytes = this.habits.has("small-window") ? random.integer(least, most) : windowBytes;
    this.#cookieSecret = random.uint32();
  }

  get nowMs(): number {
    return this.#driver.nowMs;
  }
  get nextDeadlineMs(): number {
    return this.association?.nextDeadlineMs ?? Number.POSITIVE_INFINITY;
  }

  /** From now on an INIT is answered. */
  listen(): void {
    this.#isListening = true;
  }

  connect(to: TransportAddress, remotePort: number): PeerAssociation {
    const association = new PeerAssociation(this, this.#introduction(), to, remotePort);
    this.association = association;
    association.open();
    association.flush();
    return association;
  }

  /** Crashes, and comes back knowing nothing. */
  restart(): void {
    this.habits.does("restarts");
    this.association = undefined;
    this.#endedTags.clear();
    this.#cookieSecret = this.habits.random.uint32();
  }

  handleTimeout(): void {
    if (this.nextDeadlineMs <= this.nowMs) this.association?.handleTimeout();
  }

  /** @throws Error if the packet has a right checksum and is not one that may be sent */
  receive(datagram: Uint8Array, from: TransportAddress): void {
    if (datagram.length < 12 || !checksumIsValid(datagram)) return;
    const packet = decodePacket(datagram);
    if (packet.destinationPort !== this.#port) return;
    const [first, ...rest] = packet.chunks;
    if (first?.kind === "INIT") return this.#onInit(first, packet, from);
    if (first?.kind === "COOKIE ECHO") return this.#onCookieEcho(first.cookie, rest, packet, from);
    const { association } = this;
    if (association !== undefined && association.state !== "CLOSED" && isFor(association, packet)) {
      association.remote = from;
      association.onPacket(packet.chunks);
    } else {
      this.#onOutOfTheBlue(packet, from);
    }
  }

  // ---- For its associations ----------------------------------------------------------------------------------

  transmit(to: TransportAddress, remotePort: number, tag: number, chunks: readonly Chunk[]): void {
    const fields = { sourcePort: this.#port, destinationPort: remotePort, verificationTag: tag, chunks };
    this.#driver.sendDatagram(encodePacket(fields), to);
  }

  onUp(association: PeerAssociation): void {
    this.#driver.onUp(association);
  }

  onMessage(association: PeerAssociation, message: PeerMessage): void {
    this.#driver.onMessage(association, message);
  }

  onEnd(association: PeerAssociation, end: PeerEnd): void {
    this.#endedTags.add(association.own.tag);
    this.#driver.onEnd(association, end);
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #introduction(): Introduction {
    const { random } = this.habits;
    const tag = random.uint32() || 1;
    const { windowBytes } = this;
    return {
      tag,
      initialTsn: random.uint32(),
      windowBytes,
      outboundStreams: this.#streams,
      inboundStreams: this.#streams,
      interleaves: this.habits.has("interleaves"),
      promises: this.habits.has("nr-sacks"),
    };
  }

  get #living(): PeerAssociation | undefined {
    return this.association?.state === "CLOSED" ? undefined : this.association;
  }

  /** RFC 9260 5.1 B, 5.2.1, 5.2.2: the answer to an INIT depends on what there is already; nothing is kept. */
  #onInit(chunk: InitChunk, packet: Packet, from: TransportAddress): void {
    const living = this.#living;
    if (living === undefined && !this.#isListening)
      return this.#abort(from, packet.sourcePort, chunk.initiateTag, false);
    if (living?.state === "SHUTDOWN-ACK-SENT") {
      living.repeatNow();
      return living.flush();
    }
    const isCollision = living?.isSettingUp === true;
    const own = isCollision ? living.own : this.#introduction();
    const [localTieTag, peerTieTag] =
      living === undefined || isCollision ? [0, 0] : [living.own.tag, living.peerTag];
    const content = { own, peer: introductionOf(chunk), localTieTag, peerTieTag };
    const cookie = sealCookie(content, this.#cookieSecret, this.habits);
    const answer = initAckChunk(own, this.address, cookie, this.habits);
    this.transmit(from, packet.sourcePort, chunk.initiateTag, [answer]);
  }

  /** RFC 9260 5.1 D and 5.2.4, Table 12. */
  #onCookieEcho(cookie: Uint8Array, rest: readonly Chunk[], packet: Packet, from: TransportAddress): void {
    const content = openCookie(cookie, this.#cookieSecret);
    if (content === undefined || packet.verificationTag !== content.own.tag) return;
    const { own, peer, localTieTag, peerTieTag } = content;
    let living = this.#living;
    if (living === undefined) {
      if (this.#endedTags.has(own.tag)) return;
      living = this.#accept(own, from, packet.sourcePort);
    } else if (living.own.tag !== own.tag) {
      // Action A, a restart; or C and whatever else names no association of ours.
      if (localTieTag !== living.own.tag || peerTieTag !== living.peerTag) return;
      if (living.state === "SHUTDOWN-ACK-SENT") {
        living.repeatNow();
        return living.flush();
      }
      this.#endedTags.add(living.own.tag);
      living = this.#accept(own, from, packet.sourcePort);
    } else if (living.peerTag !== peer.tag && !living.isSettingUp) {
      return;
    }
    // Actions B and D.
    living.remote = from;
    living.onCookieEcho(peer);
    living.onPacket(rest);
  }

  #accept(own: Introduction, from: TransportAddress, remotePort: number): PeerAssociation {
    this.association = new PeerAssociation(this, own, from, remotePort);
    return this.association;
  }

  /** RFC 9260 8.4; and where an association lives, 8.5: no tag but its own counts for anything. */
  #onOutOfTheBlue({ chunks, verificationTag, sourcePort }: Packet, from: TransportAddress): void {
    const has = (kind: Chunk["kind"]): boolean => chunks.some((chunk) => chunk.kind === kind);
    const living = this.#living;
    if (living !== undefined && !(living.isSettingUp && has("SHUTDOWN ACK"))) return;
    if (has("ABORT") || has("SHUTDOWN COMPLETE") || has("COOKIE ACK")) return;
    if (
      chunks.some(
        (chunk) => chunk.kind === "ERROR" && chunk.causes.some(({ code }) => code === CauseCode.StaleCookie),
      )
    )
      return;
    if (has("SHUTDOWN ACK"))
      this.transmit(from, sourcePort, verificationTag, [{ kind: "SHUTDOWN COMPLETE", tagReflected: true }]);
    else this.#abort(from, sourcePort, verificationTag, true);
  }

  #abort(to: TransportAddress, remotePort: number, tag: number, tagReflected: boolean): void {
    this.transmit(to, remotePort, tag, [{ kind: "ABORT", tagReflected, causes: [] }]);
  }
}

/** RFC 9260 8.5: our tag; or the other side's, where the T bit says so. */
function isFor({ own, peerTag }: PeerAssociation, { verificationTag, chunks }: Packet): boolean {
  const [first] = chunks;
  if ((first?.kind === "ABORT" || first?.kind === "SHUTDOWN COMPLETE") && first.tagReflected)
    return verificationTag === peerTag;
  return verificationTag === own.tag;
}
