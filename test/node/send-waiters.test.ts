/** Messages that wait for room in a socket: their line, and leaving it once. */
import { expect, it } from "vitest";
import { NO_SEND_INFO } from "../../src/association/model/send-info.ts";
import { SendWaiters } from "../../src/node/socket/send-waiters.ts";

const bytes = (lengthBytes: number): Uint8Array => new Uint8Array(lengthBytes);

it("gives messages in the order they came, without those whose signal was aborted", () => {
  const waiters = new SendWaiters();
  const aborts = Array.from({ length: 5 }, () => new AbortController());
  const told: unknown[] = [];
  for (const [i, { signal }] of aborts.entries())
    waiters.add(bytes(i + 1), { signal }, (error) => told.push(error));
  for (const i of [2, 0, 4]) aborts[i]?.abort(`message ${i}`);
  expect(told).toEqual(["message 2", "message 0", "message 4"]);
  expect([waiters.bytesOn(undefined), waiters.bytesOn(0), waiters.bytesOn(1)]).toEqual([6, 6, 0]);
  expect([waiters.shift(), waiters.shift(), waiters.shift()].map((each) => each?.data.length)).toEqual([
    2,
    4,
    undefined,
  ]);
  expect([waiters.isEmpty, waiters.bytesOn(undefined), waiters.bytesOn(0)]).toEqual([true, 0, 0]);
});

it("counts a message once that is aborted after it was taken, and keeps those behind it", () => {
  const waiters = new SendWaiters();
  const abort = new AbortController();
  waiters.add(bytes(10), { signal: abort.signal }, () => {});
  waiters.add(bytes(20), NO_SEND_INFO, () => {});
  waiters.shift();
  waiters.add(bytes(30), NO_SEND_INFO, () => {});
  abort.abort();
  expect(waiters.bytesOn(undefined)).toBe(50);
  expect([waiters.shift(), waiters.shift(), waiters.shift()].map((each) => each?.data.length)).toEqual([
    20,
    30,
    undefined,
  ]);
});
