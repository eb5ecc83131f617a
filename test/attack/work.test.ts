/**
 * No step of the stack costs more because of what the peer has made it hold: counted in steps, not in time.
 * Owns: counting. Every loop over TSNs, SSNs, runs and chunks in the core goes through the arithmetic of serial.ts, so its
 * calls are the count; walks over whole maps are counted by the map's iterators.
 */
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { OutboundMessage } from "../../src/association/model/outbound-message.ts";
import { PathFlight } from "../../src/association/paths/path-flight.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import type * as Serial from "../../src/base/serial.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import type { SackView } from "../../src/chunks/sack.ts";
import { FORWARD_TSN_SUPPORTED, Lab, type Link, supportedExtensions } from "../conformance/lab.ts";
import { sackView } from "../sack-view.ts";
import { Settling } from "../settling.ts";

const work = vi.hoisted(() => ({ steps: 0 }));

vi.mock("../../src/base/serial.ts", async (importOriginal) => {
  const original = await importOriginal<typeof Serial>();
  const counted = Object.entries(original).map(([name, call]) => [
    name,
    (a: number, b: number) => {
      work.steps++;
      return (call as (a: number, b: number) => unknown)(a, b);
    },
  ]);
  return Object.fromEntries(counted);
});

const iterators = (["keys", "values", "entries"] as const).map((name) => {
  const original = Map.prototype[name] as () => MapIterator<unknown>;
  return vi.spyOn(Map.prototype, name).mockImplementation(function (this: Map<unknown, unknown>) {
    work.steps += this.size;
    return original.call(this) as never;
  });
});

afterAll(() => {
  for (const spy of iterators) spy.mockRestore();
});
beforeEach(() => {
  work.steps = 0;
});

function stepsOf(action: () => void): number {
  const before = work.steps;
  action();
  return work.steps - before;
}

const BIG = { receiveBufferBytes: 64 * 1_048_576 };
/** Single bytes are taken until they cost four times the buffer. */
const FOR_FIVE_MEGABYTES = { receiveBufferBytes: 1_250_000 };
/** Steps for a chunk: some dozens of comparisons, and a little for the depth of a heap. */
const STEPS_PER_CHUNK = 64;
/** Steps for a SACK of ours: the words of the bitmap up to 65,536 TSNs, and the bits around its blocks. */
const STEPS_PER_SACK = 4_096;

/** A fragment that neither begins nor ends its message. */
function middle(link: Link, offset: number, lengthBytes = 1): Chunk {
  return link.data(offset, {
    beginning: false,
    ending: false,
    unordered: true,
    ssn: 0,
    payload: new Uint8Array(lengthBytes),
  });
}

/** Sends chunks in packets of `perPacket`; answers are made after each packet. */
function pour(link: Link, chunks: readonly Chunk[], perPacket: number): number {
  return stepsOf(() => {
    for (let i = 0; i < chunks.length; i += perPacket) link.receive(chunks.slice(i, i + perPacket));
  });
}

describe("receiving", () => {
  it("costs a bounded number of steps per chunk, however many lone fragments are held", () => {
    const link = new Lab().accepted(BIG);
    const chunks = Array.from({ length: 30_000 }, (_, i) => middle(link, 2 + 2 * i));
    const steps = pour(link, chunks, 1_000);
    expect(link.association.status().heldBytes).toBe(30_000 * 256);
    expect(steps).toBeLessThan(30_000 * STEPS_PER_CHUNK + 30 * STEPS_PER_SACK);
  });

  it("costs no more behind a closed window", () => {
    const link = new Lab().accepted(FOR_FIVE_MEGABYTES);
    const fill = Array.from({ length: 20_000 }, (_, i) => middle(link, 10_002 + 2 * i));
    pour(link, fill, 1_000);
    expect(link.association.status().heldBytes).toBeGreaterThanOrEqual(5_000_000);
    const more = Array.from({ length: 10_000 }, (_, i) => middle(link, 50_003 + (i % 5_000)));
    expect(pour(link, more, 1_000)).toBeLessThan(10_000 * STEPS_PER_CHUNK + 10 * STEPS_PER_SACK);
  });

  it("costs no more when each chunk makes it give up another one that it holds", () => {
    const link = new Lab().accepted(FOR_FIVE_MEGABYTES);
    const fill = Array.from({ length: 20_000 }, (_, i) => middle(link, 20_002 + 2 * i));
    pour(link, fill, 1_000);
    const heldBytes = link.association.status().heldBytes;
    const lower = Array.from({ length: 9_000 }, (_, i) => middle(link, 2 + 2 * i));
    // The heap is made once: sorting it costs 20,000 times its depth.
    expect(pour(link, lower, 1_000)).toBeLessThan(20_000 * 40 + 9_000 * STEPS_PER_CHUNK + 9 * STEPS_PER_SACK);
    expect(link.association.status().heldBytes).toBeLessThanOrEqual(heldBytes);
  });

  it("costs no more when a far TSN comes and goes", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 65_536 });
    // All but 6,000 bytes are taken by fragments that never join.
    pour(
      link,
      Array.from({ length: 232 }, (_, i) => middle(link, 30_000 + 2 * i)),
      232,
    );
    const rounds = 1_000;
    const steps = stepsOf(() => {
      for (let i = 0; i < rounds; i++) {
        link.receive([middle(link, 60_000, 7_000)]);
        link.receive([middle(link, 2 + 2 * i)]);
      }
    });
    expect(steps).toBeLessThan(2 * rounds * (STEPS_PER_CHUNK + STEPS_PER_SACK));
  });

  it("costs a bounded number of steps per message that is held for its turn, and for giving them up", () => {
    const link = new Lab().accepted({ ...FOR_FIVE_MEGABYTES, maxInboundStreams: 65_535 });
    const early = Array.from({ length: 19_000 }, (_, i) =>
      link.data(20_002 + 2 * i, { ssn: 1 + Math.floor(i / 10), streamId: i % 10 }),
    );
    expect(pour(link, early, 1_000)).toBeLessThan(19_000 * STEPS_PER_CHUNK + 19 * STEPS_PER_SACK);
    const lower = Array.from({ length: 9_000 }, (_, i) =>
      link.data(2 + 2 * i, { ssn: 30_000 + Math.floor(i / 10), streamId: i % 10 }),
    );
    expect(pour(link, lower, 1_000)).toBeLessThan(19_000 * 40 + 9_000 * STEPS_PER_CHUNK + 9 * STEPS_PER_SACK);
  });

  it("costs a bounded number of steps per duplicate", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    const duplicates = new Array<Chunk>(50_000).fill(link.data(0));
    expect(pour(link, duplicates, 1_000)).toBeLessThan(50_000 * STEPS_PER_CHUNK);
  });
});

describe("receiving I-DATA", () => {
  const accepted = (options: Partial<AssociationOptions>): Link =>
    new Lab().accepted({ interleaving: true, ...options }, { parameters: [supportedExtensions(64)] });
  /** A fragment of a message of its own. */
  const lone = (link: Link, offset: number): Chunk =>
    link.iData(offset, {
      unordered: true,
      mid: offset,
      beginning: false,
      ending: false,
      ppidOrFsn: 1 + (offset % 7),
      payload: new Uint8Array(1),
    });

  it("costs a bounded number of steps per chunk, however many messages are begun", () => {
    const link = accepted(BIG);
    const chunks = Array.from({ length: 30_000 }, (_, i) => lone(link, 2 + 2 * i));
    const steps = pour(link, chunks, 1_000);
    expect(link.association.status().heldBytes).toBe(30_000 * 256);
    expect(steps).toBeLessThan(30_000 * STEPS_PER_CHUNK + 30 * STEPS_PER_SACK);
  });

  it("costs no more behind a closed window, and when each chunk makes it give up another one", () => {
    const link = accepted(FOR_FIVE_MEGABYTES);
    const fill = Array.from({ length: 20_000 }, (_, i) => lone(link, 20_002 + 2 * i));
    pour(link, fill, 1_000);
    expect(link.association.status().heldBytes).toBeGreaterThanOrEqual(4_900_000);
    const lower = Array.from({ length: 9_000 }, (_, i) => lone(link, 2 + 2 * i));
    expect(pour(link, lower, 1_000)).toBeLessThan(20_000 * 40 + 9_000 * STEPS_PER_CHUNK + 9 * STEPS_PER_SACK);
    expect(link.association.readableCount).toBe(0);
  });
});

// ---- SACKs ---------------------------------------------------------------------------------------------------------

const OUTSTANDING = 60_000;
const message = new OutboundMessage(new Uint8Array(OUTSTANDING));

function outstanding(): Settling {
  const sent = new Settling(0);
  const flight = new PathFlight();
  sent.log.addFlight(flight);
  for (let i = 0; i < OUTSTANDING; i++) sent.log.send(message, 3, i, 1, 20, flight, 0);
  return sent;
}

/** Steps to find a TSN among 65,536 of which each is a bit. */
const STEPS_PER_SEARCH = 2 * 2_048;
/** Steps of a SACK, or of a chunk that is sent again, that has no such search to do. */
const STEPS_PER_CHANGE = 300;

function sackOf(cumulativeTsnAck: number, blocks: ReadonlyArray<readonly [number, number]>): SackView {
  return sackView(cumulativeTsnAck, 1_000_000, blocks);
}

describe("a SACK", () => {
  it("costs what it changes, not what is outstanding: one chunk lost, and the rest acknowledged one by one", () => {
    const sent = outstanding();
    const steps = stepsOf(() => {
      for (let end = 2; end <= OUTSTANDING; end++)
        expect(sent.onSack(sackOf(-1, [[2, end]]), 1)).toBe("accepted");
    });
    expect(steps).toBeLessThan(OUTSTANDING * 100);
  });

  it("costs no more when it acknowledges from the top downwards, and counts misses all the way", () => {
    const sent = outstanding();
    const steps = stepsOf(() => {
      for (let start = OUTSTANDING; start > 1; start--)
        expect(sent.onSack(sackOf(-1, [[start, OUTSTANDING]]), 1)).toBe("accepted");
    });
    // Three misses for each chunk, and then it is not visited again.
    expect(steps).toBeLessThan(OUTSTANDING * 100);
  });

  it("costs no more than its blocks when it is repeated, 16,000 blocks of it too", () => {
    const sent = outstanding();
    const blocks = Array.from({ length: 16_000 }, (_, i) => [2 + 3 * i, 2 + 3 * i] as const);
    sent.onSack(sackOf(-1, blocks), 1);
    for (let i = 0; i < 3; i++) sent.onSack(sackOf(-1, blocks), 1);
    expect(stepsOf(() => sent.onSack(sackOf(-1, blocks), 1))).toBeLessThan(16_000 * 10);
    const few = blocks.slice(0, 3);
    sent.onSack(sackOf(-1, few), 1);
    expect(stepsOf(() => sent.onSack(sackOf(-1, few), 1))).toBeLessThan(100);
  });

  it("costs no more than what it takes back, when the peer reneges", () => {
    const sent = outstanding();
    sent.onSack(sackOf(-1, [[2, OUTSTANDING]]), 1);
    const steps = stepsOf(() => {
      for (let i = 0; i < 1_000; i++) {
        sent.onSack(sackOf(-1, [[3, OUTSTANDING]]), 1);
        sent.onSack(sackOf(-1, [[2, OUTSTANDING]]), 1);
      }
    });
    expect(steps).toBeLessThan(2_000 * 100);
  });

  it("that takes back all, and reports all again, is as good as lost after a window of it, for a second at most [A12]", () => {
    const sent = outstanding();
    const toggle = (nowMs: number): void => {
      sent.onSack(sackOf(-1, [[2, OUTSTANDING]]), nowMs);
      sent.onSack(sackOf(-1, []), nowMs);
    };
    for (let i = 0; i < 2; i++) toggle(1);
    expect(stepsOf(() => toggle(1))).toBeLessThan(100);
    expect(sent.onSack(sackOf(-1, [[2, OUTSTANDING]]), 1)).toBe("reneges-too-much");
    expect(sent.onSack(sackOf(-1, [[2, OUTSTANDING]]), 1_002)).toBe("accepted");
  });
});

describe("a hole of 32,000 chunks", () => {
  const HOLE = 32_000;
  const oneMore = (sent: Settling, end: number): number =>
    stepsOf(() => expect(sent.onSack(sackOf(-1, [[HOLE + 1, end]]), 1)).toBe("accepted"));

  /** Sends the next lost chunks again, on the first path. */
  function resend(sent: Settling, count: number): void {
    for (let i = 0; i < count; i++) sent.log.resend(sent.log.nextToRetransmit()!, flight, 1);
  }
  let flight: PathFlight;

  function holed(): Settling {
    const sent = new Settling(0);
    flight = new PathFlight();
    sent.log.addFlight(flight);
    for (let i = 0; i < OUTSTANDING; i++) sent.log.send(message, 3, i, 1, 20, flight, 0);
    return sent;
  }

  it("costs a SACK nothing before it counts as lost, each of its chunks once when it does, nothing later [A12] [W7]", () => {
    const sent = holed();
    expect(oneMore(sent, HOLE + 1)).toBeLessThan(STEPS_PER_CHANGE);
    expect(oneMore(sent, HOLE + 2)).toBeLessThan(STEPS_PER_CHANGE);
    expect(oneMore(sent, HOLE + 3)).toBeLessThan(HOLE * 32);
    expect(sent.lossDetected).toBe(true);
    // While it is made good, a few chunks at a time, the SACKs go on.
    for (let i = 4; i < 2_000; i++) {
      const steps = stepsOf(() => resend(sent, 4));
      expect(steps + oneMore(sent, HOLE + i)).toBeLessThan(5 * STEPS_PER_CHANGE);
    }
  });

  it("costs no more while its retransmissions count misses: three for each that is sent [A12]", () => {
    const sent = holed();
    for (let i = 1; i < 4; i++) oneMore(sent, HOLE + i);
    resend(sent, HOLE);
    // What is sent now is reported, and none of the retransmissions is: three such reports count against each.
    for (let i = 0; i < 1_000; i++) sent.log.send(message, 3, i, 1, 20, flight, 1);
    let steps = 0;
    for (let i = 0; i < 1_000; i++) steps += oneMore(sent, OUTSTANDING + 1 + i - (i % 2));
    expect(steps).toBeLessThan(3 * HOLE * 64 + 1_000 * STEPS_PER_CHANGE);
    expect(sent.log.nextToRetransmit()?.tsn).toBe(0);
  });

  it("costs no search from the bottom for each chunk that is lost again below what waits [A12]", () => {
    const sent = holed();
    for (let i = 1; i < 4; i++) oneMore(sent, HOLE + i);
    resend(sent, HOLE - 10);
    for (let i = 0; i < 100; i++) {
      const chunk = sent.log.at(i);
      sent.log.markLost(chunk);
      const steps = stepsOf(() => {
        resend(sent, 1);
        sent.log.nextToRetransmit();
      });
      expect(chunk.state).toBe(1);
      expect(steps).toBeLessThan(STEPS_PER_SEARCH + STEPS_PER_CHANGE);
    }
  });
});

describe("a path", () => {
  /** All is outstanding on the first path but the first and the last chunk, which are on the second. */
  function twoFlights(): { readonly sent: Settling; readonly second: PathFlight } {
    const sent = new Settling(0);
    const flights = [new PathFlight(), new PathFlight()] as const;
    for (const flight of flights) sent.log.addFlight(flight);
    for (let i = 0; i < OUTSTANDING; i++)
      sent.log.send(message, 3, i, 1, 20, flights[i === 5 || i === OUTSTANDING - 1 ? 1 : 0], 0);
    return { sent, second: flights[1] };
  }

  it("whose T3-rtx expires costs what is outstanding there, not what is on others [A12]", () => {
    const { sent, second } = twoFlights();
    for (let i = 0; i < 10; i++) {
      const steps = stepsOf(() => {
        sent.log.markPathLost(second);
        for (let j = 0; j < 2; j++) sent.log.resend(sent.log.nextToRetransmit()!, second, 1);
      });
      expect(second.flightChunkCount).toBe(2);
      expect(steps).toBeLessThan(3 * STEPS_PER_SEARCH);
    }
  });

  it("whose earliest chunk is looked for costs no walk over those of others, reneging or not [A12]", () => {
    const { sent } = twoFlights();
    const steps = stepsOf(() => {
      for (let i = 0; i < 100; i++) {
        sent.onSack(sackOf(-1, [[6, 6]]), 1);
        sent.onSack(
          sackOf(-1, [
            [6, 6],
            [OUTSTANDING, OUTSTANDING],
          ]),
          1,
        );
        sent.onSack(sackOf(-1, []), 1);
      }
    });
    expect(steps).toBeLessThan(100 * 2 * STEPS_PER_SEARCH + 300 * STEPS_PER_CHANGE + OUTSTANDING * 32);
  });
});

describe("FORWARD TSN", () => {
  const agreed = (): Link =>
    new Lab().accepted({ ...BIG, maxGapBlocksReported: 1 }, { parameters: [FORWARD_TSN_SUPPORTED] });

  it("costs a bounded number of steps each, however many lone fragments are held beyond it", () => {
    const link = agreed();
    pour(
      link,
      Array.from({ length: 20_000 }, (_, i) => middle(link, 10_000 + 2 * i)),
      100,
    );
    const forwards = Array.from({ length: 5_000 }, (_, i) => link.forwardTsn(i));
    const steps = pour(link, forwards, 100);
    expect(link.association.cumulativeTsn).toBe((link.peerTsn + 4_999) >>> 0);
    expect(steps).toBeLessThan(forwards.length * STEPS_PER_CHUNK + (forwards.length / 100) * STEPS_PER_SACK);
  });

  it("costs a bounded number of steps each, however many messages of a stream are held beyond it", () => {
    const link = agreed();
    const early = Array.from({ length: 10_000 }, (_, i) => link.data(20_000 + i, { ssn: 10_000 + i }));
    pour(link, early, 100);
    const forwards = Array.from({ length: 5_000 }, (_, i) =>
      link.forwardTsn(
        i,
        Array.from({ length: 20 }, () => ({ streamId: 0, ssn: i })),
      ),
    );
    const steps = pour(link, forwards, 100);
    expect(link.association.readableCount).toBe(0);
    expect(steps).toBeLessThan(forwards.length * STEPS_PER_CHUNK + (forwards.length / 100) * STEPS_PER_SACK);
  });

  it("costs what is held, and no more, if it goes to the end of the TSN space", () => {
    const link = agreed();
    const held = 5_000;
    pour(
      link,
      Array.from({ length: held }, (_, i) => middle(link, 10_000 + 2 * i)),
      100,
    );
    const early = Array.from({ length: held }, (_, i) => link.data(20_001 + i, { ssn: 5 + i }));
    pour(link, early, 100);
    const steps = stepsOf(() => link.receive([link.forwardTsn(0x7fff_fff0, [{ streamId: 0, ssn: 0x7fff }])]));
    expect(link.association.readableCount).toBe(held);
    expect(link.association.stats.heldBytes).toBe(held * 256);
    expect(steps).toBeLessThan(2 * held * STEPS_PER_CHUNK);
  });
});

describe("giving messages up", () => {
  it("costs a bounded number of steps for each chunk, whatever SACKs come meanwhile", () => {
    const link = new Lab().accepted(
      { ...BIG, rtoMinMs: 1_000, maxBurst: 1_024, sendBufferBytes: 64 * 1_048_576 },
      { aRwndBytes: 10_000_000, parameters: [FORWARD_TSN_SUPPORTED] },
    );
    let acked = -1;
    const sentCount = (): number => link.association.status().unackedChunks;
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 800; i++)
        link.association.send(new Uint8Array(8), { reliability: { maxRetransmits: 0 } }, link.lab.nowMs);
      link.lab.flush();
      if (round >= 30) continue;
      acked += sentCount();
      link.receive([link.sack(acked)]);
    }
    const outstanding = sentCount();
    expect(outstanding).toBeGreaterThan(500);
    const steps = stepsOf(() => {
      link.lab.run(1_000);
      for (let i = 0; i < 1_000; i++) link.receive([link.sack(acked)]);
    });
    expect(link.association.stats.abandonedSent).toBeGreaterThanOrEqual(outstanding);
    expect(steps).toBeLessThan((outstanding + 1_000) * STEPS_PER_CHUNK);
  });
});
