/**
 * What stacks must agree on that share one UDP port, each in a worker of its own.
 * Owns: that seam. Does not own: how they agree (src/cluster); a stack that has its port to itself needs none of it.
 */

/** Two secrets that sign State Cookies in turn, the same in every stack of the port. */
export interface CookieSecrets {
  /** 0 to 255, one more with each turn. */
  readonly id: number;
  /** Signs and verifies; 32 bytes. */
  readonly current: Uint8Array;
  /** Signed before; still verifies. */
  readonly previous: Uint8Array;
}

/** One stack's part of a shared UDP port. */
export interface SharedPort {
  /** The secrets of this moment; another object once they have turned. */
  readonly cookieSecrets: CookieSecrets;
  /** What is added to this stack's clock to get the one that all stacks of the port share. */
  readonly clockOffsetMs: number;
  /** When this stack began, by its own clock: cookies from before are stale, for what they led to died with another. */
  readonly startedAtMs: number;
  /** A Verification Tag by which the stack is found again; any number but 0 (RFC 9260 5.3.1). */
  newTag(): number;
  /** Whether this stack may pick the SCTP port when its user leaves the choice. */
  mayPickPort(port: number): boolean;
  /**
   * An association of this stack answers to an address of its peer from now on.
   * @returns false if another stack is known to have an association with these ports and this address
   */
  claim(localPort: number, remotePort: number, address: string): boolean;
  unclaim(localPort: number, remotePort: number, address: string): void;
}
