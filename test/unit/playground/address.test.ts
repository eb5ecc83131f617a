/** A session of the playground as the fragment of an address, and back. */
import { expect, it } from "vitest";
import { readAddress, writeAddress } from "../../../playground/src/session/address.ts";

const INTERVENTIONS = [
  { stepCount: 12, atMs: 510.25, copy: 9, what: "lost" },
  { stepCount: 13, atMs: 511, copy: 10, what: { lateMs: 75 } },
] as const;

it("names a scenario that everybody has, in a few characters", async () => {
  const session = { name: "lossy", seed: 7, atMs: 1_200.5, interventions: INTERVENTIONS };
  const text = await writeAddress(session);
  expect(text).toBe("scenario=lossy&seed=7&at=1200.5&hand=12-510.25-9-lost_13-511-10-75");
  expect(await readAddress(`#${text}`)).toEqual({ ...session, document: undefined });
});

it("carries a scenario that nobody else has, whatever is in it", async () => {
  const document = JSON.stringify({ about: "ä ☃ \u{1f600} + / =".repeat(50) });
  const text = await writeAddress({ document, atMs: 0, interventions: [] });
  expect(text).toMatch(/^document=[\w-]+$/);
  expect(text.length).toBeLessThan(200);
  expect((await readAddress(text)).document).toBe(document);
});

it.each([
  ["document=%00", "damaged"],
  ["document=AAAA", "damaged"],
  ["at=soon", '"soon" where a number belongs'],
  ["at=-5", '"-5" where a number belongs'],
  ["hand=1-2", '"" where a number belongs'],
  ["hand=1.5-2-3-lost", '"1.5" where a whole number belongs'],
  ["hand=1-2-3.5-lost", '"3.5" where a whole number belongs'],
  [`hand=${"1-2-3-lost_".repeat(10_000)}1-2-3-lost`, "too many packets"],
  ["hand=1-2-3-eaten", '"eaten" where a number belongs'],
])("refuses %s", async (fragment, why) => {
  await expect(readAddress(fragment)).rejects.toThrow(why);
});

it("unpacks no more than a scenario may be", async () => {
  const text = await writeAddress({ document: " ".repeat(5_000_000), atMs: 0, interventions: [] });
  expect(text.length).toBeLessThan(10_000);
  await expect(readAddress(text)).rejects.toThrow("damaged");
});

it("plays the first scenario where nothing is said", async () => {
  expect(await readAddress("")).toEqual({
    name: undefined,
    document: undefined,
    seed: undefined,
    atMs: 0,
    interventions: [],
  });
});
