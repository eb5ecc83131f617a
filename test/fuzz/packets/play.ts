/**
 * Playing an input against a stack in some state.
 * Owns: what each step does, what happened in words. Does not own: what must hold (watch.ts, ending.ts).
 */
import type { Association } from "../../../src/association/association.ts";
import { SctpError } from "../../../src/base/errors.ts";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { encodePacket } from "../../../src/chunks/packet.ts";
import type { TransportAddress } from "../../../src/platform/address.ts";
import { SequenceDiagram } from "../../../src/trace/drawings/sequence-diagram.ts";
import { EventLog } from "../../../src/trace/event-log.ts";
import { fanOut } from "../../../src/trace/fan-out.ts";
import { PcapngSink } from "../../../src/trace/pcapng.ts";
import { OUR_PORT, PEER_ADDRESS, PEER_PORT, PEER_SECOND_ADDRESS, UDP_PORT } from "../../conformance/lab.ts";
import type { CommandStep, Input, PacketStep, Source } from "../step.ts";
import type { Target } from "../target.ts";
import { type Bench, OUR_ADDRESSES } from "./bench.ts";
import { catalogue } from "./catalogue.ts";
import { seal } from "./checksum.ts";
import { Ending } from "./ending.ts";
import { generate } from "./generate.ts";
import type { Peer } from "./peer.ts";
import { type Scene, STATES, type State } from "./states.ts";
import { Watch } from "./watch.ts";

const ADDRESSES: Readonly<Record<Source, TransportAddress>> = {
  peer: { address: PEER_ADDRESS, port: UDP_PORT },
  second: { address: PEER_SECOND_ADDRESS, port: UDP_PORT },
  rebound: { address: PEER_ADDRESS, port: 40_000 },
  stranger: { address: "192.0.2.99", port: 41_000 },
  multicast: { address: "224.0.0.1", port: UDP_PORT },
};
const HEADER_BYTES = 12;
const MAX_WAIT_MS = 200_000;
/** Calls with a control packet of their own. */
const CONTROL_CALLS: readonly string[] = ["shutdown", "abort", "heartbeat", "connect"];

class Play {
  readonly #bench: Bench;
  readonly #peer: Peer;
  readonly #watch: Watch;
  readonly #ending: Ending;
  #ended = false;

  constructor(state: State, scene: Scene) {
    this.#bench = scene.bench;
    this.#peer = scene.peer;
    this.#watch = new Watch(scene.bench);
    this.#ending = new Ending(scene, this.#watch, state);
  }

  run(input: Input): readonly string[] {
    for (const step of input) {
      if (this.#ended) break;
      if (step.kind === "packet") this.#throw(step);
      else this.#command(step);
    }
    if (!this.#ended) this.#ending.withPeer();
    return this.#happenings();
  }

  #throw(step: PacketStep): void {
    const bytes = this.#dressed(step);
    const to = step.source === "second" ? OUR_ADDRESSES[1] : OUR_ADDRESSES[0];
    this.#watch.receive(bytes, ADDRESSES[step.source], to, step.flushed);
    for (const sent of this.#bench.sent) this.#peer.learn(sent, this.#bench.association);
  }

  /** The packet with the tag and the checksum that the step asks for. */
  #dressed({ tag, sealed, bytes }: PacketStep): Uint8Array {
    const { initAck } = this.#peer;
    const datagram = tag === "cookie" && initAck !== undefined ? echo(initAck, bytes) : bytes.slice();
    if (datagram.length < HEADER_BYTES) return datagram;
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    const { association } = this.#bench;
    if (tag === "right") view.setUint32(4, association?.localTag ?? 0x7777);
    if (tag === "peer") view.setUint32(4, association?.peerTag ?? 0x7777);
    if (tag === "zero") view.setUint32(4, 0);
    if (sealed) seal(datagram);
    return datagram;
  }

  #command({ name, values: [a = 0, b = 0, c = 0] }: CommandStep): void {
    const { association } = this.#bench;
    switch (name) {
      case "wait":
        this.#watch.wait(Math.min(a, MAX_WAIT_MS));
        break;
      case "answer":
        this.#answer();
        break;
      case "read":
        this.#bench.autoRead = a === 1;
        if (a === 1) this.#bench.readAll();
        break;
      case "end":
        this.#end(a, b);
        break;
      case "lose-address":
        if (this.#bench.stack.localAddresses.length > 1) {
          this.#watch.noteCall();
          this.#bench.stack.removeLocalAddress(OUR_ADDRESSES[a % 2] ?? "", this.#bench.nowMs);
        }
        break;
      case "trace":
        break; // The whole play is watched by the tracing tools.
      default:
        if (association !== undefined || name === "connect") this.#call(name, association, a, b, c);
    }
  }

  /** A call of the user's; what is refused with an error that the user is told of is no fault. */
  #call(name: string, association: Association | undefined, a: number, b: number, c: number): void {
    const { nowMs, stack } = this.#bench;
    const remotes = association?.remoteAddresses ?? [];
    const address = remotes[a % remotes.length] ?? "";
    this.#watch.harmless = false;
    if (CONTROL_CALLS.includes(name)) this.#watch.noteCall();
    this.#watch.notePeers();
    if (name === "packet-size") this.#watch.maxPacketBytes = Math.max(this.#watch.maxPacketBytes, b);
    try {
      if (name === "send") {
        const info = { streamId: a, unordered: (c & 1) === 1, sackImmediately: (c & 2) === 2 };
        association?.send(new Uint8Array(Math.max(1, b)), info, nowMs);
      }
      if (name === "shutdown") association?.shutdown(nowMs);
      if (name === "abort") association?.abort(new Uint8Array(3), nowMs);
      if (name === "heartbeat") association?.requestHeartbeat(address, nowMs);
      if (name === "primary") association?.setPrimary(address);
      if (name === "packet-size") association?.setPathOptions(address, { maxPacketBytes: b }, nowMs);
      if (name === "connect") {
        const remoteAddresses = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
        const ports = { remotePort: PEER_PORT, remoteUdpPort: UDP_PORT, localPort: OUR_PORT };
        stack.connect({ remoteAddresses, ...ports }, nowMs);
      }
    } catch (error) {
      if (!(error instanceof SctpError)) throw error;
    }
  }

  #answer(): void {
    this.#watch.flush();
    for (const sent of this.#bench.sent.splice(0)) {
      const reply = this.#peer.reply(sent, this.#bench.association);
      if (reply === undefined) continue;
      this.#watch.receive(reply.bytes, { address: reply.from, port: UDP_PORT }, reply.to, true);
    }
  }

  #end(how: number, again: number): void {
    this.#ended = true;
    this.#watch.flush();
    if (how === 1) this.#ending.inSilence();
    else if (how === 2) this.#ending.byAbort();
    else this.#ending.withPeer();
    if (again === 1) this.#ending.again();
  }

  #happenings(): readonly string[] {
    const words = Object.keys(this.#bench.stack.counters);
    for (const event of this.#bench.events) {
      if (event.kind !== "closed") words.push(event.kind);
      else words.push(event.reason.kind === "aborted" ? `abort: ${event.reason.detail}` : event.reason.kind);
    }
    return words;
  }
}

/** A COOKIE ECHO for the stack's last INIT ACK, followed by the chunks of another packet. */
function echo(initAck: NonNullable<Peer["initAck"]>, bytes: Uint8Array): Uint8Array {
  const { tag: verificationTag, cookie } = initAck;
  const head = encodePacket({
    sourcePort: PEER_PORT,
    destinationPort: OUR_PORT,
    verificationTag,
    chunks: [{ kind: "COOKIE ECHO", cookie }],
  });
  const rest = bytes.subarray(HEADER_BYTES);
  const datagram = new Uint8Array(head.length + rest.length);
  datagram.set(head);
  datagram.set(rest, head.length);
  return datagram;
}

/** Everything that reads packets for people, explanations of every field included; what it writes is thrown away. */
function everyTool(): TraceSink {
  const ignore = (): void => {};
  const diagram = new SequenceDiagram(ignore, { explain: "all" });
  return fanOut(new EventLog(ignore), diagram, new PcapngSink(ignore));
}

function packetTarget(state: State): Target {
  const packets = catalogue(state.play());
  return {
    name: state.name,
    generate: (random, kept) => generate(random, packets, kept),
    play(input, trace?: TraceSink): readonly string[] {
      const isTraced = input.some((step) => step.kind === "command" && step.name === "trace");
      return new Play(state, state.play(isTraced ? (trace ?? everyTool()) : trace)).run(input);
    },
  };
}

export const PACKET_TARGETS: readonly Target[] = STATES.map(packetTarget);
