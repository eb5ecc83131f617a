/**
 * An extension that there is not: both sides count chunks.
 * Owns: one of each kind of thing that an extension can say, save and add. Does not own: what is expected of it (the tests).
 */
import type {
  AssociationExtension,
  ExtensionHost,
  ExtensionParts,
} from "../../src/association/extensions/association-extension.ts";
import type { ChunkHandler } from "../../src/association/model/chunk-handler.ts";
import type { TimedPart } from "../../src/association/model/deadlines.ts";
import type { Offer } from "../../src/association/model/extension.ts";
import type { Path } from "../../src/association/paths/path.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";

type UnknownChunk = Extract<Chunk, { readonly kind: "unknown" }>;
type UnknownParameter = Extract<Parameter, { readonly kind: "unknown" }>;

export const TALLY_ID = 1;
/** Its two top bits ask that it be skipped and reported where it is not known. */
export const TALLY_PARAMETER = 0xfff0;
/** How long after a chunk the timed part says that it is quiet. */
export const QUIET_MS = 300;

export const tallyChunk = (type: number, ...value: readonly number[]): UnknownChunk => ({
  kind: "unknown",
  type,
  flags: 0,
  value: Uint8Array.from(value),
});

export const tallyParameter = (...value: readonly number[]): UnknownParameter => ({
  kind: "unknown",
  type: TALLY_PARAMETER,
  value: Uint8Array.from(value),
});

/** @param chunkType of the chunks that are counted */
export function tallyExtension(chunkType: number): AssociationExtension {
  return {
    id: TALLY_ID,
    parameterTypes: [TALLY_PARAMETER],
    // Any option would do.
    isWanted: ({ noDelay }) => noDelay,
    offer: ({ random }) => ({
      parameters: [tallyParameter(random.uint32() & 0xff)],
      chunkTypes: [chunkType],
    }),
    /** Saves the byte of either side. */
    review: (ours, theirs) => {
      const [our] = valueIn(ours);
      const [their] = valueIn(theirs);
      const isListed = theirs.chunkTypes.includes(chunkType);
      return our === undefined || their === undefined || !isListed ? undefined : Uint8Array.of(our, their);
    },
    join: (host, state) => new Tally(host, chunkType, state).parts,
  };
}

function valueIn({ parameters }: Offer): Uint8Array {
  const [parameter] = parameters;
  return parameter?.kind === "unknown" ? parameter.value : new Uint8Array(0);
}

/** Answers each chunk with what was saved and how many there were; a while after the last one it says 0xff. */
class Tally implements ChunkHandler<Path>, TimedPart {
  readonly chunkTypes: readonly number[];
  deadlineMs: number = Number.POSITIVE_INFINITY;
  readonly #host: ExtensionHost;
  readonly #state: Uint8Array;
  #count = 0;

  constructor(host: ExtensionHost, chunkType: number, state: Uint8Array) {
    this.#host = host;
    this.chunkTypes = [chunkType];
    this.#state = state;
  }

  get parts(): ExtensionParts {
    return { handlers: [this], timed: [this] };
  }

  onChunk(_chunk: Chunk, source: Path, nowMs: number): "continue" {
    this.deadlineMs = nowMs + QUIET_MS;
    this.#say([...this.#state, ++this.#count], source);
    return "continue";
  }

  onTimeout(): void {
    this.deadlineMs = Number.POSITIVE_INFINITY;
    const path = this.#host.paths.forData;
    if (path !== undefined) this.#say([0xff], path);
  }

  #say(value: readonly number[], path: Path): void {
    this.#host.control.push(tallyChunk(this.chunkTypes[0] ?? 0, ...value), path);
  }
}
