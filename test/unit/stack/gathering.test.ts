/** A driver that polls often may let SACKs wait for more packets (RFC 9260 6.2: every second packet is a SHOULD). */
import { describe, expect, it } from "vitest";
import { decodePacket, encodePacket } from "../../../src/chunks/packet.ts";
import { PacketSlab } from "../../../src/chunks/slab.ts";
import {
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_PORT,
  PEER_ADDRESS,
  PEER_PORT,
  UDP_PORT,
} from "../../conformance/lab.ts";

class Driver {
  readonly link: Link;
  readonly #slab = new PacketSlab();
  #acknowledgedCount = 1;

  constructor() {
    this.link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    this.link.receive([this.link.data(0)]); // The first is acknowledged at once.
  }

  /** A peer that has been sending for a while: a SACK may stand for 32 packets. */
  static busy(): Driver {
    const driver = new Driver();
    for (const count of [2, 4, 8, 16]) driver.acknowledge(count);
    return driver;
  }

  /** So many packets arrive at once, as many as one SACK stands for. */
  acknowledge(count: number): void {
    for (let i = 1; i < count; i++) {
      this.arrive(i);
      expect([i, this.link.lab.stack.sackCannotWait]).toEqual([i, false]);
    }
    this.arrive(count);
    expect([count, this.link.lab.stack.sackCannotWait]).toEqual([count, count < 32]);
    expect(this.turn()).toEqual(["SACK"]);
    this.#acknowledgedCount += count;
  }

  /** A packet with one DATA chunk arrives, the first with offset 1; nothing is polled. */
  arrive(offset: number, more = {}): void {
    const { lab, association } = this.link;
    const packet = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: association.localTag,
      chunks: [this.link.data(this.#acknowledgedCount + offset - 1, more)],
    });
    lab.stack.receive(packet, { address: PEER_ADDRESS, port: UDP_PORT }, OUR_ADDRESS, lab.nowMs);
    while (lab.stack.pollEvent() !== undefined);
  }

  /** What one turn of a driver that gathers sends. */
  turn(): string[] {
    const { lab } = this.link;
    const kinds: string[] = [];
    for (;;) {
      const transmit = lab.stack.pollTransmit(this.#slab, lab.nowMs, true);
      if (transmit === undefined) return kinds;
      const { chunks } = decodePacket(this.#slab.bytes.slice(0, transmit.lengthBytes));
      kinds.push(...chunks.map(({ kind }) => kind));
    }
  }

  get isGathering(): boolean {
    return this.link.lab.stack.isGathering;
  }
}

describe("gathered SACKs", () => {
  it("wait while packets come, and go out in the first turn without", () => {
    const driver = Driver.busy();
    for (let turn = 0; turn < 5; turn++) {
      driver.arrive(1 + 2 * turn);
      driver.arrive(2 + 2 * turn);
      expect([driver.turn(), driver.isGathering]).toEqual([[], true]);
    }
    expect([driver.turn(), driver.isGathering]).toEqual([["SACK"], false]);
    expect(driver.turn()).toEqual([]);
  });

  it("are due after a single packet when SACK.Delay has passed, as ever", () => {
    const driver = new Driver();
    driver.arrive(1);
    expect([driver.turn(), driver.isGathering]).toEqual([[], false]);
    expect(driver.link.lab.run(200).flatMap(({ kinds }) => kinds)).toEqual(["SACK"]);
  });

  it("stand for 32 packets at most", () => {
    const driver = Driver.busy();
    for (let packet = 1; packet <= 31; packet++) {
      driver.arrive(packet);
      expect(driver.turn()).toEqual([]);
    }
    driver.arrive(32);
    expect(driver.turn()).toEqual(["SACK"]);
  });

  it("stand for two packets after a pause, and for more and more while packets come", () => {
    const driver = Driver.busy();
    driver.link.lab.run(5);
    driver.acknowledge(32);
    driver.link.lab.run(6);
    for (const count of [2, 4, 8, 16, 32, 32]) driver.acknowledge(count);
  });

  it("do not wait where a gap is seen, the peer asks, or DATA goes out", () => {
    for (const urgent of [
      (driver: Driver) => driver.arrive(4),
      (driver: Driver) => driver.arrive(1, { immediate: true }),
      (driver: Driver) => driver.arrive(0),
    ]) {
      const driver = Driver.busy();
      urgent(driver);
      expect([driver.turn(), driver.isGathering]).toEqual([["SACK"], false]);
    }
    const driver = Driver.busy();
    driver.arrive(1);
    driver.arrive(2);
    driver.link.association.send(new Uint8Array(10), {}, driver.link.lab.nowMs);
    expect([driver.turn(), driver.isGathering]).toEqual([["SACK", "DATA"], false]);
  });

  it("are asked for packet by packet while there is a gap", () => {
    const driver = new Driver();
    driver.arrive(1);
    expect(driver.link.lab.stack.sackCannotWait).toBe(false);
    for (const offset of [3, 4]) {
      driver.arrive(offset);
      expect(driver.link.lab.stack.sackCannotWait).toBe(true);
      expect([driver.turn(), driver.link.lab.stack.sackCannotWait]).toEqual([["SACK"], false]);
    }
    driver.arrive(2); // Now there is none.
    expect(driver.link.lab.stack.sackCannotWait).toBe(false);
  });

  it("end with their association", () => {
    const driver = Driver.busy();
    driver.arrive(1);
    driver.arrive(2);
    expect([driver.turn(), driver.isGathering]).toEqual([[], true]);
    driver.link.association.abort(new Uint8Array(0), driver.link.lab.nowMs);
    expect([driver.turn(), driver.isGathering]).toEqual([["ABORT"], false]);
  });
});
