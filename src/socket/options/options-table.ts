/**
 * The one table of every socket option: name, section, access, fields, units.
 * Owns: the table, and the types of calls that follow from it. docs/socket-options.md, set-option.ts and
 * get-option.ts are made from it by `npm run docs`.
 * Does not own: what the options do (association-options.ts, socket-options.ts).
 */
import type { AssociationTarget } from "../terms/ancillary.ts";
import type { InputOf, OptionRow, OutputOf, QueryOf } from "./option-spec.ts";
import { EXTENSION_OPTIONS } from "./options-extensions.ts";
import { RFC6458_OPTIONS } from "./options-rfc6458.ts";
import { RFC6458_STATUS_OPTIONS } from "./options-rfc6458-status.ts";

export const SOCKET_OPTIONS = {
  ...RFC6458_OPTIONS,
  ...RFC6458_STATUS_OPTIONS,
  ...EXTENSION_OPTIONS,
} as const;

type Table = typeof SOCKET_OPTIONS;
/** The RFC's name of an option. */
export type OptionName = keyof Table;

type NamesWith<A extends OptionRow["access"]> = {
  [K in OptionName]: Table[K]["access"] extends A ? K : never;
}[OptionName];
/** Options that `getsockopt` takes. */
export type ReadableOption = NamesWith<"read-write" | "read">;
/** Options that `setsockopt` takes. */
export type WritableOption = NamesWith<"read-write" | "write">;

/** What reading an option gives. */
export type OptionValue<K extends OptionName> = OutputOf<Table[K]>;
/** What setting an option takes. */
export type OptionInput<K extends OptionName> = InputOf<Table[K]>;
/** What says which address, stream or notification is meant when an option is read. */
export type OptionQuery<K extends OptionName> = QueryOf<Table[K]>;

/** What `getsockopt` takes after the name. */
export type GetArguments<K extends ReadableOption> =
  OptionQuery<K> extends undefined
    ? [target?: AssociationTarget]
    : object extends OptionQuery<K>
      ? [target?: AssociationTarget, query?: OptionQuery<K>]
      : [target: AssociationTarget | undefined, query: OptionQuery<K>];

/** A row under a name that may be any text. */
export function optionRow(name: string): OptionRow | undefined {
  return typeof name === "string" && Object.hasOwn(SOCKET_OPTIONS, name)
    ? SOCKET_OPTIONS[name as OptionName]
    : undefined;
}
