/** Messages of an endpoint that wait for room: their order, and what an aborted signal does in the midst of sending. */
import { expect, it } from "vitest";
import { EndpointWaiters } from "../../src/node/endpoint/endpoint-waiters.ts";

it("sends what waits in order, one association's at a time, and while there is room", async () => {
  const waiters = new EndpointWaiters();
  const sent: string[] = [];
  const accepted = ["a", "b", "c"].map((name) =>
    waiters.addMessage(1, () => void sent.push(name), undefined),
  );
  const other = waiters.addMessage(2, () => void sent.push("other"), undefined);
  waiters.drainMessages(1, () => sent.length < 2);
  expect(sent).toEqual(["a", "b"]);
  expect(await Promise.all(accepted.slice(0, 2))).toEqual([1, 1]);
  waiters.drainMessages(1, () => true);
  expect([waiters.hasMessages(1), waiters.hasMessages(2)]).toEqual([false, true]);
  waiters.ended(2, new Error("over"), false);
  await expect(other).rejects.toThrow("over");
  expect(sent).toEqual(["a", "b", "c"]);
});

it("does not send a message whose signal is aborted while one before it is sent", async () => {
  const waiters = new EndpointWaiters();
  const sent: string[] = [];
  const abort = new AbortController();
  const first = waiters.addMessage(
    1,
    () => {
      sent.push("first");
      abort.abort(new Error("not that one"));
    },
    undefined,
  );
  const second = waiters.addMessage(1, () => void sent.push("second"), abort.signal);
  const third = waiters.addMessage(1, () => void sent.push("third"), undefined);
  waiters.drainMessages(1, () => true);
  expect(await Promise.all([first, third])).toEqual([1, 1]);
  await expect(second).rejects.toThrow("not that one");
  expect(sent).toEqual(["first", "third"]);
  expect(waiters.hasMessages(1)).toBe(false);
});
