/**
 * A scripted peer on the simulated network: its users, and what they got against what was sent.
 * Owns: joining a peer (peer/peer.ts) to the world and to the delivery checkers of both sides.
 * Does not own: how the peer behaves (the folder peer), the network (world.ts).
 */
import type { TransportAddress } from "../../platform/address.ts";
import type { SeededRandom } from "../../platform/random.ts";
import { DeliveryChecker } from "../checks/delivery-checker.ts";
import type { PeerAssociation, PeerEnd } from "../peer/association.ts";
import type { Behaviour } from "../peer/behaviours.ts";
import { Peer, type PeerDriver, type PeerOptions } from "../peer/peer.ts";
import type { PeerMessage } from "../peer/receiver.ts";
import { SIM_UDP_PORT, type SimAssociation } from "./host.ts";

/** What a peer asks of the world. */
interface PeerWorld {
  readonly nowMs: number;
  sendAsPeer(peer: SimPeer, from: string, to: TransportAddress, datagram: Uint8Array): void;
  userOf(localTag: number, peerTag: number): SimAssociation | undefined;
}

/** One association of a peer, with its user: sends, counts what comes. */
export class SimPeerAssociation {
  readonly association: PeerAssociation;
  /** Of what the peer sends. */
  readonly delivery: DeliveryChecker = new DeliveryChecker();
  receivedCount = 0;
  end: PeerEnd | undefined = undefined;

  constructor(association: PeerAssociation) {
    this.association = association;
  }

  get state(): string {
    return this.association.state;
  }
  get tags(): { readonly local: number; readonly peer: number } {
    return { local: this.association.own.tag, peer: this.association.peerTag };
  }
}

export class SimPeer implements PeerDriver {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Every association that it ever had, the oldest first. */
  readonly associations: SimPeerAssociation[] = [];
  readonly #world: PeerWorld;
  readonly #peer: Peer;

  constructor(world: PeerWorld, name: string, address: string, random: SeededRandom, options: PeerOptions) {
    this.#world = world;
    this.name = name;
    this.addresses = [address];
    this.#peer = new Peer(this, address, random, options);
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }
  get nextDeadlineMs(): number {
    return this.#peer.nextDeadlineMs;
  }
  /** The behaviours that have come to pass. */
  get done(): ReadonlySet<Behaviour> {
    return this.#peer.habits.done;
  }
  /** The association that lives, or lived last; undefined after a crash. */
  get current(): SimPeerAssociation | undefined {
    const { association } = this.#peer;
    return association === undefined ? undefined : this.#wrapped(association);
  }

  /** From now on an INIT is answered. */
  listen(): void {
    this.#peer.listen();
  }

  connect(address: string, port: number): void {
    this.#wrapped(this.#peer.connect({ address, port: SIM_UDP_PORT }, port));
  }

  /** @param unordered with the U bit. @param isLimited it may be given up. Without an association that takes messages nothing is sent. */
  send(streamId: number, data: Uint8Array, unordered = false, isLimited = false): void {
    const user = this.current;
    if (user === undefined || !user.association.takesMessages) return;
    user.delivery.onSent(streamId, data, unordered, isLimited);
    user.association.send({ streamId, data, unordered, isLimited });
  }

  shutdown(): void {
    this.current?.association.shutdown();
  }

  abort(): void {
    this.current?.association.abort();
  }

  /** Crashes; the world calls it, so that the checkers hear of it. */
  restart(): void {
    this.#peer.restart();
  }

  receive(datagram: Uint8Array, from: string, fromPort: number): void {
    this.#peer.receive(datagram, { address: from, port: fromPort });
  }

  handleTimeout(): void {
    this.#peer.handleTimeout();
  }

  // ---- For the peer ------------------------------------------------------------------------------------------

  sendDatagram(datagram: Uint8Array, to: TransportAddress): void {
    this.#world.sendAsPeer(this, this.#peer.address, to, datagram);
  }

  onUp(association: PeerAssociation): void {
    this.#wrapped(association);
  }

  onMessage(association: PeerAssociation, { streamId, data, unordered }: PeerMessage): void {
    const user = this.#wrapped(association);
    user.receivedCount++;
    const { local, peer } = user.tags;
    this.#world.userOf(peer, local)?.delivery.onReceived(streamId, data, unordered);
  }

  onEnd(association: PeerAssociation, end: PeerEnd): void {
    this.#wrapped(association).end = end;
  }

  #wrapped(association: PeerAssociation): SimPeerAssociation {
    const known = this.associations.find((user) => user.association === association);
    if (known !== undefined) return known;
    const user = new SimPeerAssociation(association);
    this.associations.push(user);
    return user;
  }
}
