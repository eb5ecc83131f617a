/**
 * What a stack tells its user: whose news it is, and the news.
 * Owns: that pair. Does not own: the shapes of the news (model/events.ts), their queue (src/stack/residents.ts).
 */
import type { Association } from "./association.ts";
import type { AssociationNews } from "./model/events.ts";

export type AssociationEvent = AssociationNews & { readonly association: Association };
