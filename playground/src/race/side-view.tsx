/**
 * One half of the race: the text and the pictures, as far as they have come.
 * Owns: how a side looks. Does not own: its state (race-session.ts), how pictures are decoded (growing-image.ts).
 */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { seconds } from "./figure-words.ts";
import { GrowingImage } from "./growing-image.ts";
import { MANNER_NAMES, type SideState } from "./race-session.ts";
import { PICTURES } from "./resources.ts";
import type { Manner, Progress } from "./transfer.ts";

const SUBTITLES: Readonly<Record<Manner, string>> = {
  "one-stream": "All bytes in the order in which they were sent",
  streams: "Each picture in an order of its own",
};

export function SideView({
  manner,
  side,
}: {
  readonly manner: Manner;
  readonly side: SideState | undefined;
}) {
  const wholeCount = side?.figures.picturesAtMs.length ?? 0;
  return (
    <section class={`side ${manner}`} aria-labelledby={`name-${manner}`}>
      <header>
        <h2 id={`name-${manner}`}>{MANNER_NAMES[manner]}</h2>
        <p>{SUBTITLES[manner]}</p>
        <p class="count">
          <strong>{wholeCount}</strong> of {PICTURES.length} whole
        </p>
      </header>
      <TextView bytes={side?.received[0]} progress={side?.progress[0]} name={MANNER_NAMES[manner]} />
      <ul class="pictures">
        {PICTURES.map(({ file, shows }, i) => (
          <li key={file}>
            <PictureView shows={shows} bytes={side?.received[i + 1]} progress={side?.progress[i + 1]} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ResourceProps {
  readonly bytes: Uint8Array | undefined;
  readonly progress: Progress | undefined;
}

function TextView({ bytes, progress, name }: ResourceProps & { readonly name: string }) {
  const deliveredBytes = progress?.deliveredBytes ?? 0;
  const text = useMemo(
    () => new TextDecoder().decode(bytes?.subarray(0, deliveredBytes), { stream: true }),
    [bytes, deliveredBytes],
  );
  const [title, ...paragraphs] = text.split("\n\n");
  return (
    <div class="text">
      <section class="page-of-text" ref={reachable} aria-label={`The text, ${name}`}>
        <h3>{title}</h3>
        {paragraphs.map((paragraph, i) => (
          <p key={i}>{paragraph}</p>
        ))}
      </section>
      <Bar progress={progress} />
    </div>
  );
}

/** Who has no mouse scrolls it with the arrow keys. */
function reachable(element: HTMLElement | null): void {
  if (element !== null) element.tabIndex = 0;
}

function PictureView({ shows, bytes, progress }: ResourceProps & { readonly shows: string }) {
  const image = useRef<HTMLImageElement>(null);
  const growing = useRef<GrowingImage | undefined>(undefined);
  const deliveredBytes = progress?.deliveredBytes ?? 0;
  useEffect(() => {
    if (image.current === null) return;
    growing.current ??= new GrowingImage(image.current);
    growing.current.show(new Uint8Array(bytes?.subarray(0, deliveredBytes) ?? []));
  }, [bytes, deliveredBytes]);
  const isWhole = progress?.wholeAtMs !== undefined;
  return (
    <figure class={isWhole ? "whole" : ""}>
      <div class="screen">
        <img ref={image} alt={shows} width={480} height={360} />
      </div>
      <Bar progress={progress} />
    </figure>
  );
}

/** How much is on the page, how much stands behind others, and when it was whole. */
function Bar({ progress }: { readonly progress: Progress | undefined }) {
  const { deliveredBytes = 0, arrivedBytes = 0, lengthBytes = 1, wholeAtMs } = progress ?? {};
  const percent = (bytes: number): string => `${((100 * bytes) / lengthBytes).toFixed(1)}%`;
  return (
    <div class="bar-row">
      <div class="bar" aria-hidden="true">
        <span class="arrived" style={{ width: percent(arrivedBytes) }} />
        <span class="delivered" style={{ width: percent(deliveredBytes) }} />
      </div>
      <span class="when">
        {wholeAtMs === undefined
          ? `${Math.floor((100 * deliveredBytes) / lengthBytes)} %`
          : seconds(wholeAtMs)}
      </span>
    </div>
  );
}
