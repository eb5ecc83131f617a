/**
 * The options of associations as a scenario says them.
 * Owns: what JSON cannot say: keys, which are bytes. Does not own: the options (src/base/options.ts).
 */
import {
  type AssociationOptions,
  type AssociationOptionsInput,
  associationOptions,
} from "../../base/options.ts";
import type { ScenarioOptions } from "./scenario.ts";

/** What the stack takes. */
export function optionsInput({ authentication, ...rest }: ScenarioOptions): AssociationOptionsInput {
  if (authentication === undefined) return rest;
  if (typeof authentication === "boolean") return { ...rest, authentication };
  const { keys, ...terms } = authentication;
  if (keys === undefined) return { ...rest, authentication: terms };
  const secrets = Object.entries(keys).map(([id, digits]) => [id, bytesOf(digits)] as const);
  return { ...rest, authentication: { ...terms, keys: Object.fromEntries(secrets) } };
}

/** The same, as the stack checks it. @throws SctpError ERR_SCTP_INVALID_OPTION */
export function associationOptionsOf(options: ScenarioOptions): AssociationOptions {
  return associationOptions(optionsInput(options));
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
