/**
 * How an option is described, and the types that follow from its description.
 * Owns: the shapes of a row of the options table, and the value types made from it.
 * Does not own: the rows (options-rfc6458.ts, options-extensions.ts), what they do (handlers).
 */

/** The unit of a number; "" counts things or names them. */
export type Unit = "ms" | "s" | "bytes" | "packets" | "";

export interface NumberField {
  readonly kind: "number";
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  readonly description: string;
}
export interface BooleanField {
  readonly kind: "boolean";
  readonly description: string;
}
/** An IP literal. */
export interface AddressField {
  readonly kind: "address";
  readonly description: string;
}
export interface BytesField {
  readonly kind: "bytes";
  readonly description: string;
}
export interface NumbersField {
  readonly kind: "numbers";
  readonly description: string;
}
/** One of some names. */
export interface NameField<N extends string = string> {
  readonly kind: "name";
  readonly names: readonly N[];
  readonly description: string;
}
/** Any of some names. */
export interface NamesField<N extends string = string> {
  readonly kind: "names";
  readonly names: readonly N[];
  readonly description: string;
}
/** A structure within a structure, for reading only. */
export interface NestedField<F extends Fields = Fields> {
  readonly kind: "nested";
  readonly fields: F;
  readonly description: string;
}

export type Field =
  | NumberField
  | BooleanField
  | AddressField
  | BytesField
  | NumbersField
  | NameField
  | NamesField
  | NestedField;

/** `must` fields have to be given when the option is set, `may` fields can be left out, `read` fields cannot be set. */
export type FieldUse = "must" | "may" | "read";
export interface Fields {
  readonly [name: string]: Field & { readonly use: FieldUse };
}

/** Which of the RFC's constants an option takes beside an association's id. */
export type SpecialTarget = "future" | "current" | "all";

interface RowBase {
  readonly section: string;
  readonly description: string;
  readonly access: "read-write" | "read" | "write";
  /** Undefined: an option of the socket, which takes no association. */
  readonly targets: readonly SpecialTarget[] | undefined;
  /** The only style of socket that has the option. */
  readonly style?: "one-to-one" | "one-to-many";
  readonly deprecated?: true;
  /** What selects the thing that is read. */
  readonly query?: Fields;
}
export interface ScalarRow extends RowBase {
  readonly value: Field;
}
export interface StructRow extends RowBase {
  readonly fields: Fields;
}
export type OptionRow = ScalarRow | StructRow;

type FieldValue<F extends Field> = F extends NumberField
  ? number
  : F extends BooleanField
    ? boolean
    : F extends AddressField
      ? string
      : F extends BytesField
        ? Uint8Array
        : F extends NumbersField
          ? readonly number[]
          : F extends NameField<infer N>
            ? N
            : F extends NamesField<infer N>
              ? readonly N[]
              : F extends NestedField<infer S>
                ? StructValue<S>
                : never;

type KeysOf<F extends Fields, U extends FieldUse> = {
  [K in keyof F]: F[K]["use"] extends U ? K : never;
}[keyof F];

type StructValue<F extends Fields> = { readonly [K in keyof F]: FieldValue<F[K]> };
type StructInput<F extends Fields> = { readonly [K in KeysOf<F, "must">]: FieldValue<F[K]> } & {
  readonly [K in KeysOf<F, "may">]?: FieldValue<F[K]> | undefined;
};

/** What reading gives. */
export type OutputOf<R extends OptionRow> = R extends ScalarRow
  ? FieldValue<R["value"]>
  : R extends StructRow
    ? StructValue<R["fields"]>
    : never;
/** What setting takes. */
export type InputOf<R extends OptionRow> = R extends ScalarRow
  ? FieldValue<R["value"]>
  : R extends StructRow
    ? StructInput<R["fields"]>
    : never;
/** What selects the thing that is read. */
export type QueryOf<R extends OptionRow> = R extends { readonly query: infer Q extends Fields }
  ? StructInput<Q>
  : undefined;

// ---- Writing rows ----------------------------------------------------------------------------------------------

const UINT32_MAX = 0xffff_ffff;

export const number = (unit: Unit, description: string, min = 0, max: number = UINT32_MAX): NumberField => ({
  kind: "number",
  unit,
  min,
  max,
  description,
});
export const boolean = (description: string): BooleanField => ({ kind: "boolean", description });
export const address = (description: string): AddressField => ({ kind: "address", description });
export const bytes = (description: string): BytesField => ({ kind: "bytes", description });
export const numbers = (description: string): NumbersField => ({ kind: "numbers", description });
export const name = <const N extends string>(names: readonly N[], description: string): NameField<N> => ({
  kind: "name",
  names,
  description,
});
export const names = <const N extends string>(all: readonly N[], description: string): NamesField<N> => ({
  kind: "names",
  names: all,
  description,
});
export const nested = <const F extends Fields>(fields: F, description: string): NestedField<F> => ({
  kind: "nested",
  fields,
  description,
});

export const must = <F extends Field>(field: F): F & { readonly use: "must" } => ({ ...field, use: "must" });
export const may = <F extends Field>(field: F): F & { readonly use: "may" } => ({ ...field, use: "may" });
export const read = <F extends Field>(field: F): F & { readonly use: "read" } => ({ ...field, use: "read" });
