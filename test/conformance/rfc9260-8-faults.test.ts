/** Failure detection and heartbeats: RFC 9260 sections 8.1 to 8.3. */
import { describe, expect, it } from "vitest";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { RandomSource } from "../../src/platform/random.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  twoPaths,
} from "./lab.ts";

const FROM_SECOND = { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS };
const RTO_MS = 1_000;

function path(link: Link, address: string = PEER_ADDRESS) {
  return link.association.path(address);
}

function pathEvents(link: Link): string[] {
  return link.lab.events.flatMap((event) =>
    event.kind === "path" ? [`${event.address} ${event.state}`] : [],
  );
}

/** Answers HEARTBEATs that went to `address`. */
function answer(link: Link, packets: readonly SentPacket[], address: string): void {
  for (const packet of packets) {
    if (packet.to !== address) continue;
    const envelope = address === PEER_ADDRESS ? {} : FROM_SECOND;
    for (const chunk of chunksOf([packet], "HEARTBEAT"))
      link.receive([{ ...chunk, kind: "HEARTBEAT ACK" }], envelope);
  }
}

describe("RFC 9260 8.1 Endpoint Failure Detection", () => {
  it("SHOULD: counts consecutive retransmissions to all addresses, and gives the peer up beyond Association.Max.Retrans", () => {
    const link = twoPaths({ ...BY_RFC_9260_7_2, associationMaxRetrans: 4, pathMaxRetrans: 10 });
    link.send(10);
    const sent = chunksOf(link.lab.run(600_000), "DATA");
    expect(sent).toHaveLength(4); // Then the fifth expiry of T3-rtx ends it.
    expect(link.state).toBe("CLOSED");
    const closed = link.lab.events.at(-1);
    expect(closed).toMatchObject({ kind: "closed", reason: { kind: "unreachable", during: "transfer" } });
  });

  it("SHOULD: counts HEARTBEATs that the data path leaves unanswered", () => {
    const link = new Lab().accepted({ associationMaxRetrans: 3, heartbeatIntervalMs: 100 });
    link.lab.run(600_000);
    expect(link.state).toBe("CLOSED");
  });

  it("SHOULD NOT: counts HEARTBEATs that other paths leave unanswered", () => {
    const link = twoPaths({ associationMaxRetrans: 3, pathMaxRetrans: 2, heartbeatIntervalMs: 1_000 });
    for (let i = 0; i < 60; i++) answer(link, link.lab.runUntilSent(), PEER_ADDRESS);
    expect(path(link, PEER_SECOND_ADDRESS).state).toBe("inactive");
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: reports the failure, and gives back all outstanding data", () => {
    const link = new Lab().accepted({ associationMaxRetrans: 1 });
    link.send(10);
    link.association.send(new Uint8Array(100_000), { context: 42 }, link.lab.nowMs);
    link.lab.run(600_000);
    const failed = link.lab.events.flatMap((event) => (event.kind === "send-failed" ? [event.message] : []));
    expect(failed.map(({ data, transmitted }) => [data.length, transmitted])).toEqual([
      [10, true],
      [100_000, true],
    ]);
    expect(failed[1]?.context).toBe(42);
    expect(link.lab.eventKinds.at(-1)).toBe("closed");
  });

  it("MUST: begins to count anew when DATA is acknowledged", () => {
    const link = new Lab().accepted({ associationMaxRetrans: 2, heartbeatIntervalMs: 0 });
    for (let round = 0; round < 5; round++) {
      link.send(10);
      link.lab.runUntilSent();
      link.lab.runUntilSent();
      link.receive([link.sack(round)]);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: begins to count anew when a HEARTBEAT is answered", () => {
    const link = new Lab().accepted({
      associationMaxRetrans: 2,
      pathMaxRetrans: 20,
      heartbeatIntervalMs: 100,
    });
    for (let round = 0; round < 6; round++) {
      link.lab.runUntilSent(); // Unanswered.
      link.lab.runUntilSent(); // Unanswered.
      answer(link, link.lab.runUntilSent(), PEER_ADDRESS);
    }
    expect(link.state).toBe("ESTABLISHED");
  });
});

describe("RFC 9260 8.2 Path Failure Detection", () => {
  it("SHOULD: counts errors of each address: expiries of T3-rtx and unanswered HEARTBEATs", () => {
    const link = twoPaths(BY_RFC_9260_7_2);
    link.send(10);
    link.lab.runUntilSent();
    expect(path(link).errorCount).toBe(1);
    expect(path(link, PEER_SECOND_ADDRESS).errorCount).toBe(0);
    link.lab.runUntilSent();
    expect(path(link, PEER_SECOND_ADDRESS).errorCount).toBe(1);
    const idle = new Lab().accepted({ heartbeatIntervalMs: 1_000 });
    idle.lab.runUntilSent();
    idle.lab.run(RTO_MS);
    expect(path(idle).errorCount).toBe(1);
  });

  it("SHOULD: marks an address inactive beyond Path.Max.Retrans, and tells the user", () => {
    const link = twoPaths({ ...BY_RFC_9260_7_2, pathMaxRetrans: 1 });
    link.send(10);
    link.lab.runUntilSent();
    expect(path(link).state).toBe("active");
    link.lab.runUntilSent(); // The second path fails once.
    link.lab.runUntilSent(); // And the first one twice.
    expect(path(link).state).toBe("inactive");
    expect(pathEvents(link)).toEqual([`${PEER_ADDRESS} inactive`]);
  });

  it("SHOULD: clears the errors of the address to which acknowledged DATA was last sent, and reports its return", () => {
    const link = twoPaths({ ...BY_RFC_9260_7_2, pathMaxRetrans: 0 });
    link.send(10);
    expect(link.lab.runUntilSent()[0]?.to).toBe(PEER_SECOND_ADDRESS);
    expect(path(link).state).toBe("inactive");
    link.receive([link.sack(0)], FROM_SECOND);
    expect(path(link).errorCount).toBe(1);
    expect(path(link, PEER_SECOND_ADDRESS).errorCount).toBe(0);
    link.association.requestHeartbeat(PEER_ADDRESS, link.lab.nowMs);
    answer(link, link.lab.flush(), PEER_ADDRESS);
    expect(path(link)).toMatchObject({ errorCount: 0, state: "active" });
    expect(pathEvents(link)).toEqual([`${PEER_ADDRESS} inactive`, `${PEER_ADDRESS} active`]);
  });

  it("SHOULD: chooses one alternate address for new data", () => {
    const third = "10.2.0.2";
    const lab = new Lab({ localAddresses: ["10.0.0.1", "10.1.0.1", "10.2.0.1"] });
    const all = [PEER_ADDRESS, PEER_SECOND_ADDRESS, third];
    const parameters = [
      { kind: "State Cookie", type: 7, cookie: new Uint8Array(8) } as const,
      ...all.map((address) => ({ kind: "IPv4 Address", type: 5, address }) as const),
    ];
    const link = lab.connected(
      { ...BY_RFC_9260_7_2, heartbeatIntervalMs: 0, pathMaxRetrans: 0 },
      { parameters },
      all,
    );
    link.send(10);
    lab.runUntilSent();
    link.receive([link.sack(0)], FROM_SECOND);
    const used = new Set(Array.from({ length: 3 }, () => link.send(10)[0]?.to));
    expect([...used]).toEqual([PEER_SECOND_ADDRESS]);
  });
});

describe("RFC 9260 8.3 Path Heartbeat", () => {
  it("SHOULD: sends a HEARTBEAT to an idle address once per HB.interval plus RTO, jittered by half of it", () => {
    const link = twoPaths({ heartbeatIntervalMs: 5_000 });
    const waits: number[] = [];
    let lastMs = link.lab.nowMs;
    for (let i = 0; i < 40; i++) {
      const packets = link.lab.runUntilSent();
      answer(link, packets, PEER_ADDRESS);
      answer(link, packets, PEER_SECOND_ADDRESS);
      if (packets.every(({ to }) => to !== PEER_ADDRESS)) continue;
      waits.push(link.lab.nowMs - lastMs);
      lastMs = link.lab.nowMs;
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(5_000 + 0.5 * RTO_MS);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000 + 1.5 * RTO_MS + 2);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(100);
  });

  it("SHOULD: sends none to an address that carries DATA", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 5_000 });
    for (let i = 0; i < 30; i++) {
      link.send(10);
      link.receive([link.sack(i)]);
      link.lab.run(1_000);
    }
    expect(chunksOf(link.lab.sent, "HEARTBEAT")).toEqual([]);
  });

  it("SHOULD: backs off while HEARTBEATs go unanswered, and goes on with an inactive address, no longer counting", () => {
    const link = twoPaths({ heartbeatIntervalMs: 1_000, pathMaxRetrans: 3 });
    const atMs: number[] = [];
    for (let i = 0; i < 300 && atMs.length < 9; i++) {
      const packets = link.lab.runUntilSent();
      answer(link, packets, PEER_ADDRESS);
      for (const { to, atMs: at } of packets)
        if (to === PEER_SECOND_ADDRESS && at !== atMs.at(-1)) atMs.push(at);
    }
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ state: "inactive", errorCount: 4 });
    const waits = atMs.slice(1).map((at, i) => at - (atMs[i] ?? 0));
    expect(waits.at(-1)).toBeGreaterThan(20 * (waits[0] ?? 0));
  });

  it("SHOULD: counts every unanswered HEARTBEAT, also where the next one would be due before the RTO has passed", () => {
    // The shortest jitter: half an RTO. Backed off far enough, half an RTO and HB.interval are less than the RTO.
    let drawn = 0;
    const random: RandomSource = { uint32: () => drawn++ % 8, fill: (bytes) => bytes.fill(7) };
    const link = new Lab({ random }).accepted({ heartbeatIntervalMs: 1_000 });
    link.lab.run(900_000);
    expect(link.state).toBe("CLOSED");
  });

  it("SHOULD: stops after SHUTDOWN or SHUTDOWN ACK", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 1_000 });
    link.association.shutdown(link.lab.nowMs);
    expect(link.state).toBe("SHUTDOWN-SENT");
    expect(chunksOf(link.lab.run(20_000), "HEARTBEAT")).toEqual([]);
    const other = new Lab().accepted({ heartbeatIntervalMs: 1_000 });
    other.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: other.ourTsn - 1 }]);
    expect(other.state).toBe("SHUTDOWN-ACK-SENT");
    expect(chunksOf(other.lab.run(20_000), "HEARTBEAT")).toEqual([]);
  });

  it("MUST: answers HEARTBEATs from COOKIE-ECHOED on, or ESTABLISHED, until SHUTDOWN-SENT or SHUTDOWN-ACK-SENT", () => {
    const link = new Lab().accepted();
    expect(kindsOf(link.receive([HEARTBEAT]))).toEqual(["HEARTBEAT ACK"]);
    link.send(5_000);
    link.association.shutdown(link.lab.nowMs);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    expect(kindsOf(link.receive([HEARTBEAT]))).toEqual(["HEARTBEAT ACK"]);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn }]);
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    expect(kindsOf(link.receive([HEARTBEAT]))).toEqual(["HEARTBEAT ACK"]);
    link.receive([link.sack(4)]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    expect(link.receive([HEARTBEAT])).toEqual([]);
    const other = new Lab().accepted();
    other.association.shutdown(other.lab.nowMs);
    other.lab.flush();
    expect(chunksOf(other.receive([HEARTBEAT]), "HEARTBEAT ACK")).toEqual([]);
  });

  it("MUST: before the COOKIE ACK, answers HEARTBEATs only in the packet of the COOKIE ECHO, however many there are", () => {
    const lab = new Lab();
    const { localTag } = lab.connect();
    lab.flush();
    lab.receive([initAckChunk()], { tag: localTag });
    const heartbeat = {
      kind: "HEARTBEAT",
      parameters: Uint8Array.of(0, 1, 0, 40, ...new Uint8Array(36)),
    } as const;
    const many = Array.from({ length: 40 }, () => ({ ...heartbeat, info: undefined }));
    const packets = lab.receive(many, { tag: localTag });
    expect(packets.map(({ kinds }) => kinds[0])).toEqual(["COOKIE ECHO"]);
    expect(packets[0]?.lengthBytes).toBeLessThanOrEqual(1_200);
    expect(chunksOf(packets, "HEARTBEAT ACK").length).toBeGreaterThan(20);
  });

  it("SHOULD: copies everything in the HEARTBEAT unchanged into the answer", () => {
    const link = new Lab().accepted();
    // Heartbeat Info of 5 bytes, padded, and a parameter that nobody knows.
    const parameters = new Uint8Array([0, 1, 0, 9, 1, 2, 3, 4, 5, 0, 0, 0, 0x80, 0x99, 0, 6, 7, 7]);
    const request = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: link.association.localTag,
      chunks: [{ kind: "HEARTBEAT", parameters, info: undefined }],
    });
    const [reply] = link.lab.receiveBytes(request);
    expect(reply?.kinds).toEqual(["HEARTBEAT ACK"]);
    expect([...(reply?.bytes ?? [])].slice(13)).toEqual([...request].slice(13));
  });

  it("SHOULD: sends the time and the destination address in its own HEARTBEATs, and a nonce beside them [W1]", () => {
    const link = twoPaths();
    const infos = [PEER_ADDRESS, PEER_ADDRESS, PEER_SECOND_ADDRESS].map((address) => {
      link.lab.run(1_234.5);
      link.association.requestHeartbeat(address, link.lab.nowMs);
      const info = firstOf(link.lab.flush(), "HEARTBEAT").info ?? new Uint8Array(16);
      expect(new DataView(info.buffer, info.byteOffset).getFloat64(8)).toBe(link.lab.nowMs);
      return info;
    });
    expect([...(infos[0] ?? [])].slice(-4)).toEqual([10, 0, 0, 2]);
    expect([...(infos[2] ?? [])].slice(-4)).toEqual([10, 1, 0, 2]);
    expect(infos[0]?.slice(0, 8)).not.toEqual(infos[1]?.slice(0, 8));
  });

  it("SHOULD: measures the round trip with the answer", () => {
    const link = new Lab().accepted({ rtoMinMs: 1 });
    link.association.requestHeartbeat(PEER_ADDRESS, link.lab.nowMs);
    const sent = link.lab.flush();
    link.lab.run(80);
    answer(link, sent, PEER_ADDRESS);
    expect(path(link)).toMatchObject({ srttMs: 80, rtoMs: 240 });
  });

  it("MUST NOT: believes an answer that is not genuine", () => {
    const link = twoPaths({ ...BY_RFC_9260_7_2, pathMaxRetrans: 0 });
    link.send(10);
    link.lab.runUntilSent();
    link.receive([link.sack(0)], FROM_SECOND);
    link.association.requestHeartbeat(PEER_ADDRESS, link.lab.nowMs);
    const genuine = firstOf(link.lab.flush(), "HEARTBEAT");
    for (let at = 0; at < 8; at++) {
      const forged = genuine.parameters.slice();
      forged[4 + at] = (forged[4 + at] ?? 0) ^ 1;
      link.receive([{ kind: "HEARTBEAT ACK", parameters: forged, info: undefined }]);
      expect(path(link).state).toBe("inactive");
    }
    link.receive([{ ...genuine, kind: "HEARTBEAT ACK" }]);
    expect(path(link).state).toBe("active");
  });

  it("SHOULD: sends a HEARTBEAT on demand to any address of the peer, and to no other", () => {
    const link = twoPaths();
    link.association.requestHeartbeat(PEER_SECOND_ADDRESS, link.lab.nowMs);
    expect(link.lab.flush()[0]).toMatchObject({ to: PEER_SECOND_ADDRESS, kinds: ["HEARTBEAT"] });
    expect(() => link.association.requestHeartbeat("10.9.9.9", link.lab.nowMs)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_ADDRESS" }),
    );
  });
});
