/** Cases about many associations. */
import { once } from "node:events";
import type { Socket } from "../../src/index.ts";
import { check, receive } from "../harness/messages.ts";
import type { Side } from "../harness/side.ts";

const CHURN = 1_000;
const CROWD = 200;

/** One message there and back, then a graceful end. */
async function visit(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  await socket.send("ping");
  const [answer] = await receive(socket, 1);
  check(answer?.data.toString() === "ping", "the echo is wrong");
  socket.end();
  socket.resume();
  await closed;
}

/** Answers whatever comes. */
function serve(socket: Socket): void {
  socket.on(
    "message",
    ({ data, info }) => void socket.send(data, { streamId: info.streamId, ppid: info.ppid }).catch(() => {}),
  );
}

/** 1,000 associations, one after another. */
export async function churn(side: Side): Promise<void> {
  if (side.role === "client") {
    const peer = await side.startPeer();
    await peer.set("report off");
    for (let i = 0; i < CHURN; i++) await visit(side.connect());
    await side.untilNoAssociation();
    return;
  }
  (await side.listen()).on("connection", serve);
  const peer = await side.startPeer();
  peer.say(`churn ${CHURN}`);
  check((await peer.until("CHURNED")) === String(CHURN), "not every association was served");
  await side.untilNoAssociation();
}

/** 200 associations at once. */
export async function crowd(side: Side): Promise<void> {
  if (side.role === "client") {
    const peer = await side.startPeer();
    await peer.set("report off");
    const sockets = await Promise.all(Array.from({ length: CROWD }, () => side.connect().opened));
    check(side.udp.associationCount === CROWD, `${side.udp.associationCount} associations are up`);
    await Promise.all(sockets.map(visit));
    await side.untilNoAssociation();
    return;
  }
  (await side.listen()).on("connection", serve);
  const peer = await side.startPeer();
  peer.say(`crowd ${CROWD}`);
  check((await peer.until("CROWD-UP")) === String(CROWD), "not every association was up at the same time");
  check((await peer.until("CROWDED")) === String(CROWD), "not every association was served");
  await side.untilNoAssociation();
}
