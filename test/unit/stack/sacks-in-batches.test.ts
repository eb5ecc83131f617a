/** A driver that has several datagrams at hand sends the SACKs that they make due one by one, and all else after the last. */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { decodePacket, encodePacket } from "../../../src/chunks/packet.ts";
import { PacketSlab } from "../../../src/chunks/slab.ts";
import type { Transmit } from "../../../src/stack/types.ts";
import {
  HEARTBEAT,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_SECOND_ADDRESS,
  twoPaths,
  UDP_PORT,
} from "../../conformance/lab.ts";

/** A packet with one chunk comes; nothing is polled. */
function arrive({ lab, association }: Link, chunk: Chunk, from = PEER_ADDRESS, to = OUR_ADDRESS): void {
  const header = { sourcePort: PEER_PORT, destinationPort: OUR_PORT };
  const packet = encodePacket({ ...header, verificationTag: association.localTag, chunks: [chunk] });
  lab.stack.receive(packet, { address: from, port: UDP_PORT }, to, lab.nowMs);
}

class Driver {
  readonly link: Link;
  readonly #slab = new PacketSlab();

  constructor(options = {}) {
    this.link = new Lab().accepted({ heartbeatIntervalMs: 0, ...options });
    this.link.receive([this.link.data(0)]); // The first is acknowledged at once.
  }

  /** A packet with one DATA chunk arrives. What the one packet holds that is sent before the next arrives; nothing else is polled. */
  arrive(offset: number, more = {}): string[] {
    const { lab } = this.link;
    arrive(this.link, this.link.data(offset, more));
    if (!lab.stack.sackIsDue) return [];
    const kinds = this.#kindsOf(lab.stack.pollSack(this.#slab, lab.nowMs));
    expect([lab.stack.sackIsDue, lab.stack.pollSack(this.#slab, lab.nowMs)]).toEqual([false, undefined]);
    return kinds;
  }

  /** What there is to send after the last of them. */
  flush(): string[] {
    const { lab } = this.link;
    while (lab.stack.pollEvent() !== undefined);
    const kinds: string[] = [];
    for (;;) {
      const transmit = lab.stack.pollTransmit(this.#slab, lab.nowMs);
      if (transmit === undefined) return kinds;
      kinds.push(...this.#kindsOf(transmit));
    }
  }

  #kindsOf(transmit: Transmit | undefined): string[] {
    if (transmit === undefined) return [];
    return decodePacket(this.#slab.bytes.slice(0, transmit.lengthBytes)).chunks.map(({ kind }) => kind);
  }
}

/** What follows each of the packets. */
function answers(driver: Driver, offsets: readonly number[]): string[][] {
  return offsets.map((offset) => driver.arrive(offset));
}

const EVERY_SECOND = [[], ["SACK"], [], ["SACK"], [], ["SACK"], []];

describe("SACKs in a batch of datagrams", () => {
  it("stand for two packets each, and nothing is left for the end", () => {
    const driver = new Driver();
    expect(answers(driver, [1, 2, 3, 4, 5, 6, 7])).toEqual(EVERY_SECOND);
    expect(driver.flush()).toEqual([]);
    expect(driver.link.lab.run(200).flatMap(({ kinds }) => kinds)).toEqual(["SACK"]);
  });

  it("are as many in the hundredth batch without a pause between", () => {
    const driver = new Driver();
    for (let batch = 0; batch < 100; batch++) {
      const offsets = Array.from({ length: 32 }, (_, i) => 1 + 32 * batch + i);
      expect(answers(driver, offsets).filter(([kind]) => kind === "SACK")).toHaveLength(16);
      expect(driver.flush()).toEqual([]);
    }
  });

  it("stand for as many as the user has said", () => {
    const driver = new Driver({ sackFrequencyPackets: 3 });
    expect(answers(driver, [1, 2, 3, 4, 5, 6])).toEqual([[], [], ["SACK"], [], [], ["SACK"]]);
  });

  it("stand for one packet each while there is a gap, for a duplicate and for the I bit", () => {
    const driver = new Driver();
    expect(answers(driver, [1, 3, 4, 2, 5, 6])).toEqual([[], ["SACK"], ["SACK"], ["SACK"], [], ["SACK"]]);
    expect(driver.arrive(6)).toEqual(["SACK"]);
    expect(driver.arrive(7, { immediate: true })).toEqual(["SACK"]);
  });

  it("take along what fits into their packet; the rest waits for the end", () => {
    const driver = new Driver();
    driver.arrive(1);
    for (let i = 0; i < 3; i++)
      driver.link.association.send(new Uint8Array(1_000), {}, driver.link.lab.nowMs);
    expect(driver.arrive(2)).toEqual(["SACK", "DATA"]);
    expect(driver.flush()).toEqual(["DATA", "DATA"]);
  });

  it("are no more than one, whichever way it left", () => {
    const driver = new Driver();
    const { lab } = driver.link;
    driver.arrive(1);
    const packet = (offset: number): void => arrive(driver.link, driver.link.data(offset));
    packet(2);
    expect(lab.stack.sackIsDue).toBe(true);
    expect([driver.flush(), lab.stack.sackIsDue]).toEqual([["SACK"], false]);
    packet(3);
    packet(4);
    driver.link.association.abort(new Uint8Array(0), lab.nowMs);
    expect([lab.stack.pollSack(new PacketSlab(), lab.nowMs), driver.flush()]).toEqual([undefined, ["ABORT"]]);
  });

  it("leave behind an answer that goes elsewhere, without waiting for the flush", () => {
    const link = twoPaths({ heartbeatIntervalMs: 0 });
    const { lab } = link;
    link.receive([link.data(0)]);
    arrive(link, HEARTBEAT, PEER_SECOND_ADDRESS, OUR_SECOND_ADDRESS);
    for (const offset of [1, 2]) arrive(link, link.data(offset));
    const slab = new PacketSlab();
    const kinds: string[] = [];
    while (lab.stack.sackIsDue) {
      const transmit = lab.stack.pollSack(slab, lab.nowMs);
      kinds.push(...decodePacket(slab.bytes.slice(0, transmit?.lengthBytes)).chunks.map(({ kind }) => kind));
    }
    expect(kinds).toEqual(["HEARTBEAT ACK", "SACK"]);
  });
});
