/**
 * Cases in which both ends ask for the association at the same time (RFC 9260 5.2).
 * As client, the peer asks first but its INIT is late; as server, ours is. A relay sees to it that it comes at the moment
 * that the case is about.
 */
import { ChunkType } from "../../src/core.ts";
import type { Socket } from "../../src/index.ts";
import { chunkHeaders } from "../harness/chunk-headers.ts";
import { check, receive } from "../harness/messages.ts";
import type { Peer } from "../harness/peer.ts";
import type { Direction } from "../harness/relay.ts";
import type { Side } from "../harness/side.ts";

const OUR_PORT = 6_001;

/** What the end that the late INIT goes to is doing when it comes. */
type Moment = "COOKIE-WAIT" | "COOKIE-ECHOED" | "ESTABLISHED";

/** What that end receives first. Two in COOKIE-WAIT go on in step, and either cookie may come before the other. */
const RECEIVED: Readonly<Record<Moment, readonly number[]>> = {
  "COOKIE-WAIT": [ChunkType.Init, ChunkType.InitAck],
  "COOKIE-ECHOED": [ChunkType.InitAck, ChunkType.Init, ChunkType.CookieAck],
  ESTABLISHED: [ChunkType.InitAck, ChunkType.CookieAck, ChunkType.Init],
};

interface Referee {
  /** Resolves when the late INIT has been sent, and waits in the relay. */
  readonly lateInitSent: Promise<void>;
  /** Types of the packets' first chunks, as they came to the end that the late INIT goes to. */
  readonly received: readonly number[];
}

/** Holds the INIT that goes in the direction `late` back until the moment has come. */
async function holdInit(side: Side, late: Direction, moment: Moment): Promise<Referee> {
  const received: number[] = [];
  let held: Uint8Array | undefined;
  let onHeld = (): void => {};
  const lateInitSent = new Promise<void>((resolve) => {
    onHeld = resolve;
  });
  const relay = await side.throughRelay((datagram, direction) => {
    const type = chunkHeaders(datagram)[0]?.type;
    if (direction === late && type === ChunkType.Init) {
      if (held !== undefined) return [0]; // Sent again: the machine must be very busy.
      held = datagram;
      onHeld();
      return [];
    }
    const comes =
      direction !== late &&
      ((moment === "COOKIE-WAIT" && type === ChunkType.Init) ||
        (moment === "COOKIE-ECHOED" && type === ChunkType.CookieEcho));
    if (comes && held !== undefined) relay.inject(held, late);
    return [0];
  });
  relay.onDelivery = (datagram, direction) => {
    if (direction !== late) return;
    const type = chunkHeaders(datagram)[0]?.type;
    if (type !== undefined) received.push(type);
    if (moment !== "ESTABLISHED" || type !== ChunkType.CookieAck || held === undefined) return;
    queueMicrotask(() => relay.inject(held as Uint8Array, late)); // Right behind the COOKIE ACK.
  };
  return { lateInitSent, received };
}

function collision(moment: Moment): (side: Side) => Promise<void> {
  return async (side) => {
    const late: Direction = side.role === "client" ? "to-us" : "to-peer";
    const referee = await holdInit(side, late, moment);
    const peer = await side.startPeer("client");
    await peer.set("echo on");
    const peerConnects = (): void => peer.say(`connect ${OUR_PORT}`);
    const weConnect = (): Socket => side.connect(side.sctpPort + 1, OUR_PORT);
    let socket: Socket;
    if (late === "to-us") {
      peerConnects();
      await referee.lateInitSent;
      socket = weConnect();
    } else {
      socket = weConnect();
      await referee.lateInitSent;
      peerConnects();
    }
    await oneAssociation(side, socket, peer);
    const expected = RECEIVED[moment];
    check(
      expected.every((type, i) => referee.received[i] === type),
      `the chunks came as ${referee.received.slice(0, expected.length)}, not as ${expected}: no such collision`,
    );
  };
}

/** The two attempts have become one association, and nobody takes it for a restart. */
async function oneAssociation(side: Side, socket: Socket, peer: Peer): Promise<void> {
  let restarted = false;
  socket.on("restart", () => {
    restarted = true;
  });
  await socket.opened;
  await peer.until("UP");
  for (let i = 0; i < 10; i++) await socket.send(`message ${i}`);
  for (const [i, { data }] of (await receive(socket, 10)).entries())
    check(data.toString() === `message ${i}`, `message ${i} came back as ${data}`);
  check(side.udp.associationCount === 1, `we have ${side.udp.associationCount} associations`);
  check(peer.countOf("UP") === 1, `the peer has had ${peer.countOf("UP")} associations`);
  check(!restarted && peer.countOf("RESTART") === 0, "a collision was taken for a restart");
  socket.end();
  socket.resume();
  await peer.until("ENDED");
  await side.untilNoAssociation();
}

export const collisionInCookieWait = collision("COOKIE-WAIT");
export const collisionInCookieEchoed = collision("COOKIE-ECHOED");
export const collisionInEstablished = collision("ESTABLISHED");
