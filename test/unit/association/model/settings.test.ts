import { expect, it } from "vitest";
import { Settings } from "../../../../src/association/model/settings.ts";
import { associationOptions } from "../../../../src/base/options.ts";

it("shows whoever holds it the options that hold now, all replaced at once", () => {
  const before = associationOptions({ maxBurst: 4 });
  const settings = new Settings(before);
  const after = associationOptions({ maxBurst: 9 }, before);
  settings.replace(after);
  expect(settings.options).toBe(after);
  expect(before.maxBurst).toBe(4);
});
