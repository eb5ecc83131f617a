import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SctpErrorCode } from "../../../src/base/errors.ts";
import type { Chunk, InitAckChunk } from "../../../src/chunks/chunk.ts";
import { encodePacket } from "../../../src/chunks/packet.ts";
import { firstWorkerFor } from "../../../src/cluster/addressee.ts";
import { addressParameter, cookieOf, initChunk } from "../../conformance/lab.ts";
import { type Answer, Bench, NO_WORKER, PEER_PORT, PORT } from "./bench.ts";

/** The INIT ACK that is the only answer. */
function initAck(answers: readonly Answer[]): { worker: number; chunk: InitAckChunk } {
  const [answer] = answers;
  const [chunk] = answer?.packet.chunks ?? [];
  if (answers.length !== 1 || answer === undefined || chunk?.kind !== "INIT ACK")
    throw new Error(`expected an INIT ACK, saw ${JSON.stringify(kinds(answers))}`);
  return { worker: answer.worker, chunk };
}

const kinds = (answers: readonly Answer[]) =>
  answers.map(({ worker, packet }) => [worker, ...packet.chunks.map(({ kind }) => kind)]);

interface Asked {
  readonly from: string;
  readonly tag: number;
  readonly cookie: Uint8Array;
  readonly worker: number;
}

/** Sends an INIT to a worker's socket and keeps the cookie. */
function ask(
  bench: Bench,
  ingress: number,
  from: string,
  listed: readonly string[] = [],
  peerTag = 1,
): Asked {
  const init = initChunk({ initiateTag: peerTag, parameters: listed.map(addressParameter) });
  const { worker, chunk } = initAck(bench.arrive(ingress, from, 0, [init]));
  return { from, tag: chunk.initiateTag, cookie: cookieOf(chunk), worker };
}

function echo(bench: Bench, ingress: number, { from, tag, cookie }: Asked): Answer[] {
  return bench.arrive(ingress, from, tag, [{ kind: "COOKIE ECHO", cookie }]);
}

describe("an INIT of which nobody knows", () => {
  it("is taken by the worker that it came to, whose number its tag carries", () => {
    const bench = new Bench(3);
    for (const home of [0, 1, 2]) {
      for (const ingress of [0, 1, 2]) {
        const { worker, tag } = ask(bench, ingress, bench.addressAt(home));
        expect(worker).toBe(ingress);
        expect(bench.layout.workerOf(tag)).toBe(ingress);
      }
    }
    expect(bench.counts).toEqual([0, 0, 0]);
    expect(bench.waiting).toBe(0); // Stateless for the cluster too.
  });

  it("is taken by the home of its source where a parent holds the sockets", () => {
    const bench = new Bench(3);
    const from = bench.addressAt(1);
    const listed = bench.addressAt(2);
    const init = initChunk({ parameters: [addressParameter(listed)] });
    const answer = initAck(bench.arrive(1, from, 0, [init], NO_WORKER));
    expect(answer.worker).toBe(1);
    expect(bench.passedCount).toBe(2); // To the home of the listed address, and back.
  });
});

describe("a packet that begins with AUTH (RFC 4895 6.3)", () => {
  const auth: Chunk = { kind: "AUTH", sharedKeyId: 0, hmacId: 1, hmac: new Uint8Array(20) };

  it("with a COOKIE ECHO behind it goes the way of a COOKIE ECHO, whatever tag it carries", () => {
    const bench = new Bench(3);
    const from = bench.addressAt(1);
    const asked = ask(bench, 2, from);
    echo(bench, 2, asked);
    bench.deliver();
    expect(bench.counts).toEqual([0, 0, 1]);
    // Of a restart: its tag is another worker's, the association is worker 2's.
    const again = ask(bench, 0, from, [], 77);
    bench.taken.length = 0;
    bench.arrive(0, from, again.tag, [auth, { kind: "COOKIE ECHO", cookie: again.cookie }]);
    expect(bench.taken).toEqual([2]);
  });

  it("with an ABORT behind it goes by the tag, or with the T bit by the address", () => {
    const bench = new Bench(3);
    const from = bench.addressAt(1);
    const { tag } = ask(bench, 2, from);
    const abort = (tagReflected: boolean): Chunk => ({ kind: "ABORT", tagReflected, causes: [] });
    bench.taken.length = 0;
    bench.arrive(0, from, tag, [auth, abort(false)]);
    bench.arrive(0, from, tag, [auth, abort(true)]);
    expect(bench.taken).toEqual([2, 1]);
  });
});

describe("an INIT of a peer that has an association", () => {
  it("goes to that association wherever it comes in, at home without a detour", () => {
    const bench = new Bench(3);
    const from = bench.addressAt(1);
    echo(bench, 2, ask(bench, 2, from));
    bench.deliver();
    expect(bench.counts).toEqual([0, 0, 1]);
    for (const ingress of [0, 1, 2]) expect(ask(bench, ingress, from, [], 77).worker).toBe(2);
    const before = bench.passedCount;
    ask(bench, 2, from, [], 78);
    expect(bench.passedCount).toBe(before);
  });

  it("is known by an address that it lists, whatever its source (RFC 9260 5.1.2 D)", () => {
    const bench = new Bench(3);
    const known = bench.addressAt(1);
    echo(bench, 2, ask(bench, 2, known));
    bench.deliver();
    const stranger = bench.addressAt(0);
    const init = initChunk({ initiateTag: 9, parameters: [bench.addressAt(2), known].map(addressParameter) });
    const answers = bench.arrive(0, stranger, 0, [init]);
    expect(kinds(answers)).toEqual([[2, "ABORT"]]); // A restart with new addresses (5.2.2).
  });

  it("of IPv6 is known as well", () => {
    const bench = new Bench(3);
    const at = (home: number, prefix: string) => {
      for (let i = 1; ; i++) {
        const address = `${prefix}::${i.toString(16)}`;
        if (bench.layout.homeOf(PORT, PEER_PORT, address) === home) return address;
      }
    };
    const [known, stranger] = [at(1, "2001:db8"), at(0, "2001:db8:1")];
    echo(bench, 2, ask(bench, 2, known));
    bench.deliver();
    const init = initChunk({ initiateTag: 9, parameters: [addressParameter(known)] });
    expect(kinds(bench.arrive(0, stranger, 0, [init]))).toEqual([[2, "ABORT"]]);
  });
});

describe("a COOKIE ECHO", () => {
  it("is taken by the worker that answered the INIT, wherever it comes in", () => {
    const bench = new Bench(3);
    const asked = ask(bench, 2, bench.addressAt(1));
    expect(kinds(echo(bench, 0, asked))).toEqual([[2, "COOKIE ACK"]]);
    expect(bench.counts).toEqual([0, 0, 1]);
  });

  it("of a peer that has an association by now goes there (RFC 9260 5.2.4)", () => {
    const bench = new Bench(3);
    const from = bench.addressAt(1);
    const [early, late] = [ask(bench, 0, from, [], 1), ask(bench, 2, from, [], 2)];
    expect(kinds(echo(bench, 2, late))).toEqual([[2, "COOKIE ACK"]]);
    bench.deliver();
    expect(echo(bench, 0, early)).toEqual([]); // It fits no case of Table 12.
    expect(bench.taken.at(-1)).toBe(2);
    expect(bench.worker(2).stack.counters["invalid-cookie"]).toBe(1);
    expect(bench.counts).toEqual([0, 0, 1]);
  });

  it("that made a second association, unknown to the first, loses it: the home keeps who came first", () => {
    const bench = new Bench(3);
    const from = bench.addressAt(1);
    const [first, second] = [ask(bench, 0, from, [], 1), ask(bench, 2, from, [], 2)];
    echo(bench, 0, first);
    echo(bench, 2, second); // The home has not heard of the first yet.
    expect(bench.counts).toEqual([1, 0, 1]);
    expect(kinds(bench.deliver())).toEqual([[2, "ABORT"]]);
    expect(bench.counts).toEqual([1, 0, 0]);
    expect(ask(bench, 2, from, [], 3).worker).toBe(0); // What the loser gave up is still the winner's.
  });
});

describe("an address that two peers list", () => {
  it("stays with the first; the other association lives on without it", () => {
    for (const home of [0, 1, 2]) {
      const bench = new Bench(3);
      const both = bench.addressAt(home, "192.168.0");
      echo(bench, 0, ask(bench, 0, bench.addressAt(0, "10.1.0"), [both], 1));
      bench.deliver();
      const own = bench.addressAt(2, "10.2.0");
      // Not in the INIT that is looked at on its way, or it would go to the first: in the cookie that was made before.
      const late = ask(new BenchTwin(bench), 2, own, [both], 2);
      echo(bench, 2, late);
      bench.deliver();
      expect(bench.counts).toEqual([1, 0, 1]);
      const [association] = bench.worker(2).stack.associations;
      expect(association?.remoteAddresses).toEqual([own]);
      expect(association?.state).toBe("ESTABLISHED");
      expect(bench.workers.reduce((sum, { member }) => sum + member.directorySize, 0)).toBe(3);
    }
  });
});

/** The same cluster, as it was before it had any association. */
class BenchTwin extends Bench {
  constructor(bench: Bench) {
    super(bench.workers.length);
  }
}

describe("the home of an address", () => {
  it("is another worker while it does not live; an account begun there is not kept there", () => {
    const bench = new Bench(3);
    const sizes = () => bench.workers.map(({ member }) => member.directorySize);
    bench.tellOthers("onWorkerGone", 1);
    const from = bench.addressAt(1);
    echo(bench, 0, ask(bench, 0, from));
    bench.deliver();
    expect(sizes()).toEqual([0, 0, 1]);
    bench.tellOthers("onWorkerStarted", 1);
    bench.deliver();
    expect(sizes()).toEqual([0, 1, 0]);
    expect(ask(bench, 2, from, [], 5).worker).toBe(0);
  });

  it("is not asked to keep what was said before it changed", () => {
    const bench = new Bench(3);
    bench.tellOthers("onWorkerGone", 1);
    const from = bench.addressAt(1);
    echo(bench, 0, ask(bench, 0, from));
    bench.tellOthers("onWorkerStarted", 1); // The claim is under way to the stand-in.
    bench.deliver();
    expect(bench.workers.map(({ member }) => member.directorySize)).toEqual([0, 1, 0]);
  });
});

describe("the worker's own calls", () => {
  it("are refused where another worker is known to have the peer", () => {
    const bench = new Bench(3);
    const from = bench.addressAt(1);
    echo(bench, 0, ask(bench, 0, from));
    bench.deliver();
    const call = () =>
      bench
        .worker(1)
        .stack.connect(
          { remoteAddresses: [from], remotePort: PEER_PORT, remoteUdpPort: 9_899, localPort: PORT },
          bench.nowMs,
        );
    expect(call).toThrow(expect.objectContaining({ code: SctpErrorCode.AssociationExists }));
    expect(bench.counts).toEqual([1, 0, 0]);
    expect(bench.flush()).toEqual([]);
    bench.worker(0).stack.associationAt(PORT, PEER_PORT, from)?.abort(new Uint8Array(0), bench.nowMs);
    bench.deliver();
    expect(call().state).toBe("COOKIE-WAIT");
  });

  it("take SCTP ports that no other worker picks", () => {
    const bench = new Bench(3);
    const ports = [0, 1, 2].map((index) => {
      const { stack } = bench.worker(index);
      const connect = { remoteAddresses: ["10.9.0.1"], remotePort: 7, remoteUdpPort: 9_899 };
      return Array.from({ length: 50 }, () => stack.connect(connect, bench.nowMs).localPort);
    });
    for (const [index, picked] of ports.entries())
      expect(picked.every((port) => port % 3 === index)).toBe(true);
  });
});

describe("whatever else comes in", () => {
  it("is taken by exactly one worker, and goes in no circles", () => {
    const bench = new Bench(3);
    const init = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: PORT,
      verificationTag: 0,
      chunks: [initChunk({ parameters: [1, 2, 3, 4, 5].map((i) => addressParameter(`10.7.0.${i}`)) })],
    });
    const types = fc.constantFrom(0, 1, 2, 3, 6, 8, 10, 14);
    const garbage = fc
      .tuple(fc.uint8Array({ maxLength: 60 }), types, fc.boolean())
      .map(([bytes, type, flag]) => {
        const datagram = bytes.slice();
        if (datagram.length > 13) datagram.set([type, flag ? 1 : 0], 12);
        return datagram;
      });
    const damaged = fc
      .tuple(fc.nat(init.length - 1), fc.nat(255), fc.nat(init.length))
      .map(([at, byte, length]) => init.with(at, byte).slice(0, length));
    fc.assert(
      fc.property(fc.oneof(garbage, damaged), fc.nat(2), fc.boolean(), (datagram, worker, byParent) => {
        bench.taken.length = 0;
        bench.passedCount = 0;
        const first = byParent ? firstWorkerFor(bench.layout, datagram, "10.9.0.9", new Set()) : worker;
        bench.arriveBytes(first, "10.9.0.9", datagram, byParent ? NO_WORKER : worker);
        expect(bench.taken.length).toBe(1);
        expect(bench.passedCount).toBeLessThanOrEqual(4);
      }),
      { numRuns: 2_000 },
    );
    expect(bench.counts).toEqual([0, 0, 0]);
  });

  it("goes by its tag, and a T bit of nobody's is counted", () => {
    const bench = new Bench(3);
    const asked = ask(bench, 2, bench.addressAt(1));
    echo(bench, 2, asked);
    bench.deliver();
    const heartbeat: Chunk = { kind: "HEARTBEAT", parameters: new Uint8Array(0), info: new Uint8Array(8) };
    expect(kinds(bench.arrive(0, asked.from, asked.tag, [heartbeat]))).toEqual([[2, "HEARTBEAT ACK"]]);
    bench.arrive(1, "10.9.0.77", 5, [{ kind: "ABORT", tagReflected: true, causes: [] }]);
    const drops = bench.workers.map(({ stack }) => stack.counters["no-association"] ?? 0);
    expect(drops.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});
