/** examples/congestion: a controller of the user's own, chosen as any other option is. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { aimd } from "../../examples/congestion/aimd.ts";
import { connect, createServer } from "../../src/index.ts";
import { Lab, PEER_ADDRESS } from "../conformance/lab.ts";

const QUIET = { heartbeatIntervalMs: 0, maxBurst: 1_000, maxPacketBytes: 1_012 };

it("grows by one packet per round trip and gives up a quarter at a loss", () => {
  const link = new Lab().accepted({ ...QUIET, congestionControl: aimd });
  const cwndBytes = () => link.association.path(PEER_ADDRESS).cwndBytes;
  expect(cwndBytes()).toBe(2_000);
  link.send(400_000);
  let acked = -1;
  for (let packets = 2; packets < 12; packets++) {
    acked += packets;
    link.receive([link.sack(acked)]); // All of a window at once.
    expect(cwndBytes()).toBe(1_000 * (packets + 1));
  }
  for (const end of [2, 3, 4]) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
  expect(cwndBytes()).toBeGreaterThanOrEqual(9_000);
  expect(cwndBytes()).toBeLessThan(10_000);
});

it("is refused by connect and createServer under a name that does not exist", () => {
  const congestionControl = "reno" as "rfc9260";
  expect(() => createServer({ congestionControl })).toThrow(/one of "rfc9260", "cubic", "bbr" or a function/);
  expect(() => connect({ port: 7, congestionControl })).toThrow(
    /one of "rfc9260", "cubic", "bbr" or a function/,
  );
});

it("runs as examples/congestion/main.ts shows", async () => {
  const program = fileURLToPath(new URL("../../examples/congestion/main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = (await buffer(child.stdout)).toString();
  expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(0);
  const [first, second, third, fourth] = output.trim().split("\n");
  expect(first).toMatch(/^rfc9260: 4000000 bytes, cwnd from 4404 to \d+ bytes/);
  expect(second).toMatch(/^cubic: 4000000 bytes, cwnd from 11880 to \d+ bytes/);
  expect(third).toMatch(/^bbr: 4000000 bytes, cwnd from 11880 to \d+ bytes/);
  expect(fourth).toMatch(/^aimd: 4000000 bytes, cwnd from 2376 to \d+ bytes/);
});
