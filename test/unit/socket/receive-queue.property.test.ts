/**
 * The order of what is read, under any sequence of arrivals, notifications and reads. Mutants that this killed: messages
 * read ahead of their place not counted; a place for one message left out; the lock of level 0 kept after the last piece,
 * or ignored; places of another association moved along.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Association } from "../../../src/association/association.ts";
import type { ReceivedMessage } from "../../../src/association/model/received-message.ts";
import { AssociationEntry } from "../../../src/socket/state/association-entry.ts";
import { ReceiveQueue } from "../../../src/socket/state/receive-queue.ts";
import { AssociationSettings } from "../../../src/socket/terms/settings.ts";

/** An association as far as the queue sees one: messages wait until they are read, and are told of once. */
class Source {
  readonly entry: AssociationEntry = new AssociationEntry(
    { onEntryEvent: () => {} },
    new AssociationSettings(),
  );
  readonly waiting: ReceivedMessage[] = [];
  /** What should be read of this association, in order. */
  readonly expected: string[] = [];
  readonly read: string[] = [];
  #told = false;
  #isInMessage = false;

  constructor(id: number) {
    const self = this;
    const stub = {
      id,
      get readableCount() {
        return self.waiting.length;
      },
      get nextMessage() {
        return self.waiting[0];
      },
      receiveMessage: () => {
        const message = self.waiting.shift();
        if (message === undefined) self.#told = false;
        return message;
      },
    };
    this.entry.attach(stub as unknown as Association);
  }

  arrive(queue: ReceiveQueue, name: string, endOfMessage: boolean): void {
    const data = new TextEncoder().encode(name);
    const about = { streamId: 0, ppid: 0, unordered: false, ssn: 0, tsn: 0, messageKey: 0 };
    this.waiting.push({ data, ...about, endOfMessage });
    this.expected.push(name);
    if (this.#told) return;
    this.#told = true;
    this.entry.hasToldReadable = true;
    queue.sync(this.entry);
  }

  /** A message that begins comes after every notification that was there before it. */
  onMessageRead(name: string, endOfMessage: boolean): void {
    if (!this.#isInMessage) {
      const before = this.expected.slice(0, this.expected.indexOf(name));
      expect(this.read).toEqual(expect.arrayContaining(before.filter((line) => line.startsWith("n"))));
    }
    this.#isInMessage = !endOfMessage;
    this.read.push(name);
  }

  notify(queue: ReceiveQueue, name: string): void {
    this.expected.push(name);
    queue.sync(this.entry);
    queue.pushNotification(this.entry, {
      type: "SCTP_SENDER_DRY_EVENT",
      associationId: Number(name.slice(1)),
    });
  }
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("arrive"), who: fc.nat(2), ends: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("notify"), who: fc.nat(2), ends: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("read"), who: fc.nat(2), ends: fc.boolean() }) },
);

it("keeps each association's order, loses nothing, and at level 0 lets nothing between pieces", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 }),
      fc.array(step, { size: "max", maxLength: 200 }),
      (level, steps) => {
        const queue = new ReceiveQueue(level);
        const sources = [new Source(1), new Source(2), new Source(3)];
        const all: { readonly who: number; readonly isPiece: boolean; readonly isData: boolean }[] = [];
        const read = (): boolean => {
          const peeked = queue.peek();
          const next = queue.take(0);
          expect(next === undefined).toBe(peeked === undefined);
          if (next === undefined) return false;
          const id = next.kind === "data" ? next.entry.id : next.associationId;
          const source = sources[id - 1];
          if (next.kind === "data") {
            source?.onMessageRead(new TextDecoder().decode(next.message.data), next.message.endOfMessage);
            all.push({ who: id, isPiece: !next.message.endOfMessage, isData: true });
          } else if (next.notification.type === "SCTP_SENDER_DRY_EVENT") {
            source?.read.push(`n${next.notification.associationId}`);
            all.push({ who: id, isPiece: false, isData: false });
          }
          return true;
        };
        for (const [i, { kind, who, ends }] of steps.entries()) {
          const source = sources[who];
          if (kind === "arrive") source?.arrive(queue, `m${i}`, ends);
          else if (kind === "notify") source?.notify(queue, `n${i}`);
          else read();
        }
        for (const source of sources) source.arrive(queue, "end", true);
        while (read());
        for (const source of sources) {
          if (level > 0) expect(source.read).toEqual(source.expected);
          const messages = (lines: readonly string[]): string[] =>
            lines.filter((line) => !line.startsWith("n"));
          expect(messages(source.read)).toEqual(messages(source.expected));
          expect(source.read.toSorted()).toEqual(source.expected.toSorted());
          expect([source.entry.queuedCount, source.waiting.length]).toEqual([0, 0]);
        }
        expect(queue.notificationCount).toBe(0);
        if (level > 0) return;
        for (const [i, { who, isPiece }] of all.entries())
          if (isPiece) expect(all[i + 1]).toMatchObject({ who, isData: true });
      },
    ),
    { numRuns: 200 },
  );
});

it("moves an association's things to another queue in their order, and leaves the rest", () => {
  fc.assert(
    fc.property(fc.array(step, { size: "max", maxLength: 100 }), (steps) => {
      const queue = new ReceiveQueue(1);
      const to = new ReceiveQueue(1);
      const sources = [new Source(1), new Source(2), new Source(3)];
      for (const [i, { kind, who, ends }] of steps.entries()) {
        if (kind === "notify") sources[who]?.notify(queue, `n${i}`);
        else sources[who]?.arrive(queue, `m${i}`, ends);
      }
      const [first, ...others] = sources;
      if (first === undefined) return;
      queue.sync(first.entry);
      queue.move(first.entry, to);
      const drain = (from: ReceiveQueue): string[] => {
        const lines: string[] = [];
        for (let next = from.take(0); next !== undefined; next = from.take(0)) {
          if (next.kind === "data") lines.push(new TextDecoder().decode(next.message.data));
          else if (next.notification.type === "SCTP_SENDER_DRY_EVENT")
            lines.push(`n${next.notification.associationId}`);
        }
        return lines;
      };
      expect(drain(to)).toEqual(first.expected);
      expect(drain(queue).toSorted()).toEqual(others.flatMap(({ expected }) => expected).toSorted());
      expect([queue.notificationCount, to.notificationCount]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});
