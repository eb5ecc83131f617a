/**
 * The inside of an association, for tests that must see what no user can.
 * Owns: the way from an association to its engine. Does not own: anything of either; importing this makes every stack of the
 * process remember its engines.
 */
import type { Association } from "../../src/association/association.ts";
import type { AssociationEngine } from "../../src/association/engine.ts";
import { Residents } from "../../src/stack/residents.ts";

const engines = new WeakMap<Association, AssociationEngine>();
const { create } = Residents.prototype;
Residents.prototype.create = function (this: Residents, ...init): AssociationEngine {
  const engine = create.call(this, ...init);
  engines.set(engine.association, engine);
  return engine;
};

export function engineOf(association: Association): AssociationEngine {
  const engine = engines.get(association);
  if (engine === undefined) throw new Error("made before this module was imported");
  return engine;
}

/** RFC 9260 5.2.2. */
export function tieTagsOf(association: Association): { localTieTag: number; peerTieTag: number } {
  const { localTieTag, peerTieTag } = engineOf(association).identity;
  return { localTieTag, peerTieTag };
}
