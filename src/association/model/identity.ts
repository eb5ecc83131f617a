/**
 * How an association is told from every other one: its ports, its tags, where the TSNs of both sides begin.
 * Owns: these numbers. Does not own: how packets are matched with them (src/stack).
 */
import type { Agreement } from "./agreement.ts";

export interface IdentityInit {
  /** SCTP ports. */
  readonly localPort: number;
  readonly remotePort: number;
  readonly localTag: number;
  readonly localInitialTsn: number;
}

export class Identity {
  readonly remotePort: number;
  #localPort: number;
  #localTag: number;
  #localInitialTsn: number;
  #peerTag = 0;
  /** Signed: numbers of 31 bits and a sign take no memory of their own in V8. */
  #peerInitialTsn = 0;
  #localTieTag = 0;
  #peerTieTag = 0;

  constructor({ localPort, remotePort, localTag, localInitialTsn }: IdentityInit) {
    this.#localPort = localPort;
    this.remotePort = remotePort;
    this.#localTag = localTag;
    this.#localInitialTsn = localInitialTsn;
  }

  get localPort(): number {
    return this.#localPort;
  }
  get localTag(): number {
    return this.#localTag;
  }
  /** 0 until the peer has told it. */
  get peerTag(): number {
    return this.#peerTag;
  }
  get localInitialTsn(): number {
    return this.#localInitialTsn;
  }
  get peerInitialTsn(): number {
    return this.#peerInitialTsn >>> 0;
  }
  /** RFC 9260 5.2.2: what a cookie made for a restarting peer must carry; 0 before there was any. */
  get localTieTag(): number {
    return this.#localTieTag;
  }
  get peerTieTag(): number {
    return this.#peerTieTag;
  }

  agree({
    localTag,
    peerTag,
    localInitialTsn,
    peerInitialTsn,
  }: Pick<Agreement, "localTag" | "peerTag" | "localInitialTsn" | "peerInitialTsn">): void {
    this.#localTag = localTag;
    this.#peerTag = peerTag;
    this.#localInitialTsn = localInitialTsn;
    this.#peerInitialTsn = peerInitialTsn | 0;
  }

  /** While it is being set up: the peer has another association with the port. */
  changeLocalPort(port: number): void {
    this.#localPort = port;
  }

  /** While it is being set up: the next INIT names another TSN. */
  changeInitialTsn(tsn: number): void {
    this.#localInitialTsn = tsn;
  }

  setTieTags(local: number, peer: number): void {
    this.#localTieTag = local;
    this.#peerTieTag = peer;
  }
}
