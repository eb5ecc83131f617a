/**
 * What a cluster's parent and its workers say to one another.
 * Owns: the shapes of the messages. Does not own: how they travel (cluster-channel.ts), what is done about them
 * (cluster-server.ts, cluster-worker.ts).
 */

import type { SctpErrorCode, SctpErrorDetails } from "../../base/errors.ts";
import type { StackOptionsInput } from "../../base/options.ts";
import type { DirectoryMessage } from "../../cluster/member.ts";
import type { CookieSecrets } from "../../stack/shared-port.ts";

/** Who has the UDP sockets: every worker its own (SO_REUSEPORT), or the parent, who hands datagrams on. */
export type SocketHolder = "workers" | "parent";

/** In place of a worker's number: out by the parent's sockets. */
export const NETWORK = 254;

/** All that a worker needs to know to take its part. */
export interface Welcome {
  readonly kind: "welcome";
  readonly index: number;
  readonly workerCount: number;
  /** Workers that do not live at this moment. */
  readonly down: readonly number[];
  /** Key of the tag layout. */
  readonly layoutKey: Uint8Array;
  readonly cookieSecrets: CookieSecrets;
  readonly sockets: SocketHolder;
  /** SCTP port. */
  readonly port: number;
  readonly localUdpPort: number;
  readonly localAddresses: readonly string[];
  readonly stack: StackOptionsInput;
  readonly socketBufferBytes: number | undefined;
  /** The user's. */
  readonly data: unknown;
}

/** From the parent to a worker. */
export type ToWorker =
  | Welcome
  /** Datagrams (src/cluster/datagram-batch.ts). */
  | { readonly kind: "batch"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** The oldest batch that the worker sent there is dealt with. */
  | { readonly kind: "taken"; readonly to: number }
  | { readonly kind: "directory"; readonly from: number; readonly message: DirectoryMessage }
  | { readonly kind: "started" | "gone"; readonly worker: number }
  | { readonly kind: "secrets"; readonly cookieSecrets: CookieSecrets }
  /** Accept no more, end when the last association has ended. */
  | { readonly kind: "close" }
  /** Abort everything and end. */
  | { readonly kind: "destroy" };

/** From a worker to the parent. */
export type FromWorker =
  | { readonly kind: "hello" }
  | { readonly kind: "listening" }
  | {
      readonly kind: "failed";
      readonly code: SctpErrorCode;
      readonly message: string;
      readonly details: Omit<SctpErrorDetails, "cause">;
    }
  | { readonly kind: "batch"; readonly to: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "taken" }
  | { readonly kind: "directory"; readonly to: number; readonly message: DirectoryMessage }
  /** Nothing is left to do. */
  | { readonly kind: "closed" };
