import { expect, it } from "vitest";
import { equalInConstantTime } from "../../../src/base/constant-time.ts";

it("finds one byte that differs, wherever, and another length", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(equalInConstantTime(bytes, Uint8Array.of(1, 2, 3))).toBe(true);
  for (const other of [[0, 2, 3], [1, 2, 131], [1, 2], [1, 2, 3, 0], []])
    expect(equalInConstantTime(bytes, Uint8Array.from(other))).toBe(false);
});
