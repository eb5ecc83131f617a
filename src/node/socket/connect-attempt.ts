/**
 * One way to ask a peer for an association: some addresses, from a UDP port.
 * Owns: which port, beginning it, hearing from the host that every address has refused. Does not own: who shares ports
 * (shared-ports.ts), what is asked next (connect-race.ts), the set-up (src/association/procedures/setup.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { SctpError } from "../../base/errors.ts";
import { addressFamily, isInScope } from "../../platform/address.ts";
import type { AssociationUser } from "../../socket/state/host.ts";
import { presentAs } from "../common/diagnostics.ts";
import { THIS_HOST } from "../driver/host-addresses.ts";
import { DEFAULT_UDP_PORT } from "../driver/open-port.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { whenRefused } from "../driver/refusals.ts";
import { leaseClientPort, leasePort, type PortLease } from "../driver/shared-ports.ts";
import { driverOf } from "../driver/udp-port.ts";
import { udpPortRefused } from "./connect-errors.ts";
import type { ConnectPlan, ConnectSocketOptions } from "./connect-options.ts";

/** Where a set-up leaves from; asked for each set of addresses of the peer. */
export type PortChoice = (remoteAddresses: readonly string[]) => PortLease | Promise<PortLease>;

/** The port that is given, one of the socket's own, or the one that clients share. It may throw, or reject, as `leasePort`. */
export function portChoice(
  options: ConnectSocketOptions,
  localAddresses: readonly string[] | undefined,
): PortChoice {
  const { udp, transport, trace, stack, createSocket, localUdpPort } = options;
  const own = [udp, localUdpPort, transport, trace, stack, createSocket];
  if (own.every((option) => option === undefined))
    return (remote) =>
      leaseClientPort(
        localAddresses ?? (options.followHostAddresses === true ? hostAddressesTowards(remote) : undefined),
        [...new Set(remote.map(addressFamily))],
      );
  let lease: PortLease | Promise<PortLease> | undefined =
    udp === undefined ? undefined : { driver: driverOf(udp), localAddresses: undefined };
  const number = localUdpPort ?? (transport === undefined ? 0 : undefined);
  return () => {
    lease ??= leasePort({ localUdpPort: number, localAddresses, transport, trace, stack, createSocket });
    return lease;
  };
}

/** Those of this host that reach as far as one of the peer's; undefined where none does, and a wildcard has to do. */
function hostAddressesTowards(remoteAddresses: readonly string[]): readonly string[] | undefined {
  const reaching = THIS_HOST.all.filter((own) =>
    remoteAddresses.some((remote) => addressFamily(own) === addressFamily(remote) && isInScope(own, remote)),
  );
  return reaching.length > 0 ? reaching : undefined;
}

export interface AttemptInit {
  readonly plan: ConnectPlan;
  readonly remoteAddresses: readonly string[];
  /** Gets the events of the association. */
  readonly user: AssociationUser;
  /** What stands for the user where somebody watches. */
  readonly face: object;
  readonly onRefused: (error: SctpError) => void;
}

/** Asks for an association; whoever calls holds the port. @throws SctpError as `Stack.connect` */
export function beginAttempt(lease: PortLease, init: AttemptInit): Association {
  const { driver, localAddresses } = lease;
  const { plan, remoteAddresses, user, face } = init;
  const { options } = plan;
  const wanted = {
    remoteAddresses,
    remotePort: options.port,
    remoteUdpPort: options.remoteUdpPort ?? DEFAULT_UDP_PORT,
    localPort: options.localPort ?? 0,
    localAddresses,
    options: plan.association,
  };
  if (options.failOnPortUnreachable === false || !driver.isOnHostSockets) return driver.connect(wanted, user);
  const watch = new RefusalWatch(user, init.onRefused);
  presentAs(watch, face);
  const association = driver.connect(wanted, watch);
  watch.begin(association, driver, wanted.remoteUdpPort);
  return association;
}

/** Stands before the user of an association until the set-up has ended. */
class RefusalWatch implements AssociationUser {
  readonly #user: AssociationUser;
  readonly #onRefused: (error: SctpError) => void;
  #stops: ReadonlyArray<() => void> = [];

  constructor(user: AssociationUser, onRefused: (error: SctpError) => void) {
    this.#user = user;
    this.#onRefused = onRefused;
  }

  /** Any other answer of the peer's ends COOKIE-WAIT: from then on a refusal means nothing (RFC 6951 5.5). */
  begin(association: Association, driver: PortDriver, remoteUdpPort: number): void {
    const { remoteAddresses } = association;
    const refused = new Set<string>();
    const isWaiting = (): boolean => association.state === "COOKIE-WAIT";
    this.#stops = remoteAddresses.map((remoteAddress) => {
      const family = addressFamily(remoteAddress);
      const localAddress = driver.localAddresses.find((own) => addressFamily(own) === family) ?? "0.0.0.0";
      return whenRefused({ localAddress, remoteAddress, remoteUdpPort }, isWaiting, (refusal) => {
        refused.add(remoteAddress);
        if (refused.size === remoteAddresses.length)
          this.#onRefused(udpPortRefused(refusal, remoteAddress, remoteUdpPort));
      });
    });
  }

  onAssociationEvent(event: AssociationEvent): void {
    if (event.kind === "established" || event.kind === "closed") {
      for (const stop of this.#stops) stop();
      event.association.userData = this.#user;
    }
    this.#user.onAssociationEvent(event);
  }

  onHostError(error: SctpError): void {
    this.#user.onHostError?.(error);
  }
}
