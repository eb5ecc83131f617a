import { describe, expect, it } from "vitest";
import { allImports, circlesOf, importsOf } from "./imports.ts";
import { breach, forbiddenImports } from "./law.ts";

const IMPORTS = allImports();
const INSIDE = IMPORTS.filter(({ from, to }) => from.startsWith("src/") && to.startsWith("src/"));
/** The folder of a file; the folders in it count as it does where they are asked about from outside. */
const folderOf = (path: string, depth: number): string =>
  path.split("/").slice(0, -1).slice(0, depth).join("/");

describe("the law of the house", () => {
  it("is kept by every import of the tree", () => {
    expect(IMPORTS.length).toBeGreaterThan(1_000);
    const breaches = IMPORTS.flatMap((each) => {
      const why = breach(each);
      return why === undefined ? [] : [`${each.from} imports ${each.to}: ${why}`];
    });
    expect(breaches).toEqual([]);
  });

  it("leaves no circle of files, type imports counted", () => {
    expect(circlesOf(INSIDE)).toEqual([]);
  });

  it.each([2, 3])("leaves no circle of folders, %i deep", (depth) => {
    const folders = INSIDE.map(({ from, to }) => ({ from: folderOf(from, depth), to: folderOf(to, depth) }));
    // The doors, and the files of a room that stand above its own folders, are no folder to those inside.
    expect(circlesOf(folders).filter((circle) => circle.length > 1)).toEqual([]);
  });

  it("refuses a probe in each forbidden direction", () => {
    const probes = forbiddenImports();
    expect(probes.length).toBeGreaterThan(100);
    expect(probes.filter((probe) => breach(probe) === undefined)).toEqual([]);
  });

  it.each([
    ["src/stack/probe.ts", "src/socket/socket.ts"],
    ["src/association/procedures/probe.ts", "src/trace/pcapng.ts"],
    ["src/node/socket/probe.ts", "src/sim/world/world.ts"],
    ["src/association/sending/probe.ts", "src/association/receiving/inbound.ts"],
    ["src/association/model/probe.ts", "src/association/association.ts"],
    ["src/association/extensions/probe.ts", "src/association/procedures/setup.ts"],
    ["src/chunks/probe.ts", "src/association/paths/path.ts"],
    ["src/congestion/probe.ts", "src/association/paths/path.ts"],
    ["src/base/probe.ts", "src/chunks/chunk.ts"],
    ["src/sim/probe.ts", "src/node/socket/socket.ts"],
    ["src/stack/probe.ts", "src/core.ts"],
    ["src/stack/probe.ts", "node:dgram"],
    ["src/node/transport/probe.ts", "src/node/driver/udp-port.ts"],
    ["src/socket/terms/probe.ts", "src/socket/socket.ts"],
    ["src/stack/probe.ts", "test/conformance/lab.ts"],
    ["examples/probe/main.ts", "src/stack/stack.ts"],
    ["interop/cases/probe.ts", "src/chunks/chunk.ts"],
  ])("refuses %s importing %s", (from, to) => {
    expect(breach({ from, to })).toEqual(expect.any(String));
  });

  it("reads imports in every form", () => {
    const text = `
      import { a } from "./a.ts";
      import type { B } from "../b.ts";
      import {
        type C,
        d,
      } from "./c/d.ts";
      export * from "./e.ts";
      export type { F } from "./f.ts";
      import "./g.ts";
      const h = await import("./h.ts");
      // import { no } from "./no.ts";
    `;
    expect(importsOf("src/x/y.ts", text).map(({ to }) => to)).toEqual([
      "src/x/a.ts",
      "src/b.ts",
      "src/x/c/d.ts",
      "src/x/e.ts",
      "src/x/f.ts",
      "src/x/g.ts",
      "src/x/h.ts",
    ]);
  });

  it("finds a circle of three, and none where there is none", () => {
    const edge = (from: string, to: string) => ({ from, to });
    expect(circlesOf([edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("c", "d")])).toEqual([
      ["a", "b", "c"],
    ]);
    expect(circlesOf([edge("a", "b"), edge("a", "c"), edge("b", "c")])).toEqual([]);
  });
});
