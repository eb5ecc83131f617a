/**
 * Which hosts there are in a capture that was made by none of them.
 * Owns: which addresses and UDP ports are one host's: all that packets with one verification tag come from are, and so are all that they
 * go to. Does not own: which of an association's two sides sent a packet (capture-sides.ts), what the packets say.
 */
import { COMMON_HEADER_BYTES, verificationTag } from "../../chunks/common-header.ts";
import { endpointText } from "../event-log.ts";
import { announcedTag, isTagReflected } from "./capture-sides.ts";
import type { CapturedPacket } from "./read-capture.ts";

/** Places and tags that are remembered; what comes later belongs to nobody. */
const MAX_REMEMBERED = 16_384;

type Ends = Pick<CapturedPacket, "bytes" | "source" | "destination" | "isUdp">;

/** First shown every packet, then asked. */
export class CaptureHosts {
  /** Of each place, and of each end of a tag, another one of the same host; itself where there is none. */
  readonly #same = new Map<string, string>();
  /** In the order in which they were seen. */
  readonly #places: string[] = [];
  /** Of each place, once somebody asks. */
  #lanes: ReadonlyMap<string, number> | undefined;

  see(packet: Ends): void {
    this.#lanes = undefined;
    const [source, destination] = placesOf(packet);
    for (const place of [source, destination]) {
      if (this.#same.has(place) || this.#same.size >= MAX_REMEMBERED) continue;
      this.#same.set(place, place);
      this.#places.push(place);
    }
    const { bytes } = packet;
    if (bytes.length < COMMON_HEADER_BYTES) return;
    const tag = verificationTag(bytes);
    // An INIT has no tag of its own, and the T bit says that it is the other direction's.
    if (tag !== 0 && !isTagReflected(bytes)) {
      this.#join(source, senderBy(tag));
      this.#join(destination, receiverBy(tag));
    }
    const announced = announcedTag(bytes);
    if (announced === undefined) return;
    this.#join(source, receiverBy(announced));
    this.#join(destination, senderBy(announced));
  }

  /** What each host is called: its places, in the order in which it was seen first. */
  get names(): readonly string[] {
    return [...this.#byHost().values()].map((places) => places.join(", "));
  }

  /** Which of `names` sent a packet and which it went to; undefined for what is not remembered. */
  endsOf(packet: Ends): readonly [from: number | undefined, to: number | undefined] {
    this.#lanes ??= this.#lanesOf();
    const [source, destination] = placesOf(packet);
    return [this.#lanes.get(source), this.#lanes.get(destination)];
  }

  #lanesOf(): ReadonlyMap<string, number> {
    const hosts = [...this.#byHost().values()];
    return new Map(hosts.flatMap((places, lane) => places.map((place) => [place, lane] as const)));
  }

  #byHost(): ReadonlyMap<string, readonly string[]> {
    const hosts = new Map<string, string[]>();
    for (const place of this.#places) {
      const root = this.#rootOf(place);
      const places = hosts.get(root);
      if (places === undefined) hosts.set(root, [place]);
      else places.push(place);
    }
    return hosts;
  }

  #join(one: string, other: string): void {
    if (!this.#same.has(one)) return;
    if (!this.#same.has(other)) {
      if (this.#same.size < MAX_REMEMBERED) this.#same.set(other, this.#rootOf(one));
      return;
    }
    this.#same.set(this.#rootOf(other), this.#rootOf(one));
  }

  /** On the way there every name learns it: each is looked for often. */
  #rootOf(name: string): string {
    let root = name;
    for (let next = this.#same.get(root); next !== undefined && next !== root; next = this.#same.get(root))
      root = next;
    this.#same.set(name, root);
    return root;
  }
}

/** Whoever sends packets with the tag. */
function senderBy(tag: number): string {
  return `from ${tag}`;
}
/** Whoever they are for. */
function receiverBy(tag: number): string {
  return `to ${tag}`;
}

/** Where SCTP stands in IP by itself, one address is one host, unless it talks to itself. */
function placesOf({ bytes, source, destination, isUdp }: Ends): readonly [string, string] {
  if (isUdp) return [endpointText(source), endpointText(destination)];
  if (source.address !== destination.address || bytes.length < COMMON_HEADER_BYTES)
    return [source.address, destination.address];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [`${source.address} port ${view.getUint16(0)}`, `${destination.address} port ${view.getUint16(2)}`];
}
