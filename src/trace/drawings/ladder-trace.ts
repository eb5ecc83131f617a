/**
 * The ladder of a trace: one side watched, the other seen through it.
 * Owns: that packets are drawn when this side sends or gets them. Does not own: the ladder (ladder.ts).
 */
import { checkOptions, isText, type OptionNames } from "../../base/option-check.ts";
import type { TraceDirection, TraceEvent, TraceSink } from "../../base/trace-sink.ts";
import type { TransportAddress } from "../../platform/address.ts";
import { Ladder } from "./ladder.ts";

export interface LadderTraceOptions {
  /** What to call the watched side. Default "this side". */
  readonly localName?: string;
  /** What to call its peer. Default "the peer". */
  readonly remoteName?: string;
}

const NAMES: OptionNames<LadderTraceOptions> = {
  of: "LadderTrace",
  see: "LadderTraceOptions",
  kinds: { localName: isText, remoteName: isText },
};

const LOCAL = 0;
const REMOTE = 1;

/** A trace sink: `ladderText` and `ladderSvg` draw what it has seen. */
export class LadderTrace implements TraceSink {
  readonly ladder: Ladder;

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION */
  constructor(options: LadderTraceOptions = {}) {
    const { localName = "this side", remoteName = "the peer" } = checkOptions(options, NAMES);
    this.ladder = new Ladder([localName, remoteName]);
  }

  packet(
    direction: TraceDirection,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    this.#take(direction, datagram, [local.address, remote.address], nowMs, false);
  }

  lost(
    direction: TraceDirection,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    this.#take(direction, datagram, [local.address, remote.address], nowMs, true);
  }

  event(event: TraceEvent, nowMs: number): void {
    this.ladder.event(LOCAL, event, nowMs);
  }

  #take(
    direction: TraceDirection,
    datagram: Uint8Array,
    [local, remote]: readonly [string, string],
    nowMs: number,
    isLost: boolean,
  ): void {
    const isSent = direction === "sent";
    this.ladder.sent({
      from: isSent ? LOCAL : REMOTE,
      to: isSent ? REMOTE : LOCAL,
      source: isSent ? local : remote,
      destination: isSent ? remote : local,
      sentAtMs: nowMs,
      datagram,
      arrows: [
        {
          fate: isLost ? "lost" : "arrived",
          arrivesAtMs: isLost ? undefined : nowMs,
          lostBy: "",
          isDamaged: false,
        },
      ],
    });
  }
}
