import { expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { cookieEchoed } from "../../conformance/lab.ts";

const STALE: Chunk = { kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs: 5 }] };
const OTHER: Chunk = { kind: "ERROR", causes: [{ kind: "Out of Resource", code: 4 }] };

it("does nothing about a Stale Cookie in more ERROR chunks than are read of a packet", () => {
  const { lab, association, tag } = cookieEchoed({ maxErrorChunksPerPacket: 2 });
  lab.receive([OTHER, OTHER, STALE], { tag });
  expect(association.state).toBe("COOKIE-ECHOED");
  lab.receive([OTHER, STALE], { tag });
  expect(association.state).toBe("COOKIE-WAIT");
});
