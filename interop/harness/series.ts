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

/** The messages here are the series: every one, once, undamaged, in order on its stream. */
export function checkMessages(messages: readonly Message[], series: Series): void {
  const next = Array.from({ length: series.streams }, (_, streamId) => streamId);
  for (const { data, info } of messages) {
    const i = info.ppid - PPID_BASE;
    check(i === next[info.streamId], `message ${i} came where ${next[info.streamId]} was due`);
    check(data.equals(contentOf(series, i)), `message ${i} came damaged`);
    next[info.streamId] = i + series.streams;
  }
  check(messages.length === series.count, `${messages.length} messages of ${series.count} came`);
}

/** The peer's MESSAGE lines are the series, likewise. */
export function checkReport(lines: readonly string[], series: Series): void {
  const next = Array.from({ length: series.streams }, (_, streamId) => streamId);
  for (const line of lines) {
    const [streamId = 0, ppid = 0, , , hash = 0] = line.split(" ").map(Number);
    const i = ppid - PPID_BASE;
    check(i === next[streamId], `the peer got message ${i} where ${next[streamId]} was due`);
    check(hash === digest(contentOf(series, i)), `the peer got message ${i} damaged`);
    next[streamId] = i + series.streams;
  }
  check(lines.length === series.count, `the peer got ${lines.length} messages of ${series.count}`);
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
