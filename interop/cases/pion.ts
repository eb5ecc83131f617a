/**
 * Cases against pion/sctp, which takes no INIT with a parameter that it does not know.
 * Owns: what is exchanged with it. Does not own: the peer's program (peers/pion-peer.go).
 */
import { once } from "node:events";
import { receive } from "../harness/messages.ts";
import { checkMessages, type Series, sendSeries } from "../harness/series.ts";
import type { Side } from "../harness/side.ts";

const ECHOED: Series = { count: 200, smallest: 1, largest: 20_000, streams: 4 };

/** pion answers our INIT, sends every message back, and ends with us. */
export async function echoByPion(side: Side): Promise<void> {
  side.peerProgram = "pion-peer";
  const { socket, peer } = await side.associate();
  const received = receive(socket, ECHOED.count);
  await sendSeries(socket, ECHOED);
  checkMessages(await received, ECHOED);
  const closed = once(socket, "close");
  socket.end();
  socket.resume();
  await closed;
  await peer.until("ENDED");
  await side.untilNoAssociation();
}
