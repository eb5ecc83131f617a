/**
 * The three walks, on two sockets of this process.
 * Owns: the program, where each walk begins and ends. Does not own: watching (recorder.ts), counting (count.ts).
 */
import { Socket as DgramSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, createServer, type Message, type Socket } from "../../src/index.ts";
import { type Walk, walkOf } from "./count.ts";
import { type HandOver, Recorder } from "./recorder.ts";

const MARK = Buffer.from("these bytes are on their way");
/** Put where it waits. */
const PUT = "put";
/** Nothing of the handshake is under way any more: the datagram comes alone. */
const QUIET_MS = 200;

const isMarked = (value: unknown): boolean =>
  value instanceof Uint8Array && Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(MARK);

/** The core's events, which wait in it until the driver asks for them. */
const isEvent = (value: unknown, kind: string): boolean =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === kind;

/** What goes through the UDP sockets of this process. */
class Wire {
  /** Whatever is sent is lost. */
  isCut = false;
  /** A datagram leaves. */
  onSend: (datagram: unknown) => void = () => {};
  /** A datagram is about to be told to those who listen. */
  onReceive: (datagram: unknown) => void = () => {};

  constructor() {
    const wire = this;
    const { send, emit } = DgramSocket.prototype;
    DgramSocket.prototype.send = function (this: DgramSocket, ...args: unknown[]): void {
      wire.onSend(args[0]);
      const onSent = args.at(-1);
      if (!wire.isCut) Reflect.apply(send, this, args);
      else if (typeof onSent === "function") setImmediate(() => onSent(null));
    };
    DgramSocket.prototype.emit = function (this: DgramSocket, event: string, ...args: unknown[]): boolean {
      if (event === "message") wire.onReceive(args[0]);
      return Reflect.apply(emit, this, [event, ...args]) as boolean;
    };
  }
}

export async function takeWalks(): Promise<readonly Walk[]> {
  const recorder = new Recorder();
  const wire = new Wire();
  const server = createServer().listen({ port: 0, host: "127.0.0.1", localUdpPort: 0 });
  await once(server, "listening");
  const { port, localUdpPort: remoteUdpPort } = server.address() ?? { port: 0, localUdpPort: 0 };
  const connection = once(server, "connection") as Promise<[Socket]>;
  const impatient = { rtoMinMs: 50, rtoInitialMs: 50, pathMaxRetrans: 0 };
  const client = await connect({ host: "127.0.0.1", port, remoteUdpPort, ...impatient }).opened;
  const [accepted] = await connection;
  for (const socket of [client, accepted]) socket.on("error", () => {}); // Both are destroyed in the end.
  await sleep(QUIET_MS);
  const [sent, received] = await messageWalks(recorder, wire, client, accepted);
  await sleep(QUIET_MS);
  const expired = await expiryWalk(recorder, wire, client);
  client.destroy();
  accepted.destroy();
  server.close();
  return [
    walkOf("a datagram, from the UDP socket to the listener for 'message'", received),
    walkOf("a message, from send() to the UDP socket", sent),
    walkOf("an expired T3-rtx, from the host's timer to the event that a path is inactive", expired),
  ];
}

async function messageWalks(
  recorder: Recorder,
  wire: Wire,
  client: Socket,
  accepted: Socket,
): Promise<readonly [sent: readonly HandOver[], received: readonly HandOver[]]> {
  let sent: readonly HandOver[] = [];
  wire.onSend = (datagram) => {
    if (recorder.see("sent", datagram)) sent = recorder.stop();
  };
  wire.onReceive = (datagram) => {
    if (isMarked(datagram)) recorder.start((value) => isMarked(value) || isEvent(value, "readable"));
  };
  const received = new Promise<readonly HandOver[]>((resolve) => {
    accepted.once("message", (message: Message) => {
      recorder.see("told to the listener", message);
      resolve(recorder.stop());
    });
  });
  recorder.start(isMarked);
  const accepting = client.send(recorder.measured(Buffer.from(MARK)));
  recorder.settle(PUT);
  await accepting;
  const handOvers = await received;
  return [requireHandOvers(sent), requireHandOvers(handOvers)];
}

/** The way on, from the event to the listener, is the one that the event of a message takes. */
async function expiryWalk(recorder: Recorder, wire: Wire, client: Socket): Promise<readonly HandOver[]> {
  wire.isCut = true;
  recorder.start((value) => isEvent(value, "path"));
  const told = once(client, "path");
  await client.send("this is lost");
  await told;
  return requireHandOvers(recorder.stop().filter(({ what }) => what === PUT));
}

/** A walk without a hand-over on its way is not short: it was not seen. */
function requireHandOvers(handOvers: readonly HandOver[]): readonly HandOver[] {
  if (handOvers.some(({ what }) => what === PUT)) return handOvers;
  throw new Error(
    "the thing was not seen in any array or map on its way: recorder.ts has to watch where it is",
  );
}
