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
        <Picture svg={report.svg} what="Sequence diagram; the same as text is below" />
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
          <Picture svg={report.plot} what="Windows and round trips over time" />
          <figcaption>Windows and round trips</figcaption>
        </figure>
      )}
    </div>
  );
}

/** In a document of its own, so that its style stays there. */
function Picture({ svg, what }: { readonly svg: string; readonly what: string }) {
  return (
    <Scrolling what={what}>
      <img src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`} alt={what} />
    </Scrolling>
  );
}

/** Wider than the page, perhaps: it can be scrolled by keyboard, too. */
function Scrolling({ what, children }: { readonly what: string; readonly children: ComponentChildren }) {
  return (
    <section class="scrolling" aria-label={what} {...{ tabIndex: 0 }}>
      {children}
    </section>
  );
}
