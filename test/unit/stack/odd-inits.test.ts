/**
 * INITs and INIT ACKs with parameters that are broken, unknown or large.
 * Owns: what is answered to them. Does not own: which parameters are allowed (test/conformance), floods (test/attack).
 */
import { describe, expect, it } from "vitest";
import { encodePacket } from "../../../src/chunks/packet.ts";
import {
  addressParameter,
  cookieEchoed,
  cookieParameter,
  echoOf,
  firstOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  OUR_PORT,
  only,
  PEER_PORT,
  PEER_TAG,
} from "../../conformance/lab.ts";
import { seal } from "../../fuzz/packets/checksum.ts";

/** A packet with an INIT or INIT ACK whose parameters are these bytes. */
function packetOf(
  kind: "INIT" | "INIT ACK",
  verificationTag: number,
  parameters: readonly number[],
  initiateTag = PEER_TAG,
) {
  const chunk = { ...initChunk({ initiateTag }), kind } as const;
  const header = { sourcePort: PEER_PORT, destinationPort: OUR_PORT, verificationTag };
  const bare = encodePacket({ ...header, chunks: [chunk] });
  const packet = new Uint8Array(bare.length + parameters.length);
  packet.set(bare);
  packet.set(parameters, bare.length);
  new DataView(packet.buffer).setUint16(14, 20 + parameters.length);
  seal(packet);
  return packet;
}

const UNREADABLE: ReadonlyArray<readonly [string, readonly number[]]> = [
  ["of length 0", [0x80, 0, 0, 0]],
  ["of length 3", [0, 9, 0, 3]],
  ["that overruns", [0x80, 0, 0, 12, 1, 2, 3, 4]],
  ["of two bytes", [0, 5]],
  ["known, of another length than it has", [0, 5, 0, 6, 10, 0, 0, 0]],
  ["that overruns, behind good ones", [0, 5, 0, 8, 10, 0, 0, 9, 0x80, 0, 0, 9, 0, 0, 0, 0]],
];

describe.each(UNREADABLE)("a parameter %s", (_what, parameters) => {
  it("in an INIT is answered with ABORT, Protocol Violation, and costs nobody else anything [A28]", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    const answers = link.lab.receiveBytes(packetOf("INIT", 0, parameters, 0x5555));
    expect(answers).toMatchObject([{ tag: 0x5555, kinds: ["ABORT"] }]);
    expect(only(answers, "ABORT")).toMatchObject({
      tagReflected: false,
      causes: [{ kind: "Protocol Violation" }],
    });
    expect(link.state).toBe("ESTABLISHED");
    expect(link.lab.stack.counters["malformed-chunk"]).toBe(1);
  });

  it("in an INIT ACK ends the set-up, by the same ABORT [A28]", () => {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    const answers = lab.receiveBytes(packetOf("INIT ACK", initiateTag, parameters));
    expect(answers).toMatchObject([{ tag: PEER_TAG, kinds: ["ABORT"] }]);
    expect(only(answers, "ABORT").causes).toMatchObject([{ kind: "Protocol Violation" }]);
    expect(association.state).toBe("CLOSED");
    expect(lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { by: "local", causeCodes: [13] } });
  });
});

describe("what cannot be read", () => {
  const [, parameters] = UNREADABLE[0] ?? ["", []];

  it("is not answered without a tag to answer with, nor without its fixed part [A28]", () => {
    const lab = new Lab();
    lab.listen();
    expect(lab.receiveBytes(packetOf("INIT", 0, parameters, 0))).toEqual([]);
    const short = packetOf("INIT", 0, []).slice(0, 28);
    new DataView(short.buffer).setUint16(14, 16);
    seal(short);
    expect(lab.receiveBytes(short)).toEqual([]);
  });

  it("in an INIT ACK with the tag 0 ends the set-up with our own tag and the T bit, as 3.3.3 has it [A28]", () => {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    const answers = lab.receiveBytes(packetOf("INIT ACK", initiateTag, parameters, 0));
    expect(answers).toMatchObject([{ tag: initiateTag, kinds: ["ABORT"] }]);
    expect(only(answers, "ABORT").tagReflected).toBe(true);
    expect(association.state).toBe("CLOSED");
  });

  it("in an INIT ACK counts in COOKIE-WAIT alone [A28]", () => {
    const link = new Lab().connected({ heartbeatIntervalMs: 0 });
    expect(link.lab.receiveBytes(packetOf("INIT ACK", link.association.localTag, parameters))).toEqual([]);
    expect(link.state).toBe("ESTABLISHED");
    const { lab, association, tag } = cookieEchoed();
    expect(lab.receiveBytes(packetOf("INIT ACK", tag, parameters))).toEqual([]);
    expect(association.state).toBe("COOKIE-ECHOED");
  });

  it("is answered as rarely as any stranger is [A28]", () => {
    const lab = new Lab({ stack: { maxOotbAnswersPerSecond: 2 } });
    lab.listen();
    const answered = Array.from(
      { length: 5 },
      () => lab.receiveBytes(packetOf("INIT", 0, parameters)).length,
    );
    expect(answered).toEqual([1, 1, 0, 0, 0]);
  });
});

describe("an unrecognized parameter that is to be reported", () => {
  const unknown = (valueBytes: number, type = 0xc0de) =>
    ({ kind: "unknown", type, value: new Uint8Array(valueBytes).fill(7) }) as const;
  const reportedIn = (parameters: Parameters<typeof initChunk>[0]) => {
    const lab = new Lab();
    lab.listen();
    const packets = lab.receive([initChunk(parameters)]);
    const reports = only(packets, "INIT ACK").parameters.flatMap((parameter) =>
      parameter.kind === "Unrecognized Parameter" ? [parameter.parameter] : [],
    );
    return { reports, lengthBytes: packets[0]?.lengthBytes ?? 0 };
  };

  it.each([513, 996, 1_000])("of %i bytes is, in an INIT ACK [A29]", (valueBytes) => {
    const { reports, lengthBytes } = reportedIn({ parameters: [unknown(valueBytes)] });
    expect(reports).toHaveLength(1);
    expect([...(reports[0]?.subarray(0, 5) ?? [])]).toEqual([
      0xc0,
      0xde,
      (valueBytes + 4) >> 8,
      (valueBytes + 4) & 0xff,
      7,
    ]);
    expect(reports[0]).toHaveLength(valueBytes + 4);
    expect(lengthBytes).toBeLessThanOrEqual(1_200);
  });

  it("is not where the INIT ACK would not fit in a packet any more; what fits beside it is [A29]", () => {
    const { reports, lengthBytes } = reportedIn({
      parameters: [unknown(1_100, 0xcf01), unknown(500, 0xcf02), unknown(600, 0xcf03), unknown(20, 0xcf04)],
    });
    expect(reports.map((report) => report[1])).toEqual([2, 4]);
    expect(lengthBytes).toBeLessThanOrEqual(1_200);
  });

  it("of 1,000 bytes is, in an ERROR beside or behind the COOKIE ECHO; of no more than a packet holds [A29]", () => {
    for (const [valueBytes, cookieBytes, kinds] of [
      [1_000, 32, "COOKIE ECHO+ERROR"],
      [1_170, 32, "COOKIE ECHO ERROR"],
      [1_180, 32, "COOKIE ECHO"],
    ] as const) {
      const lab = new Lab();
      lab.connect({ heartbeatIntervalMs: 0 });
      const { initiateTag: tag } = only(lab.flush(), "INIT");
      const parameters = [cookieParameter(new Uint8Array(cookieBytes)), unknown(valueBytes)];
      const packets = lab.receive([initAckChunk({ parameters })], { tag });
      packets.push(...lab.receive([{ kind: "COOKIE ACK" }], { tag }));
      expect(kindsOf(packets).join(" ")).toBe(kinds);
      for (const { lengthBytes } of packets) expect(lengthBytes).toBeLessThanOrEqual(1_200);
      if (valueBytes < 1_180) expect(firstOf(packets, "ERROR").causes).toHaveLength(1);
    }
  });
});

describe("a link-local address", () => {
  it("keeps its zone through the State Cookie: the cookie comes back from where its INIT did [A9]", () => {
    const [peer, ours] = ["fe80::2%eth0", "fe80::1%eth0"];
    const lab = new Lab({ localAddresses: [ours] });
    lab.listen();
    const way = { from: peer, to: ours };
    const initAck = only(lab.receive([initChunk()], way), "INIT ACK");
    const elsewhere = { ...way, from: "fe80::2%eth1", tag: initAck.initiateTag };
    expect(lab.receive([echoOf(initAck)], elsewhere)).toEqual([]);
    const answers = lab.receive([echoOf(initAck)], { ...way, tag: initAck.initiateTag });
    expect(answers).toMatchObject([{ kinds: ["COOKIE ACK"], to: peer, from: ours }]);
    const [association] = lab.stack.associations;
    expect(association?.paths()).toMatchObject([{ address: peer, state: "active" }]);
  });

  it("keeps it for the way of the INIT ACK where the cookie comes from another address [A9]", () => {
    const [peer, ours] = ["fe80::2%eth0", "fe80::1%eth0"];
    const lab = new Lab({ localAddresses: [ours, "2001:db8::1"] });
    lab.listen();
    const parameters = [addressParameter("2001:db8::2")];
    const initAck = only(lab.receive([initChunk({ parameters })], { from: peer, to: ours }), "INIT ACK");
    const tag = initAck.initiateTag;
    lab.receive([echoOf(initAck)], { tag, from: "2001:db8::2", to: "2001:db8::1" });
    const [association] = lab.stack.associations;
    expect(association?.paths()).toMatchObject([
      { address: peer, state: "active", localAddress: ours },
      { address: "2001:db8::2", state: "unconfirmed" },
    ]);
  });
});
