/**
 * `npm run attack`: what floods cost this stack, in memory and time, on the machine at hand.
 * Owns: the floods and the figures. Does not own: what must hold on every machine (the tests beside this file).
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Association } from "../../src/association/association.ts";
import type { AssociationOptions, StackOptions } from "../../src/base/options.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { decodePacket, encodePacket } from "../../src/chunks/packet.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { PacketSlab } from "../../src/chunks/slab.ts";
import { nodePlatform } from "../../src/node/common/platform.ts";
import { Stack } from "../../src/stack/stack.ts";
import { readCommand, wholeNumber } from "../../tools/command-line.ts";
import {
  cookieOf,
  dataChunk,
  HEARTBEAT,
  initChunk,
  OUR_ADDRESS,
  OUR_PORT,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TSN,
  UDP_PORT,
} from "../conformance/lab.ts";
import { ipv4 } from "./addresses.ts";
import { amplificationTable } from "./amplification.ts";
import { PEER_FLOODS, type PeerFlood } from "./peer-floods.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const slab = new PacketSlab();
const PEER = { address: PEER_ADDRESS, port: UDP_PORT };

/** Bytes of the heap, and of what it keeps outside of itself, that are in use. */
function memoryBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function serverStack(
  association: Partial<AssociationOptions> = {},
  options: Partial<StackOptions> = {},
): Stack {
  const stack = new Stack({ platform: nodePlatform, udpPort: UDP_PORT, options });
  stack.addLocalAddress(OUR_ADDRESS);
  stack.listen({ port: OUR_PORT, options: association });
  return stack;
}

function packet(tag: number, chunks: readonly Chunk[], sourcePort = PEER_PORT): Uint8Array {
  return encodePacket({ sourcePort, destinationPort: OUR_PORT, verificationTag: tag, chunks });
}

/** Sends and drops whatever the stack has to say; returns the bytes of it. */
function drain(stack: Stack, nowMs: number): number {
  let bytes = 0;
  while (stack.pollEvent() !== undefined) {
    // Nobody listens.
  }
  for (let out = stack.pollTransmit(slab, nowMs); out !== undefined; out = stack.pollTransmit(slab, nowMs))
    bytes += out.lengthBytes;
  return bytes;
}

function cookieFor(
  stack: Stack,
  parameters: readonly Parameter[] = [],
): { readonly cookie: Uint8Array; readonly tag: number } {
  stack.receive(packet(0, [initChunk({ parameters })]), PEER, OUR_ADDRESS, 1);
  const out = stack.pollTransmit(slab, 1);
  const [initAck] = decodePacket(slab.bytes.slice(0, out?.lengthBytes ?? 0)).chunks;
  if (initAck?.kind !== "INIT ACK") throw new Error("the stack did not answer an INIT");
  return { cookie: cookieOf(initAck), tag: initAck.initiateTag };
}

interface Flood {
  readonly name: string;
  readonly stack: Stack;
  readonly datagram: (i: number) => Uint8Array;
}

function runFlood({ name, stack, datagram }: Flood, count: number): void {
  const sample = datagram(0);
  const addresses = 1_000_000;
  // The stack warms up, and its code is compiled, before the first reading.
  for (let i = 0; i < 1_000; i++) stack.receive(sample, { address: ipv4(i), port: UDP_PORT }, OUR_ADDRESS, 1);
  drain(stack, 1);
  const before = memoryBytes();
  const startMs = performance.now();
  let bytesIn = 0;
  let bytesOut = 0;
  for (let i = 0; i < count; i++) {
    const bytes = datagram(i);
    bytesIn += bytes.length;
    const nowMs = 1 + i / 100; // A hundred thousand a second.
    stack.receive(bytes, { address: ipv4(i % addresses), port: UDP_PORT }, OUR_ADDRESS, nowMs);
    bytesOut += drain(stack, nowMs);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  const grownBytes = memoryBytes() - before;
  console.log(
    `| ${name} | ${count.toLocaleString("en-US")} | ${Math.round(count / seconds).toLocaleString("en-US")} | ` +
      `${(bytesOut / bytesIn).toFixed(2)} | ${stack.associationCount} | ${(grownBytes / 1_024).toFixed(0)} KiB |`,
  );
}

function floods(count: number): void {
  console.log("| flood | packets | handled per second | bytes out per in | associations | memory grown by |");
  console.log("|---|---:|---:|---:|---:|---:|");
  const init = packet(0, [initChunk()]);
  runFlood({ name: "INIT", stack: serverStack(), datagram: () => init }, count);

  const forging = serverStack();
  const { cookie, tag } = cookieFor(forging);
  const forged = cookie.slice();
  forged[40] = (forged[40] ?? 0) ^ 1;
  const echo = packet(tag, [{ kind: "COOKIE ECHO", cookie: forged }]);
  runFlood({ name: "COOKIE ECHO, forged", stack: forging, datagram: () => echo }, count);

  const replaying = serverStack();
  const genuine = cookieFor(replaying);
  const replay = packet(genuine.tag, [{ kind: "COOKIE ECHO", cookie: genuine.cookie }]);
  runFlood(
    {
      name: "COOKIE ECHO, genuine, from addresses it was not made for",
      stack: replaying,
      datagram: () => replay,
    },
    count,
  );

  const stray = packet(5, [HEARTBEAT]);
  runFlood({ name: "out of the blue", stack: serverStack(), datagram: () => stray }, count);

  const noise = new Uint8Array(64).fill(0xa5);
  runFlood({ name: "64 bytes of noise", stack: serverStack(), datagram: () => noise }, count);
}

/** An association of a peer that says what it supports. */
function acceptedBy(
  stack: Stack,
  parameters: readonly Parameter[] = [],
): { readonly association: Association; readonly tag: number } {
  const { cookie, tag } = cookieFor(stack, parameters);
  stack.receive(packet(tag, [{ kind: "COOKIE ECHO", cookie }]), PEER, OUR_ADDRESS, 2);
  drain(stack, 2);
  const [association] = [...stack.associations];
  if (association === undefined) throw new Error("no association");
  return { association, tag };
}

function runPeerFlood({ name, parameters, options, chunks }: PeerFlood, count: number): void {
  const stack = serverStack({ heartbeatIntervalMs: 0, ...options });
  const { association, tag } = acceptedBy(stack, parameters);
  let bytesIn = 0;
  let bytesOut = 0;
  let spentMs = 0;
  let done = 0;
  let before = 0;
  while (done < count) {
    // Made beforehand: what the attacker's packets cost the attacker is no part of the figure.
    const made = Array.from({ length: Math.min(1_000, count - done) }, (_, i) =>
      packet(tag, chunks(done + i)),
    );
    const startMs = performance.now();
    for (const bytes of made) {
      const nowMs = 3 + done++ / 100; // A hundred thousand a second.
      stack.receive(bytes, PEER, OUR_ADDRESS, nowMs);
      bytesIn += bytes.length;
      bytesOut += drain(stack, nowMs);
    }
    spentMs += performance.now() - startMs;
    if (before === 0) before = memoryBytes(); // Warm, and its code compiled.
  }
  const grownBytes = memoryBytes() - before;
  const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
  const { state, heldBytes } = association.status();
  console.log(
    `| ${name} | ${whole(count)} | ${whole((1_000 * count) / spentMs)} | ${(bytesOut / bytesIn).toFixed(2)} | ${state} | ` +
      `${whole(heldBytes)} | ${whole(grownBytes / 1_024)} KiB |`,
  );
}

function peerFloods(count: number): void {
  console.log(
    "\n| flood of a peer | packets | handled per second | bytes out per in | the association | bytes held | memory grown by |",
  );
  console.log("|---|---:|---:|---:|---|---:|---:|");
  for (const flood of PEER_FLOODS) runPeerFlood(flood, count);
}

/** What an association really takes for each byte that it counts against its receive buffer. */
function heldPieces(): void {
  console.log("\n| held | pieces | counted | taken | taken per counted |");
  console.log("|---|---:|---:|---:|---:|");
  const shapes: ReadonlyArray<readonly [string, (i: number) => Chunk]> = [
    [
      "messages of 1 byte, unread",
      (i) => dataChunk({ tsn: PEER_TSN + i, ssn: i & 0xffff, payload: new Uint8Array(1) }),
    ],
    [
      "messages of 1 byte, too early",
      (i) => dataChunk({ tsn: PEER_TSN + 1 + i, ssn: 1 + i, payload: new Uint8Array(1) }),
    ],
    [
      "lone fragments of 1 byte",
      (i) =>
        dataChunk({
          tsn: PEER_TSN + 2 + 2 * i,
          unordered: true,
          beginning: false,
          ending: false,
          payload: new Uint8Array(1),
        }),
    ],
    [
      "lone fragments of 300 bytes",
      (i) =>
        dataChunk({
          tsn: PEER_TSN + 2 + 2 * i,
          unordered: true,
          beginning: false,
          ending: false,
          payload: new Uint8Array(300),
        }),
    ],
    [
      "messages of 1,172 bytes, unread",
      (i) => dataChunk({ tsn: PEER_TSN + i, ssn: i & 0xffff, payload: new Uint8Array(1_172) }),
    ],
  ];
  for (const [name, chunk] of shapes) {
    const stack = serverStack({ receiveBufferBytes: 8 * 1_048_576 });
    const { association, tag } = acceptedBy(stack);
    const before = memoryBytes();
    let pieces = 0;
    for (; pieces < 32_000 && association.status().heldBytes < 8 * 1_048_576 - 2_000; pieces++) {
      stack.receive(packet(tag, [chunk(pieces)]), PEER, OUR_ADDRESS, 3);
      drain(stack, 3);
    }
    const taken = memoryBytes() - before;
    const counted = association.status().heldBytes;
    const whole = (value: number): string => value.toLocaleString("en-US");
    console.log(
      `| ${name} | ${whole(pieces)} | ${whole(counted)} | ${whole(taken)} | ${(taken / counted).toFixed(2)} |`,
    );
  }
}

const { values } = readCommand({
  name: "attack",
  about: "What floods cost this stack, in memory and time, on this machine.",
  options: { packets: wholeNumber("of each flood", 1_000_000, { from: 1 }) },
});
floods(values.packets);
peerFloods(values.packets);
heldPieces();
console.log(`\n${amplificationTable()}`);
