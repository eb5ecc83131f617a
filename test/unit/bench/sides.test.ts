import { expect, it } from "vitest";
import { readJob } from "../../../bench/peers/node/contract.ts";
import { allCases, type Case } from "../../../bench/runner/cases.ts";
import { baselineSide, commandOf, relayCommand, SIDES, type Side } from "../../../bench/runner/sides.ts";

const CASES = allCases(false);
const LINKS = CASES.filter(({ link }) => link !== undefined);

function sidesOf(test: Case): Side[] {
  return [...SIDES.filter(({ name }) => test.sides.includes(name)), baselineSide("main.js")];
}

/** The value of an option on a command line. */
function optionOf(command: readonly string[], option: string): string | undefined {
  return command[command.indexOf(option) + 1];
}

it("every side of a link case is told to use the same buffers, at both ends [C6]", () => {
  expect(LINKS.length).toBeGreaterThan(4);
  for (const test of LINKS) {
    const sides = sidesOf(test);
    expect(sides.map(({ name }) => name)).toEqual(expect.arrayContaining(["sctpkit", "usrsctp", "pion"]));
    const told = sides.flatMap((side) =>
      (["sink", "source"] as const).map((role) => optionOf(commandOf(side, test, role, 1, 2), "--buffer")),
    );
    expect(new Set(told), test.name).toEqual(new Set(["8388608"]));
  }
});

it("elsewhere each side has its own buffers, where a message fits into them", () => {
  const bufferOf = (name: string, size: number): string | undefined => {
    const side = SIDES.find((candidate) => candidate.name === name) as Side;
    const test = CASES.find((candidate) => candidate.name === `oneway ${size}`) as Case;
    return optionOf(commandOf(side, test, "sink", 1, 2), "--buffer");
  };
  expect(bufferOf("sctpkit", 1_000)).toBe("0");
  expect(bufferOf("usrsctp-128k", 1_000)).toBe("131072");
  expect(bufferOf("usrsctp-128k", 1_048_576)).toBe("0");
});

it("the Node program understands what it is told", () => {
  const test = LINKS[0] as Case;
  const [, , ...words] = commandOf(baselineSide("main.js"), test, "source", 7, 8);
  expect(readJob(words)).toEqual({
    role: "source",
    transport: "sctpkit",
    measure: "oneway",
    messageBytes: 16_384,
    burst: 1,
    isInARow: false,
    streams: 1,
    associations: 1,
    packetBytes: 1_472,
    bufferBytes: 8_388_608,
    udpPort: 7,
    remotePort: 8,
    localAddress: "127.0.0.1",
    remoteAddress: "127.0.0.1",
    options: {},
  });
});

it("a relay is told the largest datagram that the case's path MTU allows", () => {
  const { link } = LINKS[0] as Case;
  const flows = [{ front: 1, back: 2, sink: 3 }];
  expect(link && optionOf(relayCommand(link, 1_500, flows, 1), "--largest")).toBe("1472");
  expect(link && optionOf(relayCommand(link, 9_000, flows, 1), "--largest")).toBe("8972");
});
