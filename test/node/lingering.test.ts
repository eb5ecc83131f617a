/** How long a UDP port stays open that nobody holds: the driver in virtual time. */
import { afterEach, expect, it } from "vitest";
import { DriverPort, Link, VirtualLoop } from "../inside/virtual-loop.ts";

const WAYS = { megabitsPerSecond: 100, delayMs: 1 };

let loop: VirtualLoop | undefined;
afterEach(() => loop?.leave());

class CountedPort extends DriverPort {
  closeCount = 0;

  override close(): void {
    this.closeCount++;
  }
}

function port(): { readonly counted: CountedPort; readonly pass: (ms: number) => void } {
  const virtualLoop = new VirtualLoop(10);
  loop = virtualLoop;
  const [incoming, outgoing] = [new Link(WAYS, 1), new Link(WAYS, 2)];
  const ends = { localAddress: "10.0.0.1", remoteAddress: "10.0.0.2", incoming, outgoing };
  const counted = new CountedPort(virtualLoop, ends);
  return { counted, pass: (ms) => void virtualLoop.run(ms, [counted]) };
}

it("A port that nobody holds any more lingers for a few seconds, and is closed then [B11]", () => {
  const { counted, pass } = port();
  counted.driver.hold();
  counted.driver.closeWhenIdle();
  pass(60_000);
  expect(counted.closeCount).toBe(0);
  counted.driver.release();
  pass(2_000);
  expect(counted.closeCount).toBe(0);
  pass(2_000);
  expect(counted.closeCount).toBe(1);
});

it("A port that is held again while it lingers stays, and lingers anew when it is let go [B11]", () => {
  const { counted, pass } = port();
  counted.driver.hold();
  counted.driver.closeWhenIdle();
  counted.driver.release();
  pass(2_900);
  counted.driver.hold();
  pass(60_000);
  expect(counted.closeCount).toBe(0);
  counted.driver.release();
  pass(2_900);
  expect(counted.closeCount).toBe(0);
  pass(200);
  expect(counted.closeCount).toBe(1);
});
