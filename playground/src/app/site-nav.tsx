/**
 * The way from each page to the others.
 * Owns: which pages there are, and their names. Does not own: what is on them, what else is in the head of the first one.
 */
const PAGES = [
  ["Playground", "./index.html"],
  ["Lessons", "./lessons.html"],
  ["Race", "./race.html"],
] as const;

/** The one file has no other page beside it. */
const hasOthers = import.meta.env.MODE !== "one-file";

type PageName = (typeof PAGES)[number][0];

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
  if (!hasOthers) return null;
  return (
    <nav class="site-nav" aria-label="Pages">
      {PAGES.map(([name, address]) => (
        <a key={name} href={address} aria-current={name === here ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
