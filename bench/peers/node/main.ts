/**
 * The benchmark's program in Node: plain datagrams, TCP, sctpkit, and the SCTP packages of npm.
 * Owns: choosing the transport. Does not own: the contract (contract.ts), the transports.
 */
import { AllocationMeter } from "./allocation.ts";
import { answerMarks, type Job, type MarkExtras, Received, readJob } from "./contract.ts";
import { npmSctpSink, npmSctpSource, weriftSink, weriftSource } from "./npm-packages.ts";
import { rawSink, rawSource } from "./raw.ts";
import { sctpkitSink, sctpkitSource } from "./sctpkit.ts";
import { tcpSink, tcpSource } from "./tcp.ts";

type End = (job: Job, received: Received) => Promise<MarkExtras>;

const TRANSPORTS: Readonly<Record<string, readonly [sink: End, source: End]>> = {
  raw: [rawSink, rawSource],
  "raw-answered": [rawSink, rawSource],
  tcp: [tcpSink, tcpSource],
  sctpkit: [sctpkitSink, sctpkitSource],
  werift: [weriftSink, weriftSource],
  "npm-sctp": [npmSctpSink, npmSctpSource],
};

const job = readJob(process.argv.slice(2));
const ends = TRANSPORTS[job.transport];
if (ends === undefined) throw new Error(`no transport is called "${job.transport}"`);
const received = new Received();
const meter = new AllocationMeter();
const extras = await ends[job.role === "sink" ? 0 : 1](job, received);
answerMarks(received, () => ({ ...extras(), allocatedBytes: meter.take() }));
