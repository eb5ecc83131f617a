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
