/**
 * Records the packets of usrsctp that test/unit/chunks/captured.test.ts reads: `npx tsx interop/record-packets.ts`.
 * Two usrsctp peers speak through a relay, which picks what is wanted as it passes; our stack has no part in it. tshark
 * reads all of it afterwards, and must have nothing to complain of. Names given as arguments record those alone.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inspect, startCapture } from "./harness/capture.ts";
import { type ChunkHeader, chunkHeaders } from "./harness/chunk-headers.ts";
import { Peer } from "./harness/peer.ts";
import { type Fate, Relay } from "./harness/relay.ts";
import { freeUdpPorts } from "./harness/side.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../test/fixtures/packets/", import.meta.url));
const STACK = "usrsctp 0.9.5";
const SCTP_PORT = 5_001;
const LINE_DIGITS = 96;
const PATIENCE_MS = 20_000;
/** Small packets make small fixtures. */
const PACKET_BYTES = 600;

const NAMES: Readonly<Record<number, string>> = {
  0: "data",
  1: "init",
  2: "init-ack",
  3: "sack",
  4: "heartbeat",
  5: "heartbeat-ack",
  6: "abort",
  7: "shutdown",
  8: "shutdown-ack",
  9: "error",
  10: "cookie-echo",
  11: "cookie-ack",
  14: "shutdown-complete",
  15: "auth",
  64: "i-data",
  128: "asconf-ack",
  130: "re-config",
  192: "forward-tsn",
  193: "asconf",
  194: "i-forward-tsn",
};
const DATA = 0;
const SACK = 3;
const BEGIN = 2;
const END = 1;
const UNORDERED = 4;

/** Whether it is the packet wanted. */
type Fits = (chunks: readonly ChunkHeader[], packet: Uint8Array) => boolean;

interface Session {
  /** What happens, for the fixtures' second line. */
  readonly story: string;
  readonly options?: readonly (readonly [name: string, value: string | number])[];
  readonly fate?: () => Fate;
  /** By the fixture's name. What passes first is taken. */
  readonly wanted: Readonly<Record<string, Fits>>;
  readonly play: (client: Peer, server: Peer) => Promise<void> | void;
}

/** Exactly these chunks. */
const only =
  (...names: readonly string[]): Fits =>
  (chunks) =>
    chunks.map(({ type }) => NAMES[type]).join() === names.join();

/** One chunk, with these flags and no others. */
const flagged =
  (name: string, flags: number): Fits =>
  (chunks) =>
    chunks.length === 1 && NAMES[chunks[0]?.type ?? -1] === name && chunks[0]?.flags === flags;

/** A SACK alone, with that many Gap Ack Blocks and duplicate TSNs or more (RFC 9260 3.3.4). */
const sackWith =
  (gapCount: number, duplicateCount: number): Fits =>
  (chunks, packet) => {
    const [chunk] = chunks;
    if (chunk === undefined || chunks.length > 1 || chunk.type !== SACK) return false;
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    return view.getUint16(chunk.at + 12) >= gapCount && view.getUint16(chunk.at + 14) >= duplicateCount;
  };

/** The client's nth packets of one chunk of that type do not arrive, or arrive twice. */
function disturb(type: number, lost: readonly number[], doubled: readonly number[] = []): Fate {
  let count = 0;
  return (packet, direction) => {
    if (direction !== "to-peer" || !chunkHeaders(packet).some((chunk) => chunk.type === type)) return [0];
    count++;
    if (lost.includes(count)) return [];
    return doubled.includes(count) ? [0, 0] : [0];
  };
}

const SESSIONS: readonly Session[] = [
  {
    story: "a message in three fragments, a HEARTBEAT asked for, a graceful end",
    wanted: {
      "data-begin": flagged("data", BEGIN),
      "data-middle": flagged("data", 0),
      "data-end": flagged("data", END),
      heartbeat: only("heartbeat"),
      "heartbeat-ack": only("heartbeat-ack"),
      shutdown: only("shutdown"),
      "shutdown-ack": only("shutdown-ack"),
      "shutdown-complete": only("shutdown-complete"),
    },
    play: async (client, server) => {
      client.say("send 1 1300 1300 1 0");
      await server.until("MESSAGE");
      client.say("heartbeat");
      await client.settle();
      client.say("shutdown");
    },
  },
  {
    story: "unordered messages of one chunk; the relay loses two of them and doubles one",
    fate: () => disturb(DATA, [2, 5], [4]),
    wanted: {
      "data-unordered": flagged("data", BEGIN | END | UNORDERED),
      "sack-gaps": sackWith(2, 0),
      "sack-duplicates": sackWith(1, 1),
    },
    play: (client) => client.say("send 12 400 400 1 1"),
  },
  {
    story: "messages that are not sent again when they are lost, and the relay loses one",
    fate: () => disturb(DATA, [2]),
    wanted: { "forward-tsn": only("forward-tsn") },
    play: (client) => client.say("unreliable 3 400"),
  },
  {
    story: "the client resets its stream 2, then asks for five more streams",
    wanted: {
      "re-config-reset": (chunks, packet) =>
        only("re-config")(chunks, packet) && parameterType(packet) === 13,
      "re-config-response": (chunks, packet) =>
        only("re-config")(chunks, packet) && parameterType(packet) === 16,
      "re-config-add": (chunks, packet) => only("re-config")(chunks, packet) && parameterType(packet) === 17,
    },
    play: async (client, server) => {
      client.say("send 4 100 100 4 0");
      await server.collect("MESSAGE", 4);
      client.say("reset-stream 2");
      await client.settle();
      await new Promise((resolve) => setTimeout(resolve, 500)); // One request at a time (RFC 6525 5.1.1).
      client.say("add-streams 5");
    },
  },
  {
    story:
      "both sides interleave; a message in three fragments, then unreliable ones, of which the relay loses one",
    options: [["--interleave", 1]],
    fate: () => disturb(64, [5]),
    wanted: {
      "i-data-begin": flagged("i-data", BEGIN),
      "i-data-middle": flagged("i-data", 0),
      "i-data-end": flagged("i-data", END),
      "i-forward-tsn": only("i-forward-tsn"),
    },
    play: async (client, server) => {
      client.say("send 1 1300 1300 1 0");
      await server.until("MESSAGE");
      client.say("unreliable 3 400");
    },
  },
  {
    story: "the client asks the server to make its address the primary one",
    wanted: { asconf: only("auth", "asconf"), "asconf-ack": only("auth", "asconf-ack") },
    play: (client) => client.say("be-primary"),
  },
];

/** Of the first parameter of the first chunk. */
function parameterType(packet: Uint8Array): number {
  return ((packet[16] ?? 0) << 8) | (packet[17] ?? 0);
}

/** Plays a session until everything wanted has passed. */
async function record(session: Session, chosen: ReadonlySet<string>): Promise<void> {
  const missing = new Map(
    Object.entries(session.wanted).filter(([name]) => chosen.size === 0 || chosen.has(name)),
  );
  if (missing.size === 0) return;
  const ports = await freeUdpPorts(2);
  const [serverUdp = 0, clientUdp = 0] = ports;
  const file = `${HERE}captures/recording.pcapng`;
  const capture = await startCapture(file, { device: "lo", udpPorts: ports, launcher: [] });
  let onAll = (): void => {};
  const all = new Promise<void>((resolve) => {
    onAll = resolve;
  });
  // The relay's "peer" is the server here, and its "we" the client.
  const relay = await Relay.open(clientUdp, serverUdp, session.fate?.() ?? (() => [0]));
  relay.onDelivery = (packet) => {
    const chunks = chunkHeaders(packet);
    for (const [name, fits] of missing) {
      if (!fits(chunks, packet)) continue;
      missing.delete(name);
      write(name, chunks, packet, session.story);
      break;
    }
    if (missing.size === 0) onAll();
  };
  const options = { options: [["--packet", PACKET_BYTES] as const, ...(session.options ?? [])] };
  const server = await Peer.start(
    "server",
    { localUdp: serverUdp, remoteUdp: relay.portForPeer, sctp: SCTP_PORT },
    options,
  );
  const client = await Peer.start(
    "client",
    { localUdp: clientUdp, remoteUdp: relay.portForUs, sctp: SCTP_PORT },
    options,
  );
  try {
    server.say("echo off");
    await server.settle();
    client.say("connect");
    await client.until("UP");
    await session.play(client, server);
    await Promise.race([all, tooLong(missing), client.trouble, server.trouble]);
  } finally {
    await client.kill();
    await server.kill();
    relay.close();
    await capture.stop();
  }
  const { complaints } = await inspect(file, ports);
  if (complaints.length > 0) throw new Error(`tshark complains of ${complaints[0]}`);
}

function write(name: string, chunks: readonly ChunkHeader[], packet: Uint8Array, story: string): void {
  const kinds = chunks.map(({ type }) => NAMES[type]).join(", ");
  const hex = Buffer.from(packet).toString("hex");
  const lines = [`# A packet of ${STACK}: ${kinds}`, `# Between two of them: ${story}.`];
  for (let at = 0; at < hex.length; at += LINE_DIGITS) lines.push(hex.slice(at, at + LINE_DIGITS));
  writeFileSync(`${FIXTURES}usrsctp-${name}.txt`, `${lines.join("\n")}\n`);
  console.log(`usrsctp-${name}.txt: ${kinds}, ${packet.length} bytes`);
}

function tooLong(missing: ReadonlyMap<string, Fits>): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`never seen: ${[...missing.keys()].join(", ")}`)), PATIENCE_MS).unref();
  });
}

execFileSync("make", ["-s", "-C", `${HERE}peers`], { stdio: "inherit" });
mkdirSync(`${HERE}captures`, { recursive: true });
const chosen = new Set(process.argv.slice(2));
for (const session of SESSIONS) await record(session, chosen);
rmSync(`${HERE}captures/recording.pcapng`);
