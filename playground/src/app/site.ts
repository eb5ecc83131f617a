/**
 * The pages, and where they are: files beside one another, or views of the one file.
 * Owns: their names, addresses and titles, which of them an address of the one file means. Does not own: what is on them.
 */
export const PAGES = ["Playground", "Lessons", "Race"] as const;
export type PageName = (typeof PAGES)[number];

/** In the one file each page is told by what stands behind `#`. */
const isOneFile = import.meta.env.MODE === "one-file";
const FILES: Readonly<Record<PageName, string>> = {
  Playground: "./index.html",
  Lessons: "./lessons.html",
  Race: "./race.html",
};
const FRAGMENTS: Readonly<Record<PageName, string>> = { Playground: "#", Lessons: "#lessons", Race: "#race" };

export const TITLES: Readonly<Record<PageName, string>> = {
  Playground: "sctpkit playground",
  Lessons: "Lessons · sctpkit playground",
  Race: "The head-of-line race · sctpkit playground",
};

/** @param fragment what the page is to show, without the "#" */
export function addressOf(page: PageName, fragment = ""): string {
  const inside = fragment === "" ? FRAGMENTS[page] : `#${fragment}`;
  if (isOneFile) return inside;
  return fragment === "" ? FILES[page] : `${FILES[page]}${inside}`;
}

/** Which page of the one file it is. @param fragment as in `location.hash` */
export function pageOf(fragment: string): PageName {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  if (fields.has("lessons") || fields.has("lesson")) return "Lessons";
  return fields.has("race") || fields.has("rtt") ? "Race" : "Playground";
}
