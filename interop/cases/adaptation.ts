/** A case in which each end says by 32 bits what stands between SCTP and its user (RFC 5061 4.2.6). */
import { check } from "../harness/messages.ts";
import type { Side } from "../harness/side.ts";

const OURS = 0xf000_0001;
const PEERS = 0x8000_0002;

export async function adaptationLayers(side: Side): Promise<void> {
  side.ourOptions = { adaptationIndication: OURS };
  side.peerOptions = [["--adaptation", PEERS]];
  const { socket, peer } = await side.associate();
  check(socket.peerAdaptationIndication === PEERS, `we heard ${socket.peerAdaptationIndication}`);
  const heard = await peer.until("ADAPTATION");
  check(heard === `${OURS}`, `the peer heard ${heard}`);
  await side.endGracefully(socket, peer);
}
