/**
 * A session as the fragment of an address, to be sent to others: `#scenario=lossy&seed=7&at=1200&hand=...`.
 * Owns: that form. A scenario that everybody has goes by its name, another one as a whole, compressed.
 * Does not own: what is played (page-session.ts).
 */
import type { Disturbance, Intervention } from "../../../src/sim/index.ts";

export interface SessionAddress {
  /** Of a scenario that comes with the page; or `document`. */
  readonly name?: string | undefined;
  /** JSON of a scenario. */
  readonly document?: string | undefined;
  /** Takes the place of the scenario's own. */
  readonly seed?: number | undefined;
  readonly atMs: number;
  readonly interventions: readonly Intervention[];
}

/** A fragment may come from anybody: what it unpacks to has a limit. */
const MAX_DOCUMENT_BYTES = 4_000_000;
const MAX_INTERVENTIONS = 10_000;
const DEEDS = ["lost", "doubled", "corrupted"] as const;

/** Without the "#". */
export async function writeAddress(address: SessionAddress): Promise<string> {
  const { name, document, seed, atMs, interventions } = address;
  const fields = new URLSearchParams();
  if (name !== undefined) fields.set("scenario", name);
  else if (document !== undefined) fields.set("document", base64Of(await packed(document)));
  if (seed !== undefined) fields.set("seed", String(seed));
  if (atMs > 0) fields.set("at", shortNumber(atMs));
  if (interventions.length > 0) fields.set("hand", interventions.map(interventionText).join("_"));
  return fields.toString();
}

/** @throws Error, a sentence, if it has been damaged */
export async function readAddress(fragment: string): Promise<SessionAddress> {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const packedDocument = fields.get("document");
  const seed = fields.get("seed");
  return {
    name: fields.get("scenario") ?? undefined,
    document: packedDocument === null ? undefined : await unpacked(bytesOf(packedDocument)),
    seed: seed === null ? undefined : numberOf(seed),
    atMs: numberOf(fields.get("at") ?? "0"),
    interventions: interventionsOf(fields.get("hand") ?? ""),
  };
}

/** "153-2003.2-17-lost", "153-2003.2-17-50" for 50 ms late. */
function interventionText({ stepCount, atMs, copy, what }: Intervention): string {
  const deed = typeof what === "string" ? what : String(what.lateMs);
  return [stepCount, atMs, copy, deed].join("-");
}

function interventionsOf(text: string): Intervention[] {
  if (text === "") return [];
  const parts = text.split("_");
  if (parts.length > MAX_INTERVENTIONS) throw new Error("the address names too many packets");
  return parts.map((part) => {
    const [stepCount = "", atMs = "", copy = "", deed = ""] = part.split("-");
    return {
      stepCount: wholeNumberOf(stepCount),
      atMs: numberOf(atMs),
      copy: wholeNumberOf(copy),
      what: disturbanceOf(deed),
    };
  });
}

function disturbanceOf(deed: string): Disturbance {
  return DEEDS.find((known) => known === deed) ?? { lateMs: numberOf(deed) };
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value) || value < 0)
    throw new Error(`the address has "${text}" where a number belongs`);
  return value;
}

function wholeNumberOf(text: string): number {
  const value = numberOf(text);
  if (!Number.isSafeInteger(value)) throw new Error(`the address has "${text}" where a whole number belongs`);
  return value;
}

function shortNumber(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}

function base64Of(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    const text = atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    throw new Error("the scenario in the address is damaged");
  }
}

async function packed(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      text += decoder.decode(piece.value, { stream: true });
      if (text.length > MAX_DOCUMENT_BYTES) throw new RangeError("too large");
    }
  } catch {
    throw new Error("the scenario in the address is damaged");
  }
  return text + decoder.decode();
}
