/** What becomes of requests about streams, and when the peer's resets take effect, without an association (RFC 6525). */
import { expect, it } from "vitest";
import { Reconfigurations } from "../../src/node/socket/reconfigurations.ts";

it("a promise is kept where the request was performed, and broken where it was denied or failed", async () => {
  const reconfigurations = new Reconfigurations();
  const asked = [1, 2, 3].map(
    (request) =>
      new Promise<void>((resolve, reject) => {
        reconfigurations.add(request, { resolve, reject });
      }),
  );
  reconfigurations.onOutcome(2, "denied");
  reconfigurations.onOutcome(3, "failed");
  reconfigurations.onOutcome(1, "performed");
  reconfigurations.onOutcome(1, "denied"); // Nobody waits for it any more.
  expect(await Promise.allSettled(asked)).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: { code: "ERR_SCTP_RECONFIGURATION_DENIED" } },
    { status: "rejected", reason: { code: "ERR_SCTP_RECONFIGURATION_FAILED" } },
  ]);
});

it("a reset takes effect once, when all messages before it have been taken, and not before", () => {
  const reconfigurations = new Reconfigurations();
  const done: string[] = [];
  const onReset = (position: number, name: string): void =>
    reconfigurations.onReset(position, () => {
      if (done.push(name) > 9) throw new Error("it takes effect for ever");
    });
  onReset(2, "behind two");
  onReset(2, "behind two as well");
  onReset(5, "behind five");
  reconfigurations.onTaken(1);
  expect(done).toEqual([]);
  reconfigurations.onTaken(2);
  expect(done).toEqual(["behind two", "behind two as well"]);
  reconfigurations.onTaken(4);
  expect(reconfigurations.isExpectingReset).toBe(true);
  reconfigurations.onTaken(6);
  reconfigurations.onTaken(7);
  expect(done).toEqual(["behind two", "behind two as well", "behind five"]);
  expect(reconfigurations.isExpectingReset).toBe(false);
});
