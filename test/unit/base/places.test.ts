/**
 * What comes and goes: the places of src/base/places.ts beside a Map, and what a scavenge leaves of what has gone.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PassingMap, Places } from "../../../src/base/places.ts";

describe("places", () => {
  it("gives the number of a place that has been left to the next that comes", () => {
    const places = new Places<string>();
    expect([places.add("a"), places.add("b"), places.add("c")]).toEqual([0, 1, 2]);
    places.remove(1);
    expect(places.size).toBe(2);
    expect(places.values()).toEqual(["a", "c"]);
    expect(places.add("d")).toBe(1);
    expect(places.at(1)).toBe("d");
    places.replace(1, "e");
    expect(places.values()).toEqual(["a", "e", "c"]);
  });
});

describe("a passing map", () => {
  const act = fc.record({
    kind: fc.constantFrom("set", "delete"),
    key: fc.nat({ max: 7 }),
    value: fc.integer(),
  });

  it("answers as a Map does", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const [passing, model] = [new PassingMap<number, number>(), new Map<number, number>()];
        for (const { kind, key, value } of acts) {
          if (kind === "delete") {
            expect(passing.delete(key)).toBe(model.delete(key));
          } else {
            passing.set(key, value);
            model.set(key, value);
          }
          expect(passing.size).toBe(model.size);
          expect(passing.has(key)).toBe(model.has(key));
          for (let each = 0; each <= 7; each++) expect(passing.get(each)).toBe(model.get(each));
          expect(passing.keys()).toEqual([...model.keys()]);
          expect(passing.values()).toEqual([...model.values()]);
        }
      }),
    );
  });

  it("keeps nothing of what has left from scavenge to scavenge, where a Map keeps all", () => {
    const passing = new PassingMap<number, object>();
    expect(
      heapKeptBy(
        (key, thing) => passing.set(key, thing),
        (key) => passing.delete(key),
      ),
    ).toBeLessThan(4e6);
  });
});

const LIVING = 16;
const COUNT = 20_000;

/** Bytes that the heap has grown by once 20,000 things of 1 kB have come and gone, 16 at a time, without a full collection. */
function heapKeptBy(add: (key: number, thing: object) => void, remove: (key: number) => void): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options?: { type: "minor" }) => void;
  let next = 0;
  const step = (): void => {
    add(next, new Array<number>(128).fill(next + 0.5));
    remove(next++ - LIVING);
  };
  for (let i = 0; i < 2 * LIVING; i++) step();
  collect(); // What lives now is old from here on, and with it whatever it leads to.
  collect();
  const beforeBytes = process.memoryUsage().heapUsed;
  for (let i = 0; i < COUNT; i++) step();
  collect({ type: "minor" });
  return process.memoryUsage().heapUsed - beforeBytes;
}
