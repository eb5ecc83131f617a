/**
 * A page in the hands of somebody who has a keyboard and nothing else.
 * Owns: going from place to place with Tab, what every place on the way must be. Does not own: opening pages (harness.ts).
 */
import type { Page } from "playwright-core";

/** Nobody wants to press Tab more often. */
const MAX_TABS = 150;

/** A place that Tab leads to. */
export interface Stop {
  /** Its number in the document: the same place has the same one. */
  readonly id: number;
  readonly role: string;
  readonly name: string;
  /** Somebody who looks sees that it has the focus, and where. */
  readonly isShown: boolean;
  /** It lies above the one before in the same part of the page. */
  readonly isBackwards: boolean;
}

/** Presses Tab until the focus is there. @throws Error where it never is */
export async function tabTo(page: Page, role: string, name: string | RegExp): Promise<void> {
  const isThere = (stop: Stop): boolean =>
    stop.role === role && (typeof name === "string" ? stop.name === name : name.test(stop.name));
  const passed: string[] = [];
  for (let i = 0; i < MAX_TABS; i++) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    if (stop !== undefined && isThere(stop)) return;
    passed.push(`${stop?.role} ${stop?.name}`);
  }
  throw new Error(`Tab never comes to the ${role} ${name}, but to ${[...new Set(passed)].join("; ")}`);
}

/** All the way through the page, from its start to where Tab leaves it. @param key "Tab" or "Shift+Tab" */
export async function wayThrough(page: Page, key = "Tab"): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let i = 0; i < MAX_TABS; i++) {
    await page.keyboard.press(key);
    const stop = await focused(page);
    if (stop === undefined || stop.id === stops[0]?.id) return stops; // It may begin again at once.
    stops.push(stop);
  }
  throw new Error(`Tab never leaves the page: ${stops.map(({ name }) => name).join("; ")}`);
}

/** The ids of all that can be operated and is in sight: of radio buttons of one question, one. */
export function operable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    const groups = new Set<string>();
    return [...document.querySelectorAll<HTMLInputElement>(selector)]
      .filter((element) => {
        if (element.disabled || element.tabIndex < 0 || !element.checkVisibility()) return false;
        if (element.type !== "radio") return true;
        const isNew = !groups.has(element.name);
        groups.add(element.name);
        return isNew;
      })
      .map(
        (element) =>
          element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent,
      )
      .map((name) => name.trim().slice(0, 60));
  });
}

/** Where the focus is; undefined where it is nowhere. */
export function focused(page: Page): Promise<Stop | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement;
    if (element === document.body || element === null) return undefined;
    const seen = window as unknown as { stops?: Element[]; last?: { part: Element | null; top: number } };
    seen.stops ??= [];
    const stops = seen.stops;
    if (!stops.includes(element)) stops.push(element);
    // What is too small to be seen is seen by its label.
    const visible = element.clientWidth > 1 ? element : (element.labels?.[0] ?? element);
    const box = visible.getBoundingClientRect();
    // What scrolls may have its ring around the part that is seen.
    const isRinged = [visible, visible.parentElement ?? visible].some((ringed) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(ringed);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    });
    const isInWindow =
      box.bottom > 4 && box.top < innerHeight - 4 && box.right > 4 && box.left < innerWidth - 4;
    const part = element.closest("section, header, nav, fieldset, table, [role=tabpanel], [role=dialog]");
    // In what scrolls: it may have been scrolled since the last place.
    let top = box.top;
    for (let around = element.parentElement; around !== null; around = around.parentElement)
      top += around.scrollTop;
    const last = seen.last;
    seen.last = { part, top };
    const roles: Record<string, string> = { A: "link", SELECT: "combobox", TEXTAREA: "textbox" };
    const kinds: Record<string, string> = { range: "slider", number: "spinbutton" };
    const label = element.labels?.[0];
    const text = element.getAttribute("aria-label") ?? label?.textContent ?? element.textContent;
    return {
      id: stops.indexOf(element),
      role:
        element.getAttribute("role") ??
        roles[element.tagName] ??
        (element.tagName === "INPUT" ? (kinds[element.type] ?? element.type) : element.tagName.toLowerCase()),
      name: text.trim().slice(0, 60),
      isShown: isRinged && isInWindow && box.width > 4,
      isBackwards: last !== undefined && last.part === part && top + box.height <= last.top,
    };
  });
}
