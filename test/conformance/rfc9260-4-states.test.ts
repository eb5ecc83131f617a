/** The states of an association: RFC 9260 section 4. */
import { describe, expect, it } from "vitest";
import {
  chunksOf,
  cookieOf,
  echoOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  only,
  type SentPacket,
} from "./lab.ts";

const QUIET = { heartbeatIntervalMs: 0 };

function closeReason(lab: Lab) {
  const event = lab.events.findLast(({ kind }) => kind === "closed");
  return event?.kind === "closed" ? event.reason : undefined;
}

describe("RFC 9260 4 SCTP Association State Diagram", () => {
  it("MUST: 1: discards a COOKIE ECHO whose cookie fails the integrity check, in silence", () => {
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const cookie = cookieOf(initAck).slice();
    cookie[40] = (cookie[40] ?? 0) ^ 1;
    expect(lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag: initAck.initiateTag })).toEqual([]);
    expect(lab.stack.associationCount).toBe(0);
  });

  it("MUST: 1: answers one that has gone stale with an ERROR, cause Stale Cookie", () => {
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    lab.run(60_250);
    const echo = echoOf(initAck);
    const error = only(lab.receive([echo], { tag: initAck.initiateTag }), "ERROR");
    expect(error.causes).toEqual([{ kind: "Stale Cookie", code: 3, stalenessUs: 250_000 }]);
    expect(lab.stack.associationCount).toBe(0);
  });

  it("MUST: 2: repeats the INIT when T1-init expires, Max.Init.Retransmits times, then gives up and tells the user", () => {
    const lab = new Lab();
    const association = lab.connect({ maxInitRetransmits: 3 });
    const sent = [...lab.flush(), ...lab.run(600_000)];
    expect(kindsOf(sent)).toEqual(["INIT", "INIT", "INIT", "INIT"]);
    expect(association.state).toBe("CLOSED");
    expect(closeReason(lab)).toEqual({ kind: "unreachable", during: "setup" });
  });

  it("MUST: 3: repeats the COOKIE ECHO when T1-cookie expires, as often, then gives up and tells the user", () => {
    const lab = new Lab();
    const association = lab.connect({ maxInitRetransmits: 3 });
    const { initiateTag } = only(lab.flush(), "INIT");
    const sent = [...lab.receive([initAckChunk()], { tag: initiateTag })];
    expect(association.state).toBe("COOKIE-ECHOED");
    sent.push(...lab.run(600_000));
    expect(kindsOf(sent)).toEqual([...new Array(4).fill("COOKIE ECHO"), "ABORT"]);
    expect(association.state).toBe("CLOSED");
    expect(closeReason(lab)).toEqual({ kind: "unreachable", during: "setup" });
  });

  it("MUST: 4: in SHUTDOWN-SENT, acknowledges DATA without delay", () => {
    const link = new Lab().accepted(QUIET);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const [answer] = link.receive([link.data(0)]);
    expect(answer?.chunks).toEqual([{ kind: "SHUTDOWN", cumulativeTsnAck: link.peerTsn }]);
  });

  it("MUST NOT: 5: in SHUTDOWN-RECEIVED, accepts new messages", () => {
    const link = received();
    expect(() => link.send(1)).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
  });

  it("MUST: 6: in SHUTDOWN-RECEIVED, sends and retransmits what is queued, and leaves when all is acknowledged", () => {
    const link = received();
    const again: SentPacket[] = link.lab.runUntilSent();
    expect(chunksOf(again, "DATA").map(({ tsn }) => tsn)).toEqual([link.ourTsn]);
    link.receive([link.sack(3)]);
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    link.receive([link.sack(5)]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
  });

  it("MUST NOT: 7: in SHUTDOWN-ACK-SENT, accepts new messages", () => {
    const link = new Lab().accepted(QUIET);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    expect(() => link.send(1)).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
  });
});

/** In SHUTDOWN-RECEIVED, with six chunks of data queued and four of them sent. */
function received(): Link {
  const link = new Lab().accepted(QUIET);
  link.send(6 * 1_172);
  link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
  expect(link.state).toBe("SHUTDOWN-RECEIVED");
  return link;
}
