/**
 * The keys that work wherever the focus is, but where text is written.
 * Owns: which key does what, and the words for it. Does not own: the keys of the ladder (src/ladder), doing it (PageSession).
 */
import { effect, type Signal, signal } from "@preact/signals";
import type { PageSession } from "../session/page-session.ts";
import { SPEEDS } from "./controls.tsx";

/** For the help, in the order in which they are learnt. */
export const KEYS: ReadonlyArray<readonly [keys: string, what: string]> = [
  ["Space", "play or pause"],
  [". or →", "one step"],
  [", or ←", "one step back"],
  ["0", "to the beginning"],
  ["+ and -", "faster, slower"],
  ["U", "choose the next packet under way"],
  ["↑ and ↓", "in the ladder: choose another packet"],
  ["D", "drop the chosen packet"],
  ["L", "delay it by 100 ms"],
  ["2", "double it"],
  ["C", "corrupt it"],
  ["Enter", "all that can be done to it"],
  ["Escape", "leave that, or this list"],
  ["?", "this list"],
];

const WRITING = "input, textarea, select, button, a, summary, dialog, [role=tab], [contenteditable]";
/** Those of them that letters, digits and signs mean nothing to. */
const NOT_WRITTEN_IN =
  "button, a, summary, [role=tab], [type=range], [type=checkbox], [type=radio], [type=file]";

/** Single keys disturb some who speak to their computer: they can be turned off. */
export const areKeysOn: Signal<boolean> = signal(true);
export const isHelpOpen: Signal<boolean> = signal(false);

export function listenToKeys(session: PageSession): void {
  addEventListener("keydown", (event) => {
    if (!areKeysOn.value || event.ctrlKey || event.metaKey || event.altKey || isForField(event)) return;
    if (perform(event.key, session)) event.preventDefault();
  });
}

/** A key that a field or a button makes something of is left to it. */
function isForField({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  const field = target.closest(WRITING);
  if (field === null) return false;
  return !field.matches(NOT_WRITTEN_IN) || key === " " || key === "Enter" || key.startsWith("Arrow");
}

function perform(key: string, session: PageSession): boolean {
  switch (key) {
    case " ":
      session.toggle();
      return true;
    case ".":
    case "ArrowRight":
      session.step();
      return true;
    case ",":
    case "ArrowLeft":
      session.stepBack();
      return true;
    case "0":
      session.seek(0);
      return true;
    case "+":
    case "=":
      return shift(session, 1);
    case "-":
      return shift(session, -1);
    case "u":
    case "U":
      return chooseUnderWay(session);
    case "?":
      isHelpOpen.value = true;
      return true;
    default:
      return false;
  }
}

function shift(session: PageSession, by: number): boolean {
  const at = SPEEDS.indexOf(session.speed.value as (typeof SPEEDS)[number]);
  const next = SPEEDS[at + by];
  if (next !== undefined) session.setSpeed(next);
  return true;
}

/** One after the other, and the first again. */
function chooseUnderWay(session: PageSession): boolean {
  const moment = session.moment.value;
  const there =
    moment?.rows.packets.filter(({ arrows }) => arrows.some(({ fate }) => fate === "under way")) ?? [];
  const after = there.find(({ number }) => number > session.chosen) ?? there[0];
  if (after === undefined) return false;
  session.select(after.number);
  const ladder = document.querySelector<HTMLElement>(".ladder-scroll");
  ladder?.focus({ preventScroll: true });
  return true;
}

/** The preference outlives the page, where the browser lets it. */
export function keepKeyPreference(): void {
  const name = "sctpkit-keys";
  try {
    areKeysOn.value = localStorage.getItem(name) !== "off";
    effect(() => localStorage.setItem(name, areKeysOn.value ? "on" : "off"));
  } catch {
    // A page from disk, or a private one: it is on each time.
  }
}
