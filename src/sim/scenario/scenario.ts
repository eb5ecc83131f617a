/**
 * The form of a scenario: a network, its hosts, what they do and what befalls them, in one JSON document.
 * Owns: the types, every default filled in. Does not own: the check of a document (schema.ts, reader.ts), playing
 * it (run.ts).
 */
import type {
  AddedStreamCounts,
  ResetDirection,
} from "../../association/extensions/stream-reconfiguration.ts";
import type { Reliability } from "../../association/model/reliability.ts";
import type { StreamShare } from "../../association/model/stream-share.ts";
import type { HmacName } from "../../base/authentication.ts";
import type { AssociationOptionsInput, StackOptionsInput } from "../../base/options.ts";
import type { LinkProfile } from "../world/network.ts";
import type { ChunkName } from "../world/planned-faults.ts";

/** The options of an association, as far as JSON can say them: controllers by name, keys in hexadecimal. */
export type ScenarioOptions = Omit<AssociationOptionsInput, "authentication" | "congestionControl"> & {
  readonly congestionControl?: Extract<AssociationOptionsInput["congestionControl"], string>;
  readonly authentication?:
    | boolean
    | {
        readonly chunks?: readonly number[];
        readonly hmacs?: readonly HmacName[];
        /** By their ids; pairs of hexadecimal digits. */
        readonly keys?: Readonly<Record<string, string>>;
        readonly activeKeyId?: number;
      };
};

export interface ScenarioHost {
  readonly name: string;
  /** IPv4 or IPv6, in their canonical form. */
  readonly addresses: readonly string[];
  /** Of every association that it asks for or accepts. */
  readonly options: ScenarioOptions;
  readonly stack: StackOptionsInput;
  /** The largest UDP payload that leaves whole. */
  readonly interfaceBytes: number;
  /** Tags and TSNs begin shortly before 2^32. */
  readonly numbersNearWrap: boolean;
}

/** Two addresses, and what the network does between them. */
export interface ScenarioLink {
  readonly between: readonly [string, string];
  /** From the first to the second. */
  readonly there: Partial<LinkProfile>;
  /** Like `there` if absent. */
  readonly back?: Partial<LinkProfile>;
}

/** A NAT in front of an address; links lead to the outer one. */
export interface ScenarioNat {
  readonly inner: string;
  readonly outer: string;
}

interface FaultBase {
  /** Packets that contain such a chunk; or `packet`. */
  readonly chunk?: ChunkName;
  /** The packet of this number, counted from 1 in the order of sending, by whichever host. */
  readonly packet?: number;
  /** The names of hosts; anybody if absent. */
  readonly from?: string;
  readonly to?: string;
  /** The first that it strikes, counted from `atMs` on. */
  readonly nth: number;
  readonly count: number;
  readonly atMs: number;
}
/** What is to befall certain packets. */
export type ScenarioFault = FaultBase &
  ({ readonly do: "lose" | "double" | "corrupt" } | { readonly do: "delay"; readonly lateMs: number });

interface Deed<Name extends string> {
  readonly do: Name;
  readonly atMs: number;
}
/** What the user of a host does. */
interface HostDeed<Name extends string> extends Deed<Name> {
  readonly host: string;
}
/** What the user of an association does: that with `peer`, or the latest one. */
interface UserDeed<Name extends string> extends HostDeed<Name> {
  readonly peer?: string;
}

export type ScenarioStep =
  | (HostDeed<"listen"> & { readonly port: number })
  | (HostDeed<"connect"> & {
      /** The name of a host: all of its addresses that can be reached; or addresses. */
      readonly to: string | readonly string[];
      readonly port: number;
      /** 0: any. */
      readonly localPort: number;
    })
  | (UserDeed<"send"> & {
      /** Of each message, drawn from the seed; or `text`. */
      readonly bytes?: number;
      readonly text?: string;
      readonly streamId: number;
      readonly ppid: number;
      readonly unordered: boolean;
      readonly count: number;
      readonly everyMs: number;
      readonly reliability?: Reliability;
    })
  | UserDeed<"shutdown">
  | (UserDeed<"abort"> & { readonly reason: string })
  /** It stops to read, or reads again. */
  | HostDeed<"pause" | "resume">
  /** It crashes, and comes back knowing nothing. */
  | HostDeed<"restart">
  | (UserDeed<"options"> & { readonly options: ScenarioOptions })
  | (UserDeed<"share"> & { readonly streamId: number } & StreamShare)
  | (UserDeed<"primary" | "heartbeat"> & { readonly address: string })
  | (UserDeed<"reset-streams"> & {
      readonly direction: ResetDirection;
      /** None: all. */
      readonly streamIds: readonly number[];
    })
  | UserDeed<"reset-association">
  | (UserDeed<"add-streams"> & Required<AddedStreamCounts>)
  /** The host gets an address and tells its peer, or asks it to forget one, or to send to one by preference (RFC 5061). */
  | (UserDeed<"add-address" | "remove-address" | "peer-primary"> & { readonly address: string })
  | (HostDeed<"move"> & { readonly from: string; readonly to: string })
  | (HostDeed<"lose-address"> & { readonly address: string })
  | (Deed<"cut" | "mend"> & { readonly between: readonly [string, string]; readonly oneWay: boolean })
  | (Deed<"adjust"> & {
      readonly between: readonly [string, string];
      readonly oneWay: boolean;
      readonly link: Partial<LinkProfile>;
    })
  | Deed<"heal">
  /** The NAT in front of the address forgets its binding. */
  | (Deed<"rebind"> & { readonly address: string });

/** A whole scenario. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  /** How long it is played. */
  readonly durationMs: number;
  readonly hosts: readonly ScenarioHost[];
  readonly links: readonly ScenarioLink[];
  readonly nats: readonly ScenarioNat[];
  readonly faults: readonly ScenarioFault[];
  readonly timeline: readonly ScenarioStep[];
}
