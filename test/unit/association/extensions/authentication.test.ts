/** What other extensions ask of authentication, and what the key vectors are made of. */
import { expect, it } from "vitest";
import { EXTENSIONS } from "../../../../src/association/extensions/all.ts";
import type { AssociationExtension } from "../../../../src/association/extensions/association-extension.ts";
import {
  chunksIn,
  hmacFor,
  hmacsIn,
  inOrder,
  savedVectors,
  vectorOf,
  vectorsFrom,
} from "../../../../src/association/extensions/authentication/key-vectors.ts";
import type { Chunk } from "../../../../src/chunks/chunk.ts";
import {
  AuthPeer,
  authParameters,
  chunks,
  hmacs,
  LARGE_RANDOM,
  random,
} from "../../../conformance/auth-peer.ts";
import { chunksOf, Lab } from "../../../conformance/lab.ts";

const WITNESS = 0xf1;
const chunk: Chunk = { kind: "unknown", type: WITNESS, flags: 0, value: new Uint8Array(4) };

/** Says of each of its chunks what it hears of authentication. */
function witness(seen: unknown[]): AssociationExtension {
  return {
    id: 1,
    parameterTypes: [],
    isWanted: () => true,
    offer: () => ({ parameters: [], chunkTypes: [] }),
    review: () => new Uint8Array(1),
    join: (host) => ({
      timed: [],
      handlers: [
        {
          chunkTypes: [WITNESS],
          onChunk() {
            const { authentication } = host.extensions;
            seen.push([
              authentication?.isAuthenticated,
              authentication?.mustBeAuthenticated(WITNESS),
              authentication?.requires(WITNESS),
            ]);
            return "continue";
          },
        },
      ],
    }),
  };
}

it("another extension can ask whether a chunk was authenticated, whether it must be, and whether the peer wants it so", () => {
  const seen: unknown[] = [];
  const lab = new Lab({ extensions: [...EXTENSIONS, witness(seen)] });
  const theirs = authParameters([WITNESS]);
  const link = lab.accepted({ authentication: { chunks: [] } }, { parameters: theirs });
  const [initAck] = chunksOf(lab.sent, "INIT ACK");
  const peer = new AuthPeer(initAck?.parameters ?? [], theirs);
  lab.receiveBytes(peer.packet(link.association.localTag, [chunk], [chunk]));
  link.receive([chunk]);
  expect(seen).toEqual([
    [false, false, true],
    [true, false, true],
    [false, false, true],
  ]);
});

it("and hears nothing where it has not been agreed on", () => {
  const seen: unknown[] = [];
  const lab = new Lab({ extensions: [...EXTENSIONS, witness(seen)] });
  const link = lab.accepted();
  link.receive([chunk]);
  expect(seen).toEqual([[undefined, undefined, undefined]]);
});

it("does not see a chunk that must be authenticated and is not", () => {
  const seen: unknown[] = [];
  const lab = new Lab({ extensions: [...EXTENSIONS, witness(seen)] });
  const link = lab.accepted({ authentication: { chunks: [WITNESS] } }, { parameters: authParameters([]) });
  link.receive([chunk]);
  expect([seen, link.association.localAuthenticatedChunks]).toEqual([[], [WITNESS]]);
});

it("a key vector is RANDOM, CHUNKS, HMAC-ALGO, unpadded, and gives back what it says", () => {
  const vector = vectorOf({
    parameters: [hmacs(2, 1, 3), chunks(7, 14, 7), random(LARGE_RANDOM)],
    chunkTypes: [],
  });
  const expected = [
    0x80,
    2,
    0,
    36,
    ...LARGE_RANDOM,
    0x80,
    3,
    0,
    7,
    7,
    14,
    7,
    0x80,
    4,
    0,
    10,
    0,
    2,
    0,
    1,
    0,
    3,
  ];
  expect([...(vector ?? [])]).toEqual(expected);
  expect([hmacsIn(vector as Uint8Array), hmacFor(vector as Uint8Array)]).toEqual([[2, 1, 3], 1]);
  expect(chunksIn(vector as Uint8Array)).toEqual([7, 7]);
  expect(vectorOf({ parameters: [random(LARGE_RANDOM)], chunkTypes: [] })).toBeUndefined();
  expect(vectorOf({ parameters: [hmacs(1)], chunkTypes: [] })).toBeUndefined();
});

it("both vectors come back from what a cookie saved", () => {
  const [ours, theirs] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)];
  expect(vectorsFrom(savedVectors(ours, theirs))).toEqual({ ours, theirs });
});

it.each([
  [
    [1, 2],
    [1, 3],
    [1, 2, 1, 3],
  ],
  [
    [1, 3],
    [1, 2],
    [1, 2, 1, 3],
  ],
  [[9], [1, 2], [9, 1, 2]],
  [[1, 2], [9], [9, 1, 2]],
  [
    [5, 5],
    [5, 5],
    [5, 5, 5, 5],
  ],
])("of %j and %j the smaller number comes first", (a, b, both) => {
  expect([...inOrder(Uint8Array.from(a), Uint8Array.from(b))]).toEqual(both);
});
