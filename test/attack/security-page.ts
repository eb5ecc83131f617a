/**
 * The parts of docs/security.md that are made from the code.
 * Owns: which there are. Does not own: the tables (limits.ts, amplification.ts), the rest of the page.
 */
import { fillParts } from "../../docs/page-parts.ts";
import { amplificationTable } from "./amplification.ts";
import { collectionsTable, limitsTable } from "./limits.ts";

const PARTS: Readonly<Record<string, () => string>> = {
  limits: limitsTable,
  collections: collectionsTable,
  amplification: amplificationTable,
};

/** @throws Error if a marker is missing from the page */
export function withTables(page: string): string {
  return fillParts(page, PARTS);
}
