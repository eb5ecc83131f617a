/**
 * The extensions of one association that are at work.
 * Owns: adding their parts to those of RFC 9260 and taking them away again. Does not own: what they do, what was agreed on.
 *
 * Where no extension has anything of the association's own, all associations that have agreed on the same share one object.
 */
import type { AddressChanges } from "../model/address-changes.ts";
import { type Capabilities, NO_CAPABILITIES } from "../model/capabilities.ts";
import type { ChunkHandler } from "../model/chunk-handler.ts";
import type { Deadlines } from "../model/deadlines.ts";
import type { Negotiation } from "../model/negotiation.ts";
import type { PacketAuthentication } from "../model/packet-authentication.ts";
import type { Path } from "../paths/path.ts";
import type {
  AssociationExtension,
  ExtensionHost,
  ExtensionParts,
  SharedHandler,
} from "./association-extension.ts";

/** An association as seen by whoever adds parts to it. */
export interface ExtensionSite extends ExtensionHost {
  readonly negotiation: Negotiation<AssociationExtension>;
  readonly deadlines: Deadlines;
  readonly receiver: {
    addHandler(handler: ChunkHandler<Path>): void;
    removeHandler(handler: ChunkHandler<Path>): void;
  };
}

const NO_PARTS: readonly never[] = [];
/** Those without parts, by who agreed and on what. */
const sharedOnes = new WeakMap<object, WeakMap<Capabilities, ExtensionsAtWork>>();

export class ExtensionsAtWork {
  readonly capabilities: Capabilities;
  /** Undefined where packets are not authenticated. Hot: asked for each packet. */
  readonly authentication: PacketAuthentication<Path> | undefined;
  /** Undefined where addresses stay as they are. Hot: asked for each packet. */
  readonly dynamicAddresses: AddressChanges | undefined;
  readonly #extensions: readonly AssociationExtension[];
  readonly #parts: readonly ExtensionParts[];

  constructor(
    capabilities: Capabilities,
    extensions: readonly AssociationExtension[],
    parts: readonly ExtensionParts[],
  ) {
    this.capabilities = capabilities;
    this.authentication = parts.find(({ authentication }) => authentication !== undefined)?.authentication;
    this.dynamicAddresses = parts.find(
      ({ dynamicAddresses }) => dynamicAddresses !== undefined,
    )?.dynamicAddresses;
    this.#extensions = extensions;
    this.#parts = parts;
  }

  /** What all associations share that deals with such chunks; undefined where nothing does. */
  sharedHandlerOf(chunkType: number): SharedHandler | undefined {
    for (const { shared } of this.#extensions) if (shared?.chunkTypes.includes(chunkType)) return shared;
    return undefined;
  }

  onEstablished(host: ExtensionHost): void {
    for (const { id, onEstablished } of this.#extensions) {
      const state = this.capabilities.stateOf(id);
      if (state !== undefined) onEstablished?.(host, state);
    }
  }

  onLimitedMessage(host: ExtensionHost): void {
    for (const extension of this.#extensions) extension.onLimitedMessage?.(host);
  }

  /** Something else has been agreed on: those that were at work leave, and others come. */
  giveWayTo(capabilities: Capabilities, site: ExtensionSite): ExtensionsAtWork {
    for (const parts of this.#parts) {
      for (const handler of parts.handlers) site.receiver.removeHandler(handler);
      for (const part of parts.timed) site.deadlines.remove(part);
      parts.leave?.();
    }
    if (capabilities.isEmpty) return NO_EXTENSIONS;
    const parts: ExtensionParts[] = [];
    for (const { id, state } of capabilities.all) {
      const joined = site.negotiation.byId(id)?.join(site, state);
      if (joined !== undefined) parts.push(joined);
    }
    if (parts.length === 0) return sharedBy(site.negotiation, capabilities);
    for (const { handlers, timed } of parts) {
      for (const handler of handlers) site.receiver.addHandler(handler);
      for (const part of timed) site.deadlines.add(part);
    }
    return new ExtensionsAtWork(capabilities, extensionsOf(site.negotiation, capabilities), parts);
  }
}

/** RFC 9260 alone; one object for all associations. */
export const NO_EXTENSIONS: ExtensionsAtWork = new ExtensionsAtWork(NO_CAPABILITIES, NO_PARTS, NO_PARTS);

function sharedBy(
  negotiation: Negotiation<AssociationExtension>,
  capabilities: Capabilities,
): ExtensionsAtWork {
  const known = sharedOnes.get(negotiation)?.get(capabilities);
  if (known !== undefined) return known;
  const made = new ExtensionsAtWork(capabilities, extensionsOf(negotiation, capabilities), NO_PARTS);
  const ofThese = sharedOnes.get(negotiation) ?? new WeakMap<Capabilities, ExtensionsAtWork>();
  sharedOnes.set(negotiation, ofThese.set(capabilities, made));
  return made;
}

function extensionsOf(
  negotiation: Negotiation<AssociationExtension>,
  { all }: Capabilities,
): readonly AssociationExtension[] {
  return all.flatMap(({ id }) => negotiation.byId(id) ?? []);
}
