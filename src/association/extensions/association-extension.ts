/**
 * The seam between an association and an extension that was agreed on.
 * Owns: what an extension is given, and what it adds. Does not own: the agreement (model/negotiation.ts), when it is added
 * (extensions-at-work.ts).
 */
import type { Cause } from "../../chunks/causes.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import type { AddressChanges } from "../model/address-changes.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { Deadlines, TimedPart } from "../model/deadlines.ts";
import type { Extension } from "../model/extension.ts";
import type { Identity } from "../model/identity.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { PacketAuthentication } from "../model/packet-authentication.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import type { LocalSources } from "../paths/local-sources.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { PeerAddresses } from "../paths/peer-addresses.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { Counters } from "../reporting/status.ts";
import type { Tracer } from "../reporting/tracer.ts";
import type { UserEvents } from "../reporting/user-events.ts";
import type { Outbound } from "../sending/outbound.ts";

/** The parts of an association that an extension may use. */
export interface ExtensionHost {
  /** The local addresses that its endpoint is bound to; undefined for all of the stack's. */
  boundAddresses: readonly string[] | undefined;
  readonly seat: Seat;
  readonly settings: Settings;
  readonly identity: Identity;
  readonly lifecycle: Lifecycle;
  readonly control: ControlQueue<Path>;
  readonly paths: PathSet;
  readonly replyPaths: ReplyPaths;
  readonly addresses: PeerAddresses;
  readonly sources: LocalSources;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly events: UserEvents;
  readonly termination: {
    /** The peer has broken the protocol: an ABORT ends the association. */
    abortForViolation(detail: string): void;
    abortWith(causes: readonly Cause[], detail: string): void;
  };
  readonly tracer: Tracer;
  readonly stats: Pick<Counters, "receivedMessages">;
  readonly deadlines: Pick<Deadlines, "add">;
  /** Asked anew each time: another agreement brings another. */
  readonly extensions: {
    /** Undefined where packets are not authenticated (RFC 4895). */
    readonly authentication: PacketAuthentication<Path> | undefined;
    /** Undefined where addresses stay as they are (RFC 5061). */
    readonly dynamicAddresses: AddressChanges | undefined;
  };
  readonly monitor: {
    /** The peer has answered: it is there. */
    onPeerHeard(): void;
    /** It has not, in time. @returns the path to ask on next */
    onRequestUnanswered(path: Path, nowMs: number): Path;
  };
  /** The packet that is being read. */
  readonly data: {
    /** It is acknowledged as one with DATA. */
    countAsData(): void;
  };
}

/** Deals with chunks of every association that has agreed on them, and keeps nothing of any: it takes no memory of theirs. */
export interface SharedHandler {
  readonly chunkTypes: readonly number[];
  onChunk(chunk: Chunk, host: ExtensionHost, source: Path, nowMs: number): ChunkOutcome;
}

/** What an extension adds to one association. */
export interface ExtensionParts {
  /** Their chunk types are known from now on. */
  readonly handlers: ReadonlyArray<ChunkHandler<Path>>;
  readonly timed: readonly TimedPart[];
  /** Sees each packet before the handlers, and what is sent. */
  readonly authentication?: PacketAuthentication<Path>;
  /** Changes addresses while the association lives. */
  readonly dynamicAddresses?: AddressChanges;
  /** Another agreement takes the place of the one that they belong to. */
  leave?(): void;
}

export interface AssociationExtension extends Extension {
  /** Its chunk types are known to all that have agreed on it. */
  readonly shared?: SharedHandler;
  /**
   * Called when it has been agreed on: on the asking side before the COOKIE ECHO is sent, on the other one before the chunks
   * behind it are read. A restart of the peer, or another agreement in a collision, takes the parts away and joins anew.
   * @param state what `review` gave
   * @returns undefined where it adds nothing to this association alone
   */
  join(host: ExtensionHost, state: Uint8Array): ExtensionParts | undefined;
  /**
   * The user has just heard that the association is established, or that the peer began anew; of what the peer sends
   * from then on, not yet.
   * @param state what `review` gave
   */
  onEstablished?(host: ExtensionHost, state: Uint8Array): void;
  /** A message that may be given up is about to be queued, the first one or another. */
  onLimitedMessage?(host: ExtensionHost): void;
}
