/** Buffers that grow with the flow: by default a link is filled whatever its round trip is, and nobody has to say how large they are. */
import { describe, expect, it } from "vitest";
import { StacksOnLink } from "../inside/stacks-on-link.ts";

const BEGIN_BYTES = 1_048_576;
const LIMIT_BYTES = 8_388_608;
/** 100 Mbit/s. */
const LINK = { megabitsPerSecond: 100 } as const;
const BYTES_PER_MS = 12_500;
const PACKETS = { maxPacketBytes: 1_472 } as const;

describe("a link of 100 Mbit/s", () => {
  it.each([
    { roundTripMs: 20, afterMs: 1_000, sender: "client" },
    { roundTripMs: 20, afterMs: 1_000, sender: "server" },
    { roundTripMs: 100, afterMs: 3_000, sender: "client" },
    { roundTripMs: 100, afterMs: 3_000, sender: "server" },
    { roundTripMs: 200, afterMs: 5_000, sender: "client" },
    { roundTripMs: 200, afterMs: 5_000, sender: "server" },
  ] as const)(
    "is filled at a round trip of $roundTripMs ms after $afterMs ms, where the $sender sends",
    ({ roundTripMs, afterMs, sender }) => {
      const pair = new StacksOnLink({ ...LINK, roundTripMs, client: PACKETS, server: PACKETS, sender });
      pair.run(afterMs);
      expect(pair.run(1_000)).toBeGreaterThan(0.95 * BYTES_PER_MS);
      const productBytes = BYTES_PER_MS * roundTripMs;
      const { receiveBufferBytes } = pair.receiver.status();
      expect(receiveBufferBytes).toBeGreaterThan(Math.max(BEGIN_BYTES, productBytes));
      expect(receiveBufferBytes).toBeLessThanOrEqual(LIMIT_BYTES);
      const { sendBufferBytes } = pair.sender.status();
      expect(sendBufferBytes).toBeGreaterThan(productBytes);
      expect(sendBufferBytes).toBeLessThanOrEqual(LIMIT_BYTES);
    },
  );

  it("is filled as far as a peer's window allows that does not grow, and nothing waits for it beyond twice that", () => {
    const server = { ...PACKETS, receiveBufferBytes: 262_144 };
    const pair = new StacksOnLink({ ...LINK, roundTripMs: 50, client: PACKETS, server });
    pair.run(1_000);
    const bytesPerMs = pair.run(1_000);
    expect(bytesPerMs).toBeGreaterThan((0.9 * 262_144) / 50);
    expect(bytesPerMs).toBeLessThan(262_144 / 50);
    expect(pair.receiver.status().receiveBufferBytes).toBe(262_144);
    expect(pair.sender.status().sendBufferBytes).toBe(BEGIN_BYTES);
  });

  it("is filled by buffers that begin small", () => {
    const small = { ...PACKETS, receiveBufferBytes: 16_384, sendBufferBytes: 16_384 };
    const grown = { ...small, receiveBufferLimitBytes: LIMIT_BYTES, sendBufferLimitBytes: LIMIT_BYTES };
    const run = (options: typeof small): number => {
      const pair = new StacksOnLink({ ...LINK, roundTripMs: 50, client: options, server: options });
      pair.run(2_000);
      return pair.run(1_000);
    };
    expect(run(small)).toBeLessThanOrEqual(16_384 / 50);
    expect(run(grown)).toBeGreaterThan(0.95 * BYTES_PER_MS);
  });

  it("leaves buffers that they fill no larger than the stack allows all of them to be together", () => {
    const stack = { maxBufferGrowthBytes: 100_000 };
    const pair = new StacksOnLink({ ...LINK, roundTripMs: 100, client: PACKETS, server: PACKETS, stack });
    pair.run(3_000);
    expect(pair.receiver.status().receiveBufferBytes).toBe(BEGIN_BYTES + 100_000);
    expect(pair.sender.status().sendBufferBytes).toBeLessThanOrEqual(BEGIN_BYTES + 100_000);
  });
});

describe("afterwards", () => {
  it("buffers have the size again that they began with", () => {
    const pair = new StacksOnLink({ ...LINK, roundTripMs: 100, client: PACKETS, server: PACKETS });
    pair.run(3_000);
    pair.sends = false;
    pair.run(3_000);
    expect(pair.sender.isDry).toBe(true);
    expect(pair.sender.status().sendBufferBytes).toBe(BEGIN_BYTES);
    expect(pair.receiver.status().receiveBufferBytes).toBeGreaterThan(BEGIN_BYTES);
    pair.run(180_000);
    expect(pair.receiver.status().receiveBufferBytes).toBe(BEGIN_BYTES);
    expect(pair.sender.status().peerRwndBytes).toBe(BEGIN_BYTES);
  });

  it("a reader that is slower than the link keeps what its buffer was, and the sender's is bounded by that", () => {
    const pair = new StacksOnLink({ ...LINK, roundTripMs: 100, client: PACKETS, server: PACKETS });
    pair.run(500);
    pair.reads = false;
    for (let i = 0; i < 100; i++) {
      for (let left = 12; left > 0; left--) pair.readOne();
      pair.run(50);
    }
    expect(pair.receiver.status().receiveBufferBytes).toBe(BEGIN_BYTES);
    expect(pair.sender.status().sendBufferBytes).toBeLessThanOrEqual(2 * BEGIN_BYTES);
  });
});
