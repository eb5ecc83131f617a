/**
 * Capturing a case's packets, and what tshark thinks of them.
 * Owns: dumpcap and tshark. Does not own: the verdict on the case.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const GOOD_CHECKSUM = 1;
const EXPERT_ERROR = 8_388_608;
/**
 * Malformed, an expert note of the severity "error", or a packet whose checksum is not known to be good: tshark takes
 * a preference it does not understand in silence, and then verifies nothing. An empty datagram is no packet: `connect()` sends
 * one where nothing has answered yet, to hear whether the port is refused.
 */
const COMPLAINTS = [
  "_ws.malformed",
  `_ws.expert.severity == ${EXPERT_ERROR}`,
  "(!sctp && udp.length > 8)",
  `(sctp && !(sctp.checksum.status == ${GOOD_CHECKSUM}))`,
].join(" || ");
/** Chunks of a packet that tshark takes for nested layers: of more it says "Dissector bug". A packet of 65,000 bytes may have 500. */
const MAX_CHUNKS = 5_000;
/** Longer than any case: a capture whose runner was killed ends by itself. */
const CAPTURE_LIMIT_S = 300;
/** dumpcap writes what it has four times a second; a starved one, later. */
const WRITING_LIMIT_MS = 30_000;
const WRITING_POLL_MS = 20;
/** The last packet of a capture lies in so much of its end. */
const TAIL_BYTES = 4_096;

export interface Capture {
  /** Ends the capture once everything that was sent has been written. How many packets it has missed. */
  stop(): Promise<number>;
}

export interface CaptureOptions {
  /** A network device, or "any". */
  readonly device: string;
  /** What is from or to one of them is captured. */
  readonly udpPorts: readonly number[];
  /** What dumpcap is started by, if it is not started as it is. */
  readonly launcher: readonly string[];
}

export async function startCapture(file: string, options: CaptureOptions): Promise<Capture> {
  const filter = options.udpPorts.map((port) => `udp port ${port}`).join(" or ");
  const limit = `duration:${CAPTURE_LIMIT_S}`;
  const [program = "", ...args] = [
    ...options.launcher,
    ...["dumpcap", "-q", "-i", options.device, "-B", "64", "-f", filter, "-a", limit, "-w", file],
  ];
  const dumpcap = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const kill = (): void => void dumpcap.kill("SIGINT");
  process.once("exit", kill);
  let said = "";
  await new Promise<void>((resolve, reject) => {
    dumpcap.stderr.on("data", (text: Buffer) => {
      said += text.toString();
      if (said.includes("File:")) resolve();
    });
    dumpcap.on("exit", () => reject(new Error(`dumpcap ended: ${said.trim()}`)));
  });
  return {
    stop: async () => {
      await untilWritten(file, options);
      const gone = once(dumpcap, "close");
      kill();
      await gone;
      process.off("exit", kill);
      return missedCount(said);
    },
  };
}

/**
 * Sends an empty datagram where the capture is, and waits until it stands in the file: so does all that was sent before. What
 * dumpcap has not read when it is told to end is lost, and it does not say so.
 */
async function untilWritten(file: string, { udpPorts: [port = 0], launcher }: CaptureOptions): Promise<void> {
  const program =
    'const socket = require("node:dgram").createSocket("udp4");' +
    `socket.send("", ${port}, "127.0.0.1", () => { console.log(socket.address().port); socket.close(); });`;
  const [command = "", ...args] = [...launcher, process.execPath, "-e", program];
  const { stdout } = await run(command, args);
  const udpHeader = Buffer.alloc(6);
  udpHeader.writeUInt16BE(Number(stdout), 0);
  udpHeader.writeUInt16BE(port, 2);
  udpHeader.writeUInt16BE(8, 4);
  const endMs = performance.now() + WRITING_LIMIT_MS;
  while (!(await tailOf(file)).includes(udpHeader)) {
    if (performance.now() > endMs)
      throw new Error(`dumpcap did not write the last packets in ${WRITING_LIMIT_MS} ms`);
    await delay(WRITING_POLL_MS);
  }
}

async function tailOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** dumpcap ends with "Packets received/dropped on interface 'Loopback: lo': 55672/0 (pcap:0/...)". */
function missedCount(said: string): number {
  const dropped = /received\/dropped on interface .*: \d+\/(\d+)/.exec(said)?.[1];
  if (dropped === undefined) throw new Error(`dumpcap did not tell what it dropped: ${said.trim()}`);
  return Number(dropped);
}

export interface TsharkVerdict {
  readonly packetCount: number;
  /** One line for each packet that tshark complains of. */
  readonly complaints: readonly string[];
}

export async function inspect(file: string, udpPorts: readonly number[]): Promise<TsharkVerdict> {
  const decode = [
    ...udpPorts.flatMap((port) => ["-d", `udp.port==${port},sctp`]),
    "-o",
    "sctp.checksum:CRC 32c",
    "-o",
    `gui.max_tree_depth:${MAX_CHUNKS}`,
  ];
  const [all, bad] = await Promise.all([
    tshark(["-r", file, ...decode, "-Y", "sctp", "-T", "fields", "-e", "frame.number"]),
    tshark(["-r", file, ...decode, "-Y", COMPLAINTS]),
  ]);
  return { packetCount: lines(all).length, complaints: lines(bad) };
}

async function tshark(args: readonly string[]): Promise<string> {
  const { stdout } = await run("tshark", [...args], { maxBuffer: 256 * 1024 * 1024 });
  return stdout;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
