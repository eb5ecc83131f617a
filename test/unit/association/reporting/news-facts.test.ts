import { expect, it } from "vitest";
import { factsOf } from "../../../../src/association/reporting/news-facts.ts";

it("keeps numbers, texts and lists of them, and nothing that is the user's own", () => {
  const receipt = "a text that the user has put there";
  const message = {
    data: Uint8Array.of(1, 2),
    streamId: 3,
    ppid: 4,
    unordered: false,
    context: 5,
    transmitted: true,
    acknowledgedBytes: 0,
    causeCode: 0,
  };
  const { data: _, ...facts } = message;
  expect(factsOf({ kind: "send-failed", message, receipt })).toEqual(facts);
  expect(factsOf({ kind: "delivered", receipt })).toEqual({});
  expect(
    factsOf({
      kind: "path",
      address: "192.0.2.1",
      state: "active",
      isNewState: true,
      reachedFrom: ["192.0.2.9"],
    }),
  ).toEqual({ address: "192.0.2.1", state: "active", isNewState: true, reachedFrom: ["192.0.2.9"] });
  const reason = new Uint8Array(3);
  expect(
    factsOf({
      kind: "closed",
      reason: { kind: "aborted", by: "peer", causeCodes: [12], reason, detail: "x" },
    }),
  ).toEqual({ kind: "aborted", by: "peer", causeCodes: [12], detail: "x" });
});
