/**
 * What is sent in the race: a page of text and twelve pictures.
 * Owns: their names, in the order in which they are sent, and what the pictures show. Does not own: the files
 * (files), how they are drawn (../../pictures).
 */

export interface PictureName {
  readonly file: string;
  /** For those who do not see it. */
  readonly shows: string;
}

export const TEXT_FILE = "page.txt";

export const PICTURES: readonly PictureName[] = [
  { file: "dawn.jpg", shows: "Mountains at dawn" },
  { file: "nebula.jpg", shows: "A nebula" },
  { file: "sunflower.jpg", shows: "A sunflower" },
  { file: "moonlight.jpg", shows: "The moon over the sea" },
  { file: "fields.jpg", shows: "Fields and a river from above" },
  { file: "aurora.jpg", shows: "Northern lights over snow" },
  { file: "lava.jpg", shows: "Lava under a broken crust" },
  { file: "dunes.jpg", shows: "Dunes in the evening" },
  { file: "planet.jpg", shows: "A planet with a ring" },
  { file: "birches.jpg", shows: "Birches in autumn" },
  { file: "skyline.jpg", shows: "A town at night by a river" },
  { file: "agate.jpg", shows: "A slice of agate" },
];
