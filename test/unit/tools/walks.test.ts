import { describe, expect, it } from "vitest";
import { textOf, walkOf } from "../../../tools/walks/count.ts";

const frame = (file: string, line: number, name: string) => ({ file, line, name });

describe("a walk", () => {
  const handOvers = [
    { what: "put", frames: [frame("a.ts", 1, "A.take"), frame("b.ts", 2, "B.keep")] },
    {
      what: "told",
      frames: [frame("a.ts", 9, "A.flush"), frame("a.ts", 5, "A.take"), frame("c.ts", 3, "<anonymous>")],
    },
  ];

  it("counts each function once, wherever it was when it was seen", () => {
    expect(walkOf("w", handOvers).total).toBe(4);
    expect(textOf(walkOf("w", handOvers))).toBe(
      [
        "w: 4",
        "    a.ts:1 A.take",
        "    b.ts:2 B.keep",
        "  put",
        "    a.ts:9 A.flush",
        "    c.ts:3 <anonymous>",
        "  told",
      ].join("\n"),
    );
  });

  it("takes functions without a name for the same where they are at the same place", () => {
    const anonymous = [3, 3, 4].map((line) => ({
      what: "put",
      frames: [frame("c.ts", line, "Socket.<anonymous>")],
    }));
    expect(walkOf("w", anonymous).total).toBe(2);
  });

  it("does not count a container of ours, as it does not count an array", () => {
    const frames = [frame("a.ts", 1, "A.take"), frame("base/fifo.ts", 17, "Fifo.push")];
    expect(walkOf("w", [{ what: "put", frames }]).total).toBe(1);
  });
});
