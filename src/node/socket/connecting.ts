/**
 * From what was said to `connect` to an association.
 * Owns: looking the peer up, how long all of it may take. Does not own: the options (connect-options.ts), the port and what the
 * host says of the peer (connect-attempt.ts), several addresses of one name (connect-race.ts), the set-up (src/association/procedures/setup.ts).
 */
import type { BlockList } from "node:net";
import { isSettingUp } from "../../association/model/state.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { blockedAddress, familyNumber } from "../common/option-names.ts";
import { resolveAlternatives, resolveHosts } from "../common/resolve.ts";
import { tell } from "../common/tell.ts";
import type { PortLease } from "../driver/shared-ports.ts";
import { type AssociationDuplex, insideOf, whenOver } from "./association-duplex.ts";
import { beginAttempt, portChoice } from "./connect-attempt.ts";
import { connectTimedOut } from "./connect-errors.ts";
import type { ConnectPlan } from "./connect-options.ts";
import { ConnectRace } from "./connect-race.ts";
import { followHost } from "./host-following.ts";

/** Asks for the association; what goes wrong destroys the socket. */
export async function openAssociation(socket: AssociationDuplex, plan: ConnectPlan): Promise<void> {
  const { options, localHosts } = plan;
  const how = { lookup: options.lookup, family: familyNumber(options.family) };
  const inside = insideOf(socket);
  const { life } = inside;
  /** A socket that was destroyed may have begun anew meanwhile: that is nothing of ours. */
  const isOver = (): boolean => socket.destroyed || inside.life !== life;
  limitTime(socket, plan);
  try {
    const onLookup = (...found: readonly unknown[]): void => {
      if (!isOver()) tell(socket, "lookup", ...found);
    };
    const [host, ...more] = plan.remoteHosts;
    const isOneName = host !== undefined && more.length === 0;
    const found = isOneName
      ? await resolveAlternatives(host, how, onLookup)
      : await resolveHosts(plan.remoteHosts, how, onLookup);
    const localAddresses = localHosts.length === 0 ? undefined : await resolveHosts(localHosts, how);
    if (isOver()) return;
    const remoteAddresses = allowed(found.map(reachable), options.blockList, isOneName);
    const choosePort = portChoice(options, localAddresses);
    if (isOneName && remoteAddresses.length > 1)
      new ConnectRace(socket, plan, choosePort, remoteAddresses).start();
    else openOne(socket, plan, await choosePort(remoteAddresses), remoteAddresses, isOver);
  } catch (error) {
    if (!isOver()) socket.destroy(error as Error);
  }
}

/** All addresses are paths of one association. @throws SctpError as `Stack.connect` */
function openOne(
  socket: AssociationDuplex,
  plan: ConnectPlan,
  lease: PortLease,
  remoteAddresses: readonly string[],
  isOver: () => boolean,
): void {
  const { user, attach } = insideOf(socket);
  try {
    if (isOver()) return;
    const onRefused = (error: SctpError): void => void socket.destroy(error);
    const opened = beginAttempt(lease, { plan, remoteAddresses, user, face: socket, onRefused });
    attach(lease.driver, opened, false);
    if (plan.options.followHostAddresses === true) followHost(socket);
  } finally {
    if (plan.options.udp === undefined) lease.driver.closeWhenIdle();
  }
}

/**
 * Those that are not on the block list.
 * @param isChoice one that is left is enough
 * @throws SctpError ERR_SCTP_ADDRESS_BLOCKED
 */
function allowed(
  addresses: readonly string[],
  blockList: BlockList | undefined,
  isChoice: boolean,
): readonly string[] {
  const free = addresses.filter((address) => blockedAddress(blockList, [address]) === undefined);
  if (free.length === addresses.length || (isChoice && free.length > 0)) return free;
  const blocked = addresses.find((address) => !free.includes(address));
  throw new SctpError(SctpErrorCode.AddressBlocked, `${blocked} is on the block list`);
}

/** The clock runs from `connect()`, also while names are looked up. */
function limitTime(socket: AssociationDuplex, { options, remoteHosts }: ConnectPlan): void {
  const { connectTimeoutMs, port } = options;
  if (connectTimeoutMs === undefined) return;
  const inside = insideOf(socket);
  const onTimeout = (): void => {
    const { association } = inside;
    if (association !== undefined && !isSettingUp(association.state)) return;
    const address = association?.primaryAddress ?? remoteHosts[0] ?? "";
    socket.destroy(connectTimedOut(address, port, connectTimeoutMs));
  };
  const timer = setTimeout(onTimeout, connectTimeoutMs).unref();
  whenOver(socket, () => clearTimeout(timer));
}

/** Nothing can be sent to a wildcard address; whoever writes one means this host, as with `net`. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
