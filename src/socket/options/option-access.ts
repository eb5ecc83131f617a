/**
 * What reading and setting an option works on.
 * Owns: the shape of the functions behind the options, and what they have in common.
 * Does not own: those functions (association-options.ts, socket-options.ts).
 */
import type { AssociationOptions, AssociationOptionsInput } from "../../base/options.ts";
import type { AssociationEntry } from "../state/association-entry.ts";
import type { SocketCore } from "../state/socket-core.ts";
import type { AssociationSettings } from "../terms/settings.ts";
import type { OptionInput, OptionName, OptionQuery, OptionValue } from "./options-table.ts";

/** Associations to come, or one that is. */
export class OptionScope {
  readonly core: SocketCore;
  /** Undefined: associations to come. */
  readonly entry: AssociationEntry | undefined;

  constructor(core: SocketCore, entry: AssociationEntry | undefined) {
    this.core = core;
    this.entry = entry;
  }

  get options(): AssociationOptions {
    return this.entry?.association.options ?? this.core.settings.future;
  }
  get settings(): AssociationSettings {
    return this.entry?.settings ?? this.core.settings.defaults;
  }
  get nowMs(): number {
    return this.core.nowMs();
  }

  /** @throws SctpError ERR_SCTP_INVALID_OPTION */
  change(changes: AssociationOptionsInput): void {
    this.core.changeOptions(changes, this.entry === undefined, this.entry === undefined ? [] : [this.entry]);
  }

  /** For options of the socket: associations to come and those that are. */
  changeAll(changes: AssociationOptionsInput): void {
    this.core.changeOptions(changes, true, this.core.entries.values());
  }
}

/** What an option does. Both throw Faults and SctpErrors. */
export interface OptionAccess<K extends OptionName> {
  readonly get?: (scope: OptionScope, query: OptionQuery<K>) => OptionValue<K>;
  readonly set?: (scope: OptionScope, value: OptionInput<K>) => void;
}

export type OptionAccesses = { readonly [K in OptionName]?: OptionAccess<K> };
