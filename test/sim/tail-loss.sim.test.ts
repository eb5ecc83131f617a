/**
 * Bursts whose last packet is lost, over whole stacks: how long the sender takes until all is acknowledged, by both ways of finding
 * losses. Does not own: the single rules (test/conformance/rfc8985.test.ts).
 */
import { describe, expect, it } from "vitest";
import type { LossDetectionName } from "../../src/base/loss-detection.ts";
import type { AssociationOptionsInput } from "../../src/base/options.ts";
import { type SimAssociation, SimWorld } from "../../src/sim/index.ts";

const [NEAR, FAR] = ["10.0.0.1", "10.0.0.2"];
const ROUND_TRIP_MS = 20;
const FULL_PACKET = new Uint8Array(1_172);

/** Two hosts, an association, and how to wait until all that it has sent is acknowledged. */
function established(options: AssociationOptionsInput) {
  const world = new SimWorld({ seed: 1 });
  const client = world.host("client", [NEAR]);
  const server = world.host("server", [FAR]);
  const delay = { delayMinMs: ROUND_TRIP_MS / 2, delayMaxMs: ROUND_TRIP_MS / 2 };
  world.link(NEAR, FAR, delay);
  server.listen(7, options);
  const near = client.connect([FAR], 7, options);
  const settle = (): void =>
    void world.runUntil(() => near.association.bufferedBytes === 0, { limitMs: world.nowMs + 10_000 });
  world.runUntil(() => near.state === "ESTABLISHED", { limitMs: 1_000 });
  return { world, client, near, settle };
}

/**
 * Bursts of so many full packets, each of which loses its last one that often. Few of them: a loss costs window, and a burst that does
 * not fit into it is another matter.
 */
function durations(
  lossDetection: LossDetectionName,
  packets: number,
  losses: number,
  bursts: number = 5,
): number[] {
  const { world, client, near, settle } = established({
    lossDetection,
    maxBurst: 100,
    congestionControl: "cubic",
    heartbeatIntervalMs: 0,
  });
  send(near, 60); // The window grows to what the bursts need.
  settle();
  return Array.from({ length: bursts }, () => {
    world.run(500); // Not so long that the window decays.
    send(near, 2); // The round trip is measured after the last probe.
    settle();
    const startedMs = world.nowMs;
    if (losses > 0) world.lose("DATA", { nth: packets, count: losses, from: client });
    send(near, packets);
    settle();
    return world.nowMs - startedMs;
  });
}

function send(association: SimAssociation, packets: number): void {
  for (let i = 0; i < packets; i++) association.send(0, FULL_PACKET);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

describe("a burst whose last packet is lost", () => {
  it.each([1, 2, 9, 10])("of %i packets is done within 300 ms, one of ten in some 80 ms", (packets) => {
    const taken = durations("rack", packets, 1);
    expect(Math.max(...taken)).toBeLessThanOrEqual(300);
    if (packets === 10) expect(median(taken)).toBe(4 * ROUND_TRIP_MS);
    if (packets === 2) expect(Math.min(...taken)).toBe(3 * ROUND_TRIP_MS);
    expect(Math.min(...durations("rfc9260", packets, 1))).toBeGreaterThan(1_000);
  });

  it("of ten packets is done in some 80 ms on an association that has sent one before", () => {
    const { world, client, near, settle } = established({ heartbeatIntervalMs: 0 });
    send(near, 1); // It is acknowledged at once, as the first one; of the burst the peer keeps an answer, to the ninth.
    settle();
    const startedMs = world.nowMs;
    world.lose("DATA", { nth: 10, from: client });
    send(near, 10);
    settle();
    expect(world.nowMs - startedMs).toBe(4 * ROUND_TRIP_MS);
  });

  it("waits for T3-rtx where the probe is lost, too", () => {
    const [taken = 0] = durations("rack", 10, 2, 1);
    // T3-rtx counts from the probe, three round trips after the burst; the peer keeps its answer to what T3-rtx sends.
    expect(taken).toBe(3 * ROUND_TRIP_MS + 1_000 + ROUND_TRIP_MS + 200);
  });

  it.each(["rack", "rfc9260"] as const)(
    "takes no longer than the peer's delay where nothing is lost, with %s",
    (name) => {
      expect(Math.max(...durations(name, 10, 0))).toBeLessThanOrEqual(ROUND_TRIP_MS);
      expect(Math.max(...durations(name, 1, 0))).toBeLessThanOrEqual(ROUND_TRIP_MS + 200);
    },
  );
});
