/**
 * Associations that follow the addresses of their host (RFC 5061).
 * Owns: what their peers are asked. Does not own: which addresses there are, their UDP sockets (src/node/driver/port-follower.ts), what
 * users hear of it (association-duplex.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AddressFollower } from "../../socket/state/host.ts";
import { debug } from "../common/diagnostics.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { type AssociationDuplex, insideOf, whenOver } from "./association-duplex.ts";

/** The association of a socket follows, until the socket is over. */
export function followHost(socket: AssociationDuplex): void {
  const { driver, association } = insideOf(socket);
  if (driver === undefined || association === undefined) return;
  whenOver(socket, driver.follow(followerFor(driver, () => [association])));
}

/** @param associations those that follow, asked anew each time */
export function followerFor(driver: PortDriver, associations: () => Iterable<Association>): AddressFollower {
  const ask = (act: (association: Association, nowMs: number) => unknown): void => {
    for (const association of associations()) {
      // A peer that does not know of such requests keeps what it has: nothing can be done for it.
      if (association.state !== "ESTABLISHED" || !association.dynamicAddresses) continue;
      try {
        act(association, driver.nowMs());
      } catch (error) {
        debug("association %d does not follow its host: %s", association.id, (error as Error).message);
      }
    }
    driver.scheduleFlush();
  };
  return {
    onAdded: (address) =>
      ask((association, nowMs) => {
        if (!association.knownLocalAddresses.includes(address)) association.addLocalAddress(address, nowMs);
      }),
    onRemoved: (address) =>
      ask((association, nowMs) => {
        if (association.mayRemoveLocalAddress(address)) association.removeLocalAddress(address, nowMs);
      }),
  };
}
