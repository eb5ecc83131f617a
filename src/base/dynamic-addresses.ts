/**
 * What a user wants of addresses that come and go (RFC 5061).
 * Owns: the option `dynamicAddresses`, its check, what is kept of it. Does not own: what is done with it
 * (src/association/extensions/dynamic-addresses.ts).
 */
import { SctpError, SctpErrorCode } from "./errors.ts";
import { checkOptions, isFlag, isObject, type OptionNames, received } from "./option-check.ts";

/** What changes of addresses are to be like; what is left out has its default. */
export interface DynamicAddressesInput {
  /**
   * Whether both sides authenticate them (RFC 4895), as RFC 5061 4.1.1 demands; true if absent. False is for tests: whoever sees a
   * packet of the association can then take it over.
   */
  readonly authenticated?: boolean | undefined;
  /**
   * Whether there is a NAT in front of this side; false if absent. Its requests then name no address, but leave from the one that
   * they are about (RFC 6951 3.2). Addresses that do not reach as far as the peer's are never named.
   */
  readonly behindNat?: boolean | undefined;
}

/** `true`: with all defaults. */
export type DynamicAddressesOption = boolean | DynamicAddressesInput;

/** What was wanted, checked. */
interface DynamicAddressesTerms {
  readonly authenticated: boolean;
  readonly behindNat: boolean;
}

interface WithOption {
  readonly dynamicAddresses: DynamicAddressesOption;
}

const PLAIN: DynamicAddressesTerms = Object.freeze({ authenticated: true, behindNat: false });

const NAMES: OptionNames<DynamicAddressesInput> = {
  of: "dynamicAddresses",
  see: "DynamicAddressesInput",
  kinds: { authenticated: isFlag, behindNat: isFlag },
  meant: { auth: "authenticated", authentication: "authenticated", nat: "behindNat" },
};

/**
 * What is kept of the option.
 * @throws SctpError ERR_SCTP_INVALID_OPTION
 */
export function checkedDynamicAddresses(value: unknown): DynamicAddressesOption {
  if (value === false) return false;
  if (value === true) return PLAIN;
  if (isObject(value) !== undefined)
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `dynamicAddresses must be true, false or an object, not ${received(value)}`,
    );
  const { authenticated = true, behindNat = false } = checkOptions(value as DynamicAddressesInput, NAMES);
  return authenticated && !behindNat ? PLAIN : Object.freeze({ authenticated, behindNat });
}

/** Whether changes of addresses are wanted that both sides authenticate. */
export function wantsAuthenticatedAddresses({ dynamicAddresses }: WithOption): boolean {
  return termsOf(dynamicAddresses)?.authenticated === true;
}

/** Whether changes of addresses are wanted that nobody authenticates. */
export function wantsBareAddresses({ dynamicAddresses }: WithOption): boolean {
  return termsOf(dynamicAddresses)?.authenticated === false;
}

/** Whether no address of this side is to be named. */
export function isBehindNat({ dynamicAddresses }: WithOption): boolean {
  return termsOf(dynamicAddresses)?.behindNat === true;
}

function termsOf(option: DynamicAddressesOption): DynamicAddressesTerms | undefined {
  if (option === false) return undefined;
  return option === true ? PLAIN : { ...PLAIN, ...(option as DynamicAddressesTerms) };
}
