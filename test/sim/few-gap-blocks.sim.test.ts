/**
 * A receiver that reports sixteen Gap Ack Blocks at most, as Linux does, on a network that leaves more gaps than that.
 * Does not own: the rules (test/conformance/rfc9260-6.2-acknowledgement.test.ts).
 */
import { expect, it } from "vitest";
import { SimWorld } from "../../src/sim/index.ts";
import { WIDE_WINDOW } from "../inside/wide-window.ts";

const [NEAR, FAR] = ["10.0.0.1", "10.0.0.2"];
const MESSAGE_COUNT = 2_500;

/** Chunks that were sent again so that all messages came. */
function sentAgain(maxGapBlocksReported: number, lossDetection: "rack" | "rfc9260"): number {
  const world = new SimWorld({ seed: 16 });
  const client = world.host("client", [NEAR]);
  const server = world.host("server", [FAR]);
  const delay = { delayMinMs: 50, delayMaxMs: 50 };
  world.link(
    NEAR,
    FAR,
    { ...delay, lossRate: 0.04, bytesPerSecond: 12_500_000, queueBytes: 12_500_000 },
    delay,
  );
  server.listen(7, { maxGapBlocksReported, receiveBufferBytes: 8_388_608 });
  const options = {
    lossDetection,
    congestionControl: () => WIDE_WINDOW, // So that there are many gaps.
    maxBurst: 1_000,
    sendBufferBytes: 8_388_608,
  } as const;
  const near = client.connect([FAR], 7, options);
  for (let i = 0; i < MESSAGE_COUNT; i++) near.send(0, new Uint8Array(1_100));
  world.runUntil(() => server.associations[0]?.receivedCount === MESSAGE_COUNT, { limitMs: 600_000 });
  expect(server.associations[0]?.receivedCount).toBe(MESSAGE_COUNT);
  return near.association.path(FAR).retransmittedChunks;
}

it.each(["rack", "rfc9260"] as const)(
  "has little more sent again than one that reports all, by %s",
  (lossDetection) => {
    const [few, all] = [sentAgain(16, lossDetection), sentAgain(16_384, lossDetection)];
    expect(few).toBeLessThan(1.2 * all);
  },
);
