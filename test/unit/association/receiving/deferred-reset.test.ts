/** What waits behind the reset of its stream (RFC 6525 5.2.2). */
import { expect, it } from "vitest";
import type { ReceivedMessage } from "../../../../src/association/model/received-message.ts";
import { DeferredReset, type WaitingMessage } from "../../../../src/association/receiving/deferred-reset.ts";

it("counts each message that waits, a small one as much as the least", () => {
  const reset = new DeferredReset({ streamIds: [1], lastTsn: 10, minChargeBytes: 40, onReset: () => {} });
  const waits = (tsn: number, lengthBytes: number): boolean => {
    const message = { tsn, streamId: 1, data: new Uint8Array(lengthBytes) } as unknown as ReceivedMessage;
    return reset.keeps({ message } as WaitingMessage);
  };
  expect([waits(10, 500), waits(11, 100), waits(12, 1)]).toEqual([false, true, true]);
  expect(reset.heldBytes).toBe(140);
});
