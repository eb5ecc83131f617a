/** Acknowledging DATA as the Node driver does it, which reads datagrams in batches: RFC 9260 section 6.2. */
import { afterEach, describe, expect, it } from "vitest";
import { decodePacket } from "../../src/chunks/packet.ts";
import { BurstSender } from "../inside/burst-sender.ts";
import {
  DriverPort,
  type Ends,
  Link,
  type LinkWays,
  PromptPort,
  VirtualLoop,
} from "../inside/virtual-loop.ts";

const SENDER = "10.0.0.1";
const RECEIVER = "10.0.0.2";
const KILOBYTE = new Uint8Array(1_000);

let loop: VirtualLoop | undefined;
afterEach(() => loop?.leave());

function loopOf(turnMs: number): VirtualLoop {
  loop?.leave();
  loop = new VirtualLoop(turnMs);
  return loop;
}

/** The sender's and the receiver's end of two links with the same ways. */
function endsOf(ways: LinkWays): readonly [sender: Ends, receiver: Ends] {
  const [there, back] = [new Link(ways, 1), new Link(ways, 2)];
  return [
    { localAddress: SENDER, remoteAddress: RECEIVER, incoming: back, outgoing: there },
    { localAddress: RECEIVER, remoteAddress: SENDER, incoming: there, outgoing: back },
  ];
}

type Receiver = (loop: VirtualLoop, ends: Ends) => DriverPort | PromptPort;

const ofTheDriver: Receiver = (virtualLoop, ends) => {
  const port = new DriverPort(virtualLoop, ends);
  port.listen();
  return port;
};
/** What the driver is compared with: a SACK for every second packet, whatever comes together. */
const toTheLetter: Receiver = (_loop, ends) => new PromptPort(ends);

/** How long a sender that grants itself four packets per SACK takes for 5 MB, which arrive a millisecond's worth at a time. */
function burstsTakeMs(delayMs: number, receiver: Receiver): number {
  const virtualLoop = loopOf(1);
  const [ours, theirs] = endsOf({ megabitsPerSecond: 1_000, delayMs });
  const sender = new BurstSender(ours, 1_100, 4_545);
  return virtualLoop.run(60_000, [sender, receiver(virtualLoop, theirs)], () => sender.isDone);
}

/** What our own sender brings in a second through a link that loses one packet of a hundred. */
function lossyBytes(roundTripMs: number, receiver: Receiver): number {
  const virtualLoop = loopOf(0.2);
  const [ours, theirs] = endsOf({ megabitsPerSecond: 1_000, delayMs: roundTripMs / 2, lossPercent: 1 });
  const sender = new DriverPort(virtualLoop, ours);
  const port = receiver(virtualLoop, theirs);
  const association = sender.connect();
  const message = new Uint8Array(16_384);
  const source = {
    read(nowMs: number): void {
      if (association.state !== "ESTABLISHED") return;
      while (association.isWritable) association.send(message, {}, nowMs);
      sender.driver.scheduleFlush();
    },
  };
  virtualLoop.run(1_000, [source, sender, port]);
  return port.reader.receivedBytes;
}

describe("RFC 9260 6.2 Acknowledgement on Reception of DATA Chunks", () => {
  it("SHOULD: acknowledges at least every second packet of a burst that the driver reads in one turn [A1]", () => {
    const virtualLoop = loopOf(1);
    const [ours, theirs] = endsOf({ megabitsPerSecond: 1_000, delayMs: 5 });
    const sender = new DriverPort(virtualLoop, ours);
    const receiver = new DriverPort(virtualLoop, theirs);
    receiver.listen();
    const association = sender.connect();
    virtualLoop.run(100, [sender, receiver]);
    let lastTsn = association.localInitialTsn - 1;
    let ackCount = 0;
    receiver.onSending = (datagram) => {
      for (const chunk of decodePacket(datagram).chunks) {
        if (chunk.kind !== "SACK") continue;
        expect((chunk.cumulativeTsnAck - lastTsn) >>> 0).toBeLessThanOrEqual(2);
        lastTsn = chunk.cumulativeTsnAck;
        ackCount++;
      }
    };
    for (let i = 0; i < 1_000; i++) association.send(KILOBYTE, {}, virtualLoop.nowMs);
    sender.driver.scheduleFlush();
    virtualLoop.run(2_000, [sender, receiver]);
    expect(receiver.reader.receivedBytes).toBe(1_000 * KILOBYTE.length);
    expect(ackCount).toBeGreaterThanOrEqual(500);
  });

  it.each([10, 25, 50])(
    "SHOULD: lets a sender of four packets per SACK be as fast as every second packet does, %i ms away [A1]",
    (delayMs) => {
      expect(burstsTakeMs(delayMs, ofTheDriver) / burstsTakeMs(delayMs, toTheLetter)).toBeLessThan(1 / 0.9);
    },
  );

  it.each([0, 1, 5])(
    "SHOULD: lets our own sender be as fast as every second packet does at a round trip of %i ms with losses [A30]",
    (roundTripMs) => {
      expect(lossyBytes(roundTripMs, ofTheDriver) / lossyBytes(roundTripMs, toTheLetter)).toBeGreaterThan(
        0.9,
      );
    },
  );
});
