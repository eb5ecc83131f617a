/**
 * What a stranger may do to a server that it can reach, each within the protocol or outside of it.
 * Owns: the bad manners. Does not own: what the server must still do afterwards (the tests).
 */
import type { ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "../../src/index.ts";

interface Target {
  readonly port: number;
  readonly remoteUdpPort: number;
}

const HOST = "127.0.0.1";

async function caller(target: Target, more: { maxInboundStreams?: number } = {}): Promise<Socket> {
  const socket = connect({ ...target, host: HOST, outboundStreams: 10, ...more });
  socket.on("error", () => {}); // What comes of it is the server's to bear.
  return await socket.opened;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, "close");
}

/** Aborts with a message under way, so that the server's answer finds nobody. */
async function abortsWhileSpeaking(target: Target): Promise<void> {
  const socket = await caller(target);
  for (let i = 0; i < 10; i++) void socket.send("anybody there?", { streamId: i }).catch(() => {});
  await once(socket, "message");
  socket.abort("changed my mind");
  await closed(socket);
}

/** Aborts at once. */
async function abortsAtOnce(target: Target): Promise<void> {
  const socket = await caller(target);
  socket.resetAndDestroy();
  await closed(socket);
}

/** Allows one stream and speaks on the tenth: an answer there is not possible. */
async function allowsFewerStreams(target: Target): Promise<void> {
  const socket = await caller(target, { maxInboundStreams: 1 });
  await socket.send("answer me here", { streamId: 9 });
  await socket.send("and here", { streamId: 0 });
  socket.resume();
  socket.end();
  await closed(socket);
}

/** Ends without a word. */
async function endsAtOnce(target: Target): Promise<void> {
  const socket = await caller(target);
  socket.resume();
  socket.end();
  await closed(socket);
}

/** Sends what is no packet, and packets without a meaning. */
async function sendsGarbage({ remoteUdpPort }: Target): Promise<void> {
  const socket = createSocket("udp4");
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => socket.send(bytes, remoteUdpPort, HOST, () => resolve()));
  for (let lengthBytes = 0; lengthBytes < 64; lengthBytes++)
    await send(new Uint8Array(lengthBytes).fill(lengthBytes));
  socket.close();
}

/** All of it, one after the other and at once. What becomes of the stranger does not matter. @throws if the server exits */
export async function attack(server: ChildProcess, target: Target): Promise<void> {
  const acts = [abortsWhileSpeaking, abortsAtOnce, allowsFewerStreams, endsAtOnce, sendsGarbage];
  const attacks = async (): Promise<void> => {
    for (const act of acts) await act(target).catch(() => {});
    await Promise.allSettled(acts.map((act) => act(target)));
  };
  const stop = new AbortController();
  const died = once(server, "exit", { signal: stop.signal }).then(
    ([code]) => Promise.reject(new Error(`the server has exited with code ${code}`)),
    () => {},
  );
  await Promise.race([attacks(), died]).finally(() => stop.abort());
}
