import { expect, it } from "vitest";
import type { Capabilities } from "../../../../src/association/model/capabilities.ts";
import { NO_CAPABILITIES } from "../../../../src/association/model/capabilities.ts";
import type { Extension, Offer } from "../../../../src/association/model/extension.ts";
import {
  answerTo,
  isRecognised,
  MAX_SAVED_BYTES,
  Negotiation,
  proposalParameters,
  settle,
} from "../../../../src/association/model/negotiation.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { encodeParameter, type Parameter } from "../../../../src/chunks/parameters.ts";
import { SeededRandom } from "../../../../src/platform/random.ts";

const OPTIONS = associationOptions();
const RANDOM = new SeededRandom(1);
const FORWARD_TSN_SUPPORTED: Parameter = { kind: "Forward-TSN-Supported", type: 0xc000 };
const supported = (...chunkTypes: readonly number[]): Parameter => ({
  kind: "Supported Extensions",
  type: 0x8008,
  chunkTypes,
});

const extension = (id: number, more: Partial<Extension> = {}): Extension => ({
  id,
  parameterTypes: [],
  isWanted: () => true,
  offer: () => ({ parameters: [], chunkTypes: [id] }),
  review: (_ours, theirs) => (theirs.chunkTypes.includes(id) ? Uint8Array.of(id) : undefined),
  ...more,
});

const idsIn = ({ all }: Capabilities): number[] => all.map(({ id }) => id);

it("says in one Supported Extensions parameter what all of them add, each once (RFC 5061 4.2.7)", () => {
  const partial = extension(192, {
    offer: () => ({ parameters: [FORWARD_TSN_SUPPORTED], chunkTypes: [192, 194] }),
  });
  const interleaving = extension(64, { offer: () => ({ parameters: [], chunkTypes: [64, 194] }) });
  const silent = extension(3, { offer: () => ({ parameters: [], chunkTypes: [] }) });
  const proposals = new Negotiation([partial, interleaving, silent]).propose(OPTIONS, RANDOM);
  expect(proposalParameters(proposals)).toEqual([FORWARD_TSN_SUPPORTED, supported(192, 194, 64)]);
  expect(proposalParameters(proposals.slice(2))).toEqual([]);
});

it("proposes and recognises what the options want", () => {
  const unwanted = extension(2, { parameterTypes: [0xc002], isWanted: () => false });
  const negotiation = new Negotiation([extension(1, { parameterTypes: [0xc001] }), unwanted]);
  expect(negotiation.propose(OPTIONS, RANDOM).map((proposal) => proposal.extension.id)).toEqual([1]);
  const types = [0x8008, 0xc001, 0xc002];
  const recognisedBy = (extensions: readonly Extension[]): number[] =>
    types.filter((type) => isRecognised(type, extensions));
  expect(recognisedBy(negotiation.wanted(OPTIONS))).toEqual([0x8008, 0xc001]);
  expect(recognisedBy([])).toEqual([]);
  expect(negotiation.knows(NO_CAPABILITIES.with({ id: 2, state: new Uint8Array(0) }))).toBe(true);
  expect(negotiation.knows(NO_CAPABILITIES.with({ id: 3, state: new Uint8Array(0) }))).toBe(false);
});

it("answers with what has been agreed on and nothing else; what is asked goes into the offer", () => {
  const asked: Array<Offer | undefined> = [];
  const curious = extension(1, {
    parameterTypes: [0xc000],
    offer: (context) => {
      asked.push(context.asked);
      return { parameters: [], chunkTypes: [1] };
    },
  });
  new Negotiation([curious]).propose(OPTIONS, RANDOM);
  const said = [supported(1, 9), FORWARD_TSN_SUPPORTED, { kind: "ECN Capable", type: 0x8000 } as const];
  const answer = answerTo(said, [curious, extension(2)], OPTIONS, RANDOM);
  expect(answer.proposals.map((proposal) => proposal.extension.id)).toEqual([1]);
  expect(answer.capabilities.stateOf(1)).toEqual(Uint8Array.of(1));
  expect(answer.capabilities.has(2)).toBe(false);
  expect(asked).toEqual([undefined, { parameters: [FORWARD_TSN_SUPPORTED], chunkTypes: [1, 9] }]);
});

it("lets an extension ask whether one before it has been agreed on (RFC 5061 4.2.7: address changes need authentication)", () => {
  const dependent = extension(193, {
    review: (_ours, _theirs, agreed) => (agreed.has(15) ? new Uint8Array(0) : undefined),
  });
  const proposals = new Negotiation([extension(15), dependent]).propose(OPTIONS, RANDOM);
  expect(idsIn(settle(proposals, [supported(15)]))).toEqual([15, 193]);
  expect(idsIn(settle(proposals, []))).toEqual([]);
});

it("hands over the bytes of a parameter as they were sent (RFC 4895 6.1)", () => {
  const key: Parameter[] = [
    { kind: "RANDOM", type: 0x8002, random: new Uint8Array(32).fill(7) },
    { kind: "CHUNKS", type: 0x8003, chunkTypes: [193, 128, 193] },
    { kind: "HMAC-ALGO", type: 0x8004, hmacIds: [3, 1] },
  ];
  const authentication = extension(4895, {
    parameterTypes: [0x8002, 0x8003, 0x8004],
    review: (_ours, theirs) =>
      Uint8Array.from(theirs.parameters.flatMap((each) => [...encodeParameter(each)])),
  });
  const proposals = new Negotiation([authentication]).propose(OPTIONS, RANDOM);
  const saved = settle(proposals, key).stateOf(4895) ?? new Uint8Array(0);
  const lists = [0x80, 3, 0, 7, 193, 128, 193, 0x80, 4, 0, 8, 0, 3, 0, 1];
  expect([...saved]).toEqual([0x80, 2, 0, 36, ...new Array<number>(32).fill(7), ...lists]);
});

it("keeps a copy of what was saved", () => {
  const packet = Uint8Array.of(1, 2, 3);
  const keeper = extension(1, { review: () => packet.subarray(1) });
  const agreed = settle(new Negotiation([keeper]).propose(OPTIONS, RANDOM), []);
  packet.fill(0);
  expect(agreed.stateOf(1)).toEqual(Uint8Array.of(2, 3));
});

it("counts what all of them save together, padded and with their headers", () => {
  const large = (id: number, lengthBytes: number): Extension =>
    extension(id, { review: () => new Uint8Array(lengthBytes) });
  const agreedOn = (...lengths: readonly number[]): number[] =>
    idsIn(settle(new Negotiation(lengths.map((n, i) => large(i, n))).propose(OPTIONS, RANDOM), []));
  const restBytes = MAX_SAVED_BYTES - 8;
  expect(agreedOn(1, restBytes - 4)).toEqual([0, 1]);
  expect(agreedOn(1, restBytes - 3)).toEqual([0]);
  // One that does not fit leaves the room to those behind it.
  expect(agreedOn(MAX_SAVED_BYTES - 3, 1, 1)).toEqual([1, 2]);
});
