/**
 * Cases with two paths, of which the primary is cut and healed while messages go both ways (RFC 9260 6.4, 8.2, 8.3).
 * They run inside our namespace (harness/hosts-process.ts); the peer is in the other one.
 */
import type { Message, Socket } from "../../src/index.ts";
import { launcher } from "../../tools/namespaces.ts";
import type { DataWatch } from "../harness/data-watch.ts";
import { check } from "../harness/messages.ts";
import {
  type Cut,
  ourAddress,
  PATHS,
  type PathNumber,
  peerAddress,
  type TwoHosts,
} from "../harness/namespaces.ts";
import { checkMessages, type Series, sendOne } from "../harness/series.ts";
import type { Place, Side, Timers } from "../harness/side.ts";
import { pause, until } from "../harness/waiting.ts";

const PRIMARY = 1;
const ALTERNATE = 2;
const STREAMS = 8;
const MESSAGE_BYTES = 1_000;
const SEND_INTERVAL_MS = 4;
/** Messages after which what was on its way when something changed has arrived. */
const SETTLING_COUNT = 60;
/** Messages whose path is looked at. */
const WATCHED_COUNT = 100;

/** A path counts as lost after about a second, and its return is noticed as soon. The RTO is longer than a SACK's delay. */
export const FAILOVER_TIMERS: Timers = {
  rtoInitialMs: 400,
  rtoMinMs: 300,
  rtoMaxMs: 500,
  heartbeatIntervalMs: 400,
  pathMaxRetrans: 2,
};

/** Both ends know one address of the other one, and learn the second from the INIT or INIT ACK. */
export function placeOf(hosts: TwoHosts): Place {
  return {
    ourAddresses: PATHS.map(ourAddress),
    peerAddresses: PATHS.map(peerAddress),
    peerLauncher: launcher(hosts.peers),
  };
}

/** A message every few milliseconds, each of which the peer sends back. */
class Conversation {
  readonly received: Message[] = [];
  readonly #socket: Socket;
  #sentCount = 0;
  #stopping = false;
  readonly #sending: Promise<void>;
  readonly #receiving: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#sending = this.#send();
    this.#receiving = this.#receive();
  }

  get series(): Series {
    return { count: this.#sentCount, smallest: MESSAGE_BYTES, largest: MESSAGE_BYTES, streams: STREAMS };
  }

  /** Resolves when so many more messages than now have been sent back. */
  async goOn(count: number): Promise<void> {
    const wanted = this.received.length + count;
    await until(`${count} more messages`, () => this.received.length >= wanted);
  }

  /** Resolves when whatever is sent now is sent back later on, and nothing older is on its way. */
  async settle(): Promise<void> {
    const wanted = this.#sentCount + SETTLING_COUNT;
    await until("messages sent a moment ago", () => this.received.length >= wanted);
  }

  /** Sends no more, and ends the association once everything has been sent back. */
  async finish(): Promise<void> {
    this.#stopping = true;
    await this.#sending;
    await until("the last messages", () => this.received.length >= this.#sentCount);
    this.#socket.end();
    await this.#receiving;
  }

  async #send(): Promise<void> {
    while (!this.#stopping) {
      await sendOne(this.#socket, this.series, this.#sentCount);
      this.#sentCount++;
      await pause(SEND_INTERVAL_MS);
    }
  }

  async #receive(): Promise<void> {
    for await (const message of this.#socket.messages()) this.received.push(message);
  }
}

/** The primary path is cut and healed: everything is delivered once and in order, over the path that works. */
export async function failover(side: Side, hosts: TwoHosts, watch: DataWatch, how: Cut): Promise<void> {
  const { socket, peer } = await side.associate();
  await until("both paths confirmed", () => PATHS.every((path) => stateOf(socket, path) === "active"));
  await peer.until(`PATH ${ourAddress(ALTERNATE)} confirmed`);
  await peer.set("report off", "echo on");
  const conversation = new Conversation(socket);
  await conversation.goOn(SETTLING_COUNT);
  await dataGoesOver(PRIMARY, conversation, watch);

  hosts.cut(PRIMARY, how);
  await until("the primary path given up", () => stateOf(socket, PRIMARY) === "inactive");
  await peer.until(`PATH ${ourAddress(PRIMARY)} unreachable`);
  await conversation.settle();
  await dataGoesOver(ALTERNATE, conversation, watch);

  hosts.heal(PRIMARY, how);
  await until("the primary path back", () => stateOf(socket, PRIMARY) === "active");
  await peer.until(`PATH ${ourAddress(PRIMARY)} available`);
  await conversation.settle();
  await dataGoesOver(PRIMARY, conversation, watch);

  await conversation.finish();
  await peer.until("ENDED");
  checkMessages(conversation.received, conversation.series);
}

/**
 * The primary path fails for a while, and is only doubted (RFC 7829): what we send goes over the other one at the first timeout, and
 * comes back with the first answer. The peer has no such state, and counts its errors as ever.
 */
export async function potentiallyFailed(side: Side, hosts: TwoHosts, watch: DataWatch): Promise<void> {
  side.timers = { ...FAILOVER_TIMERS, pathMaxRetrans: 200 };
  side.ourOptions = { associationMaxRetrans: 255 };
  const { socket, peer } = await side.associate();
  peer.say("report off");
  peer.say("echo on");
  await until("both paths confirmed", () => PATHS.every((path) => stateOf(socket, path) === "active"));
  await peer.until(`PATH ${ourAddress(ALTERNATE)} confirmed`);
  await peer.settle();
  const conversation = new Conversation(socket);
  await conversation.goOn(SETTLING_COUNT);
  const states: string[] = [];
  socket.on("path", ({ address, state }) => {
    if (address === peerAddress(PRIMARY)) states.push(state);
  });

  hosts.cut(PRIMARY, "silent");
  await until("the primary path doubted", () => stateOf(socket, PRIMARY) === "potentially-failed");
  await peer.until(`PATH ${ourAddress(PRIMARY)} unreachable`);
  await conversation.settle();
  await dataGoesOver(ALTERNATE, conversation, watch);
  check(stateOf(socket, PRIMARY) === "potentially-failed", `the primary path is ${stateOf(socket, PRIMARY)}`);

  hosts.heal(PRIMARY, "silent");
  await until("the primary path back", () => stateOf(socket, PRIMARY) === "active");
  await peer.until(`PATH ${ourAddress(PRIMARY)} available`);
  await conversation.settle();
  await dataGoesOver(PRIMARY, conversation, watch);
  check(!states.includes("inactive"), "the primary path was given up");

  await conversation.finish();
  await peer.until("ENDED");
  checkMessages(conversation.received, conversation.series);
}

/**
 * One pair of addresses is cut and healed (RFC 9260 6.4.1): its destination is reached from our other address, and stays
 * active; that the pair has failed and works again is found by HEARTBEATs.
 */
export async function addressPair(side: Side, hosts: TwoHosts): Promise<void> {
  const { socket, peer } = await side.associate();
  await peer.set("report off", "echo on");
  await until("both paths confirmed", () => PATHS.every((path) => stateOf(socket, path) === "active"));
  const conversation = new Conversation(socket);
  await conversation.goOn(SETTLING_COUNT);
  await until("the primary path reached from both", () =>
    PATHS.every((from) => reaches(socket, from, "reaching")),
  );

  hosts.cut(PRIMARY, "one pair");
  await until("the pair given up", () => reaches(socket, PRIMARY, "lost"));
  await conversation.settle();
  check(stateOf(socket, PRIMARY) === "active", "the destination of the pair was given up, too");
  check(
    reaches(socket, ALTERNATE, "reaching"),
    "the destination of the pair is not reached from the other address",
  );

  hosts.heal(PRIMARY, "one pair");
  await until("the pair back", () => reaches(socket, PRIMARY, "reaching"));
  await conversation.goOn(SETTLING_COUNT);
  await conversation.finish();
  await peer.until("ENDED");
  checkMessages(conversation.received, conversation.series);
}

/** Whether our address of path `from` is in that state as a source of packets to the primary address. */
function reaches(socket: Socket, from: PathNumber, state: "reaching" | "lost"): boolean {
  const primary = socket.paths().find(({ address }) => address === peerAddress(PRIMARY));
  return (
    primary?.sources.some((source) => source.address === ourAddress(from) && source.state === state) ?? false
  );
}

async function dataGoesOver(path: PathNumber, conversation: Conversation, watch: DataWatch): Promise<void> {
  watch.restart();
  await conversation.goOn(WATCHED_COUNT);
  const other = path === PRIMARY ? ALTERNATE : PRIMARY;
  for (const direction of ["sent", "received"] as const) {
    const right = watch.count(direction, peerAddress(path));
    const wrong = watch.count(direction, peerAddress(other));
    // What is sent again goes over the other path (6.4.1): on a busy machine that may happen even without loss.
    check(
      wrong * 20 < right,
      `${wrong} packets with DATA were ${direction} over path ${other}, ${right} over path ${path}`,
    );
  }
}

function stateOf(socket: Socket, path: PathNumber): string | undefined {
  return socket.paths().find(({ address }) => address === peerAddress(path))?.state;
}
