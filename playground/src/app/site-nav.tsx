/**
 * The way from each page to the others.
 * Owns: which pages there are, and their names. Does not own: what is on them, the rest of a page's head.
 */
const PAGES = [
  ["Playground", "./index.html"],
  ["Lessons", "./lessons.html"],
  ["Race", "./race.html"],
] as const;

/** The one file has no other page beside it. */
const hasOthers = import.meta.env.MODE !== "one-file";

export function SiteNav({ here }: { readonly here: (typeof PAGES)[number][0] }) {
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
