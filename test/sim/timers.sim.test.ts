/** The timer events of a trace: one for each kind of timer that expires. */
import { describe, expect, it } from "vitest";
import type { LossDetectionName } from "../../src/base/loss-detection.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { TraceEvent, TraceSink } from "../../src/base/trace-sink.ts";
import type { SimAssociation } from "../../src/sim/index.ts";
import { BOB, type Net, net, up } from "./traced-hosts.ts";

/** What happens to a fresh association of alice's, and the timers that expire from then on. */
function timersOf(
  act: (association: SimAssociation, bench: Net) => void,
  options: Partial<AssociationOptions> = {},
  runMs = 60_000,
): string[] {
  const timers: string[] = [];
  const trace: TraceSink = {
    packet() {},
    event(event: TraceEvent) {
      if (event.kind !== "timer") return;
      const of = event.address === undefined ? "" : ` for ${event.address}`;
      timers.push(`${event.timer}${of}`);
    },
  };
  const bench = net(trace);
  const association = up(bench, { heartbeatIntervalMs: 0, ...options });
  expect(timers).toEqual([]);
  act(association, bench);
  bench.world.run(runMs);
  return timers;
}

describe("the timer events of a trace", () => {
  it("are sent for T1-init and T1-cookie [C7]", () => {
    const timers: TraceEvent[] = [];
    const trace: TraceSink = {
      packet() {},
      event: (event) => void (event.kind === "timer" && timers.push(event)),
    };
    const bench = net(trace);
    bench.world.lose("INIT");
    bench.world.lose("COOKIE ECHO");
    const { association } = up(bench);
    const { id } = association;
    expect(timers).toEqual([
      { kind: "timer", association: id, timer: "T1-init", address: BOB },
      { kind: "timer", association: id, timer: "T1-cookie", address: BOB },
    ]);
  });

  it("are sent for T3-rtx, at each expiry, and for the probe of a tail before it [C7]", () => {
    const timersBy = (lossDetection: LossDetectionName): string[] =>
      timersOf(
        (association, { world }) => {
          world.lose("DATA", { count: 2 });
          association.send(0, new Uint8Array(10));
        },
        { lossDetection },
      );
    expect(timersBy("rfc9260")).toEqual([`T3-rtx for ${BOB}`, `T3-rtx for ${BOB}`]);
    expect(timersBy("rack")).toEqual([`tail-loss-probe for ${BOB}`, `T3-rtx for ${BOB}`]);
  });

  it("are sent for T2-shutdown [C7]", () => {
    const timers = timersOf((association, { world }) => {
      world.lose("SHUTDOWN");
      association.shutdown();
    });
    expect(timers).toEqual([`T2-shutdown for ${BOB}`]);
  });

  it("are sent for T5-shutdown-guard [C7]", () => {
    const timers = timersOf(
      (association, { bob }) => {
        const reader = bob.associations[0];
        if (reader !== undefined) reader.autoRead = false;
        for (let i = 0; i < 2_000; i++) association.send(0, new Uint8Array(1_000));
        association.shutdown();
      },
      { shutdownGuardMs: 10_000 },
    );
    expect(timers).toContain("zero-window-probe");
    expect(timers.at(-1)).toBe("T5-shutdown-guard");
  });

  it("are sent for the delayed SACK: the first DATA is acknowledged at once, the second waits [C7]", () => {
    const timersAfter = (count: number): string[] =>
      timersOf((_, { bob, world }) => {
        for (let i = 0; i < count; i++)
          world.at(world.nowMs + 1_000 * i, () => bob.associations[0]?.send(0, new Uint8Array(10)));
      });
    expect(timersAfter(1)).toEqual([]);
    expect(timersAfter(2)).toEqual(["delayed-sack"]);
  });

  it("are sent for heartbeats, and for those that are not answered [C7]", () => {
    const timers = timersOf(
      (_, { world }) => world.lose("HEARTBEAT ACK"),
      { heartbeatIntervalMs: 5_000, pathMaxRetrans: 5 },
      20_000,
    );
    expect(timers.slice(0, 3)).toEqual([
      `heartbeat for ${BOB}`,
      `heartbeat-ack for ${BOB}`,
      `heartbeat for ${BOB}`,
    ]);
  });

  it("are sent for messages whose life ends, and for idle associations that close themselves [C7]", () => {
    const expired = timersOf((association, { world, bob }) => {
      for (const user of bob.associations) user.autoRead = false;
      for (let i = 0; i < 40; i++)
        association.association.send(
          new Uint8Array(1_000),
          { streamId: 0, reliability: { lifetimeMs: 5 } },
          world.nowMs,
        );
      association.host.flush();
    });
    expect(expired).toContain("message-lifetime");
    expect(timersOf(() => {}, { autoCloseMs: 1_000 })).toEqual(["auto-close"]);
  });
});
