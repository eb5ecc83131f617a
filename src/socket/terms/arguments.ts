/**
 * What the calls of a socket are given by programs without types.
 * Owns: the kinds of their arguments. Does not own: the values of options (src/socket/options), what a value means to a call.
 */
import { hasOnly, isObject, type Kind } from "../../base/option-check.ts";

/** Its address and port are looked at where they are used. */
export const isSocketAddress: Kind = (value) =>
  isObject(value) === undefined && typeof (value as { address?: unknown }).address === "string"
    ? undefined
    : "an object with an address and a port";

export const isSocketAddresses: Kind = (value) =>
  hasOnly(value, isSocketAddress) ? undefined : "a list of objects with an address and a port";

/** User data. */
export const isBytes: Kind = (value) =>
  value instanceof Uint8Array || hasOnly(value, isOneArray) ? undefined : "a Uint8Array or a list of them";

/** Ancillary data. */
export const isControl: Kind = (value) => (hasOnly(value, isObject) ? undefined : "a list of objects");

const isOneArray: Kind = (value) => (value instanceof Uint8Array ? undefined : "a Uint8Array");
