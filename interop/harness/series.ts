/**
 * A series of numbered messages over several streams: sending it, and whether all of it came, once and in order.
 * Owns: what the n-th message of a series is. Does not own: the bytes of a message (messages.ts).
 *
 * The peer's `send` command sends the same series.
 */
import type { Message, Socket } from "../../src/index.ts";
import { awaitedLater, check, digest, messageBytes, sizeOf } from "./messages.ts";
import type { Peer } from "./peer.ts";

/** Far from the registered identifiers, whose protocols tshark would look for in our messages. */
const PPID_BASE = 0x5000_0000;

/** Message i goes on stream i modulo `streams`; sizes go up evenly. */
export interface Series {
  readonly count: number;
  readonly smallest: number;
  readonly largest: number;
  readonly streams: number;
}

function contentOf(series: Series, i: number): Buffer {
  return messageBytes(i, sizeOf(i, series.count, series.smallest, series.largest));
}

/** Sends message i; resolves when it has been accepted. */
export function sendOne(socket: Socket, series: Series, i: number): Promise<void> {
  return socket.send(contentOf(series, i), { streamId: i % series.streams, ppid: PPID_BASE + i });
}

/** Resolves when all of it has been accepted. */
export function sendSeries(socket: Socket, series: Series): Promise<void> {
  const accepted = Array.from({ length: series.count }, (_, i) => sendOne(socket, series, i));
  return awaitedLater(Promise.all(accepted).then(() => {}));
}

export function sendSeriesFrom(peer: Peer, { count, smallest, largest, streams }: Series): void {
  peer.say(`send ${count} ${smallest} ${largest} ${streams} 0`);
}

/** Which message of the series is due next on each stream; the first again after the last, when the series goes twice. */
class DueMessages {
  readonly #series: Series;
  readonly #next: number[];

  constructor(series: Series) {
    this.#series = series;
    this.#next = Array.from({ length: series.streams }, (_, streamId) => streamId);
  }

  /** The message that came with this stream and payload protocol identifier; fails if another was due there. */
  take(streamId: number, ppid: number): number {
    const i = ppid - PPID_BASE;
    const { count, streams } = this.#series;
    check(i === this.#next[streamId], `message ${i} came where ${this.#next[streamId]} was due`);
    this.#next[streamId] = i + streams < count ? i + streams : streamId;
    return i;
  }
}

/**
 * The messages here are the series: every one, once, undamaged, in order on its stream. Or the series `times` in turn:
 * nothing says then that one stream has come to its second series no sooner than another has had all of its first.
 */
export function checkMessages(messages: readonly Message[], series: Series, times = 1): void {
  const due = new DueMessages(series);
  for (const { data, info } of messages) {
    const i = due.take(info.streamId, info.ppid);
    check(data.equals(contentOf(series, i)), `message ${i} came damaged`);
  }
  check(
    messages.length === times * series.count,
    `${messages.length} messages of ${times} x ${series.count} came`,
  );
}

/** The peer's MESSAGE lines are the series, likewise. */
export function checkReport(lines: readonly string[], series: Series, times = 1): void {
  const due = new DueMessages(series);
  for (const line of lines) {
    const [streamId = 0, ppid = 0, , , hash = 0] = line.split(" ").map(Number);
    const i = due.take(streamId, ppid);
    check(hash === digest(contentOf(series, i)), `the peer got message ${i} damaged`);
  }
  check(
    lines.length === times * series.count,
    `the peer got ${lines.length} messages of ${times} x ${series.count}`,
  );
}

/** Nothing has reached the peer beyond the series. */
export async function checkTotals(peer: Peer, series: Series): Promise<void> {
  let bytes = 0;
  for (let i = 0; i < series.count; i++) bytes += sizeOf(i, series.count, series.smallest, series.largest);
  peer.say("totals");
  const totals = await peer.until("TOTALS");
  check(
    totals === `${series.count} ${bytes}`,
    `the peer got ${totals} messages and bytes, not ${series.count} ${bytes}`,
  );
}

/** The series goes both ways at once; then the peer ends the association. Fails if either end has not got all of it. */
export async function exchangeSeries(socket: Socket, peer: Peer, series: Series): Promise<void> {
  await peer.set("echo off");
  const reported = peer.collect("MESSAGE", series.count);
  const received = untilEnd(socket);
  sendSeriesFrom(peer, series);
  await sendSeries(socket, series);
  checkReport(await reported, series);
  peer.say("shutdown");
  checkMessages(await received, series);
}

/** Every message until the association ends; fails if it ends otherwise than gracefully. */
export function untilEnd(socket: Socket): Promise<Message[]> {
  const gather = async (): Promise<Message[]> => {
    const messages: Message[] = [];
    for await (const message of socket.messages()) messages.push(message);
    return messages;
  };
  return awaitedLater(gather());
}
