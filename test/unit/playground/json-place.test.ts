/** Where in its text a complaint about a scenario is about. */
import { expect, it } from "vitest";
import { placeInJson } from "../../../playground/src/app/json-place.ts";
import { readScenario } from "../../../src/sim/index.ts";

const TEXT = `{
  "name": "a \\"quoted\\" name, with [brackets] {and braces}",
  "hosts": [
    { "name": "alice", "addresses": ["10.0.0.1"], "options": { "rtoMinMs": 5 } },
    { "addresses": ["10.0.0.2"], "name": "bob" }
  ],
  "links": [],
  "timeline": [{ "atMs": 0, "do": "listen", "host": "bob", "port": 7 }]
}`;

const found = (text: string): string | undefined => {
  const complaint = (() => {
    try {
      readScenario(text);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  })();
  const place = placeInJson(text, complaint);
  return place && `${place.line}: ${text.slice(place.from, place.to)}`;
};

it.each([
  ['"host": "bob"', '"host": "nobody"', '8: "nobody"'],
  ['["10.0.0.2"]', '["10.0.0.2", "there"]', '5: "there"'],
  ['"rtoMinMs": 5', '"rtoMinMs": -1', "4: -1"],
  ['"port": 7', '"port": 0', "8: 0"],
  ['"port": 7', '"port": seven', "8: s"],
  ['"name": "bob"', '"name": "alice"', '5: "alice"'],
])("finds %s that has become %s", (from, to, where) => {
  expect(found(TEXT.replace(from, to))).toBe(where);
});

it("understands what other browsers say", () => {
  const complaint =
    "the scenario is no JSON: JSON.parse: expected property name or '}' at line 3 column 5 of the JSON data";
  const place = placeInJson(TEXT, complaint);
  expect([place?.line, TEXT.slice(place?.from, place?.to)]).toEqual([3, "o"]);
});

it("finds nothing where nothing is wrong, and nothing in what is not there", () => {
  expect(found(TEXT)).toBeUndefined();
  expect(placeInJson("", "timeline[3].host must be somebody")).toBeUndefined();
});
