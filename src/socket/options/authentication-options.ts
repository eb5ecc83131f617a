/**
 * The options about authentication (RFC 6458 8.1.17, 8.1.18, 8.2.3, 8.2.4, 8.3.2 to 8.3.5).
 * Owns: what they do. Does not own: their names and fields (options-rfc6458.ts, options-rfc6458-status.ts), keys
 * (src/base/authentication.ts).
 *
 * Setting any of them turns authentication on for associations to come: whoever names a key wants to use it.
 */
import {
  type AuthenticationTerms,
  authenticationTermsOf,
  HmacId,
  type HmacName,
  PLAIN_TERMS,
} from "../../base/authentication.ts";
import { Fault } from "../terms/errno.ts";
import type { OptionAccesses, OptionScope } from "./option-access.ts";
import type { OptionValue } from "./options-table.ts";

type Ident = OptionValue<"SCTP_HMAC_IDENT">["idents"][number];

const HMACS = {
  SCTP_AUTH_HMAC_ID_SHA1: "SHA-1",
  SCTP_AUTH_HMAC_ID_SHA256: "SHA-256",
} as const satisfies Readonly<Record<Ident, HmacName>>;
const IDENTS = Object.keys(HMACS) as readonly Ident[];

export const AUTHENTICATION_ACCESSES = {
  SCTP_HMAC_IDENT: {
    get: ({ options }) => ({ idents: identsOf(termsOf({ options })) }),
    set: (scope, { idents }) =>
      scope.change({ authentication: termsOf(scope).withHmacs(idents.map((ident) => HMACS[ident])) }),
  },
  SCTP_AUTH_ACTIVE_KEY: {
    get: (scope) => ({ keyNumber: termsOf(scope).activeKeyId }),
    set: (scope, { keyNumber }) => scope.change({ authentication: termsOf(scope).withActiveKey(keyNumber) }),
  },
  SCTP_PEER_AUTH_CHUNKS: {
    get: ({ entry }) => {
      if (entry === undefined) throw new Fault("ENOTCONN");
      return { chunks: entry.association.peerAuthenticatedChunks };
    },
  },
  SCTP_LOCAL_AUTH_CHUNKS: {
    get: ({ entry, options }) => ({
      chunks: entry?.association.localAuthenticatedChunks ?? authenticationTermsOf(options)?.chunkTypes ?? [],
    }),
  },
  SCTP_AUTH_CHUNK: {
    set: (scope, { chunk }) => scope.change({ authentication: termsOf(scope).withChunk(chunk) }),
  },
  SCTP_AUTH_KEY: {
    set: (scope, { keyNumber, key }) =>
      scope.change({ authentication: termsOf(scope).withKey(keyNumber, key) }),
  },
  SCTP_AUTH_DEACTIVATE_KEY: {
    set: (scope, { keyNumber }) => scope.change({ authentication: termsOf(scope).withoutUseOf(keyNumber) }),
  },
  SCTP_AUTH_DELETE_KEY: {
    set: (scope, { keyNumber }) => {
      const authentication = termsOf(scope).without(keyNumber);
      if (scope.entry?.association.usesSharedKey(keyNumber) === true)
        throw new Fault("EINVAL", `messages are under way that need key ${keyNumber}`);
      scope.change({ authentication });
    },
  },
} satisfies OptionAccesses;

function termsOf({ options }: Pick<OptionScope, "options">): AuthenticationTerms {
  return authenticationTermsOf(options) ?? PLAIN_TERMS;
}

function identsOf({ hmacIds }: AuthenticationTerms): readonly Ident[] {
  return hmacIds.flatMap((id) => IDENTS.find((ident) => HmacId[HMACS[ident]] === id) ?? []);
}
