/**
 * The way from each page to the others.
 * Owns: how it looks. Does not own: which pages there are, and where (site.ts), what else is in the head of the first one.
 */
import { addressOf, PAGES, type PageName } from "./site.ts";

/** The head of a page that has a heading of its own below. */
export function SiteHead({ here }: { readonly here: PageName }) {
  return (
    <header class="site-head">
      <p class="site-name">
        sctpkit <span>playground</span>
      </p>
      <SiteNav here={here} />
    </header>
  );
}

export function SiteNav({ here }: { readonly here: PageName }) {
  return (
    <nav class="site-nav" aria-label="Pages">
      {PAGES.map((name) => (
        <a key={name} href={addressOf(name)} aria-current={name === here ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
