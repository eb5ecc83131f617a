/**
 * Mistakes that somebody could make in sharing a UDP port among workers; the tests must find every one of them.
 * Owns: the list. Does not own: mistakes elsewhere (list.ts), running the tests on them (run.ts).
 */
import type { Mutant } from "./list.ts";

export const CLUSTER_MUTANTS: readonly Mutant[] = [
  {
    id: "cluster-directory-not-asked",
    file: "cluster/member.ts",
    find: "if (owner !== undefined) return",
    replace: "if (owner === Number.NaN) return",
    why: "the home does not look whether anybody has the peer",
  },
  {
    id: "cluster-refusal-ignored",
    file: "cluster/member.ts",
    find: "for (const key of keys) this.#yield(key, nowMs);",
    replace: "void this.#yield;",
    why: "a worker keeps an association that the home refused",
  },
  {
    id: "cluster-accounts-not-retold",
    file: "cluster/member.ts",
    find: "if (keys.length > 0 && worker",
    replace: "if (keys.length > 9999 && worker",
    why: "a worker that begins is not told what its predecessor knew",
  },
  {
    id: "cluster-dead-not-forgotten",
    file: "cluster/directory.ts",
    find: "if (owner === worker) this.#owners.delete",
    replace: "if (owner < 0) this.#owners.delete",
    why: "a dead worker keeps its peers",
  },
  {
    id: "cluster-cookie-by-tag",
    file: "cluster/addressee.ts",
    find: "    case ChunkType.CookieEcho:\n      return false;",
    replace: "      return false;\n    case ChunkType.CookieEcho:\n      return true;",
    why: "a COOKIE ECHO goes by its tag alone",
  },
  {
    id: "cluster-reflected-by-tag",
    file: "cluster/addressee.ts",
    find: "& 1) === 0",
    replace: "& 1) < 2",
    why: "an ABORT with the T bit goes by its tag",
  },
  {
    id: "cluster-listed-not-asked",
    file: "cluster/addressee.ts",
    find: "if (!isInit(datagram)) return [source];",
    replace: "if (datagram) return [source];",
    why: "the addresses that an INIT lists are not looked at",
  },
  {
    id: "cluster-claims-never-refused",
    file: "cluster/directory.ts",
    find: "return owner === undefined || owner === worker;",
    replace: "return true;",
    why: "the home lets two workers have one address",
  },
  {
    id: "cluster-release-of-others",
    file: "cluster/directory.ts",
    find: "if (this.#owners.get(key) === worker) this",
    replace: "if (worker >= 0) this",
    why: "a worker releases what is another's",
  },
  {
    id: "cluster-no-release",
    file: "cluster/member.ts",
    find: 'else this.#host.tell(home, { kind: "release", keys: [key] });',
    replace: "",
    why: "what has ended stays in the account of the home",
  },
  {
    id: "cluster-cookies-of-the-dead",
    file: "stack/state-cookie.ts",
    find: "createdAtMs < startedAtMs ?",
    replace: "createdAtMs < Number.NEGATIVE_INFINITY + startedAtMs ?",
    why: "a worker opens cookies from before its time",
  },
  {
    id: "cluster-secrets-not-turned",
    file: "stack/state-cookie.ts",
    find: "if (secrets === this.#adopted) return;",
    replace: "if (this.#adopted !== undefined) return;",
    why: "a stack keeps the first secrets",
  },
  {
    id: "cluster-newcomer-at-home",
    file: "cluster/member.ts",
    find: "return ingress === NO_WORKER ? firstHome : ingress;",
    replace: "return ingress === -1 ? ingress : firstHome;",
    why: "an INIT stays at its home although another worker has the socket",
  },
  {
    id: "cluster-own-not-asked",
    file: "cluster/member.ts",
    find: "passage.address) !== undefined)",
    replace: "passage.address) === null)",
    why: "the home is asked about a peer that is the worker's own",
  },
  {
    id: "cluster-settled-ignored",
    file: "cluster/member.ts",
    find: "if (passage.settled || ",
    replace: "if (",
    why: "what has been decided is decided again",
  },
  {
    id: "cluster-yield-without-abort",
    file: "association/association.ts",
    find: "if (path.confirmed) this.abort(YIELD_REASON, nowMs);\n    else ",
    replace: "void YIELD_REASON;\n    ",
    why: "a refused association lives on",
  },
  {
    id: "cluster-yield-with-abort",
    file: "association/association.ts",
    find: "if (path.confirmed) this.abort",
    replace: "if (path) this.abort",
    why: "an association dies for an address that was merely listed",
  },
  {
    id: "cluster-refusal-not-heard",
    file: "stack/association-table.ts",
    find: "address) === false) return false;",
    replace: "address) === false) {}",
    why: "the stack takes an address that was refused",
  },
];
