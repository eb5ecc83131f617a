import { expect, it } from "vitest";
import { thresholdsAfter } from "../../../../src/association/model/path-thresholds.ts";
import { associationOptions } from "../../../../src/base/options.ts";

const before = associationOptions({ pathMaxRetrans: 3, potentiallyFailedMaxRetrans: 1 });

it("a path without thresholds of its own has the association's, without a copy of them", () => {
  const options = associationOptions({ pathMaxRetrans: 4 }, before);
  expect(thresholdsAfter(before, options, before)).toBe(options);
});

it("a path's own stay unless the same option has changed", () => {
  const own = { pathMaxRetrans: 9, potentiallyFailedMaxRetrans: 8, primarySwitchoverMaxRetrans: 10 };
  const after = (changes: Parameters<typeof associationOptions>[0]): unknown =>
    thresholdsAfter(own, associationOptions(changes, before), before);
  expect(after({ rtoMinMs: 10 })).toEqual(own);
  expect(after({ pathMaxRetrans: 4 })).toEqual({ ...own, pathMaxRetrans: 4 });
  expect(after({ potentiallyFailedMaxRetrans: 0 })).toEqual({ ...own, potentiallyFailedMaxRetrans: 0 });
  expect(after({ primarySwitchoverMaxRetrans: 2 })).toEqual({ ...own, primarySwitchoverMaxRetrans: 2 });
});
