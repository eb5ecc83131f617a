import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import {
  existingFile,
  flag,
  jsonObject,
  list,
  numbers,
  oneOf,
  parseCommand,
  positiveNumber,
  someOf,
  text,
  wholeNumber,
} from "../../../tools/command-line.ts";

const COMMAND = {
  name: "dance",
  about: "Moves to and fro.",
  options: {
    rounds: wholeNumber("how often", 3, { from: 1 }),
    seconds: positiveNumber("how long", 1.5),
    pause: positiveNumber("between them", 1, { mayBeZero: true }),
    workers: wholeNumber("processes", undefined, { otherwise: "one for each processor" }),
    beats: numbers("in a minute", [60]),
    terms: jsonObject("what is agreed"),
    only: list("these steps", { placeholder: "STEP" }),
    partner: oneOf("with whom", ["alice", "bob"], "alice"),
    guests: someOf("who looks on", ["carol", "dave"]),
    out: text("where", "floor", { placeholder: "FOLDER" }),
    notes: existingFile("what is played"),
    quick: flag("no pauses"),
  },
};
const WITH_WORDS = {
  ...COMMAND,
  words: { placeholder: "SHOE", about: "these only", oneOf: ["left", "right"] },
};
const HERE = fileURLToPath(import.meta.url);

function complaint(args: readonly string[], command: Parameters<typeof parseCommand>[0] = COMMAND): string {
  const parsed = parseCommand(command, args);
  return parsed.kind === "refused" ? parsed.complaint : parsed.kind;
}

it("what is not given is what the table says", () => {
  expect(parseCommand(COMMAND, [])).toEqual({
    kind: "run",
    words: [],
    values: {
      rounds: 3,
      seconds: 1.5,
      pause: 1,
      workers: undefined,
      beats: [60],
      terms: {},
      only: undefined,
      partner: "alice",
      guests: undefined,
      out: "floor",
      notes: undefined,
      quick: false,
    },
  });
});

it("values are read as what they are", () => {
  const figures = [
    "--rounds",
    "7",
    "--seconds=.25",
    "--pause",
    "0",
    "--workers",
    "0",
    "--beats",
    "60,.5",
    "--terms",
    '{"a":{"b":1}}',
    "--quick",
  ];
  const names = [
    "--only",
    "waltz,tango",
    "--partner",
    "bob",
    "--guests",
    "dave,carol",
    "--out=-x",
    "--notes",
    HERE,
  ];
  expect(parseCommand(COMMAND, [...figures, ...names])).toMatchObject({
    values: {
      rounds: 7,
      seconds: 0.25,
      pause: 0,
      workers: 0,
      beats: [60, 0.5],
      terms: { a: { b: 1 } },
      quick: true,
      only: ["waltz", "tango"],
      partner: "bob",
      guests: ["dave", "carol"],
      out: "-x",
      notes: HERE,
    },
  });
});

it.each([
  [["--round"], "there is no option --round"],
  [["--constructor"], "there is no option --constructor"],
  [["-q"], "there is no option -q"],
  [["--rounds", "x"], '--rounds wants a whole number from 1, not "x"'],
  [["--rounds", "0"], '--rounds wants a whole number from 1, not "0"'],
  [["--rounds=-1"], '--rounds wants a whole number from 1, not "-1"'],
  [["--rounds", "1e3"], '--rounds wants a whole number from 1, not "1e3"'],
  [["--rounds", "90071992547409920"], '--rounds wants a whole number from 1, not "90071992547409920"'],
  [["--rounds"], "--rounds wants a whole number from 1"],
  [["--rounds", "--quick"], "--rounds wants a whole number from 1"],
  [["--seconds", "0"], '--seconds wants a number above 0, not "0"'],
  [["--seconds", "1."], '--seconds wants a number above 0, not "1."'],
  [["--pause", "a"], '--pause wants a number from 0, not "a"'],
  [["--beats", "60,,70"], '--beats wants numbers from 0, N[,N], not "60,,70"'],
  ...["{", "[]", "null", "1", '"a"'].map(
    (value) => [["--terms", value], `--terms wants a JSON object, not "${value}"`] as [string[], string],
  ),
  [["--only", "waltz,"], '--only wants STEP[,STEP], not "waltz,"'],
  [["--partner", "carol"], '--partner wants one of alice, bob, not "carol"'],
  [["--guests", "carol,eve"], '--guests wants some of carol, dave, not "carol,eve"'],
  [["--out", ""], '--out wants FOLDER, not ""'],
  [["--notes", "/no/such/file"], '--notes wants a file that exists, not "/no/such/file"'],
  [["--quick=yes"], "--quick takes no value"],
  [["--quick", "yes"], '"yes" is one word too many: there are options only'],
])("refuses %j", (args, wanted) => {
  expect(complaint(args)).toBe(wanted);
});

it("takes words only where a script has a use for them", () => {
  expect(parseCommand(WITH_WORDS, ["left", "--quick", "--", "right"])).toMatchObject({
    words: ["left", "right"],
  });
  expect(complaint(["both"], WITH_WORDS)).toBe('"both" is no SHOE: there are left, right');
});

it("the help names every option and what holds without it, whatever else is said", () => {
  const asked = [["--help"], ["-h"], ["--nonsense", "--help"]].map((args) => parseCommand(WITH_WORDS, args));
  expect(new Set(asked.map((parsed) => parsed.kind))).toEqual(new Set(["help"]));
  const [help] = asked.map((parsed) => (parsed.kind === "help" ? parsed.text : ""));
  expect(help).toBe(
    [
      "npm run dance -- [OPTION]... [SHOE]...",
      "",
      "Moves to and fro.",
      "",
      "  SHOE                        these only: left, right",
      "  --rounds N                  how often (default: 3)",
      "  --seconds N                 how long (default: 1.5)",
      "  --pause N                   between them (default: 1)",
      "  --workers N                 processes (default: one for each processor)",
      "  --beats N[,N]               in a minute (default: 60)",
      "  --terms JSON                what is agreed (default: {})",
      "  --only STEP[,STEP]          these steps (default: none)",
      "  --partner NAME              with whom (default: alice)",
      "  --guests NAME[,NAME]        who looks on (default: none)",
      "  --out FOLDER                where (default: floor)",
      "  --notes FILE                what is played (default: none)",
      "  --quick                     no pauses",
      "  --help                      this text",
    ].join("\n"),
  );
});

it("breaks long lines of the help", () => {
  const about = "so many words that a line of the terminal has no room for all of them, ".repeat(4).trim();
  const parsed = parseCommand(
    { name: "talk", about, options: { "a-name-longer-than-its-column": text(about, "x") } },
    ["--help"],
  );
  const lines = parsed.kind === "help" ? parsed.text.split("\n") : [];
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  expect(lines.filter((line) => line.startsWith(" ".repeat(30))).length).toBeGreaterThan(2);
  expect(lines.join(" ").replaceAll(/ +/g, " ")).toContain(`${about} (default: x)`);
});
