/**
 * The read-only and write-only socket options of RFC 6458 sections 8.2 and 8.3.
 * Owns: their rows of the options table. Does not own: what they do (association-options.ts, socket-options.ts).
 */
import {
  address,
  bytes,
  may,
  must,
  name,
  nested,
  number,
  numbers,
  type OptionRow,
  read,
} from "./option-spec.ts";

const ANY = ["future", "current", "all"] as const;
const FUTURE = ["future"] as const;

const PADDRINFO = {
  associationId: read(number("", "The association that the address belongs to.")),
  address: read(address("The address of the peer.")),
  state: read(
    name(["SCTP_ACTIVE", "SCTP_INACTIVE", "SCTP_UNCONFIRMED", "SCTP_POTENTIALLY_FAILED"], "Reachability."),
  ),
  cwndBytes: read(number("bytes", "Congestion window.")),
  srttMs: read(number("ms", "Smoothed round-trip time; 0 before the first measurement.")),
  rtoMs: read(number("ms", "Retransmission timeout.")),
  mtuBytes: read(number("bytes", "Bytes for chunks in a packet to the address.")),
};
const authKey = (description: string) => ({ keyNumber: must(number("", description, 0, 65_535)) });

export const RFC6458_STATUS_OPTIONS = {
  SCTP_STATUS: {
    section: "RFC 6458 8.2.1",
    description: "The state of an association.",
    access: "read",
    targets: [],
    fields: {
      associationId: read(number("", "Its id.")),
      state: read(
        name(
          [
            "SCTP_CLOSED",
            "SCTP_BOUND",
            "SCTP_LISTEN",
            "SCTP_COOKIE_WAIT",
            "SCTP_COOKIE_ECHOED",
            "SCTP_ESTABLISHED",
            "SCTP_SHUTDOWN_PENDING",
            "SCTP_SHUTDOWN_SENT",
            "SCTP_SHUTDOWN_RECEIVED",
            "SCTP_SHUTDOWN_ACK_SENT",
          ],
          "Its state.",
        ),
      ),
      rwndBytes: read(number("bytes", "The peer's receive window.")),
      unackedData: read(number("", "DATA chunks sent and not acknowledged.")),
      pendingData: read(number("", "Messages that wait to be read.")),
      inboundStreams: read(number("", "Streams that the peer may use.")),
      outboundStreams: read(number("", "Streams that this side may use.")),
      fragmentationPointBytes: read(number("bytes", "Messages up to this size travel in one chunk.")),
      primary: read(nested(PADDRINFO, "The primary path.")),
    },
  },
  SCTP_GET_PEER_ADDR_INFO: {
    section: "RFC 6458 8.2.2",
    description: "The state of one path. Without an association's id the address and port find it.",
    access: "read",
    targets: [],
    query: {
      address: must(address("One of the peer's addresses.")),
      port: may(number("", "The peer's SCTP port, where no association's id is given.", 1, 65_535)),
    },
    fields: PADDRINFO,
  },
  SCTP_PEER_AUTH_CHUNKS: {
    section: "RFC 6458 8.2.3",
    description: "Chunk types that the peer wants authenticated.",
    access: "read",
    targets: [],
    fields: { chunks: read(numbers("Chunk types.")) },
  },
  SCTP_LOCAL_AUTH_CHUNKS: {
    section: "RFC 6458 8.2.4",
    description: "Chunk types that this side wants authenticated.",
    access: "read",
    targets: FUTURE,
    fields: { chunks: read(numbers("Chunk types.")) },
  },
  SCTP_GET_ASSOC_NUMBER: {
    section: "RFC 6458 8.2.5",
    description: "How many associations the socket has.",
    access: "read",
    targets: undefined,
    style: "one-to-many",
    value: number("", "Their number."),
  },
  SCTP_GET_ASSOC_ID_LIST: {
    section: "RFC 6458 8.2.6",
    description: "The associations of the socket.",
    access: "read",
    targets: undefined,
    style: "one-to-many",
    value: numbers("Their ids."),
  },
  SCTP_SET_PEER_PRIMARY_ADDR: {
    section: "RFC 6458 8.3.1",
    description: "Asks the peer to make one of this side's addresses its primary path.",
    access: "write",
    targets: [],
    fields: { address: must(address("One of this side's addresses.")) },
  },
  SCTP_AUTH_CHUNK: {
    section: "RFC 6458 8.3.2",
    description: "A chunk type that this side wants authenticated.",
    access: "write",
    targets: undefined,
    fields: { chunk: must(number("", "The chunk type.", 0, 255)) },
  },
  SCTP_AUTH_KEY: {
    section: "RFC 6458 8.3.3",
    description: "Sets a shared key.",
    access: "write",
    targets: ANY,
    fields: { ...authKey("Its number."), key: must(bytes("The secret; empty for the null key.")) },
  },
  SCTP_AUTH_DEACTIVATE_KEY: {
    section: "RFC 6458 8.3.4",
    description: "Ends the use of a shared key.",
    access: "write",
    targets: ANY,
    fields: authKey("Its number; not the active key."),
  },
  SCTP_AUTH_DELETE_KEY: {
    section: "RFC 6458 8.3.5",
    description: "Forgets a shared key that is in use no more.",
    access: "write",
    targets: ANY,
    fields: authKey("Its number."),
  },
} as const satisfies Readonly<Record<string, OptionRow>>;
