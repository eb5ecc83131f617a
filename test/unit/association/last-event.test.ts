import { expect, it } from "vitest";
import { Lab } from "../../conformance/lab.ts";

it("says nothing more of an association that has ended, whatever else was due at that moment", () => {
  const link = new Lab().accepted({ heartbeatIntervalMs: 0, associationMaxRetrans: 1, pathMaxRetrans: 2 });
  const { lab, association } = link;
  const [address = ""] = association.remoteAddresses;
  link.send(10);
  lab.runUntilSent(); // T3-rtx, the first error.
  association.requestHeartbeat(address, lab.nowMs);
  lab.flush();
  lab.events.length = 0;
  lab.nowMs += 10_000; // The driver comes late: T3-rtx and the HEARTBEAT are due at once.
  lab.stack.handleTimeout(lab.nowMs);
  lab.flush();
  expect(lab.eventKinds).toEqual(["send-failed", "closed"]);
});
