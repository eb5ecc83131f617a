/**
 * What a step shows of the network: the packets as a picture and as text, and the windows where they matter.
 * Owns: that. Does not own: the drawings (lesson-desk.ts).
 */
import type { ComponentChildren } from "preact";
import type { DeskReport } from "./lesson-desk.ts";

export function Stage({ report }: { readonly report: DeskReport }) {
  return (
    <div class="stage">
      <figure>
        <Picture svg={report.svg} what="Sequence diagram; the same as text is below" firstX={FIRST_LANE} />
        <figcaption>The latest packets</figcaption>
      </figure>
      <details>
        <summary>The packets as text</summary>
        <Scrolling what="The packets as text">
          <pre>{report.text}</pre>
        </Scrolling>
      </details>
      {report.plot !== "" && (
        <figure>
          <Picture svg={report.plot} narrowSvg={report.narrowPlot} what="Windows and round trips over time" />
          <figcaption>Windows and round trips</figcaption>
        </figure>
      )}
    </div>
  );
}

/** Of a sequence diagram's width in px, where the first host stands; left of it are its notes. */
const FIRST_LANE = 300;
/** Of that which is seen left of it on a page that is no wider than `NARROW`: half of the host's name. */
const MARGIN = 23;
const NARROW = 480;

interface PictureProps {
  readonly svg: string;
  /** For a narrow page, if it has one of its own. */
  readonly narrowSvg?: string;
  readonly what: string;
  /** On a narrow page it is seen from here on. Default 0. */
  readonly firstX?: number;
}

/** In a document of its own, so that its style stays there. */
function Picture({ svg, narrowSvg, what, firstX = 0 }: PictureProps) {
  const onLoad = ({ currentTarget: image }: { readonly currentTarget: HTMLImageElement }): void => {
    const place = image.closest(".scrolling");
    if (place === null || place.clientWidth > NARROW) return;
    place.scrollLeft = Math.max(0, firstX - MARGIN);
  };
  return (
    <Scrolling what={what}>
      <picture>
        {narrowSvg !== undefined && (
          <source media={`(max-width: ${NARROW}px)`} srcset={sourceOf(narrowSvg)} />
        )}
        <img src={sourceOf(svg)} alt={what} onLoad={onLoad} />
      </picture>
    </Scrolling>
  );
}

function sourceOf(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

/** Wider than the page, perhaps: it can be scrolled by keyboard, too. */
function Scrolling({ what, children }: { readonly what: string; readonly children: ComponentChildren }) {
  return (
    <section class="scrolling" aria-label={what} {...{ tabIndex: 0 }}>
      {children}
    </section>
  );
}
