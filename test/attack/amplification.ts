/**
 * How many bytes this stack sends for the bytes that it gets, for each kind of packet that a stranger or a peer may send.
 * Owns: the conversations and the sums; bytes are UDP payload. Does not own: what is allowed (amplification.test.ts).
 */
import type { AssociationOptions } from "../../src/base/options.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import {
  addressParameter,
  cookieOf,
  echoOf,
  FORWARD_TSN_SUPPORTED,
  firstOf,
  HEARTBEAT,
  initChunk,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TAG,
  RECONFIG_SUPPORTED,
  type SentPacket,
} from "../conformance/lab.ts";
import { ipv4 } from "./addresses.ts";

export interface Amplification {
  /** Who sends: a stranger may put any address into its packets, a peer is answered where it has been confirmed. */
  readonly from: "stranger" | "peer";
  readonly what: string;
  readonly packetsIn: number;
  readonly bytesIn: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
}

/** A conversation: what goes in, packet by packet, and what comes out at once or within `waitMs`. */
class Tally {
  readonly lab: Lab;
  packetsIn = 0;
  bytesIn = 0;
  packetsOut = 0;
  bytesOut = 0;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  send(
    chunks: readonly Chunk[],
    envelope: { tag?: number; from?: string; destinationPort?: number } = {},
  ): void {
    const { tag = 0, destinationPort = OUR_PORT } = envelope;
    const bytes = encodePacket({ sourcePort: PEER_PORT, destinationPort, verificationTag: tag, chunks });
    this.packetsIn++;
    this.bytesIn += bytes.length;
    this.count(this.lab.receiveBytes(bytes, envelope));
  }

  count(packets: readonly SentPacket[]): void {
    this.packetsOut += packets.length;
    for (const { lengthBytes } of packets) this.bytesOut += lengthBytes;
  }

  row(from: Amplification["from"], what: string): Amplification {
    const { packetsIn, bytesIn, packetsOut, bytesOut } = this;
    return { from, what, packetsIn, bytesIn, packetsOut, bytesOut };
  }
}

function listening(addresses: readonly string[] = [OUR_ADDRESS]): Lab {
  const lab = new Lab({ localAddresses: addresses });
  lab.listen();
  return lab;
}

function strangers(): Amplification[] {
  const rows: Amplification[] = [];
  const row = (what: string, play: (tally: Tally) => void, lab: Lab = listening()): void => {
    const tally = new Tally(lab);
    play(tally);
    rows.push(tally.row("stranger", what));
  };
  row("INIT, the smallest", (tally) => tally.send([initChunk()]));
  row(
    "INIT, the smallest, to a server with two addresses",
    (tally) => tally.send([initChunk()]),
    listening([OUR_ADDRESS, OUR_SECOND_ADDRESS]),
  );
  row("INIT that lists 32 IPv4 addresses", (tally) => {
    const parameters = Array.from({ length: 32 }, (_, i) => addressParameter(ipv4(i)));
    tally.send([initChunk({ parameters })]);
  });
  row("INIT with 16 unknown parameters to be reported", (tally) => {
    const parameters = Array.from({ length: 16 }, (_, i) => ({
      kind: "unknown" as const,
      type: 0xf000 + i,
      value: new Uint8Array(0),
    }));
    tally.send([initChunk({ parameters })]);
  });
  row("INIT to a port where nobody listens", (tally) => tally.send([initChunk()], { destinationPort: 9 }));
  row("a packet out of the blue: HEARTBEAT", (tally) => tally.send([HEARTBEAT], { tag: 5 }));
  row("a packet out of the blue: SHUTDOWN ACK", (tally) =>
    tally.send([{ kind: "SHUTDOWN ACK" }], { tag: 5 }),
  );
  row("a packet out of the blue: ABORT, COOKIE ACK or SHUTDOWN COMPLETE", (tally) => {
    tally.send([{ kind: "ABORT", tagReflected: false, causes: [] }], { tag: 5 });
    tally.send([{ kind: "COOKIE ACK" }], { tag: 5 });
    tally.send([{ kind: "SHUTDOWN COMPLETE", tagReflected: false }], { tag: 5 });
  });
  const lab = listening();
  const initAck = firstOf(lab.receive([initChunk()]), "INIT ACK");
  const cookie = cookieOf(initAck);
  row(
    "COOKIE ECHO that is forged",
    (tally) => {
      const forged = cookie.map((byte, i) => (i === 9 ? byte ^ 1 : byte));
      tally.send([{ kind: "COOKIE ECHO", cookie: forged }], { tag: initAck.initiateTag });
    },
    lab,
  );
  row(
    "COOKIE ECHO that has gone stale",
    (tally) => {
      lab.nowMs += 60_001;
      tally.send([{ kind: "COOKIE ECHO", cookie }], { tag: initAck.initiateTag });
    },
    lab,
  );
  return rows;
}

function peers(): Amplification[] {
  const rows: Amplification[] = [];
  const row = (
    what: string,
    play: (tally: Tally, link: Link, tag: number) => void,
    options: Partial<AssociationOptions> = {},
  ): void => {
    const parameters = [FORWARD_TSN_SUPPORTED, RECONFIG_SUPPORTED];
    const link = new Lab().accepted({ heartbeatIntervalMs: 0, ...options }, { parameters });
    const tally = new Tally(link.lab);
    play(tally, link, link.association.localTag);
    rows.push(tally.row("peer", what));
  };
  row("HEARTBEAT, the smallest", (tally, _link, tag) => tally.send([HEARTBEAT], { tag }));
  row("HEARTBEAT of 65,492 bytes", (tally, _link, tag) => {
    const parameters = new Uint8Array(65_488);
    new DataView(parameters.buffer).setUint32(0, (1 << 16) | 65_488);
    tally.send([{ kind: "HEARTBEAT", parameters, info: undefined }], { tag });
  });
  row("100 HEARTBEATs in a packet", (tally, _link, tag) =>
    tally.send(new Array<Chunk>(100).fill(HEARTBEAT), { tag }),
  );
  row("an unknown chunk to be reported, the smallest", (tally, _link, tag) => {
    tally.send([{ kind: "unknown", type: 0xfe, flags: 0, value: new Uint8Array(0) }], { tag });
  });
  row("100 unknown chunks to be reported in a packet", (tally, _link, tag) => {
    tally.send(
      new Array<Chunk>(100).fill({ kind: "unknown", type: 0xfe, flags: 0, value: new Uint8Array(0) }),
      {
        tag,
      },
    );
  });
  row("DATA on a stream that there is not", (tally, link, tag) => {
    tally.send([link.data(0, { streamId: 9_999, payload: new Uint8Array(1) })], { tag });
  });
  row("1,000 packets of DATA in order, one byte each", (tally, link, tag) => {
    for (let i = 0; i < 1_000; i++) tally.send([link.data(i, { payload: new Uint8Array(1) })], { tag });
  });
  row("1,000 duplicates", (tally, link, tag) => {
    for (let i = 0; i < 1_000; i++) tally.send([link.data(0, { payload: new Uint8Array(1) })], { tag });
  });
  row("1,000 packets of DATA, each behind a new gap", (tally, link, tag) => {
    for (let i = 0; i < 1_000; i++)
      tally.send([link.data(2 + 2 * i, { unordered: true, payload: new Uint8Array(1) })], { tag });
  });
  row("the cookie again", (tally, link) => {
    const initAck = firstOf(link.receive([initChunk({ initiateTag: PEER_TAG ^ 1 })], { tag: 0 }), "INIT ACK");
    const echo = [echoOf(initAck)];
    link.lab.receive(echo, { tag: initAck.initiateTag });
    for (let i = 0; i < 10; i++) tally.send(echo, { tag: initAck.initiateTag });
  });
  row("SHUTDOWN", (tally, link, tag) => {
    tally.send([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }], { tag });
  });
  row("FORWARD TSN, the smallest", (tally, link, tag) => {
    tally.send([{ kind: "FORWARD TSN", newCumulativeTsn: link.peerTsn, skipped: [] }], { tag });
  });
  row("RE-CONFIG that resets the peer's streams", (tally, link, tag) => {
    const reset = { type: 13, responseNumber: 0, lastTsn: (link.peerTsn - 1) >>> 0, streamIds: [] } as const;
    const parameter = { kind: "Outgoing SSN Reset Request", requestNumber: link.peerTsn, ...reset } as const;
    tally.send([{ kind: "RE-CONFIG", parameters: [parameter] }], { tag });
  });
  row(
    "RE-CONFIG that asks for a reset of our streams, and never answers: within an hour",
    (tally, link, tag) => {
      link.send(1);
      link.receive([link.sack(0)]);
      const request = { type: 14, requestNumber: link.peerTsn, streamIds: [] } as const;
      tally.send([{ kind: "RE-CONFIG", parameters: [{ kind: "Incoming SSN Reset Request", ...request }] }], {
        tag,
      });
      tally.count(link.lab.run(3_600_000));
    },
    { allowStreamReset: true },
  );
  return rows;
}

/**
 * What an INIT that lists 32 victims sends to the victims in an hour, when the attacker keeps its association alive by
 * answering the heartbeats that are for itself. `packetsBySecond`: the probes in each second of the hour.
 */
export function probesOfVictims(): Amplification & { readonly packetsBySecond: readonly number[] } {
  const lab = listening();
  const tally = new Tally(lab);
  const init = initChunk({ parameters: Array.from({ length: 32 }, (_, i) => addressParameter(ipv4(i))) });
  tally.send([init]);
  const initAck = firstOf(lab.sent, "INIT ACK");
  const tag = initAck.initiateTag;
  tally.send([echoOf(initAck)], { tag });
  tally.packetsOut = 0;
  tally.bytesOut = 0;
  const packetsBySecond: number[] = [];
  for (let second = 0; second < 3_600; second++) {
    const packets = lab.run(1_000);
    const probes = packets.filter(({ to }) => to !== PEER_ADDRESS);
    packetsBySecond.push(probes.length);
    for (const { chunks } of packets.filter(({ to }) => to === PEER_ADDRESS))
      for (const chunk of chunks)
        if (chunk.kind === "HEARTBEAT") tally.send([{ ...chunk, kind: "HEARTBEAT ACK" }], { tag });
    tally.count(probes);
  }
  const what =
    "INIT that lists 32 victims, its COOKIE ECHO, and an hour of HEARTBEAT ACKs: sent to the victims";
  return { ...tally.row("peer", what), packetsBySecond };
}

export function amplifications(): Amplification[] {
  return [...strangers(), ...peers(), probesOfVictims()];
}

export function ratioOf({ bytesIn, bytesOut }: Amplification): number {
  return bytesOut / bytesIn;
}

/** The table of docs/security.md. */
export function amplificationTable(): string {
  const lines = [
    "| from | what | packets in | bytes in | packets out | bytes out | out per in |",
    "|---|---|---:|---:|---:|---:|---:|",
  ];
  const whole = (value: number): string => value.toLocaleString("en-US");
  for (const row of amplifications()) {
    const { from, what, packetsIn, bytesIn, packetsOut, bytesOut } = row;
    const numbers = [packetsIn, bytesIn, packetsOut, bytesOut].map(whole).join(" | ");
    lines.push(`| ${from} | ${what} | ${numbers} | ${ratioOf(row).toFixed(2)} |`);
  }
  return lines.join("\n");
}
