/**
 * setsockopt and getsockopt (RFC 6458 7.2, 8).
 * Owns: which option may be used on which socket, for which associations, in which direction.
 * Does not own: what the options do (association-options.ts, socket-options.ts), the table (options-table.ts).
 */

import { received } from "../../base/option-check.ts";
import type { AssociationEntry } from "../state/association-entry.ts";
import type { SocketCore } from "../state/socket-core.ts";
import type { AssociationTarget } from "../terms/ancillary.ts";
import { Fault } from "../terms/errno.ts";
import { ASSOCIATION_ACCESSES } from "./association-options.ts";
import { AUTHENTICATION_ACCESSES } from "./authentication-options.ts";
import { FAILOVER_ACCESSES } from "./failover-options.ts";
import { type OptionAccess, type OptionAccesses, OptionScope } from "./option-access.ts";
import type { OptionRow } from "./option-spec.ts";
import { checkInput, checkQuery } from "./option-values.ts";
import {
  type OptionInput,
  type OptionQuery,
  type OptionValue,
  optionRow,
  type ReadableOption,
  type WritableOption,
} from "./options-table.ts";
import { SOCKET_ACCESSES } from "./socket-options.ts";

/** What every option that is built in does. */
export const OPTION_ACCESSES: OptionAccesses = {
  ...ASSOCIATION_ACCESSES,
  ...AUTHENTICATION_ACCESSES,
  ...FAILOVER_ACCESSES,
  ...SOCKET_ACCESSES,
};

/** @throws Fault; SctpError */
export function setOption<K extends WritableOption>(
  core: SocketCore,
  name: K,
  value: OptionInput<K>,
  target: AssociationTarget | undefined,
): void {
  const row = usableRow(core, name);
  if (row.access === "read") throw new Fault("EOPNOTSUPP", `${name} can only be read`);
  const access: OptionAccess<K> | undefined = OPTION_ACCESSES[name];
  if (access?.set === undefined) throw new Fault("EOPNOTSUPP");
  const scopes = scopesOf(core, name, row, target);
  checkInput(name, row, value);
  for (const scope of scopes) access.set(scope, value);
}

/** @throws Fault; SctpError */
export function getOption<K extends ReadableOption>(
  core: SocketCore,
  name: K,
  target: AssociationTarget | undefined,
  query: OptionQuery<K>,
): OptionValue<K> {
  const row = usableRow(core, name);
  if (row.access === "write") throw new Fault("EOPNOTSUPP", `${name} can only be set`);
  if (target === "current" || target === "all")
    throw new Fault("EINVAL", "an option is read of one association, or of future ones");
  const access: OptionAccess<K> | undefined = OPTION_ACCESSES[name];
  if (access?.get === undefined) throw new Fault("EOPNOTSUPP");
  const [scope] = scopesOf(core, name, row, target);
  checkQuery(name, row.query, query);
  return access.get(scope ?? new OptionScope(core, undefined), query);
}

function usableRow(core: SocketCore, name: string): OptionRow {
  const row = optionRow(name);
  if (row === undefined) throw new Fault("ENOPROTOOPT", `there is no option ${received(name)}`);
  if (row.style !== undefined && row.style !== core.style)
    throw new Fault("EOPNOTSUPP", `${name} is an option of ${row.style} sockets`);
  return row;
}

/** Associations to come, those that are, or one of them. */
function scopesOf(
  core: SocketCore,
  name: string,
  row: OptionRow,
  target: AssociationTarget | undefined,
): readonly OptionScope[] {
  const future = new OptionScope(core, undefined);
  const of = (entry: AssociationEntry): OptionScope => new OptionScope(core, entry);
  if (row.targets === undefined) return [future];
  if (!core.isOneToMany) return oneToOneScopes(core, row, future);
  if (typeof target === "number") return [of(core.entryOf(target))];
  const wanted = target ?? (row.targets.includes("future") ? "future" : undefined);
  if (wanted === undefined) {
    // 8.2.2: an address finds the association by itself.
    if (name === "SCTP_GET_PEER_ADDR_INFO") return [future];
    throw new Fault("EINVAL", `${name} needs the id of an association`);
  }
  if (!row.targets.includes(wanted))
    throw new Fault("EINVAL", `${name} cannot be used for ${wanted} associations`);
  const current = core.entries.values().map(of);
  if (wanted === "future") return [future];
  return wanted === "current" ? current : [future, ...current];
}

/** RFC 6458 8: the id is ignored. What is set on a socket that listens or is not connected yet is for what comes. */
function oneToOneScopes(core: SocketCore, row: OptionRow, future: OptionScope): readonly OptionScope[] {
  const { own } = core;
  if (own !== undefined) return [new OptionScope(core, own)];
  if (row.targets?.includes("future")) return [future];
  throw new Fault("ENOTCONN");
}
