/**
 * Capturing a case's packets, and what tshark thinks of them.
 * Owns: dumpcap and tshark. Does not own: the verdict on the case.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Malformed, a wrong checksum, or an expert note of the severity "error". */
const COMPLAINTS = "_ws.malformed || sctp.checksum.status == 0 || _ws.expert.severity == 8388608";

export interface Capture {
  /** Ends the capture once everything that was sent has been written. */
  stop(): Promise<void>;
}

/** Captures what goes over loopback from or to the UDP ports. */
export async function startCapture(file: string, udpPorts: readonly number[]): Promise<Capture> {
  const filter = udpPorts.map((port) => `udp port ${port}`).join(" or ");
  const dumpcap = spawn("dumpcap", ["-q", "-i", "lo", "-B", "64", "-f", filter, "-w", file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
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
      await new Promise((resolve) => setTimeout(resolve, 300)); // dumpcap reads its buffer every so often.
      const gone = once(dumpcap, "exit");
      dumpcap.kill("SIGINT");
      await gone;
    },
  };
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
