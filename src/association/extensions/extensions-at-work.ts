/**
 * The extensions of one association that are at work.
 * Owns: adding their parts to those of RFC 9260 and taking them away again. Does not own: what they do, what was agreed on.
 */
import { type Capabilities, NO_CAPABILITIES } from "../model/capabilities.ts";
import type { ChunkHandler } from "../model/chunk-handler.ts";
import type { Deadlines } from "../model/deadlines.ts";
import type { Negotiation } from "../model/negotiation.ts";
import type { Path } from "../paths/path.ts";
import type { AssociationExtension, ExtensionHost, ExtensionParts } from "./association-extension.ts";

/** An association as seen by whoever adds parts to it. */
export interface ExtensionSite extends ExtensionHost {
  readonly negotiation: Negotiation<AssociationExtension>;
  readonly deadlines: Deadlines;
  readonly receiver: {
    addHandler(handler: ChunkHandler<Path>): void;
    removeHandler(handler: ChunkHandler<Path>): void;
  };
}

export class ExtensionsAtWork {
  readonly capabilities: Capabilities;
  readonly #parts: readonly ExtensionParts[];

  constructor(capabilities: Capabilities, parts: readonly ExtensionParts[]) {
    this.capabilities = capabilities;
    this.#parts = parts;
  }

  /** Something else has been agreed on: those that were at work leave, and others come. */
  giveWayTo(capabilities: Capabilities, site: ExtensionSite): ExtensionsAtWork {
    for (const { handlers, timed } of this.#parts) {
      for (const handler of handlers) site.receiver.removeHandler(handler);
      for (const part of timed) site.deadlines.remove(part);
    }
    if (capabilities.isEmpty) return NO_EXTENSIONS;
    const parts = capabilities.all.flatMap(({ id, state }) => {
      const extension = site.negotiation.byId(id);
      return extension === undefined ? [] : [extension.join(site, state)];
    });
    for (const { handlers, timed } of parts) {
      for (const handler of handlers) site.receiver.addHandler(handler);
      for (const part of timed) site.deadlines.add(part);
    }
    return new ExtensionsAtWork(capabilities, parts);
  }
}

/** RFC 9260 alone; one object for all associations. */
export const NO_EXTENSIONS: ExtensionsAtWork = new ExtensionsAtWork(NO_CAPABILITIES, []);
