/**
 * A socket that follows the addresses of its host (RFC 6458 8.1.23).
 * Owns: from when until when, what happens to the socket's own addresses. Does not own: what appears and vanishes (host.ts), what peers
 * are asked (binding.ts).
 */
import { Fault } from "../terms/errno.ts";
import { askToAdd, askToRemove } from "./binding.ts";
import type { SocketCore } from "./socket-core.ts";

/** @throws Fault EOPNOTSUPP */
export function follow(core: SocketCore, isWanted: boolean): void {
  if (isWanted === (core.stopFollowing !== undefined)) return;
  core.stopFollowing?.();
  core.stopFollowing = undefined;
  if (!isWanted) return;
  const { host } = core;
  if (host.follow === undefined)
    throw new Fault("EOPNOTSUPP", "nothing is known here of the host's addresses as they come and go");
  core.stopFollowing = host.follow({
    onAdded: (address) => {
      if (core.localAddresses !== undefined) core.localAddresses = [...core.localAddresses, address];
      core.refreshListener();
      askToAdd(core, [address]);
    },
    onRemoved: (address) => {
      core.localAddresses = core.localAddresses?.filter((each) => each !== address);
      core.refreshListener();
      askToRemove(core, [address]);
    },
  });
}
