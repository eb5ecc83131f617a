/**
 * How the demo prints.
 * Owns: colours (only on a terminal, and not where NO_COLOR is set), headings, and the final tables.
 */
import type { DiagramRole } from "../../src/index.ts";
import { type Arrival, STREAM_NAMES } from "./script.ts";

export const WIDTH_COLUMNS = 100;

const hasColors = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";

const SGR: Record<DiagramRole | "heading" | "good", string> = {
  time: "2",
  lifeline: "2",
  sent: "1;36",
  received: "1;32",
  text: "0",
  why: "3;33",
  event: "35",
  problem: "1;31",
  heading: "1",
  good: "1;32",
};

export function styled(text: string, role: keyof typeof SGR): string {
  return hasColors ? `\x1b[${SGR[role]}m${text}\x1b[0m` : text;
}

export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

export function heading(text: string): void {
  print();
  print(styled(`== ${text} ${"=".repeat(Math.max(3, WIDTH_COLUMNS - text.length - 4))}`, "heading"));
  print();
}

/** What one side received, stream by stream, in order of arrival. */
export function printArrivals(who: string, arrivals: readonly Arrival[]): void {
  print(styled(`The ${who} received, in this order:`, "heading"));
  STREAM_NAMES.forEach((name, streamId) => {
    const texts = arrivals.filter((arrival) => arrival.streamId === streamId).map(({ text }) => short(text));
    texts.forEach((text, i) => {
      print(`  ${i === 0 ? `stream ${streamId} (${name})`.padEnd(22) : " ".repeat(22)} ${i + 1}. ${text}`);
    });
  });
  print();
}

function short(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line === text ? text : `${line.slice(0, 40)} ... (${text.length} characters)`;
}
