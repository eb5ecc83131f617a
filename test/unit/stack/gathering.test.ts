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

  constructor() {
    this.link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    this.link.receive([this.link.data(0)]); // The first is acknowledged at once.
  }

  /** A packet with one DATA chunk arrives; nothing is polled. */
  arrive(offset: number, more = {}): void {
    const { lab, association } = this.link;
    const packet = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: association.localTag,
      chunks: [this.link.data(offset, more)],
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
    const driver = new Driver();
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
    const driver = new Driver();
    for (let packet = 1; packet <= 31; packet++) {
      driver.arrive(packet);
      expect(driver.turn()).toEqual([]);
    }
    driver.arrive(32);
    expect(driver.turn()).toEqual(["SACK"]);
  });

  it("do not wait where a gap is seen, the peer asks, or DATA goes out", () => {
    for (const urgent of [
      (driver: Driver) => driver.arrive(4),
      (driver: Driver) => driver.arrive(1, { immediate: true }),
      (driver: Driver) => driver.arrive(0),
    ]) {
      const driver = new Driver();
      urgent(driver);
      expect([driver.turn(), driver.isGathering]).toEqual([["SACK"], false]);
    }
    const driver = new Driver();
    driver.arrive(1);
    driver.arrive(2);
    driver.link.association.send(new Uint8Array(10), {}, driver.link.lab.nowMs);
    expect([driver.turn(), driver.isGathering]).toEqual([["SACK", "DATA"], false]);
  });

  it("are asked for packet by packet while there is a gap", () => {
    const driver = new Driver();
    driver.arrive(1);
    expect(driver.link.lab.stack.gapReportDue).toBe(false);
    for (const offset of [3, 4]) {
      driver.arrive(offset);
      expect(driver.link.lab.stack.gapReportDue).toBe(true);
      expect([driver.turn(), driver.link.lab.stack.gapReportDue]).toEqual([["SACK"], false]);
    }
    driver.arrive(2); // Now there is none.
    expect(driver.link.lab.stack.gapReportDue).toBe(false);
  });

  it("end with their association", () => {
    const driver = new Driver();
    driver.arrive(1);
    driver.arrive(2);
    expect([driver.turn(), driver.isGathering]).toEqual([[], true]);
    driver.link.association.abort(new Uint8Array(0), driver.link.lab.nowMs);
    expect([driver.turn(), driver.isGathering]).toEqual([["ABORT"], false]);
  });
});
