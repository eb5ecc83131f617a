/** A requirement that no conformance test covers, and why. */
export interface Explained {
  /** As in the tests' titles, such as "RFC 9260 3.3.10.6". */
  readonly section: string;
  readonly level: "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";
  /** What is asked, in our own words. */
  readonly requirement: string;
  readonly why: string;
}
