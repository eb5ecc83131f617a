/**
 * The states of RFC 9260 section 4, and some of their moods: how each is reached, and what the peer knows then.
 * Owns: the recordings. Does not own: what is thrown at them (catalogue.ts, mutate.ts), what must hold (watch.ts).
 *
 * A recording is played anew for every input: the stack is a fresh one each time.
 */

import type { AuthenticationInput } from "../../../src/base/authentication.ts";
import type { AssociationOptions, StackOptions } from "../../../src/base/options.ts";
import { tsnAdd } from "../../../src/base/serial.ts";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import type { Parameter } from "../../../src/chunks/parameters.ts";
import { adds, BARE, OUR_THIRD_ADDRESS } from "../../conformance/address-peer.ts";
import {
  addressParameter,
  cookieParameter,
  FORWARD_TSN_SUPPORTED,
  initAckChunk,
  initChunk,
  OUR_ADDRESS,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  RECONFIG_SUPPORTED,
  UDP_PORT,
} from "../../conformance/lab.ts";
import { Bench, type BenchOptions } from "./bench.ts";
import { PEER_TSN, Peer, type PeerData, type Reply } from "./peer.ts";

/** Limits so low that an input can reach them. */
const TIGHT_STACK: Partial<StackOptions> = {
  maxOotbAnswersPerSecond: 5,
  maxAssociations: 3,
  maxChunksPerPacket: 40,
};
const TIGHT: Partial<AssociationOptions> = {
  receiveBufferBytes: 8_192,
  maxReassemblyFragments: 32,
  maxDuplicateTsnsReported: 8,
  maxGapBlocksReported: 16,
  maxInboundStreams: 8,
  outboundStreams: 6,
  maxPeerAddresses: 3,
  maxUnrecognizedReported: 3,
};

/** I-DATA, each chunk of another stream. */
const INTERLEAVED: Partial<AssociationOptions> = { interleaving: true, streamScheduler: "rr" };

/** NR-SACKs, and all paths at once. */
const PROMISES: Partial<AssociationOptions> = { nrSack: true, multipath: "coupled" };

/** A stack that has been brought to a state. */
export interface Scene {
  readonly bench: Bench;
  readonly peer: Peer;
}

export interface State {
  readonly name: string;
  readonly options: BenchOptions;
  /** User data that the peer still has to send, so that everything it began becomes whole. */
  readonly rest: readonly PeerData[];
  readonly play: (trace?: TraceSink) => Scene;
}

/** Brings a stack to its state while everything is recorded. */
class Script {
  readonly bench: Bench;
  readonly peer: Peer = new Peer();
  readonly #options: BenchOptions;

  constructor(options: BenchOptions) {
    this.#options = options;
    this.bench = new Bench(options);
    this.bench.record();
  }

  /** The peer says something by itself, under the association's tag. */
  say(...chunks: readonly Chunk[]): void {
    this.deliver(this.peer.packet(this.bench.association, chunks));
  }

  deliver({ bytes, from, to }: Reply): void {
    this.bench.receive(bytes, { address: from, port: UDP_PORT }, to);
    this.bench.flush();
  }

  /** The peer answers everything that was sent, and what follows from it. */
  answer(): void {
    for (let round = 0; round < 20; round++) {
      const sent = this.bench.sent.splice(0);
      if (sent.length === 0) return;
      for (const packet of sent) {
        const reply = this.peer.reply(packet, this.bench.association);
        if (reply !== undefined) this.deliver(reply);
      }
    }
  }

  /** The peer sees what was sent, and does not answer. */
  overhear(): void {
    for (const packet of this.bench.sent.splice(0)) this.peer.learn(packet, this.bench.association);
  }

  /** The user asks for an association; its INIT is on the wire. */
  connect(): void {
    const options = this.#options.association;
    this.bench.act(({ stack, nowMs }) => {
      stack.connect(
        {
          remoteAddresses: [PEER_ADDRESS],
          remotePort: PEER_PORT,
          remoteUdpPort: UDP_PORT,
          localPort: OUR_PORT,
          options,
        },
        nowMs,
      );
    });
    this.bench.flush();
  }

  /** The peer asks for an association, and gets it. */
  accept(addresses: readonly string[] = []): void {
    const init = initChunk({
      initiateTag: PEER_TAG,
      initialTsn: PEER_TSN,
      parameters: [...this.peer.parameters, ...addresses.map(addressParameter)],
    });
    this.peer.isOpening = true;
    this.say(init);
    this.answer();
  }

  /** The user sends messages of so many bytes, one on each stream in turn; half of them are given up if they are lost. */
  send(...lengths: readonly number[]): void {
    this.bench.act(({ association, nowMs }) => {
      for (const [i, lengthBytes] of lengths.entries()) {
        const data = new Uint8Array(lengthBytes).fill(0x61 + i);
        const reliability = i % 2 === 1 ? { maxRetransmits: i % 4 === 3 ? 1 : 0 } : undefined;
        const context = reliability === undefined ? 0 : LIMITED;
        association?.send(data, { streamId: i % 4, unordered: i % 3 === 2, reliability, context }, nowMs);
      }
    });
    this.bench.flush();
  }

  shutdown(): void {
    this.bench.act(({ association, nowMs }) => association?.shutdown(nowMs));
    this.bench.flush();
  }

  /** The user takes nothing from now on. */
  stopReading(): void {
    this.bench.act((bench) => {
      bench.autoRead = false;
    });
  }

  /** Lets time go on to the stack's next deadline. */
  timeout(): void {
    this.bench.toNextDeadline(Number.MAX_VALUE);
  }
}

/** The peer may ask for whatever RFC 6525 has. */
const ALLOWED = { allowStreamReset: true, allowAssociationReset: true, allowAddStreams: true };

function state(
  name: string,
  build: (script: Script) => readonly PeerData[] | undefined,
  more: Partial<BenchOptions> & {
    readonly tight?: boolean;
    readonly interleaved?: boolean;
    readonly promises?: boolean;
    readonly authentication?: AuthenticationInput;
  } = {},
): State {
  const { tight = true, interleaved = false, promises = false, authentication = false, ...rest } = more;
  const options: BenchOptions = {
    stack: tight ? TIGHT_STACK : {},
    association: {
      ...(tight ? TIGHT : {}),
      ...ALLOWED,
      ...(interleaved ? INTERLEAVED : {}),
      ...(promises ? PROMISES : {}),
      authentication,
    },
    listens: true,
    ...rest,
  };
  const script = new Script(options);
  script.peer.isInterleaved = interleaved;
  script.peer.promises = promises;
  const missing = build(script) ?? [];
  script.overhear();
  const { peer } = script;
  const replay = script.bench.recorded();
  return {
    name,
    options,
    rest: missing,
    play(trace): Scene {
      const bench = new Bench(trace === undefined ? options : { ...options, trace });
      replay(bench);
      return { bench, peer: peer.copy() };
    },
  };
}

/** The peer sends all but the third of six fragments and messages, and one of them twice. */
function sayWithGaps(script: Script): readonly PeerData[] {
  const { peer } = script;
  const whole = peer.data({ ssn: 0 });
  const first = peer.data({ streamId: 1, ending: false });
  const middle = peer.data({ streamId: 1, beginning: false, ending: false });
  const last = peer.data({ streamId: 1, beginning: false });
  const early = peer.data({ ssn: 2 });
  const missing = peer.data({ ssn: 1 });
  const loose = peer.data({ unordered: true, streamId: 3 });
  script.say(whole, first);
  script.say(last, early);
  script.say(early, loose);
  return [middle, missing];
}

/** Fragments and early messages until the window is shown closed, with the beginning of one message still to come. */
function sayUntilFull(script: Script): readonly PeerData[] {
  const { peer } = script;
  const missing = peer.data({ ending: false, payload: new Uint8Array(500) });
  for (let i = 0; i < 4; i++) {
    const payload = new Uint8Array(1_000).fill(i);
    script.say(peer.data({ beginning: false, ending: false, payload }));
  }
  const end = peer.data({ beginning: false, payload: new Uint8Array(600) });
  for (let i = 0; i < 4; i++)
    script.say(peer.data({ ssn: 2 + i, streamId: 2, payload: new Uint8Array(1_000).fill(i) }));
  const early = [0, 1].map((ssn) => peer.data({ streamId: 2, ssn }));
  return [missing, end, ...early];
}

function withGaps(script: Script): readonly PeerData[] {
  script.accept([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  script.peer.acknowledges = false;
  script.send(300, 2_500, 40, 700);
  const missing = sayWithGaps(script);
  script.overhear();
  return missing;
}

function full(script: Script): readonly PeerData[] {
  script.accept();
  script.stopReading();
  return sayUntilFull(script);
}

function withLoss(script: Script): undefined {
  script.accept([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  script.timeout();
  script.answer();
  script.peer.acknowledges = false;
  script.send(900, 900, 900, 900, 900, 900, 900);
  script.overhear();
  const { association } = script.bench;
  const base = tsnAdd(association?.localInitialTsn ?? 0, -1);
  for (let end = 2; end <= 4; end++)
    script.say(
      script.peer.report({ cumulativeTsnAck: base, aRwndBytes: 6_000, gapBlocks: [{ start: 2, end }] }, [
        { start: 3, end: 3 },
      ]),
    );
  script.timeout();
  script.timeout();
  script.overhear();
}

/** What the peer says that wants DATA and SACKs authenticated, by SHA-1. */
const AUTH_PARAMETERS: readonly Parameter[] = [
  { kind: "RANDOM", type: 0x8002, random: new Uint8Array(32).fill(0x5a) },
  { kind: "CHUNKS", type: 0x8003, chunkTypes: [0, 3] },
  { kind: "HMAC-ALGO", type: 0x8004, hmacIds: [1] },
];

/** The context of messages that may be given up. */
export const LIMITED = 1;

export const STATES: readonly State[] = [
  state("closed", () => {}, { listens: false }),
  state("listening", () => {}),
  state("cookie-wait", (script) => {
    script.connect();
    script.send(100, 3_000);
  }),
  state("cookie-echoed", (script) => {
    script.connect();
    script.send(100, 3_000);
    script.overhear();
    script.say(
      initAckChunk({
        initiateTag: PEER_TAG,
        initialTsn: PEER_TSN,
        parameters: [
          cookieParameter(),
          FORWARD_TSN_SUPPORTED,
          RECONFIG_SUPPORTED,
          addressParameter(PEER_ADDRESS),
          addressParameter(PEER_SECOND_ADDRESS),
        ],
      }),
    );
  }),
  state(
    "established",
    (script) => {
      script.accept();
    },
    { tight: false },
  ),
  state("established-gaps", withGaps),
  state("established-full", full),
  state("established-loss", withLoss),
  state("interleaved-gaps", withGaps, { interleaved: true }),
  state("interleaved-full", full, { interleaved: true }),
  state("interleaved-loss", withLoss, { interleaved: true }),
  state("promised-gaps", withGaps, { promises: true }),
  state("promised-loss", withLoss, { promises: true }),
  state("promised-interleaved", withLoss, { promises: true, interleaved: true }),
  state(
    "established-probing",
    (script) => {
      script.accept([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
      script.timeout();
      script.answer();
      script.peer.acknowledges = false;
      script.send(900, 3_000, 40);
      script.timeout();
      script.overhear();
    },
    { association: { ...TIGHT, ...ALLOWED, pathMtuDiscovery: true, pathMtuMaxBytes: 2_000 } },
  ),
  // The peer's RE-CONFIG and FORWARD TSN must be authenticated, the stack's DATA and SACKs are.
  state(
    "established-authenticated",
    (script) => {
      script.peer.saysOfAuthentication = AUTH_PARAMETERS;
      script.accept([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
      script.say(script.peer.data());
      script.peer.acknowledges = false;
      script.send(300, 2_500, 40);
      script.overhear();
    },
    { authentication: { chunks: [130, 192], keys: { 0: new Uint8Array(0), 1: new Uint8Array(9) } } },
  ),
  state("established-reconfiguring", (script) => {
    script.accept();
    script.say(script.peer.data());
    script.peer.acknowledges = false;
    script.send(300, 2_500, 40);
    script.bench.act(({ association, nowMs }) => {
      association?.resetStreams("both", [0, 2], nowMs);
      association?.addStreams({ inbound: 2, outbound: 1 }, nowMs);
      association?.resetAssociation(nowMs);
    });
    script.send(50, 60);
    script.overhear();
  }),
  // One ASCONF of each side's has been performed, and one of the stack's is under way: more waits behind it.
  state(
    "established-addresses",
    (script) => {
      script.peer.knowsAddresses = true;
      script.accept();
      const parameters = [addressParameter(PEER_ADDRESS), adds(PEER_SECOND_ADDRESS)];
      script.say({ kind: "ASCONF", serialNumber: PEER_TSN, parameters });
      script.bench.act(({ association, nowMs }) =>
        association?.setPeerPrimaryAddress(OUR_SECOND_ADDRESS, nowMs),
      );
      script.bench.flush();
      script.answer();
      script.peer.acknowledges = false;
      script.send(300, 2_500, 40);
      script.bench.act(({ stack, association, nowMs }) => {
        stack.addLocalAddress(OUR_THIRD_ADDRESS);
        association?.addLocalAddress(OUR_THIRD_ADDRESS, nowMs);
      });
      script.bench.flush();
      script.bench.act(({ association, nowMs }) => association?.removeLocalAddress(OUR_ADDRESS, nowMs));
      script.overhear();
    },
    { association: { ...TIGHT, ...ALLOWED, ...BARE } },
  ),
  state("shutdown-pending", (script) => {
    script.accept();
    script.peer.acknowledges = false;
    script.send(300, 2_500, 40);
    script.shutdown();
    script.say(script.peer.data(), script.peer.data({ ssn: 1 }));
  }),
  state("shutdown-sent", (script) => {
    script.accept([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
    script.say(script.peer.data());
    script.shutdown();
  }),
  state("shutdown-received", (script) => {
    script.accept();
    script.peer.acknowledges = false;
    script.send(300, 2_500, 6_000);
    script.overhear();
    const { association } = script.bench;
    const cumulativeTsnAck = tsnAdd(association?.localInitialTsn ?? 0, 0);
    script.say({ kind: "SHUTDOWN", cumulativeTsnAck });
  }),
  state("shutdown-ack-sent", (script) => {
    script.connect();
    script.answer();
    script.say(script.peer.data());
    const { association } = script.bench;
    if (association !== undefined)
      script.say({ kind: "SHUTDOWN", cumulativeTsnAck: script.peer.highestTsn(association) });
  }),
];
