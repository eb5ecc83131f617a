/** What is told of each path: which one carries DATA, and what was sent there again. */
import { expect, it } from "vitest";
import { BY_RFC_9260_7_2, PEER_ADDRESS, PEER_SECOND_ADDRESS, twoPaths } from "../../conformance/lab.ts";

it("which path carries DATA now is told beside the primary, and each path's retransmissions [B21]", () => {
  const link = twoPaths({ ...BY_RFC_9260_7_2, pathMaxRetrans: 0, heartbeatIntervalMs: 0 });
  const { association } = link;
  const facts = (): unknown[] =>
    association.paths().map(({ address, isPrimary, carriesData, retransmittedChunks }) => {
      return [address, isPrimary, carriesData, retransmittedChunks];
    });
  expect(facts()).toEqual([
    [PEER_ADDRESS, true, true, 0],
    [PEER_SECOND_ADDRESS, false, false, 0],
  ]);
  association.send(new Uint8Array(10), {}, link.lab.nowMs);
  link.lab.flush();
  link.lab.run(1_500);
  expect(facts()).toEqual([
    [PEER_ADDRESS, true, false, 0],
    [PEER_SECOND_ADDRESS, false, true, 1],
  ]);
});

it("every path that works carries DATA where all are used at once, and no other", () => {
  const link = twoPaths({ multipath: "independent", pathMaxRetrans: 0, heartbeatIntervalMs: 0 });
  const carrying = (): unknown[] => link.association.paths().map(({ carriesData }) => carriesData);
  expect(carrying()).toEqual([true, true]);
  link.association.send(new Uint8Array(10), { to: PEER_ADDRESS }, link.lab.nowMs);
  link.lab.flush();
  link.lab.run(1_500);
  expect(carrying()).toEqual([false, true]);
});

it("what has not been measured is undefined [C11]", () => {
  const link = twoPaths({ heartbeatIntervalMs: 0 });
  const { srttMs, rttvarMs } = link.association.path(PEER_SECOND_ADDRESS);
  expect([srttMs, rttvarMs]).toEqual([undefined, undefined]);
});
