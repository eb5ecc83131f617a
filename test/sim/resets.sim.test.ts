/** Streams that are reset in mid-flight, again and again, on a network that loses a third: messages stay on their side of each reset. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { SeededRandom } from "../../src/platform/random.ts";
import { type SimAssociation, SimWorld } from "../../src/sim/index.ts";

const OPTIONS = {
  allowStreamReset: true,
  outboundStreams: 6,
  maxInboundStreams: 6,
  rtoMinMs: 100,
  rtoInitialMs: 300,
  rtoMaxMs: 2_000,
  associationMaxRetrans: 200,
  pathMaxRetrans: 200,
  maxInitRetransmits: 200,
  heartbeatIntervalMs: 0,
};
const ACTIONS = 150;

/** The delivery checker of each side knows where its resets stand among its messages, and throws if one is crossed. */
function play(
  seed: number,
  lossPercent: number,
): { readonly asked: number; readonly users: SimAssociation[] } {
  const world = new SimWorld({ seed });
  const random = new SeededRandom(seed ^ 0x0065_2500);
  const near = world.host("near", ["10.0.0.1"]);
  const far = world.host("far", ["10.0.0.2"]);
  const link = {
    delayMinMs: 5,
    delayMaxMs: 60,
    lossRate: lossPercent / 100,
    duplicateRate: 0.05,
    reorderRate: 0.3,
    reorderMs: 80,
  };
  world.link("10.0.0.1", "10.0.0.2", link);
  far.listen(7, OPTIONS);
  near.connect(["10.0.0.2"], 7, OPTIONS);
  const users = (): SimAssociation[] => [...near.associations, ...far.associations];
  world.runUntil(() => users().length === 2 && users().every(({ state }) => state === "ESTABLISHED"), {
    limitMs: 3_600_000,
  });
  let asked = 0;
  const act = (): void => {
    const user = users()[random.integer(0, 1)] as SimAssociation;
    const streamId = random.integer(0, 5);
    const kind = random.integer(0, 9);
    if (kind < 2) {
      asked++;
      const others =
        kind === 0 ? [] : [streamId, ...(random.integer(0, 1) === 1 ? [(streamId + 1) % 6] : [])];
      user.resetStreams("outgoing", others);
    } else {
      const payload = new Uint8Array(random.integer(1, kind < 4 ? 4_000 : 300));
      random.fill(payload);
      const reliability = kind === 9 ? { maxRetransmits: random.integer(0, 1) } : undefined;
      user.send(streamId, payload, { unordered: kind === 8, reliability });
    }
  };
  for (let i = 0; i < ACTIONS; i++) world.at(world.nowMs + random.integer(0, 4_000), act);
  world.run(4_001);
  const isOver = ({ association }: SimAssociation): boolean =>
    association.bufferedBytes === 0 && !association.isReconfiguring;
  world.runUntil(() => users().every(isOver), { limitMs: world.nowMs + 36_000_000 });
  world.heal();
  world.run(5_000);
  return { asked, users: users() };
}

it("what was sent before a reset comes before it, the rest behind it, and every reset is done", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0x7fff_ffff }),
      fc.integer({ min: 0, max: 33 }),
      (seed, lossPercent) => {
        const { asked, users } = play(seed, lossPercent);
        for (const { delivery } of users)
          expect(delivery.undelivered.filter((data) => !delivery.isLimited(data))).toEqual([]);
        const [done, told] = [
          users.map(({ association }) => association.stats.outgoingStreamResets),
          users.map(({ association }) => association.stats.incomingStreamResets),
        ];
        expect((done[0] ?? 0) + (done[1] ?? 0)).toBe(asked);
        // Some go in one request.
        expect(told[1]).toBeLessThanOrEqual(done[0] ?? 0);
        expect(told[0]).toBeLessThanOrEqual(done[1] ?? 0);
        for (const { association } of users) expect(association.state).toBe("ESTABLISHED");
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);
