/** What the driver of the core owes to the protocol, on a stand-in for node:dgram that delivers datagrams in batches. */
import { describe, expect, it } from "vitest";
import { decodePacket } from "../../src/chunks/packet.ts";
import { StandIn } from "./dgram-stand-in.ts";
import { finish, type Pair, pair } from "./pair.ts";

/** Whether a datagram carries the user's data. */
function hasData(datagram: Uint8Array): boolean {
  return decodePacket(datagram).chunks.some(({ kind }) => kind === "DATA");
}

describe("a batch of datagrams", () => {
  it("is acknowledged by a SACK for every second packet, however many are read in one turn [A1]", async () => {
    const network = new StandIn();
    const messageCount = 400;
    let dataCount = 0;
    const ackedAtOnce: number[] = [];
    const seesData = (datagram: Buffer): boolean => {
      if (hasData(datagram)) {
        dataCount++;
        ends.accepted.setNoDelay(); // That schedules a flush: until then what comes is one batch.
      }
      return false;
    };
    let cumulativeTsn: number | undefined;
    const seesSack = (datagram: Buffer): boolean => {
      for (const chunk of decodePacket(datagram).chunks) {
        if (chunk.kind !== "SACK") continue;
        if (cumulativeTsn !== undefined) ackedAtOnce.push((chunk.cumulativeTsnAck - cumulativeTsn) >>> 0);
        cumulativeTsn = chunk.cumulativeTsnAck;
      }
      return false;
    };
    const ends: Pair = await pair({
      client: { createSocket: network.host({ loses: seesData }) },
      server: { createSocket: network.host({ loses: seesSack }) },
    });
    const messages = ends.accepted.messages();
    for (let i = 0; i < messageCount; i++) void ends.client.send(Buffer.alloc(1_000));
    let count = 0;
    for await (const _message of messages) if (++count === messageCount) break;
    expect(dataCount).toBeGreaterThanOrEqual(messageCount); // A host that is slow for a while sends some again.
    expect(Math.max(...ackedAtOnce)).toBe(2);
    await finish(ends);
  });

  it("with a gap is answered packet by packet, so that three reports make the peer send again at once", async () => {
    const network = new StandIn();
    let dataCount = 0;
    const loses = (datagram: Buffer): boolean => {
      if (!hasData(datagram)) return false;
      ends.accepted.setNoDelay(); // That schedules a flush: until then what comes is one batch.
      return dataCount++ === 0;
    };
    const ends: Pair = await pair({
      client: { createSocket: network.host({ loses }) },
      server: { createSocket: network.host() },
    });
    const messages = ends.accepted.messages();
    for (let i = 0; i < 4; i++) void ends.client.send(Buffer.alloc(1_000, i));
    const read: number[] = [];
    for await (const { data } of messages) if (read.push(data[0] ?? -1) === 4) break;
    expect(read).toEqual([0, 1, 2, 3]);
    expect(ends.client.stats()).toMatchObject({ fastRetransmits: 1, timeouts: 0 });
    await finish(ends);
  });
});
