/**
 * From what was said to `connect` to an association.
 * Owns: looking the peer up, how long all of it may take. Does not own: the options (connect-options.ts), the port and what the
 * host says of the peer (connect-attempt.ts), the set-up (src/association/procedures/setup.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { blockedAddress } from "../common/option-names.ts";
import { resolveHosts } from "../common/resolve.ts";
import { type AssociationDuplex, insideOf } from "./association-duplex.ts";
import { beginAttempt, portChoice } from "./connect-attempt.ts";
import { connectTimedOut } from "./connect-errors.ts";
import type { ConnectPlan } from "./connect-options.ts";

/** Asks for the association; what goes wrong destroys the socket. */
export async function openAssociation(socket: AssociationDuplex, plan: ConnectPlan): Promise<void> {
  const { options, localHosts } = plan;
  limitTime(socket, plan);
  try {
    const onLookup = (...found: readonly unknown[]): void => void socket.emit("lookup", ...found);
    const remoteAddresses = (await resolveHosts(plan.remoteHosts, options, onLookup)).map(reachable);
    const localAddresses = localHosts.length === 0 ? undefined : await resolveHosts(localHosts, options);
    if (socket.destroyed) return;
    const blocked = blockedAddress(options.blockList, remoteAddresses);
    if (blocked !== undefined)
      throw new SctpError(SctpErrorCode.AddressBlocked, `${blocked} is on the block list`);
    const lease = await portChoice(options, localAddresses)(remoteAddresses);
    const { user, attach } = insideOf(socket);
    try {
      if (socket.destroyed) return;
      const onRefused = (error: SctpError): void => void socket.destroy(error);
      const opened = beginAttempt(lease, { plan, remoteAddresses, user, face: socket, onRefused });
      attach(lease.driver, opened, false);
    } finally {
      if (options.udp === undefined) lease.driver.closeWhenIdle();
    }
  } catch (error) {
    socket.destroy(error as Error);
  }
}

/** The clock runs from `connect()`, also while names are looked up. */
function limitTime(socket: AssociationDuplex, { options, remoteHosts }: ConnectPlan): void {
  const { connectTimeoutMs, port } = options;
  if (connectTimeoutMs === undefined) return;
  const onTimeout = (): void => {
    const address = insideOf(socket).association?.primaryAddress ?? remoteHosts[0] ?? "";
    socket.destroy(connectTimedOut(address, port, connectTimeoutMs));
  };
  const timer = setTimeout(onTimeout, connectTimeoutMs).unref();
  const stop = (): void => clearTimeout(timer);
  socket.once("connect", stop);
  socket.once("close", stop);
}

/** Nothing can be sent to a wildcard address; whoever writes one means this host, as with `net`. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
