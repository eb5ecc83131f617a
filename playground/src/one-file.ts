/**
 * The entry of the one file: all pages in it, of which the address says one.
 * Owns: which one is shown. Does not own: the pages (main.tsx, lessons, race), their addresses (app/site.ts).
 */
import { type PageName, pageOf, TITLES } from "./app/site.ts";

const SHOWS: Readonly<Record<PageName, () => Promise<unknown>>> = {
  Playground: () => import("./main.tsx"),
  Lessons: () => import("./lessons/main.tsx"),
  Race: () => import("./race/main.tsx"),
};

const shown = pageOf(location.hash);
document.title = TITLES[shown];
// Before the page that is shown hears of it: another page begins anew, with its own style and workers.
addEventListener("hashchange", (event) => {
  if (pageOf(location.hash) === shown) return;
  event.stopImmediatePropagation();
  location.reload();
});
void SHOWS[shown]();
