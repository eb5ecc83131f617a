/**
 * How an association ends for its user.
 * Owns: the errors that a user meets, and the graceful end of an association whose socket is gone already.
 * Does not own: the shutdown itself (src/association/procedures/shutdown.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { CloseReason } from "../../association/model/events.ts";
import { errorOfEvent, SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { AssociationUser } from "../../socket/state/host.ts";
import { isEnd } from "../channels/byte-duplex.ts";
import type { PortDriver } from "../driver/port-driver.ts";

/** How long a process is kept alive for associations that are ending without their sockets. */
const FAREWELL_MS = 3_000;

/** What is said of a peer that does not answer. */
export const UNREACHABLE = {
  setup: "the peer did not answer: is something listening on that SCTP port behind that UDP port?",
  transfer: "the peer stopped answering on every path",
  shutdown: "the peer did not complete the shutdown: it does not answer, or does not take what was sent",
} as const;

export function closedError(): SctpError {
  return new SctpError(
    SctpErrorCode.Closed,
    "the socket has been closed: nothing can be sent on it any more",
  );
}

/** Whom an error of an association is about. */
export function peerOf({ primaryAddress, remotePort }: Pick<Association, "primaryAddress" | "remotePort">): {
  readonly address: string;
  readonly port: number;
} {
  return { address: primaryAddress, port: remotePort };
}

/** What the end of an association is to its user; undefined where it is none of an error. */
export function endingError(
  reason: CloseReason,
  association: Pick<Association, "primaryAddress" | "remotePort">,
): SctpError | undefined {
  const peer = peerOf(association);
  switch (reason.kind) {
    case "shutdown":
      return undefined;
    case "unreachable":
      return errorOfEvent(SctpErrorCode.PeerUnreachable, UNREACHABLE[reason.during], {
        ...peer,
        syscall: reason.during === "setup" ? "connect" : undefined,
      });
    case "aborted": {
      const { causeCodes, detail } = reason;
      if (reason.by === "peer") {
        const text = Buffer.from(reason.reason).toString();
        const message = text === "" ? detail : `${detail}: ${text}`;
        return errorOfEvent(SctpErrorCode.AbortedByPeer, message, { causeCodes, ...peer });
      }
      const own = causeCodes.includes(12) || causeCodes.length === 0;
      return own ? undefined : errorOfEvent(SctpErrorCode.ProtocolViolation, detail, { causeCodes, ...peer });
    }
  }
}

/**
 * Whether the peer has sent something that nobody will read; what is none of it is taken. The end of a byte stream is none: a peer
 * that is told of an end answers it with its own.
 */
export function hasUnreadData(association: Association, nowMs: number): boolean {
  for (;;) {
    const message = association.receiveMessage(nowMs);
    if (message === undefined) return false;
    if (!isEnd(message)) return true;
  }
}

/**
 * Looks after an association whose socket was destroyed: it ends gracefully, as after a `close()` (RFC 6458 4.1.7),
 * or by ABORT if the peer sends something that nobody will read. For a while the process stays alive for it.
 */
export class DepartingAssociation implements AssociationUser {
  readonly #association: Association;
  readonly #driver: PortDriver;
  #farewell: NodeJS.Timeout | undefined;

  /** @param association of which everything has been taken, so that what comes is news */
  constructor(association: Association, driver: PortDriver) {
    this.#association = association;
    this.#driver = driver;
  }

  depart(): void {
    this.#farewell = setTimeout(() => {}, FAREWELL_MS); // Does nothing, but a process waits for it.
    this.#association.userData = this;
    this.#association.shutdown(this.#driver.nowMs());
    this.#driver.scheduleFlush();
  }

  onAssociationEvent(event: AssociationEvent): void {
    if (event.kind === "closed") clearTimeout(this.#farewell);
    if (event.kind !== "readable" || this.#association.state === "CLOSED") return;
    if (!hasUnreadData(this.#association, this.#driver.nowMs())) return;
    this.#association.abort(Buffer.from("the socket has been closed"), this.#driver.nowMs());
    this.#driver.scheduleFlush();
  }
}
