import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  type AuthenticationInput,
  type AuthenticationTerms,
  authenticationTermsOf,
  PLAIN_TERMS,
  requireUsable,
  SharedKey,
} from "../../../src/base/authentication.ts";
import { associationOptions } from "../../../src/base/options.ts";

const SECRET = new TextEncoder().encode("do not tell");
const termsOf = (authentication: boolean | AuthenticationInput): AuthenticationTerms => {
  const terms = authenticationTermsOf(associationOptions({ authentication }));
  if (terms === undefined) throw new Error("authentication is off");
  return terms;
};
const refusalOf = (authentication: unknown): string => {
  try {
    associationOptions({ authentication: authentication as boolean });
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "";
};

describe("the option authentication", () => {
  it("is off by default, and false turns it off again", () => {
    expect(authenticationTermsOf(associationOptions())).toBeUndefined();
    const on = associationOptions({ authentication: true });
    expect(authenticationTermsOf(associationOptions({ authentication: false }, on))).toBeUndefined();
    expect(authenticationTermsOf(associationOptions({ noDelay: false }, on))).toBe(on.authentication);
  });

  it("wants by default what moves data, streams and addresses authenticated, by SHA-256 rather than SHA-1, with the empty key", () => {
    const { chunkTypes, hmacIds, activeKeyId } = termsOf(true);
    expect(chunkTypes).toEqual([0, 64, 128, 130, 192, 193, 194]);
    expect(hmacIds).toEqual([3, 1]);
    expect(activeKeyId).toBe(0);
    expect(termsOf(true).key(0)).toBeInstanceOf(SharedKey);
    expect(PLAIN_TERMS.chunkTypes).toEqual([]);
  });

  it("has the keys that are given and no others; the only one is the active one", () => {
    const terms = termsOf({ keys: { 7: SECRET } });
    expect([terms.activeKeyId, terms.key(0)]).toEqual([7, undefined]);
    expect(termsOf({ keys: { 7: SECRET, 0: SECRET } }).activeKeyId).toBe(0);
    expect(termsOf({ keys: { 7: SECRET, 8: SECRET }, activeKeyId: 8 }).activeKeyId).toBe(8);
  });

  it.each([
    [1, /must be true, false or an object, not 1/],
    [{ chunk: [0] }, /no option "chunk" of authentication: it is called chunks/],
    [{ chunks: 0 }, /chunks must be a list of chunk types/],
    [{ chunks: [256] }, /a chunk type is a whole number from 0 to 255, not 256/],
    [{ chunks: ["DATA"] }, /a chunk type is a whole number from 0 to 255, not "DATA"/],
    [{ chunks: [15] }, /type 15 are never authenticated/],
    [{ hmacs: ["MD5", "SHA-1"] }, /there is no HMAC "MD5"/],
    [{ hmacs: ["SHA-256"] }, /SHA-1 must be among/],
    [{ keys: {} }, /keys must not be empty/],
    [{ keys: { 65536: SECRET } }, /id of a key is a whole number from 0 to 65535/],
    [{ keys: { a: SECRET } }, /id of a key is a whole number/],
    [{ keys: { 1: "text" } }, /key 1 must be a Uint8Array/],
    [{ keys: { 1: new Uint8Array(65_536) } }, /key 1 must be a Uint8Array of at most 65535 bytes/],
    [{ keys: { 1: SECRET, 2: SECRET } }, /say which of the keys/],
    [{ keys: { 1: SECRET }, activeKeyId: 2 }, /activeKeyId is 2, and there is no such key/],
    [{ activeKeyId: -1 }, /activeKeyId must be a whole number/],
  ])("refuses %j", (value, sentence) => {
    expect(refusalOf(value)).toMatch(sentence);
    expect(refusalOf(value)).not.toContain("do not tell");
  });

  it("takes a copy of a secret, and shows it to nobody", () => {
    const secret = Buffer.from(SECRET);
    const options = associationOptions({ authentication: { keys: { 3: secret } } });
    const terms = authenticationTermsOf(options);
    const made = (of: AuthenticationTerms | undefined): string => {
      let bytes = "";
      of?.key(3)?.associationKey(new Uint8Array(0), (joined) => {
        bytes = Buffer.from(joined).toString();
        return { sign: (data) => data };
      });
      return bytes;
    };
    secret.fill(0);
    expect(made(terms)).toBe("do not tell");
    const shown = inspect(options, { depth: 10, showHidden: true }) + JSON.stringify(options);
    expect(shown).not.toContain("do not tell");
    expect(shown).not.toContain(`${SECRET[0]}, ${SECRET[1]}`);
    expect(shown).not.toContain(`"0":${SECRET[0]}`);
  });
});

describe("keys that come and go", () => {
  const terms = termsOf({ keys: { 1: SECRET, 2: SECRET }, activeKeyId: 1 });

  it("never change what there was", () => {
    const more = terms.withKey(3, SECRET).withActiveKey(3).withoutUseOf(1).without(1);
    expect([more.key(1), more.key(3) !== undefined, more.activeKeyId]).toEqual([undefined, true, 3]);
    expect([terms.key(1) !== undefined, terms.key(3), terms.activeKeyId]).toEqual([true, undefined, 1]);
  });

  it("are deactivated before they are deleted, and the active one is neither", () => {
    expect(() => terms.without(2)).toThrow(/key 2 must be deactivated first/);
    expect(() => terms.withoutUseOf(1)).toThrow(/key 1 is the active one/);
    expect(() => terms.withoutUseOf(9)).toThrow(/no key 9/);
    expect(() => terms.without(9)).toThrow(/no key 9/);
    expect(() => terms.withActiveKey(9)).toThrow(/no key 9/);
    const quiet = terms.withoutUseOf(2);
    expect(quiet.deactivatedIds).toEqual([2]);
    expect(() => quiet.withActiveKey(2)).toThrow(/key 2 has been deactivated/);
    expect(() => requireUsable(quiet, 2)).toThrow(/deactivated/);
    expect(quiet.without(2).deactivatedIds).toEqual([]);
  });

  it("can be set anew, and are usable then", () => {
    expect(terms.withoutUseOf(2).withKey(2, SECRET).deactivatedIds).toEqual([]);
  });

  it("leave lists of chunks and HMACs as they are, and the other way round", () => {
    const other = PLAIN_TERMS.withKey(4, SECRET)
      .withChunk(6)
      .withChunk(6)
      .withHmacs(["SHA-1", "SHA-256", "SHA-1"]);
    expect([other.chunkTypes, other.hmacIds, other.key(4) !== undefined]).toEqual([[6], [1, 3], true]);
    expect(() => other.withChunk(2)).toThrow(/never/);
    expect(() => other.withHmacs(["SHA-256"])).toThrow(/SHA-1/);
  });
});
