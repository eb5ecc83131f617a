/** Scenarios played: the same packets each time, what befalls them, and time that can be stopped. */
import { describe, expect, it } from "vitest";
import {
  type LossReason,
  observeAll,
  type PacketCopy,
  type PacketObserver,
  readScenario,
  type Scenario,
  ScenarioAccount,
  ScenarioRun,
  type SimPacket,
  SimWorld,
} from "../../src/sim/index.ts";
import { EventLog } from "../../src/trace/event-log.ts";

type Fields = Record<string, unknown>;
const A = "10.0.0.1";
const B = "10.0.0.2";
const ALICE = { name: "alice", addresses: [A] };
const BOB = { name: "bob", addresses: [B] };
const LINK = { between: [A, B], there: { delayMinMs: 20 } };
const UP: readonly Fields[] = [
  { atMs: 0, do: "listen", host: "bob", port: 7 },
  { atMs: 0, do: "connect", host: "alice", to: "bob", port: 7 },
];
const send = (atMs: number, more: Fields = {}): Fields => ({
  atMs,
  do: "send",
  host: "alice",
  bytes: 100,
  ...more,
});

/** Alice and Bob, one link of 20 ms each way, an association that is up after 80 ms. */
function scenario(timeline: readonly Fields[], more: Fields = {}): Scenario {
  return readScenario({ hosts: [ALICE, BOB], links: [LINK], timeline: [...UP, ...timeline], ...more });
}

/** What the network said of each packet with a chunk of this type. */
class Fates implements PacketObserver {
  readonly texts: string[] = [];
  readonly #type: number;

  constructor(type: number) {
    this.#type = type;
  }

  onSent(
    { datagram, sentAtMs }: SimPacket,
    copies: readonly PacketCopy[],
    lostBy: LossReason | undefined,
  ): void {
    if (datagram[12] !== this.#type) return;
    const times = copies.map(
      ({ arrivesAtMs, isDamaged }) => `+${arrivesAtMs - sentAtMs}${isDamaged ? "!" : ""}`,
    );
    this.texts.push(lostBy ?? times.join(" "));
  }
  onArrived({ packet, id }: PacketCopy): void {
    if (packet.datagram[12] === this.#type) this.texts.push(`${id} arrived`);
  }
  onLost({ packet, id }: PacketCopy, lostBy: LossReason): void {
    if (packet.datagram[12] === this.#type) this.texts.push(`${id}: ${lostBy}`);
  }
}

function played(plan: Scenario, observer?: PacketObserver): ScenarioRun {
  const run = new ScenarioRun(plan, { observer });
  run.play();
  return run;
}

const DATA = 0;
const SACK = 3;
/** Sent or lost, of packets with one chunk of a type, in the order of sending. */
function fatesOf(type: number, plan: Scenario): string[] {
  const fates = new Fates(type);
  played(plan, fates);
  return fates.texts.filter((text) => !text.endsWith("arrived"));
}

describe("a scenario", () => {
  it("gives the same packets and the same account where nothing is judged", () => {
    const links = [{ between: [A, B], there: { delayMinMs: 5, delayMaxMs: 40, lossRate: 0.1 } }];
    const plan = scenario([send(100, { count: 40, everyMs: 3, bytes: 5_000 })], { links });
    const [judged, free] = [true, false].map((isChecked) => {
      const packets: string[] = [];
      const account = new ScenarioAccount();
      const observer: PacketObserver = {
        onSent: ({ datagram, sentAtMs }) => packets.push(`${sentAtMs} ${datagram}`),
        onArrived: () => undefined,
        onLost: () => undefined,
      };
      const run = new ScenarioRun(plan, {
        observer: observeAll(account, observer),
        trace: (host) => account.trace(host),
        isChecked,
      });
      run.play();
      return { run, packets, lines: account.lines(run) };
    });
    expect(free?.packets).toEqual(judged?.packets);
    expect(free?.lines).toEqual(judged?.lines);
    expect(judged?.run.at(200).world.isChecked).toBe(true);
    // Nothing is counted for those who judge, nor in a run that begins again.
    expect(free?.run.host("alice")?.associations[0]?.delivery.undelivered).toEqual([]);
    expect(free?.run.at(200, {}).world.isChecked).toBe(false);
    expect(new SimWorld({ seed: 1 }).isChecked).toBe(true);
    expect(free?.run.world.traceHash).toBe(new ScenarioRun(plan).world.traceHash);
  });

  it("gives the same packets each time, however it is stepped", () => {
    const plan = scenario(
      [send(100, { count: 30, everyMs: 7, bytes: 3_000 }), { atMs: 900, do: "shutdown", host: "alice" }],
      {
        links: [
          { between: [A, B], there: { delayMinMs: 5, delayMaxMs: 40, lossRate: 0.2, reorderRate: 0.2 } },
        ],
        durationMs: 600_000,
      },
    );
    const whole = played(plan);
    expect(whole.host("bob")?.associations[0]?.receivedCount).toBe(30);
    const stepped = new ScenarioRun(plan);
    for (let ms = 0; ms <= 500; ms += 3.5) stepped.playTo(ms);
    expect(stepped.nowMs).toBe(497);
    while (stepped.step());
    stepped.play();
    expect(stepped.world.traceHash).toBe(whole.world.traceHash);
    expect([stepped.nowMs, stepped.isOver, stepped.step()]).toEqual([600_000, true, false]);
    expect(played({ ...plan, seed: 2 }).world.traceHash).not.toBe(whole.world.traceHash);
  });

  it("plays no longer than it lasts", () => {
    const run = new ScenarioRun(scenario([], { durationMs: 30 }));
    run.playTo(1_000);
    expect([run.nowMs, run.isOver, run.packetsUnderWay.length]).toEqual([30, true, 1]);
  });

  it("plays what a series, a text, and each of its deeds says", () => {
    const run = played(
      scenario([
        send(100, { count: 3, everyMs: 50, streamId: 2, ppid: 46 }),
        { atMs: 300, do: "send", host: "bob", text: "hi", unordered: true },
        { atMs: 400, do: "abort", host: "bob", reason: "no" },
      ]),
    );
    const [alice, bob] = run.hosts.map(({ associations }) => associations[0]);
    expect(bob?.received.get(2)?.length).toBe(3);
    expect(alice?.received.get(0)).toEqual([Uint8Array.of(104, 105)]);
    expect(alice?.closeReason).toMatchObject({
      kind: "aborted",
      by: "peer",
      reason: Uint8Array.of(110, 111),
    });
    expect(run.done.map(({ atMs, step }) => [atMs, step.do]).slice(2, 5)).toEqual([
      [100, "send"],
      [150, "send"],
      [200, "send"],
    ]);
    expect(run.refused).toEqual([]);
  });

  it("tells which deeds were refused, and goes on", () => {
    const run = played(
      scenario([
        send(100, { streamId: 999 }),
        send(110, { host: "bob", peer: "alice" }),
        { atMs: 190, do: "abort", host: "alice" },
        send(200),
        { atMs: 210, do: "move", host: "alice", from: A, to: "10.0.0.9" },
        { atMs: 220, do: "lose-address", host: "alice", address: A },
      ]),
    );
    expect(run.refused.map(({ atMs, why }) => [atMs, why])).toEqual([
      [100, expect.stringContaining("stream")],
      [200, "alice has no association"],
      [220, "alice has no address 10.0.0.1 now"],
    ]);
    expect(run.host("alice")?.associations[0]?.received.get(0)?.length).toBe(1);
  });

  it("asks the association with the peer that is named", () => {
    const carol = { name: "carol", addresses: ["10.0.0.3"] };
    const plan = readScenario({
      hosts: [ALICE, BOB, carol],
      links: [LINK, { between: [A, "10.0.0.3"] }],
      timeline: [
        ...UP,
        { atMs: 0, do: "listen", host: "carol", port: 7 },
        { atMs: 10, do: "connect", host: "alice", to: ["10.0.0.3"], port: 7 },
        send(200, { peer: "bob" }),
        send(300, { count: 2 }),
      ],
    });
    const run = played(plan);
    const counts = ["bob", "carol"].map((name) => run.host(name)?.associations[0]?.receivedCount);
    expect(counts).toEqual([1, 2]);
  });

  it("has hosts of every kind: multihomed, behind a NAT, near the wrap, with options and keys", () => {
    const authentication = { keys: { 3: "0aff" }, activeKeyId: 3 };
    const plan = readScenario({
      hosts: [
        {
          ...ALICE,
          options: { authentication, outboundStreams: 3 },
          numbersNearWrap: true,
          interfaceBytes: 1_000,
        },
        {
          name: "bob",
          addresses: ["203.0.113.2", "198.51.100.2"],
          options: { authentication },
          stack: { maxProbesPerSecond: 9 },
          numbersNearWrap: true,
        },
      ],
      links: [{ between: ["192.0.2.1", "203.0.113.2"] }, { between: ["192.0.2.1", "198.51.100.2"] }],
      nats: [{ inner: A, outer: "192.0.2.1" }],
      timeline: [...UP, send(100, { count: 100, bytes: 2_000 }), { atMs: 105, do: "rebind", address: A }],
    });
    const run = played(plan);
    const [alice, bob] = run.hosts.map(({ associations }) => associations[0]?.association);
    expect([alice?.authentication, alice?.outboundStreams, alice?.remoteAddresses.length]).toEqual([
      true,
      3,
      2,
    ]);
    expect([alice, bob].map((end) => (end?.localInitialTsn ?? 0) >= 0xffff_ffc0)).toEqual([true, true]);
    expect((alice?.localTag ?? 0) % 2).not.toBe((bob?.localTag ?? 0) % 2);
    expect(bob?.path("192.0.2.1").remoteUdpPort).toBe(20_001);
    expect(run.host("bob")?.associations[0]?.receivedCount).toBe(100);
  });
});

describe("faults of a scenario", () => {
  const four = [send(500), send(800), send(1_100), send(1_400)];
  const fates = (type: number, ...faults: Fields[]): string[] => fatesOf(type, scenario(four, { faults }));

  it("lose, double, damage and delay packets by what is in them", () => {
    expect(fates(SACK, { do: "lose", chunk: "SACK", nth: 3 })).toEqual(["+20", "+20", "plan", "+20"]);
    expect(fates(SACK, { do: "double", chunk: "SACK", nth: 2, count: 2 }).slice(0, 4)).toEqual([
      "+20",
      "+20 +20",
      "+20 +20",
      "+20",
    ]);
    expect(fates(SACK, { do: "delay", lateMs: 5, chunk: "SACK" })).toEqual(["+25", "+20", "+20", "+20"]);
    expect(fates(DATA, { do: "corrupt", chunk: "DATA", nth: 2 })).toEqual([
      "+20",
      "+20!",
      "+20",
      "+20",
      "+20",
    ]);
  });

  it("strike one direction, from a time on, or a packet by its number", () => {
    expect(fates(SACK, { do: "lose", chunk: "SACK", from: "alice" })).not.toContain("plan");
    expect(fates(SACK, { do: "lose", chunk: "SACK", to: "bob" })).not.toContain("plan");
    expect(fates(SACK, { do: "lose", chunk: "SACK", to: "alice", from: "bob" })[0]).toBe("plan");
    expect(fates(SACK, { do: "lose", chunk: "SACK", atMs: 900 })).toEqual([
      "+20",
      "plan",
      "+20", // For the probe that the loss leads to.
      "+20",
      "+20",
    ]);
    expect(fates(DATA, { do: "lose", packet: 5 })[0]).toBe("plan");
    expect(fates(DATA, { do: "lose", packet: 6 })).not.toContain("plan");
  });

  it("let a loss win over what else is to befall a packet, and count for each plan", () => {
    const both = [
      { do: "double", chunk: "SACK" },
      { do: "lose", chunk: "SACK" },
      { do: "delay", chunk: "SACK", lateMs: 1, nth: 2 },
    ];
    expect(fates(SACK, ...both)).toEqual(["plan", "+21", "+20", "+20", "+20"]);
  });
});

describe("the network of a scenario", () => {
  it("says why nothing of a packet arrives", () => {
    const cut = { atMs: 490, do: "cut", between: [A, B] };
    expect(fatesOf(DATA, scenario([cut, send(500)]))[0]).toBe("cut");
    expect(fatesOf(DATA, scenario([{ ...cut, oneWay: true }, send(500)]))[0]).toBe("cut");
    expect(
      fatesOf(
        SACK,
        scenario([{ ...cut, oneWay: true }, send(500), { ...cut, do: "mend", oneWay: true, atMs: 900 }]),
      )[0],
    ).toBe("+20");
    expect(fatesOf(DATA, scenario([cut, { ...cut, do: "mend", atMs: 495 }, send(500)]))).toEqual(["+20"]);
    expect(fatesOf(DATA, scenario([cut, { atMs: 495, do: "heal" }, send(500)]))).toEqual(["+20"]);
    const adjust = (link: Fields, oneWay = false): Fields => ({
      atMs: 490,
      do: "adjust",
      between: [A, B],
      link,
      oneWay,
    });
    expect(fatesOf(DATA, scenario([adjust({ lossRate: 1 }), send(500)]))[0]).toBe("chance");
    expect(fatesOf(SACK, scenario([adjust({ delayMinMs: 30 }), send(500)]))).toEqual(["+30"]);
    expect(fatesOf(SACK, scenario([adjust({ delayMinMs: 30 }, true), send(500)]))).toEqual(["+20"]);
    expect(fatesOf(DATA, scenario([adjust({ bytesPerSecond: 9, queueBytes: 9 }), send(500)]))[0]).toBe(
      "full queue",
    );
    expect(fatesOf(DATA, scenario([adjust({ mtuBytes: 50 }), send(500)]))[0]).toBe("too large");
    const INIT = 1;
    expect(fatesOf(INIT, scenario([], { links: [] }))[0]).toBe("no link");
    expect(
      fatesOf(DATA, scenario([{ atMs: 510, do: "lose-address", host: "bob", address: B }, send(500)])).slice(
        0,
        2,
      ),
    ).toEqual(["+20", expect.stringContaining("nobody there")]);
  });

  it("lets a host change its address, and others hear of it [RFC 5061]", () => {
    const dynamic = { options: { dynamicAddresses: true, authentication: true } };
    const plan = readScenario({
      hosts: [
        { ...ALICE, ...dynamic },
        { ...BOB, ...dynamic },
      ],
      links: [LINK, { between: ["10.0.1.1", B] }],
      timeline: [...UP, { atMs: 500, do: "move", host: "alice", from: A, to: "10.0.1.1" }, send(900)],
    });
    const run = played(plan);
    const bob = run.host("bob")?.associations[0];
    expect([bob?.association.remoteAddresses, bob?.receivedCount]).toEqual([["10.0.1.1"], 1]);
    expect(run.host("alice")?.addresses).toEqual(["10.0.1.1"]);
  });
});

describe("a packet under way", () => {
  /** Stopped while the DATA is on the wire, which is copy 5. */
  const stopped = (observer?: PacketObserver): ScenarioRun => {
    const run = new ScenarioRun(scenario([send(500)]), { observer });
    run.playTo(510);
    return run;
  };

  it("is told of, with its bytes and times", () => {
    const run = stopped();
    expect(
      run.packetsUnderWay.map(({ id, packet, arrivesAtMs }) => [
        id,
        packet.number,
        packet.sender,
        packet.receiver,
        arrivesAtMs,
      ]),
    ).toEqual([[5, 5, "alice", "bob", 520]]);
    expect(run.packetsUnderWay[0]?.datagram).toEqual(run.packetsUnderWay[0]?.packet.datagram);
    run.playTo(520);
    expect(run.packetsUnderWay.map(({ packet }) => packet.sender)).toEqual(["bob"]);
  });

  it.each([
    ["lost" as const, ["+20", "5: plan", "+20", "6 arrived"]],
    ["doubled" as const, ["+20", "5 arrived", "6 arrived"]],
    ["corrupted" as const, ["+20", "5 arrived", "+20", "6 arrived"]],
    [{ lateMs: 30 }, ["+20", "5 arrived"]],
  ])("can be %j", (what, told) => {
    const fates = new Fates(DATA);
    const run = stopped(fates);
    expect(run.disturb(5, what)).toBe(true);
    if (what === "lost") expect([run.disturb(5, "lost"), run.packetsUnderWay]).toEqual([false, []]);
    if (typeof what === "object") expect(run.packetsUnderWay[0]?.arrivesAtMs).toBe(550);
    run.play();
    expect(fates.texts).toEqual(told);
    expect(run.host("bob")?.associations[0]?.receivedCount).toBe(1);
    expect(run.host("alice")?.associations[0]?.association.stats.retransmittedChunks).toBe(
      what === "lost" || what === "corrupted" ? 1 : 0,
    );
  });

  it("arrives once the run is played again to an earlier moment, and is lost again behind it", () => {
    const run = stopped();
    run.disturb(5, "lost");
    run.playTo(700);
    run.disturb(run.packetsUnderWay[0]?.id ?? 0, "lost");
    run.play();
    const [before, behind] = [run.at(505), run.at(600)];
    expect([before.nowMs, before.packetsUnderWay.length, before.interventions]).toEqual([505, 1, []]);
    before.play();
    expect(before.host("alice")?.associations[0]?.association.stats.retransmittedChunks).toBe(0);
    expect(behind.interventions).toEqual([
      { stepCount: expect.any(Number), atMs: 510, copy: 5, what: "lost" },
    ]);
    behind.play();
    expect(behind.world.traceHash).toBe(run.world.traceHash);
    expect(behind.host("alice")?.associations[0]?.association.stats.retransmittedChunks).toBe(1);
  });
});

it("watches each host that is asked for, from the beginning of every run", () => {
  const lines: string[] = [];
  const asked: string[] = [];
  const trace = (host: string): EventLog | undefined => {
    asked.push(host);
    return host === "bob" ? undefined : new EventLog((line) => lines.push(line));
  };
  const run = new ScenarioRun(scenario([]), { trace });
  run.play();
  const first = lines.splice(0);
  expect(first[0]).toContain('"to":"COOKIE-WAIT"');
  run.at(10_000);
  expect(lines).toEqual(first);
  expect(asked).toEqual(["alice", "bob", "alice", "bob"]);
});
