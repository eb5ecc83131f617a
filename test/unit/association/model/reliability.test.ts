import { expect, it } from "vitest";
import {
  checkReliability,
  MessageLimit,
  type Reliability,
} from "../../../../src/association/model/reliability.ts";

it.each<readonly [given: unknown, complaint: RegExp]>([
  [{}, /one of lifetimeMs, maxRetransmits and priority/],
  [{ lifetimeMs: 5, priority: 1 }, /one of/],
  [{ lifetimeMs: 0 }, /lifetimeMs must be above 0, not 0/],
  [{ lifetimeMs: Number.NaN }, /above 0/],
  [{ maxRetransmits: -1 }, /maxRetransmits must be a whole number from 0 to 4294967295, not -1/],
  [{ maxRetransmits: 1.5 }, /whole number/],
  [{ priority: 2 ** 32 }, /priority must be a whole number/],
])("refuses %j", (given, complaint) => {
  expect(() => checkReliability(given as Reliability)).toThrow(complaint);
});

it.each<readonly [given: Reliability, policy: string, value: number, expiresAtMs: number]>([
  [{ lifetimeMs: 0.5 }, "lifetime", 0.5, 10.5],
  [{ maxRetransmits: 0 }, "retransmissions", 0, Number.POSITIVE_INFINITY],
  [{ priority: 2 ** 32 - 1 }, "priority", 2 ** 32 - 1, Number.POSITIVE_INFINITY],
])("takes %j", (given, policy, value, expiresAtMs) => {
  expect(() => checkReliability(given)).not.toThrow();
  expect(new MessageLimit(given, 10)).toMatchObject({ policy, value, expiresAtMs });
});
