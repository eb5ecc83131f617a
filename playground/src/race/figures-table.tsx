/**
 * The race in numbers, both sides beside one another.
 * Owns: which figures are told, and how. Does not own: the figures (figures.ts).
 */
import { seconds, sooner } from "./figure-words.ts";
import type { Figures } from "./figures.ts";
import { MANNER_NAMES, type RaceState } from "./race-session.ts";

interface Row {
  readonly name: string;
  readonly of: (figures: Figures) => number | undefined;
}

const ROWS: readonly Row[] = [
  { name: "The text is whole", of: ({ textAtMs }) => textAtMs },
  { name: "The first picture is whole", of: ({ picturesAtMs }) => picturesAtMs[0] },
  { name: "Half of the pictures are whole", of: ({ medianPictureAtMs }) => medianPictureAtMs },
  { name: "Everything is there", of: ({ allAtMs }) => allAtMs },
];

export function FiguresTable({ state }: { readonly state: RaceState | undefined }) {
  const [one, many] = [state?.sides["one-stream"], state?.sides.streams];
  const count = (packets: number | undefined): string => packets?.toLocaleString("en") ?? "–";
  return (
    <table>
      <caption>How long it took</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{MANNER_NAMES["one-stream"]}</th>
          <th scope="col">{MANNER_NAMES.streams}</th>
          <th scope="col">Streams are</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(({ name, of }) => {
          const [a, b] = [one && of(one.figures), many && of(many.figures)];
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{seconds(a)}</td>
              <td>{seconds(b)}</td>
              <td class="verdict">{sooner(a, b)}</td>
            </tr>
          );
        })}
        <tr class="held">
          <th scope="row">Time spent behind others, mean of all thirteen</th>
          <td>{seconds(one?.figures.meanHeldMs)}</td>
          <td>{seconds(many?.figures.meanHeldMs)}</td>
          <td />
        </tr>
        <tr>
          <th scope="row">Packets, both ways</th>
          <td>{count(one?.packetCount)}</td>
          <td>{count(many?.packetCount)}</td>
          <td />
        </tr>
      </tbody>
    </table>
  );
}
