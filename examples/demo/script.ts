/**
 * What the two processes of the demo say to each other.
 * Owns: the messages, the answers, and the shape of the server's report. Does not own: sockets, printing.
 */

/** The SCTP port of the demo's server. The UDP ports are whatever is free. */
export const DEMO_PORT = 7;

export interface DemoMessage {
  readonly streamId: number;
  readonly text: string;
  readonly ppid?: number;
  readonly unordered?: boolean;
}

/** A scene: messages sent in one go, then everybody waits for the answers. */
export interface DemoScene {
  readonly title: string;
  readonly messages: readonly DemoMessage[];
}

export const STREAM_NAMES: readonly string[] = ["greetings", "orders", "letters", "sensors"];

export const SCENES: readonly DemoScene[] = [
  {
    title: "Several streams: four messages on two streams, sent in one go, so they share a packet",
    messages: [
      { streamId: 0, text: "Good morning!" },
      { streamId: 1, text: "order 1: two coffees", ppid: 4_242 },
      { streamId: 1, text: "order 2: one tea", ppid: 4_242 },
      { streamId: 0, text: "How are you?" },
    ],
  },
  {
    title: "A long message: it does not fit into a packet, so it goes in pieces",
    messages: [{ streamId: 2, text: longLetter() }],
  },
  {
    title: "Unordered messages: only the newest reading counts, so none waits for another",
    messages: [
      { streamId: 3, text: "21.4 degrees", unordered: true },
      { streamId: 3, text: "21.5 degrees", unordered: true },
    ],
  },
];

/** What the server answers, on the same stream. */
export function answerTo(text: string): string {
  return text.length > 100 ? `Thank you for ${text.length} characters.` : `You said: ${text}`;
}

function longLetter(): string {
  const lines = Array.from(
    { length: 60 },
    (_, i) => `Line ${String(i + 1).padStart(2)} of a letter, and there is more.`,
  );
  return lines.join("\n");
}

/** A message as it arrived somewhere. */
export interface Arrival {
  readonly streamId: number;
  readonly text: string;
  readonly ppid: number;
  readonly unordered: boolean;
}

/** What the server's process tells the client's over the pipe between them. */
export type ServerReport =
  | { readonly kind: "listening"; readonly udpPort: number }
  | { readonly kind: "done"; readonly arrivals: readonly Arrival[] };
