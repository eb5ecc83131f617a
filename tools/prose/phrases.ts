/**
 * Phrases that readers stumbled over, and what to write instead.
 * Owns: the list. Does not own: finding them (prose.ts).
 */

export interface Phrase {
  /** Of the phrase; spaces stand for any white space, a line break of a comment included. */
  readonly pattern: string;
  readonly instead: string;
}

export const PHRASES: readonly Phrase[] = [
  { pattern: "asks? something of (?:somebody|someone|anybody)", instead: "states a requirement" },
  { pattern: "a mood of (?:one|it)", instead: "a special condition within a state" },
  { pattern: "in by their bytes", instead: "are counted in bytes" },
  { pattern: "the (?:alice|bob|carol)\\b", instead: "names need no article" },
  { pattern: "the (?:local|remote)(?=[.,;:!?)])", instead: "this side, the peer" },
  { pattern: "heartbeaten\\b", instead: "sent a HEARTBEAT" },
  { pattern: "it tells so", instead: "it says so" },
  { pattern: "as (?:it|he|they) likes?\\b", instead: "at will, as long as it wants" },
  { pattern: "(?:is|are) no more(?! than)", instead: "has ended, has exited" },
  { pattern: "of one's own", instead: "of your own, its own" },
  { pattern: "names? in vain", instead: "names, but does not exist" },
  { pattern: "there is not, or not any more", instead: "does not exist, or no longer" },
  { pattern: "went? off(?= for)", instead: "expired" },
];
