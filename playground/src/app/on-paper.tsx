/**
 * What is printed: the part of the ladder that is in view, and what it is of.
 * Owns: the copy of it, made when the page is printed. Does not own: the ladder (ladder/ladder-view.tsx), the drawing of all of
 * it, which can be saved (scenario-panel.tsx).
 */
import { useEffect, useRef } from "preact/hooks";
import type { PageSession } from "../session/page-session.ts";

/** In px: what a landscape page has room for. */
const ROOM = { width: 1_000, height: 540 };

export function OnPaper({ session }: { readonly session: PageSession }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const fill = (): void => place.current?.replaceChildren(...copyOfView());
    const clear = (): void => place.current?.replaceChildren();
    addEventListener("beforeprint", fill);
    addEventListener("afterprint", clear);
    return () => {
      removeEventListener("beforeprint", fill);
      removeEventListener("afterprint", clear);
    };
  }, []);
  const scenario = session.scenario.value;
  return (
    <div class="on-paper" aria-hidden="true">
      <div ref={place} />
      <p>
        {scenario !== undefined && `Scenario “${scenario.name}”, seed ${scenario.seed}. `}
        This is the part of the ladder that was in view; save “Ladder .svg” to print all of it.
      </p>
    </div>
  );
}

/** The names of the hosts, and below them the drawing, cut to what is in view. */
function copyOfView(): HTMLElement[] {
  const heads = document.querySelector(".lane-heads");
  const scroller = document.querySelector(".ladder-scroll");
  const drawing = scroller?.querySelector<SVGSVGElement>(".ladder-drawing");
  if (heads === null || scroller === null || drawing === null || drawing === undefined) return [];
  const { scrollTop: top, clientHeight: height } = scroller;
  const width = drawing.width.baseVal.value;
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  copy.setAttribute("viewBox", `0 ${top} ${width} ${height}`);
  copy.setAttribute("height", String(height));
  for (const each of copy.querySelectorAll("[id]")) each.removeAttribute("id");
  const paper = document.createElement("div");
  paper.style.setProperty("zoom", String(Math.min(1, ROOM.width / width, ROOM.height / height)));
  paper.append(heads.cloneNode(true), copy);
  return [paper];
}
