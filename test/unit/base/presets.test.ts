/** Options that go together under a name. */
import { describe, expect, it } from "vitest";
import {
  ASSOCIATION_OPTIONS,
  type AssociationOptions,
  associationOptions,
} from "../../../src/base/options.ts";
import { PRESET_NAMES, type PresetName } from "../../../src/base/presets.ts";

/** The options that are not default. */
function changed(options: AssociationOptions): Record<string, unknown> {
  const defaults = associationOptions();
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== defaults[name as keyof AssociationOptions]),
  );
}

describe("a preset", () => {
  it("sets what its description says", () => {
    const { preset, ...set } = changed(associationOptions({ preset: "fastFailover" }));
    expect(preset).toBe("fastFailover");
    const { description } = ASSOCIATION_OPTIONS.preset;
    const [, said = ""] = /`fastFailover`: (.*)\./.exec(description) ?? [];
    const entries = said.split(", ").map((text) => text.split(" "));
    expect({ potentiallyFailedMaxRetrans: 0, ...set }).toEqual(
      Object.fromEntries(entries.map(([name, value]) => [name, Number(value)])),
    );
  });

  it("gives way to what is given beside it, also later, and to nothing that is only mentioned", () => {
    const given = { preset: "fastFailover", heartbeatIntervalMs: 900, sackDelayMs: undefined } as never;
    const first = associationOptions(given);
    expect(first).toMatchObject({ heartbeatIntervalMs: 900, sackDelayMs: 20, rtoMinMs: 100 });
    const later = associationOptions({ rtoMinMs: 150 }, first);
    expect(later).toMatchObject({ preset: "fastFailover", rtoMinMs: 150, sackDelayMs: 20 });
    const again = associationOptions({ preset: "fastFailover", sackDelayMs: 5 }, later);
    expect(again).toMatchObject({ rtoMinMs: 100, sackDelayMs: 5, heartbeatIntervalMs: 500 });
  });

  it("of the name none sets nothing, and keeps what an earlier one has set", () => {
    expect(associationOptions({ preset: "none" })).toEqual(associationOptions());
    const first = associationOptions({ preset: "fastFailover" });
    expect(associationOptions({ preset: "none" }, first)).toEqual({ ...first, preset: "none" });
  });

  it("is refused by a name that is none", () => {
    for (const name of ["fastfailover", "toString", ""])
      expect(() => associationOptions({ preset: name as PresetName })).toThrow(
        `preset must be one of ${PRESET_NAMES.map((each) => `"${each}"`).join(", ")}, not "${name}"`,
      );
  });

  it("is checked with what is given beside it", () => {
    expect(() => associationOptions({ preset: "fastFailover", rtoMinMs: 300 })).toThrow("rtoInitialMs, 200");
    expect(associationOptions({ preset: "fastFailover", rtoMinMs: 300, rtoInitialMs: 300 }).sackDelayMs).toBe(
      20,
    );
  });
});
