/**
 * The main job, to be watched: `npm start`.
 *
 * Two processes on this machine, a client (this one) and a server (server-process.ts), exchange messages over an SCTP
 * association inside real UDP datagrams on 127.0.0.1. What is printed is drawn from the packets that the client's stack
 * sent and received. The exit code is 0 only if every message arrived, once, whole and in order.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, fanOut, SequenceDiagram, type Socket, type TraceSink } from "../../src/index.ts";
import { heading, print, printArrivals, styled, WIDTH_COLUMNS } from "./printer.ts";
import { type Arrival, answerTo, DEMO_PORT, type DemoMessage, SCENES, type ServerReport } from "./script.ts";

/** Nothing here takes longer, unless something is broken. */
const TIME_LIMIT_MS = 10_000;
/** A little longer than an acknowledgement may be delayed, so that each scene shows its own. */
const PAUSE_MS = 250;

/** Counts what went over the wire. */
class Tally implements TraceSink {
  packetCount = 0;
  byteCount = 0;
  packet(_direction: "sent" | "received", datagram: Uint8Array): void {
    this.packetCount++;
    this.byteCount += datagram.length;
  }
  event(): void {}
}

/** The next report of the given kind. */
async function reportOf<K extends ServerReport["kind"]>(
  server: ChildProcess,
  kind: K,
): Promise<Extract<ServerReport, { kind: K }>> {
  for (;;) {
    const [message] = (await once(server, "message")) as [ServerReport];
    if (message.kind === kind) return message as Extract<ServerReport, { kind: K }>;
  }
}

/** Sends the messages of a scene at once, and waits for as many answers. */
async function play(socket: Socket, messages: readonly DemoMessage[], answers: Arrival[]): Promise<void> {
  const expectedCount = answers.length + messages.length;
  await Promise.all(
    messages.map(({ text, streamId, ppid = 0, unordered = false }) =>
      socket.send(text, { streamId, ppid, unordered }),
    ),
  );
  while (answers.length < expectedCount) await once(socket, "message");
}

/** The messages of one stream as they should arrive. Unordered ones may come in any order. */
function inOrder(messages: readonly DemoMessage[], streamId: number): string {
  const own = messages.filter((message) => message.streamId === streamId);
  const texts = own.map(({ text, ppid = 0, unordered = false }) => JSON.stringify([text, ppid, unordered]));
  return (own.some(({ unordered }) => unordered) ? texts.sort() : texts).join("\n");
}

/** Whether exactly the expected messages arrived: every one, once, whole, in order within its stream. */
function isAllThere(arrived: readonly DemoMessage[], expected: readonly DemoMessage[]): boolean {
  const streams = new Set([...arrived, ...expected].map(({ streamId }) => streamId));
  return [...streams].every((streamId) => inOrder(arrived, streamId) === inOrder(expected, streamId));
}

function introduction(): void {
  print(styled("SCTP over UDP, watched from the client", "heading"));
  print();
  print(
    "Two processes on this machine talk over 127.0.0.1. An arrow is a UDP datagram: an SCTP packet made of",
  );
  print(
    "chunks. Below it stands what the chunks say and, the first time, why. #1, #2 ... count DATA chunks.",
  );
}

function summary(answers: readonly Arrival[], arrivals: readonly Arrival[], tally: Tally): boolean {
  const sent = SCENES.flatMap((scene) => scene.messages);
  const expectedAnswers = sent.map((message) => ({ ...message, text: answerTo(message.text) }));
  heading("What came of it");
  printArrivals("server", arrivals);
  printArrivals("client", answers);
  const isRight = isAllThere(arrivals, sent) && isAllThere(answers, expectedAnswers);
  const messageCount = arrivals.length + answers.length;
  print(
    `${messageCount} messages in ${tally.packetCount} SCTP packets, ${tally.byteCount} bytes of UDP payload.`,
  );
  print(
    isRight
      ? styled("Every message arrived: once, whole, and in order within its stream.", "good")
      : styled("Some message is missing, damaged, doubled or out of order.", "problem"),
  );
  return isRight;
}

async function main(): Promise<boolean> {
  introduction();
  const server = fork(fileURLToPath(new URL("./server-process.ts", import.meta.url)));
  try {
    const { udpPort } = await reportOf(server, "listening");
    const done = reportOf(server, "done");
    const tally = new Tally();
    const diagram = new SequenceDiagram(print, {
      widthColumns: WIDTH_COLUMNS,
      localName: "the client",
      remoteName: "the server",
      explain: "first",
      style: styled,
    });

    heading("The handshake: four packets, and no memory taken by the server before the third");
    const socket = connect({
      port: DEMO_PORT,
      host: "127.0.0.1",
      remoteUdpPort: udpPort,
      trace: fanOut(diagram, tally),
    });
    const answers: Arrival[] = [];
    socket.on("message", ({ data, info }) => {
      const text = new TextDecoder().decode(data);
      answers.push({ streamId: info.streamId, text, ppid: info.ppid, unordered: info.unordered });
    });
    await once(socket, "connect");
    for (const { title, messages } of SCENES) {
      heading(title);
      await play(socket, messages, answers);
      await sleep(PAUSE_MS);
    }
    heading("The graceful end: first everything is acknowledged, then three packets");
    socket.end();
    await once(socket, "close");
    const { arrivals } = await done;
    return summary(answers, arrivals, tally);
  } finally {
    if (server.connected) server.kill();
  }
}

const watchdog = setTimeout(() => {
  print(styled(`Not finished after ${TIME_LIMIT_MS / 1_000} seconds: giving up.`, "problem"));
  process.exit(1);
}, TIME_LIMIT_MS);

process.exitCode = (await main()) ? 0 : 1;
clearTimeout(watchdog);
