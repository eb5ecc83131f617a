import { expect, it } from "vitest";
import { Settings } from "../../../../src/association/model/settings.ts";
import { AssociationErrors } from "../../../../src/association/paths/association-errors.ts";
import { associationOptions } from "../../../../src/base/options.ts";

it("is too many once Association.Max.Retrans is exceeded by errors in a row, by the options of the moment (RFC 9260 8.1)", () => {
  const settings = new Settings(associationOptions({ associationMaxRetrans: 2 }));
  const errors = new AssociationErrors(settings);
  expect([errors.add(), errors.add(), errors.add()]).toEqual([false, false, true]);
  errors.clear();
  expect([errors.add(), errors.add()]).toEqual([false, false]);
  settings.replace(associationOptions({ associationMaxRetrans: 3 }));
  expect([errors.add(), errors.add()]).toEqual([false, true]);
});
