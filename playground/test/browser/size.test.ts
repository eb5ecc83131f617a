/** The stack is small enough for a page. */
import { expect, it } from "vitest";
import { coreSize } from "./core-size.ts";

it("is below 200 kB compressed, the simulator and the tools for traces included", async () => {
  const { bytes, compressedBytes } = await coreSize();
  expect(bytes).toBeGreaterThan(200_000);
  expect(compressedBytes).toBeLessThan(200_000);
});
