/**
 * What a user is told, as plain values for a trace.
 * Owns: which fields of the news go there: numbers, texts and lists of them. Does not own: the news (model/events.ts). Bytes, receipts and
 * whatever else is the user's own stay out.
 */
import type { TraceFact } from "../../base/trace-sink.ts";
import type { AssociationNews } from "../model/events.ts";

/** Objects within the news whose own fields are plain. */
const NESTED: ReadonlySet<string> = new Set(["reason", "delivery", "message"]);
/** Whose it is and what it is are told beside the facts; a receipt is the user's, whatever it is. */
const LEFT_OUT: ReadonlySet<string> = new Set(["kind", "association", "receipt"]);

export function factsOf(news: AssociationNews): Record<string, TraceFact> {
  const facts: Record<string, TraceFact> = {};
  for (const [name, value] of Object.entries(news)) {
    if (LEFT_OUT.has(name)) continue;
    if (isFact(value)) facts[name] = value;
    else if (NESTED.has(name))
      for (const [inner, fact] of Object.entries(value as object)) if (isFact(fact)) facts[inner] = fact;
  }
  return facts;
}

function isFact(value: unknown): value is TraceFact {
  return isPlain(value) || (Array.isArray(value) && value.every(isPlain));
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
