/**
 * The states of RFC 9260 section 4.
 * Owns: their names, and which traffic each allows. Does not own: transitions (src/association/procedures).
 */

export type AssociationState =
  | "CLOSED"
  | "COOKIE-WAIT"
  | "COOKIE-ECHOED"
  | "ESTABLISHED"
  | "SHUTDOWN-PENDING"
  | "SHUTDOWN-SENT"
  | "SHUTDOWN-RECEIVED"
  | "SHUTDOWN-ACK-SENT";

/** RFC 9260 6: DATA goes out in these states. */
export function maySendData(state: AssociationState): boolean {
  return state === "ESTABLISHED" || state === "SHUTDOWN-PENDING" || state === "SHUTDOWN-RECEIVED";
}

/** RFC 9260 6: DATA is accepted in these states. */
export function mayReceiveData(state: AssociationState): boolean {
  return state === "ESTABLISHED" || state === "SHUTDOWN-PENDING" || state === "SHUTDOWN-SENT";
}

/** RFC 9260 8.3: a HEARTBEAT is answered in these states. */
export function answersHeartbeats(state: AssociationState): boolean {
  return maySendData(state) || state === "COOKIE-ECHOED";
}

/** RFC 9260 8.3: no HEARTBEAT is sent once SHUTDOWN or SHUTDOWN ACK has been. */
export function sendsHeartbeats(state: AssociationState): boolean {
  return state !== "SHUTDOWN-SENT" && state !== "SHUTDOWN-ACK-SENT";
}

/** The set-up has not been completed by this side. */
export function isSettingUp(state: AssociationState): boolean {
  return state === "COOKIE-WAIT" || state === "COOKIE-ECHOED";
}
