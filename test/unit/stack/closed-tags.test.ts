import { describe, expect, it } from "vitest";
import { ClosedTags } from "../../../src/stack/closed-tags.ts";
import { chunksOf, echoOf, initChunk, Lab, only } from "../../conformance/lab.ts";

describe("ClosedTags", () => {
  it("remembers a tag for the life of a cookie, and no longer", () => {
    const tags = new ClosedTags(1_000, 10);
    tags.add(7, 5_000);
    expect([tags.has(7, 5_999), tags.has(7, 6_000), tags.has(8, 5_000)]).toEqual([true, false, false]);
  });

  it("forgets the oldest beyond its limit, and what is over as new ones come", () => {
    const tags = new ClosedTags(1_000, 2);
    for (const tag of [1, 2, 3]) tags.add(tag, 0);
    expect([1, 2, 3].map((tag) => tags.has(tag, 0))).toEqual([false, true, true]);
    tags.add(4, 5_000);
    expect(tags.size).toBe(1);
  });

  it("keeps a recorded COOKIE ECHO from bringing an ended association back", () => {
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const echo = [echoOf(initAck)];
    const tag = initAck.initiateTag;
    lab.receive(echo, { tag });
    expect(lab.stack.associationCount).toBe(1);
    lab.receive([{ kind: "ABORT", tagReflected: false, causes: [] }], { tag });
    const answer = lab.receive(echo, { tag });
    expect(lab.stack.associationCount).toBe(0);
    expect(chunksOf(answer, "ABORT")).toHaveLength(1);
  });

  it("keeps the COOKIE ECHO of its life before a restart from bringing an ended association back", () => {
    const lab = new Lab();
    lab.listen();
    const first = only(lab.receive([initChunk()]), "INIT ACK");
    const oldEcho = [echoOf(first)];
    lab.receive(oldEcho, { tag: first.initiateTag });
    const second = only(lab.receive([initChunk({ initiateTag: 0x99 })]), "INIT ACK");
    lab.receive([echoOf(second)], { tag: second.initiateTag });
    expect(lab.eventKinds).toContain("restarted");
    lab.receive([{ kind: "ABORT", tagReflected: false, causes: [] }], { tag: second.initiateTag });
    lab.receive(oldEcho, { tag: first.initiateTag });
    expect(lab.stack.associationCount).toBe(0);
  });
});
