/** A scenario in the hands of its viewer: steps, steps back, packets taken out of the wire. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { chartOfCapture } from "../../../playground/src/session/capture.ts";
import { fileOf } from "../../../playground/src/session/files.ts";
import { Player } from "../../../playground/src/session/player.ts";
import { readScenario } from "../../../src/sim/index.ts";
import { captureLadder } from "../../../src/trace/captures/capture-ladder.ts";

const scenarioOf = (name: string) =>
  readScenario(readFileSync(new URL(`../../../examples/scenarios/${name}.json`, import.meta.url), "utf8"));
const patient = () => true;

function playerAt(name: string, ms: number): Player {
  const player = new Player(scenarioOf(name), []);
  player.advance(ms, patient);
  player.chart.takeWords();
  return player;
}

/** All that lies in it. */
const drawn = ({ chart, run }: Player) => {
  const bottom = chart.place(run.packetsUnderWay, run.nowMs);
  return { bottom, nowMs: run.nowMs, ...chart.rowsIn(0, Number.POSITIVE_INFINITY) };
};

it("steps from one thing that can be seen to the next, and tells of it", () => {
  const player = new Player(scenarioOf("handshake"), []);
  const told: string[] = [];
  for (let i = 0; i < 4; i++) {
    player.step();
    told.push(`${player.run.nowMs} ${player.chart.takeWords()}`);
  }
  expect(told).toEqual([
    "0 bob: listens on port 7",
    "0 alice: connects to bob:7; alice goes from CLOSED to COOKIE-WAIT; alice to bob: INIT",
    "20 alice to bob: INIT arrives; bob to alice: INIT ACK",
    "40 bob to alice: INIT ACK arrives; alice goes from COOKIE-WAIT to COOKIE-ECHOED; alice to bob: COOKIE ECHO",
  ]);
});

it("stands after a step back where it stood before the step", () => {
  const player = playerAt("lossy", 300);
  player.step();
  const before = drawn(player);
  for (let i = 0; i < 3; i++) player.step();
  expect(drawn(player)).not.toEqual(before);
  for (let i = 0; i < 3; i++) player.stepBack();
  expect(drawn(player)).toEqual(before);
});

it("lays rows only below those that are there", () => {
  const { packets, notes } = drawn(playerAt("failover", 6_000));
  for (const all of [packets, notes])
    expect(all.map(({ y }) => y)).toEqual(all.map(({ y }) => y).sort((a, b) => a - b));
  for (const { y, arrows } of packets) for (const { endY } of arrows) expect(endY).toBeGreaterThan(y);
  expect(packets.some(({ arrows }) => arrows.some(({ lostBy }) => lostBy === "cut"))).toBe(true);
});

it("gives only what is in view, and what passes through it", () => {
  const player = playerAt("congestion", 3_000);
  player.chart.place(player.run.packetsUnderWay, player.run.nowMs);
  const all = player.chart.list(1, player.chart.packetCount);
  const [fromY, toY] = [8_000, 8_500];
  const { packets } = player.chart.rowsIn(fromY, toY);
  const inView = all.filter(
    ({ y, arrows }) => y < toY && (y >= fromY || arrows.some(({ endY }) => endY >= fromY)),
  );
  expect(packets).toEqual(inView);
  expect(packets.length).toBeLessThan(all.length / 4);
  expect(packets.some(({ y }) => y < fromY)).toBe(true);
});

it("takes a packet out of the wire, and does so again after going back", () => {
  const player = playerAt("handshake", 510);
  const [copy] = player.run.packetsUnderWay;
  expect(player.disturb(copy?.id ?? 0, "lost")).toBe(true);
  expect(player.chart.takeWords()).toMatch(/^alice to bob: DATA .* is lost: by hand$/);
  const { arrows = [] } = player.chart.packet(copy?.packet.number ?? 0) ?? {};
  expect(arrows).toMatchObject([{ fate: "lost", lostBy: "by hand", progress: 0.5, endMs: 510 }]);
  expect(player.disturb(copy?.id ?? 0, "lost")).toBe(false);
  player.advance(3_000, patient);
  const whole = drawn(player);
  expect(whole.packets.some(({ again }) => again === "tail loss probe")).toBe(true);
  player.rewind();
  player.advance(3_000, patient);
  expect(drawn(player)).toEqual(whole);
});

it("forgets what was to be done later once something else is done before it", () => {
  const player = playerAt("handshake", 510);
  player.disturb(player.run.packetsUnderWay[0]?.id ?? 0, "lost");
  player.rewind();
  player.advance(10, patient);
  expect(player.interventions).toHaveLength(1);
  player.disturb(player.run.packetsUnderWay[0]?.id ?? 0, "doubled");
  expect(player.interventions).toMatchObject([{ atMs: 10, what: "doubled" }]);
  expect(player.run.nowMs).toBe(10);
  player.advance(30, patient);
  expect(player.chart.packet(1)?.arrows).toMatchObject([{ fate: "arrived" }, { fate: "arrived" }]);
  player.advance(2_000, patient);
  expect(player.run.interventions).toEqual(player.interventions);
});

it("forgets nothing where nothing is done: a packet that has arrived is out of reach", () => {
  const player = playerAt("handshake", 510);
  player.disturb(player.run.packetsUnderWay[0]?.id ?? 0, "lost");
  const { interventions } = player;
  player.rewind();
  player.advance(30, patient);
  const { run } = player;
  expect(player.disturb(1_000, "lost")).toBe(false);
  expect(player.interventions).toBe(interventions);
  expect(player.run).toBe(run);
  player.advance(2_000, patient);
  expect(player.run.interventions).toEqual(interventions);
});

it("stands where it stood once something is done, keeps what was done before, and can be stepped back from there", () => {
  const player = playerAt("lossy", 300);
  player.disturb(player.run.packetsUnderWay[0]?.id ?? 0, "lost");
  player.advance(600, patient);
  player.disturb(player.run.packetsUnderWay[0]?.id ?? 0, { lateMs: 40 });
  player.rewind();
  player.advance(450, patient);
  player.chart.takeWords();
  const { stepCount } = player.run.world;
  const before = drawn(player);
  const [copy] = player.run.packetsUnderWay;
  expect(player.disturb(copy?.id ?? 0, "corrupted")).toBe(true);
  expect(player.interventions.map(({ atMs, what }) => [atMs, what])).toEqual([
    [300, "lost"],
    [450, "corrupted"],
  ]);
  expect([player.run.nowMs, player.run.world.stepCount]).toEqual([450, stepCount]);
  const rest = (rows: ReturnType<typeof drawn>) =>
    rows.packets.filter(({ number }) => number !== copy?.packet.number);
  expect(rest(drawn(player))).toEqual(rest(before));
  player.step();
  player.stepBack();
  player.stepBack();
  const { nowMs } = player.run;
  player.advance(700, patient);
  expect(player.run.interventions).toHaveLength(2); // The one at 600 ms is not done.
  expect(nowMs).toBeGreaterThan(400);
  expect(nowMs).toBeLessThan(450);
});

it("shows a lost packet where it was lost, whenever that is played again", () => {
  const player = playerAt("handshake", 510);
  const [copy] = player.run.packetsUnderWay;
  player.disturb(copy?.id ?? 0, "lost");
  player.rewind();
  player.advance(2_000, patient);
  expect(player.chart.packet(copy?.packet.number ?? 0)?.arrows).toMatchObject([
    { progress: 0.5, endMs: 510 },
  ]);
});

it("takes home each packet once, a trace of the host that was asked for, and the scenario as it was read", () => {
  const player = playerAt("handshake", 30);
  expect(captureLadder(fileOf(player, "pcapng", "").bytes).ladder.packets).toHaveLength(
    player.chart.packetCount,
  );
  const text = ({ bytes }: { readonly bytes: Uint8Array }) => new TextDecoder().decode(bytes);
  const [alice, bob] = [fileOf(player, "sqlog", "alice"), fileOf(player, "sqlog", "bob")];
  expect([alice.name, bob.name]).toEqual(["handshake-alice.sqlog", "handshake-bob.sqlog"]);
  expect(text(alice)).toContain('"COOKIE-WAIT"');
  expect(text(bob)).not.toContain('"COOKIE-WAIT"');
  const json = fileOf(player, "json", "");
  expect(json.name).toBe("handshake.json");
  expect(readScenario(text(json))).toEqual(player.scenario);
  const svg = text(fileOf(player, "svg", ""));
  expect(svg).toContain("under way");
});

it("gives files names that every disk takes", () => {
  const scenario = { ...scenarioOf("handshake"), name: "../a b:c?" };
  expect(fileOf(new Player(scenario, []), "svg", "").name).toBe("..-a-b-c-.svg");
  expect(fileOf(new Player({ ...scenario, name: "" }, []), "pcapng", "").name).toBe("scenario.pcapng");
});

it("stops where its patience ends, and goes on from there", () => {
  const player = new Player(scenarioOf("lossy"), []);
  let events = 0;
  expect(player.advance(1_000, () => events++ < 1)).toBe(false);
  expect(player.run.nowMs).toBeLessThan(1_000);
  expect(player.advance(1_000, patient)).toBe(true);
  expect(player.run.nowMs).toBe(1_000);
});

it("knows the bytes of every packet", () => {
  const player = playerAt("lossy", 300);
  const seen = player.datagram(50);
  expect(seen?.length).toBeGreaterThan(12);
  expect(player.datagram(10_000)).toBeUndefined();
});

it("writes a capture that shows the same packets, hosts with two addresses as one", () => {
  const player = playerAt("failover", 4_000);
  const { bytes, name } = fileOf(player, "pcapng", "");
  expect(name).toBe("failover.pcapng");
  const { ladder, told } = chartOfCapture(bytes);
  expect(ladder.lanes[0]?.split(", ").sort()).toEqual(["10.0.0.1:9899", "10.1.0.1:9899"]);
  expect(ladder.lanes).toEqual(captureLadder(bytes).ladder.lanes); // As `sctp explain` names them.
  expect(ladder.packets.map(({ label }) => label)).toEqual(player.ladder.packets.map(({ label }) => label));
  expect(told).toBe(`${player.chart.packetCount} SCTP packets of 2 hosts.`);
});

it("shows what a capture holds before a fault, with a place and the bytes for each packet", () => {
  const player = playerAt("handshake", 4_000);
  const whole = fileOf(player, "pcapng", "").bytes;
  const { chart, ladder, told, endMs } = chartOfCapture(whole.subarray(0, whole.length - 3));
  const count = player.chart.packetCount - 1;
  expect(told).toMatch(new RegExp(`^${count} SCTP packets of 2 hosts. It cannot be read to its end: .*byte`));
  expect(chart.packetCount).toBe(count);
  for (let number = 1; number <= count; number++)
    expect(chart.datagram(number)).toEqual(player.datagram(number));
  expect(chart.packet(count)?.arrows).toMatchObject([{ fate: "arrived", endMs, isDamaged: false }]);
  expect(ladder.packets).toHaveLength(count);
});

/** A pcap file of Ethernet frames. @param types EtherType of each */
function pcapOf(types: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(24 + types.length * (16 + 60));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2c3d4);
  view.setUint32(4, 0x0002_0004);
  view.setUint32(16, 65_535);
  view.setUint32(20, 1);
  for (const [i, type] of types.entries()) {
    const at = 24 + i * (16 + 60);
    view.setUint32(at + 8, 60);
    view.setUint32(at + 12, 60);
    view.setUint16(at + 16 + 12, type);
  }
  return bytes;
}

it("says what there is in a file without SCTP", () => {
  expect(() => chartOfCapture(new Uint8Array(0))).toThrow("there is nothing in it");
  expect(() => chartOfCapture(pcapOf([]))).toThrow(/^there is no SCTP packet in it$/);
  expect(() => chartOfCapture(pcapOf([0x0806, 0x0806]))).toThrow(
    /^there is no SCTP packet in it, but 2 of .+$/,
  );
});

it("says how much of a file is not shown", () => {
  const { bytes } = fileOf(playerAt("handshake", 10), "pcapng", "");
  const lengthBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  const tcp = bytes.slice(bytes.length - lengthBytes); // The last block, a packet over IPv4.
  tcp[28 + 9] = 6;
  const { told } = chartOfCapture(new Uint8Array([...bytes, ...tcp, ...tcp]));
  expect(told).toBe("1 SCTP packet of 2 hosts; 2 other frames are not shown.");
});

it("counts one as one", () => {
  const { bytes } = fileOf(playerAt("handshake", 10), "pcapng", "");
  expect(chartOfCapture(bytes).told).toMatch(/^1 SCTP packet of 2 hosts\.$/);
});

it("says why there is no ladder of a file", () => {
  expect(() => chartOfCapture(new Uint8Array(40))).toThrow("neither pcap nor pcapng");
});

it("knows how the ends came to their states after a jump, and back again", () => {
  const player = playerAt("handshake", 30);
  const early = player.courses;
  expect(early[0]).toMatchObject({ state: "COOKIE-WAIT", from: "CLOSED", atMs: 0 });
  player.advance(500, patient);
  expect(player.courses[0]).toMatchObject({ state: "ESTABLISHED", from: "COOKIE-ECHOED", atMs: 80 });
  expect(player.courses[1]).toMatchObject({ state: "ESTABLISHED", from: "CLOSED", atMs: 60 });
  player.rewind();
  expect(player.courses.map(({ id }) => id)).toEqual([undefined, undefined]);
  player.advance(30, patient);
  expect(player.courses).toEqual(early);
});

it("records the paths in one jump as step by step, and nothing from ahead after going back", () => {
  const jumped = playerAt("lossy", 1_500).records();
  const stepped = playerAt("lossy", 0);
  while (stepped.nextAtMs <= 1_500 && stepped.step());
  stepped.advance(1_500, patient);
  expect(stepped.records()).toEqual(jumped);
  expect(jumped[0]?.samples.length).toBeGreaterThan(30);
  stepped.rewind();
  stepped.advance(400, patient);
  const early = stepped.records();
  expect(early).toEqual(playerAt("lossy", 400).records());
  for (const { samples } of early) for (const { atMs } of samples) expect(atMs).toBeLessThanOrEqual(400);
});
