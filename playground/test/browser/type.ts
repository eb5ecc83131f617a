/**
 * How large letters are on the screen, wherever they come from.
 * Owns: measuring them: text of the page, of drawings in it, of pictures that are drawings, of canvases. Does not own: how large
 * is enough (type.test.ts).
 */
import type { Page } from "playwright-core";

export interface Letters {
  /** In CSS px, as they are seen. */
  readonly px: number;
  readonly text: string;
}

/** Before the page is opened: canvases do not tell later what was written on them. */
export async function watchCanvases(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const written: Letters[] = [];
    Object.assign(window, { writtenOnCanvas: written });
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      const { canvas, font } = this;
      const px = Number.parseFloat(/([\d.]+)px/.exec(font)?.[1] ?? "0");
      written.push({ px: (px * canvas.clientWidth) / canvas.width, text });
      fillText.call(this, text, ...rest);
    };
  });
}

/** The letters of a page, the smallest first. */
export async function lettersOf(page: Page): Promise<Letters[]> {
  const letters = await page.evaluate(() => {
    const found: Letters[] = [];
    /** A drawing may be smaller than it was drawn. */
    const scaleOf = (element: Element): number => {
      const matrix = element instanceof SVGGraphicsElement ? element.getScreenCTM() : null;
      return matrix === null ? 1 : Math.min(Math.hypot(matrix.a, matrix.b), Math.hypot(matrix.c, matrix.d));
    };
    const measure = (root: Node, scale: number): void => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const [element, text] = [node.parentElement, (node.textContent ?? "").trim()];
        if (element === null || text === "" || !element.checkVisibility()) continue;
        if (element.closest("title, desc, style, script, .unseen") !== null) continue;
        const px = Number.parseFloat(getComputedStyle(element).fontSize) * scaleOf(element) * scale;
        found.push({ px, text: text.slice(0, 40) });
      }
    };
    measure(document.body, 1);
    for (const field of document.querySelectorAll("input, select, textarea"))
      if (field.checkVisibility())
        found.push({
          px: Number.parseFloat(getComputedStyle(field).fontSize),
          text: `in a ${field.tagName}`,
        });
    for (const image of document.querySelectorAll("img")) {
      if (!image.currentSrc.startsWith("data:image/svg+xml")) continue;
      const place = document.createElement("div");
      const shadow = place.attachShadow({ mode: "open" }); // Its style stays in there.
      shadow.innerHTML = decodeURIComponent(image.currentSrc.slice(image.currentSrc.indexOf(",") + 1));
      document.body.append(place);
      measure(shadow, image.getBoundingClientRect().width / image.naturalWidth);
      place.remove();
    }
    const { writtenOnCanvas } = window as unknown as { writtenOnCanvas: Letters[] };
    return [...found, ...writtenOnCanvas];
  });
  return letters.sort((a, b) => a.px - b.px);
}
