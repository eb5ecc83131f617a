/** The counters of RFC 3873 that count chunks and messages, against what was seen on the wire. */
import { expect, it } from "vitest";
import { HEARTBEAT, Lab, OUR_PORT, PEER_PORT, type SentPacket } from "../../conformance/lab.ts";

function controlChunksIn(packets: readonly SentPacket[]): number {
  return packets.flatMap(({ kinds }) => kinds).filter((kind) => kind !== "DATA").length;
}

it("DATA that is sent counts once, by its order, and a message in fragments as one [B21]", () => {
  const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
  const { lab } = link;
  link.send(10);
  link.send(10, { unordered: true });
  link.send(3_000);
  const chunks = lab.sent.flatMap((packet) => packet.chunks).filter(({ kind }) => kind === "DATA");
  expect(lab.stack.stats()).toMatchObject({
    sctpOutOrderChunks: chunks.length - 1,
    sctpOutUnorderChunks: 1,
    sctpFragUsrMsgs: 1,
  });
  const before = lab.stack.stats();
  lab.run(2_500); // T3-rtx: some of it goes out again.
  const after = lab.stack.stats();
  const { retransmittedChunks, sctpAssocRtxChunks } = link.association.stats;
  expect(retransmittedChunks).toBeGreaterThan(0);
  expect(sctpAssocRtxChunks).toBe(retransmittedChunks);
  expect(after.sctpOutSCTPPacks).toBeGreaterThan(before.sctpOutSCTPPacks);
  expect({ ...after, sctpOutSCTPPacks: 0 }).toEqual({ ...before, sctpOutSCTPPacks: 0 });
});

it("DATA that arrives counts once, by its order, and a message in fragments as one [B21]", () => {
  const link = new Lab().accepted();
  link.receive([link.data(0), link.data(1, { unordered: true })]);
  link.receive([link.data(0)]); // It has come before.
  link.receive([link.data(4, { ssn: 1, beginning: false })]);
  link.receive([
    link.data(2, { ssn: 1, ending: false }),
    link.data(3, { ssn: 1, beginning: false, ending: false }),
  ]);
  link.receive([link.data(5, { streamId: 60_000 })]); // Acknowledged, and answered with an ERROR.
  link.receive([link.data(5_000_000)]); // Too far ahead to be taken.
  expect(link.lab.stack.stats()).toMatchObject({
    sctpInOrderChunks: 5,
    sctpInUnorderChunks: 1,
    sctpReasmUsrMsgs: 1,
  });
});

it("control chunks count, the first of a set-up and the last of an end among them [B21]", () => {
  const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
  const { lab } = link;
  expect(lab.stack.stats()).toMatchObject({ sctpInCtrlChunks: 2, sctpOutCtrlChunks: 2 });
  link.receive([link.data(0), HEARTBEAT]);
  link.receive([link.sack(-1)]);
  lab.run(300);
  expect(lab.stack.stats().sctpInCtrlChunks).toBe(4);
  link.association.abort(new Uint8Array(0), lab.nowMs);
  lab.flush();
  expect(lab.sent.at(-1)?.kinds).toEqual(["ABORT"]);
  expect(lab.stack.stats().sctpOutCtrlChunks).toBe(controlChunksIn(lab.sent));
});

it("control chunks that T1 or T2 repeats count once, and the timers each time [B21]", () => {
  const lab = new Lab();
  const association = lab.connect();
  lab.run(3_500); // INIT, again after 1 s and after 3 s.
  expect(controlChunksIn(lab.sent)).toBe(3);
  expect(lab.stack.stats().sctpOutCtrlChunks).toBe(1);
  expect(association.stats).toMatchObject({ sctpAssocT1expireds: 2, sctpAssocT2expireds: 0 });

  const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
  link.association.shutdown(link.lab.nowMs);
  link.lab.run(3_500);
  expect(controlChunksIn(link.lab.sent)).toBe(2 + 3);
  expect(link.lab.stack.stats().sctpOutCtrlChunks).toBe(2 + 1);
  expect(link.association.stats).toMatchObject({ sctpAssocT1expireds: 0, sctpAssocT2expireds: 2 });
});

it("the chunks of an INIT ACK and a COOKIE ACK count where this side asked for the association [B21]", () => {
  const { lab } = new Lab().connected();
  expect(lab.stack.stats()).toMatchObject({ sctpInCtrlChunks: 2, sctpOutCtrlChunks: 2 });
  lab.receive([{ kind: "COOKIE ACK" }], { tag: 9, sourcePort: PEER_PORT + 1, destinationPort: OUR_PORT });
  expect(lab.stack.stats()).toMatchObject({ sctpInCtrlChunks: 2, sctpOutOfBlues: 1 });
});
