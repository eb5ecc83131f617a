/**
 * Cases with chunks that are authenticated by keys that both ends know (RFC 4895): user data and its acknowledgements, the set-up,
 * another key in mid-transfer. usrsctp 0.9.5 has HMAC-SHA-1 alone.
 */
import { type AuthenticationInput, ChunkType, decodePacket, type TraceSink } from "../../src/index.ts";
import { check } from "../harness/messages.ts";
import {
  checkMessages,
  checkReport,
  exchangeSeries,
  type Series,
  sendSeries,
  sendSeriesFrom,
  untilEnd,
} from "../harness/series.ts";
import type { Side } from "../harness/side.ts";

const MESSAGES: Series = { count: 200, smallest: 10, largest: 20_000, streams: 8 };
const FEWER: Series = { count: 60, smallest: 10, largest: 20_000, streams: 8 };
const IMPAIRMENT = { seed: 4_895, lossRate: 0.1, duplicateRate: 0.01, delayMs: 5, jitterMs: 4 };
const SHA1 = 1;
const SECRETS = { 5: "known to both", 9: "known to both, too" } as const;
const KEYS = {
  5: Buffer.from(SECRETS[5]),
  9: Buffer.from(SECRETS[9]),
};

/** Sees that chunks of these types come behind an AUTH chunk, and with which keys. */
class AuthWatch implements TraceSink {
  readonly #types: ReadonlySet<string>;
  readonly covered = { sent: 0, received: 0 };
  readonly keyIds = { sent: new Set<number>(), received: new Set<number>() };

  constructor(...kinds: readonly string[]) {
    this.#types = new Set(kinds);
  }

  packet(direction: "sent" | "received", datagram: Uint8Array): void {
    let isCovered = false;
    for (const chunk of decodePacket(datagram).chunks) {
      if (chunk.kind === "AUTH") {
        isCovered = true;
        check(chunk.hmacId === SHA1, `an HMAC ${chunk.hmacId} was ${direction}`);
        this.keyIds[direction].add(chunk.sharedKeyId);
      } else if (this.#types.has(chunk.kind)) {
        check(isCovered, `a ${chunk.kind} was ${direction} without AUTH`);
        this.covered[direction]++;
      }
    }
  }

  event(): void {
    // Packets alone.
  }
}

/** Both ends want the same authenticated, with the same keys; the last one is used. */
function authenticate(side: Side, types: readonly number[], ids: ReadonlyArray<keyof typeof SECRETS>): void {
  const keys = Object.fromEntries(ids.map((id) => [id, KEYS[id]]));
  const authentication: AuthenticationInput = { chunks: types, keys, activeKeyId: ids.at(-1) };
  side.ourOptions = { authentication };
  side.peerOptions = [
    ...types.map((type) => ["--auth-chunk", type] as const),
    ...ids.map((id) => ["--auth-key", `${id}:${SECRETS[id]}`] as const),
  ];
}

async function dataBothWays(side: Side, series: Series): Promise<void> {
  const watch = new AuthWatch("DATA", "SACK");
  authenticate(side, [ChunkType.Data, ChunkType.Sack], [5]);
  side.trace = watch;
  const { socket, peer } = await side.associate();
  await exchangeSeries(socket, peer, series);
  check(
    watch.covered.sent > series.count && watch.covered.received > series.count,
    "too little was authenticated",
  );
  check([...watch.keyIds.sent, ...watch.keyIds.received].join() === "5,5", "another key was used");
}

export const authenticatedData = (side: Side): Promise<void> => dataBothWays(side, MESSAGES);

export async function authenticatedUnderLoss(side: Side): Promise<void> {
  const relay = await side.throughLoss(IMPAIRMENT);
  await dataBothWays(side, FEWER);
  check(relay.lostCount > 0, "nothing was lost");
}

/** COOKIE ECHO, COOKIE ACK and what ends the association are taken only from who knows the key. */
export async function authenticatedSetUp(side: Side): Promise<void> {
  const watch = new AuthWatch("COOKIE ECHO", "COOKIE ACK", "DATA", "SHUTDOWN", "SHUTDOWN ACK");
  const { CookieEcho, CookieAck, Data, Shutdown, ShutdownAck } = ChunkType;
  authenticate(side, [CookieEcho, CookieAck, Data, Shutdown, ShutdownAck], [5]);
  side.trace = watch;
  const { socket, peer } = await side.associate();
  await peer.set("echo on");
  await socket.send("hello", { streamId: 1, ppid: 7 });
  const { value: echo } = await socket.messages().next();
  check(echo?.data.toString() === "hello", "the echo is another message");
  await side.endGracefully(socket, peer);
  check(watch.covered.sent > 2 && watch.covered.received > 2, "too little was authenticated");
}

/** Each end takes another key, while messages are under way in both directions. */
export async function keysChanged(side: Side): Promise<void> {
  const watch = new AuthWatch("DATA");
  authenticate(side, [ChunkType.Data], [5, 9]);
  side.trace = watch;
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const reported = peer.collect("MESSAGE", 2 * FEWER.count);
  const first = sendSeries(socket, FEWER);
  sendSeriesFrom(peer, FEWER);
  socket.setOption("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 5 });
  peer.say("auth-key 5");
  await first;
  await sendSeries(socket, FEWER);
  sendSeriesFrom(peer, FEWER);
  checkReport(await reported, FEWER, 2);
  const received = untilEnd(socket);
  peer.say("shutdown");
  checkMessages(await received, FEWER, 2);
  for (const direction of ["sent", "received"] as const)
    check([...watch.keyIds[direction]].sort().join() === "5,9", `not both keys were ${direction}`);
}
