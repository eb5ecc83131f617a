/** The ladder of a capture: which hosts there are, what is drawn between them, and what is left out. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { encodePacket } from "../../../src/chunks/packet.ts";
import type { TransportAddress } from "../../../src/platform/address.ts";
import { captureLadder } from "../../../src/trace/captures/capture-ladder.ts";
import { ladderSvg } from "../../../src/trace/drawings/ladder-svg.ts";
import { ladderText } from "../../../src/trace/drawings/ladder-text.ts";
import { PcapngSink } from "../../../src/trace/pcapng.ts";
import { ipv4, joined, pcapFile } from "./capture-files.ts";
import * as talk from "./conversation.ts";
import { xmlFaults } from "./well-formed.ts";

const SCTP_PROTOCOL = 132;
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/captures/${name}`, import.meta.url));
const at = (address: string, port = 9_899): TransportAddress => ({ address, port });

type Frame = readonly [from: TransportAddress, to: TransportAddress, datagram: Uint8Array];

/** In UDP, a millisecond apart. */
function inUdp(...frames: readonly Frame[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const sink = new PcapngSink((bytes) => pieces.push(bytes.slice()));
  for (const [i, [from, to, datagram]] of frames.entries()) sink.packet("sent", datagram, from, to, i);
  return joined(...pieces);
}

/** In IP by itself. @param cutBytes that the capture has left out at the end */
function inIp(
  frames: ReadonlyArray<readonly [from: string, to: string, payload: Uint8Array, flagsAndOffset?: number]>,
  cutBytes = 0,
): Uint8Array {
  const records = frames.map(([from, to, payload, flagsAndOffset = 0], i) => {
    const bytes = ipv4(SCTP_PROTOCOL, payload, { flagsAndOffset });
    bytes.set([...from.split("."), ...to.split(".")].map(Number), 12);
    const kept = bytes.subarray(0, bytes.length - cutBytes);
    return { seconds: i, fraction: 0, bytes: kept, originalBytes: bytes.length };
  });
  return pcapFile(records, { little: true });
}

const [CLIENT, CLIENT_2, SERVER, SERVER_2] = ["10.0.0.1", "10.1.0.1", "10.0.0.2", "10.1.0.2"] as const;
const data = (n: number): Uint8Array => talk.fromClient([talk.data(talk.CLIENT_TSN + n, "x")]);
const handshake = (client: TransportAddress, server: TransportAddress): Frame[] =>
  talk.HANDSHAKE.map(([way, datagram]) =>
    way === "sent" ? [client, server, datagram] : [server, client, datagram],
  );
const lanesOf = (file: Uint8Array): readonly string[] => captureLadder(file).ladder.lanes;
const waysOf = (file: Uint8Array): string[] =>
  captureLadder(file).ladder.packets.map(({ from, to, label }) => `${from}>${to} ${label}`);

describe("the hosts of a capture", () => {
  it("are where packets come from and go to, from left to right as they were seen", () => {
    const { ladder, fault, fragmentCount, strangerCount, others } = captureLadder(fixture("ethernet.pcapng"));
    expect(ladder.lanes).toEqual(["127.0.0.1:39373", "127.77.0.1:36629"]);
    expect(ladder.packets.map(({ from, label }) => `${from} ${label}`)).toEqual([
      "0 INIT",
      "1 INIT ACK",
      "0 COOKIE ECHO + DATA #1 stream 0, 5 bytes",
      "1 COOKIE ACK + SACK up to #1",
      "1 DATA #1 stream 0, 5 bytes",
      "0 SHUTDOWN (up to #1) + SACK up to #1",
      "1 SHUTDOWN ACK",
      "0 SHUTDOWN COMPLETE",
    ]);
    expect([fault, fragmentCount, strangerCount]).toEqual([undefined, 0, 0]);
    expect([...others]).toEqual([["UDP without a payload", 1]]);
    const [first, second] = ladder.packets;
    expect([first?.sentAtMs, second?.arrows[0]?.arrivesAtMs]).toEqual([0, second?.sentAtMs]);
  });

  it("have several addresses where the tags of an association say so, of either side", () => {
    const file = inUdp(
      ...handshake(at(CLIENT), at(SERVER)),
      [at(CLIENT_2), at(SERVER_2), data(0)],
      [at(SERVER_2), at(CLIENT_2), talk.fromServer([talk.sack(talk.CLIENT_TSN)])],
    );
    expect(lanesOf(file)).toEqual([`${CLIENT}:9899, ${CLIENT_2}:9899`, `${SERVER}:9899, ${SERVER_2}:9899`]);
    expect(waysOf(file).slice(4)).toEqual(["0>1 DATA #1 stream 3, 1 byte", "1>0 SACK up to #1"]);
    expect(ladderText(captureLadder(file).ladder).at(-1)).toContain(`[${CLIENT_2}]`);
  });

  it("have several addresses where the INIT and its answer come by others, and nothing else is seen of those", () => {
    const [init, initAck, echo, ack] = talk.HANDSHAKE.map(([, datagram]) => datagram) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const file = inUdp(
      [at(CLIENT), at(SERVER), init],
      [at(SERVER), at(CLIENT), initAck],
      [at(CLIENT_2), at(SERVER_2), echo],
      [at(SERVER_2), at(CLIENT_2), ack],
    );
    expect(lanesOf(file)).toHaveLength(2);
    // Nor need anything come back from where somebody is sent to.
    expect(lanesOf(inUdp(...handshake(at(CLIENT), at(SERVER)), [at(CLIENT), at(SERVER_2), data(0)]))).toEqual(
      [`${CLIENT}:9899`, `${SERVER}:9899, ${SERVER_2}:9899`],
    );
    // An INIT that comes again from elsewhere announces the tag of before.
    expect(lanesOf(inUdp([at(CLIENT), at(SERVER), init], [at(CLIENT_2), at(SERVER), init]))).toHaveLength(2);
  });

  it("are as many as there are: two on one address, told apart by their UDP ports, and a third one", () => {
    const other = (chunks: readonly Chunk[], verificationTag: number): Uint8Array =>
      encodePacket({ sourcePort: 6_000, destinationPort: 7, verificationTag, chunks });
    const file = inUdp(...handshake(at(CLIENT, 40_001), at(CLIENT, 9_899)), [
      at(CLIENT_2),
      at(CLIENT, 9_899),
      other([{ ...(talk.init as object), initiateTag: 5 } as Chunk], 0),
    ]);
    expect(lanesOf(file)).toEqual([`${CLIENT}:40001`, `${CLIENT}:9899`, `${CLIENT_2}:9899`]);
    expect(waysOf(file).at(-1)).toBe("2>1 INIT");
  });

  it("are not mixed up by what carries the tag of the other direction", () => {
    const reflected = encodePacket({
      sourcePort: 7,
      destinationPort: 5_000,
      verificationTag: talk.SERVER_TAG,
      chunks: [{ kind: "ABORT", tagReflected: true, causes: [] }],
    });
    expect(lanesOf(inUdp(...handshake(at(CLIENT), at(SERVER)), [at(SERVER), at(CLIENT), reflected]))).toEqual(
      [`${CLIENT}:9899`, `${SERVER}:9899`],
    );
  });

  it("are addresses alone where SCTP is in IP by itself; one that talks to itself is told apart by SCTP ports", () => {
    const frames = (client: string, server: string) =>
      talk.HANDSHAKE.map(
        ([way, datagram]) =>
          [...(way === "sent" ? [client, server] : [server, client]), datagram] as unknown as [
            string,
            string,
            Uint8Array,
          ],
      );
    expect(lanesOf(inIp(frames(CLIENT, SERVER)))).toEqual([CLIENT, SERVER]);
    const alone = inIp(frames(CLIENT, CLIENT));
    expect(lanesOf(alone)).toEqual([`${CLIENT} port 5000`, `${CLIENT} port 7`]);
    expect(waysOf(alone).slice(0, 2)).toEqual(["0>1 INIT", "1>0 INIT ACK"]);
  });

  it("are sixteen at most; the packets of others are counted", () => {
    const frames = Array.from({ length: 20 }, (_, i): Frame => {
      const datagram = encodePacket({
        sourcePort: 1,
        destinationPort: 7,
        verificationTag: 0,
        chunks: [talk.init],
      });
      return [at(`10.0.1.${i}`), at(SERVER), datagram];
    });
    // One tag would make all of them one host: each announces another.
    for (const [i, [, , datagram]] of frames.entries()) datagram.set([0, 0, 9, i], 16);
    const { ladder, strangerCount } = captureLadder(inUdp(...frames));
    expect([ladder.lanes.length, ladder.packets.length, strangerCount]).toEqual([16, 15, 5]);
  });
});

describe("the packets of a capture", () => {
  it("that are sent again are marked, though the loss itself cannot be seen", () => {
    const file = inUdp(
      ...handshake(at(CLIENT), at(SERVER)),
      [at(CLIENT), at(SERVER), data(0)],
      [at(CLIENT), at(SERVER), data(0)],
    );
    expect(captureLadder(file).ladder.packets.map(({ again }) => again)).toEqual([
      "",
      "",
      "",
      "",
      "",
      "sent again",
    ]);
  });

  it("with a wrong checksum are damaged, but where a network card may have had to write it", () => {
    const damaged = data(0);
    damaged[8]! ^= 1;
    const isDamaged = (file: Uint8Array): unknown =>
      captureLadder(file).ladder.packets.at(-1)?.arrows[0]?.isDamaged;
    expect(isDamaged(inUdp([at(CLIENT), at(SERVER), data(0)]))).toBe(false);
    expect(isDamaged(inUdp([at(CLIENT), at(SERVER), damaged]))).toBe(true);
    expect(isDamaged(inIp([[CLIENT, SERVER, damaged]]))).toBe(false);
  });

  it("that the capture has cut are named as far as they go, and not read; fragments are counted", () => {
    const long = talk.fromClient([talk.data(talk.CLIENT_TSN, "y".repeat(100))]);
    const cut = captureLadder(inIp([[CLIENT, SERVER, long]], 50)).ladder;
    expect(cut.packets.map(({ label, role }) => [label, role])).toEqual([
      ["DATA, cut by the capture", "unknown"],
    ]);
    const { ladder, fragmentCount } = captureLadder(
      inIp([
        [CLIENT, SERVER, data(0)],
        [CLIENT, SERVER, long, 0x2000],
      ]),
    );
    expect([ladder.packets.length, fragmentCount]).toEqual([1, 1]);
  });

  it("stand before the place where the file is cut, and the fault is told", () => {
    const { ladder, fault } = captureLadder(fixture("ethernet-us.pcap").subarray(0, 500));
    expect(ladder.packets.length).toBeGreaterThan(1);
    expect(fault?.code).toBe("TRUNCATED");
    expect(captureLadder(new Uint8Array(40)).fault?.code).toBe("NOT_A_CAPTURE");
    expect(() => captureLadder("x" as unknown as Uint8Array)).toThrow(/file of readCapture\(\)/);
  });

  it("are those of the UDP ports that were asked for", () => {
    const file = fixture("ethernet.pcapng");
    expect(captureLadder(file, { udpPorts: [53] }).ladder.packets).toEqual([]);
    expect(captureLadder(file, { udpPorts: [36_629] }).ladder.packets).toHaveLength(8);
  });

  it("can be anything: nothing throws, and the pictures are well-formed", () => {
    const place = fc.constantFrom(at(CLIENT), at(SERVER), at(CLIENT, 1), at("2001:db8::1"));
    const datagram = fc.oneof(
      fc.uint8Array({ maxLength: 60, size: "max" }),
      fc.constantFrom(...talk.HANDSHAKE.map(([, bytes]) => bytes)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place, datagram), { maxLength: 12, size: "max" }), (frames) => {
        const written = frames.filter(
          ([from, to]) => from.address.includes(":") === to.address.includes(":"),
        );
        const { ladder } = captureLadder(inUdp(...written), { udpPorts: [9_899, 1] });
        expect(ladder.lanes.length).toBeLessThanOrEqual(4);
        ladderText(ladder);
        expect(xmlFaults(ladderSvg(ladder))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
