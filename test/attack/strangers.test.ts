/**
 * What somebody can do who has no association: floods, cookies that are not what they seem, bytes that are no packets.
 * Owns: that it takes no memory and changes nothing. Does not own: memory in bytes (measure.ts), RFC 5062's own list
 * (test/conformance/rfc5062.test.ts).
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import {
  cookieOf,
  firstOf,
  initChunk,
  kindsOf,
  Lab,
  type LabOptions,
  OUR_PORT,
  only,
  PEER_PORT,
} from "../conformance/lab.ts";
import { ipv4 } from "./addresses.ts";

const FLOOD = 10_000;

function listening(stack: LabOptions["stack"] = {}): Lab {
  const lab = new Lab({ stack });
  lab.listen();
  return lab;
}

/** A cookie, and the tag that it comes back with. */
function cookieFor(lab: Lab, more: { readonly from?: string } = {}): { cookie: Uint8Array; tag: number } {
  const initAck = only(lab.receive([initChunk()], more), "INIT ACK");
  return { cookie: cookieOf(initAck), tag: initAck.initiateTag };
}

/** Whatever an answer to a stranger could be kept in. */
function watchMemory(): { readonly kept: () => number } {
  const set = vi.spyOn(Map.prototype, "set");
  const add = vi.spyOn(Set.prototype, "add");
  return { kept: () => set.mock.calls.length + add.mock.calls.length };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a flood of INITs", () => {
  it("from ever new addresses leaves nothing behind: no association, no timer, no entry in any map", () => {
    const lab = listening();
    const chunks = [initChunk()];
    lab.receive(chunks);
    lab.sent.length = 0;
    // Reviewing an INIT collects its addresses in a set of its own: this one lists none.
    const memory = watchMemory();
    for (let i = 0; i < FLOOD; i++) {
      expect(lab.receive(chunks, { from: ipv4(i), sourcePort: 1 + (i % 65_535) })).toHaveLength(1);
      lab.sent.length = 0;
    }
    expect(memory.kept()).toBe(0);
    expect(lab.stack.associationCount).toBe(0);
    expect(lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
    expect(lab.events).toEqual([]);
    // And who means it is served.
    const { cookie, tag } = cookieFor(lab);
    expect(kindsOf(lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag }))).toEqual(["COOKIE ACK"]);
  });
});

describe("a flood of COOKIE ECHOs", () => {
  it("that nobody has sealed leaves nothing behind and is not answered", () => {
    const lab = listening();
    const random = new SeededRandom(7);
    const { cookie, tag } = cookieFor(lab);
    const memory = watchMemory();
    for (let i = 0; i < FLOOD; i++) {
      const forged = cookie.slice();
      random.fill(forged.subarray(forged.length - 32));
      const from = ipv4(i);
      expect(lab.receive([{ kind: "COOKIE ECHO", cookie: forged }], { from, tag })).toEqual([]);
    }
    expect(memory.kept()).toBe(0);
    expect(lab.stack.counters["invalid-cookie"]).toBe(FLOOD);
    expect(lab.stack.associationCount).toBe(0);
    expect(lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("that are one valid cookie again and again makes one association, and one answer each", () => {
    const lab = listening();
    const { cookie, tag } = cookieFor(lab);
    for (let i = 0; i < 1_000; i++) {
      const answers = lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag });
      expect(kindsOf(answers)).toEqual(["COOKIE ACK"]);
      expect(answers[0]?.lengthBytes).toBe(16);
    }
    expect(lab.stack.associationCount).toBe(1);
    expect(lab.eventKinds).toEqual(["established"]);
  });
});

describe("a State Cookie", () => {
  it("is refused with any one of its bits turned", () => {
    const lab = listening();
    const { cookie, tag } = cookieFor(lab);
    for (let bit = 0; bit < 8 * cookie.length; bit++) {
      const forged = cookie.slice();
      forged[bit >>> 3] = (forged[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(lab.receive([{ kind: "COOKIE ECHO", cookie: forged }], { tag })).toEqual([]);
    }
    expect(lab.stack.associationCount).toBe(0);
  });

  it("is refused cut short or drawn out to any length", () => {
    const lab = listening();
    const { cookie, tag } = cookieFor(lab);
    for (let length = 0; length <= cookie.length + 40; length++) {
      if (length === cookie.length) continue;
      const forged = new Uint8Array(length);
      forged.set(cookie.subarray(0, length));
      expect(lab.receive([{ kind: "COOKIE ECHO", cookie: forged }], { tag })).toEqual([]);
    }
    for (const length of [1_000, 60_000, 65_488])
      expect(lab.receive([{ kind: "COOKIE ECHO", cookie: new Uint8Array(length) }], { tag })).toEqual([]);
    expect(lab.stack.associationCount).toBe(0);
  });

  it("is refused from another address, under another tag, to or from another port", () => {
    const lab = listening();
    lab.stack.listen({ port: 9, options: {} });
    const { cookie, tag } = cookieFor(lab);
    const echo: Chunk[] = [{ kind: "COOKIE ECHO", cookie }];
    for (let i = 0; i < 1_000; i++) expect(lab.receive(echo, { tag, from: ipv4(i) })).toEqual([]);
    for (let bit = 0; bit < 32; bit++)
      expect(lab.receive(echo, { tag: (tag ^ (1 << bit)) >>> 0 })).toEqual([]);
    expect(lab.receive(echo, { tag, destinationPort: 9 })).toEqual([]);
    expect(lab.receive(echo, { tag, sourcePort: PEER_PORT + 1 })).toEqual([]);
    expect(lab.stack.associationCount).toBe(0);
  });

  it("is answered as out of the blue after its association has ended, for as long as it lives, and stale after that", () => {
    const lab = listening({ cookieLifeMs: 10_000, maxCookiePreservativeMs: 0 });
    const { cookie, tag } = cookieFor(lab);
    const echo: Chunk[] = [{ kind: "COOKIE ECHO", cookie }];
    lab.receive(echo, { tag });
    [...lab.stack.associations][0]?.abort(new Uint8Array(0), lab.nowMs);
    lab.flush();
    for (let second = 0; second < 10; second++) {
      const packets = lab.receive(echo, { tag });
      expect(packets).toMatchObject([{ tag, kinds: ["ABORT"] }]);
      expect(firstOf(packets, "ABORT")).toMatchObject({ tagReflected: true, causes: [] });
      lab.nowMs += 1_000;
    }
    lab.nowMs += 1;
    expect(firstOf(lab.receive(echo, { tag }), "ERROR").causes[0]?.kind).toBe("Stale Cookie");
    expect(lab.stack.associationCount).toBe(0);
  });

  it("is refused without an answer once its secret has been replaced twice", () => {
    const lab = listening({ cookieSecretLifeMs: 10_000, cookieLifeMs: 5_000, maxCookiePreservativeMs: 0 });
    const { cookie, tag } = cookieFor(lab);
    lab.nowMs += 10_000;
    cookieFor(lab); // The second secret signs.
    lab.nowMs += 10_000;
    cookieFor(lab); // The third has taken the place of the first.
    expect(lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag })).toEqual([]);
    expect(lab.stack.counters["invalid-cookie"]).toBe(1);
  });

  it("of another stack is refused: each has secrets of its own", () => {
    const other = new Lab({ random: new SeededRandom(2) });
    other.listen();
    const lab = listening();
    const { cookie, tag } = cookieFor(other);
    expect(lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag })).toEqual([]);
    expect(lab.stack.associationCount).toBe(0);
  });
});

describe("bytes that are no packet", () => {
  it.each([1, 2, 3])("of any kind are neither answered nor kept, nor do they throw (seed %i)", (seed) => {
    const lab = listening();
    const random = new SeededRandom(seed);
    for (let i = 0; i < 5_000; i++) {
      const bytes = new Uint8Array(random.uint32() % (i % 50 === 0 ? 65_508 : 200));
      random.fill(bytes);
      expect(lab.receiveBytes(bytes, { from: ipv4(i) })).toEqual([]);
    }
    expect(lab.stack.associationCount).toBe(0);
  });

  it("with a right checksum are answered at most once each, by no more bytes than they had", () => {
    const lab = listening();
    const random = new SeededRandom(4);
    for (let i = 0; i < 5_000; i++) {
      const value = new Uint8Array(random.uint32() % 120);
      random.fill(value);
      const type = random.uint32() & 0xff;
      if (type === 1 || type === 10) continue; // INIT and COOKIE ECHO: see above.
      const bytes = encodePacket({
        sourcePort: random.uint32() & 0xffff,
        destinationPort: OUR_PORT,
        verificationTag: random.uint32(),
        chunks: [{ kind: "unknown", type, flags: random.uint32() & 0xff, value }],
      });
      const answers = lab.receiveBytes(bytes, { from: ipv4(i) });
      expect(answers.length).toBeLessThanOrEqual(1);
      for (const { lengthBytes } of answers) expect(lengthBytes).toBeLessThanOrEqual(bytes.length);
    }
    expect(lab.stack.associationCount).toBe(0);
  });

  it("from addresses that nobody can have are not answered", () => {
    const lab = listening();
    for (const from of ["0.0.0.0", "224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "::"]) {
      expect(lab.receive([initChunk()], { from })).toEqual([]);
      expect(lab.receive([{ kind: "SHUTDOWN ACK" }], { from, tag: 5 })).toEqual([]);
    }
    expect(lab.stack.counters["not-unicast"]).toBe(12);
  });
});
