import { expect, it } from "vitest";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { fanOut } from "../../../src/trace/fan-out.ts";

const plain: TraceSink = { packet() {}, event() {} };

it("asks for details where one of the sinks does, and gives them to that one", () => {
  const told: string[] = [];
  const asking: TraceSink = { ...plain, detail: ({ kind }, nowMs) => told.push(`${kind} ${nowMs}`) };
  expect(fanOut(plain, plain).detail).toBeUndefined();
  fanOut(plain, asking, asking).detail?.(
    { kind: "sending", association: 1, address: "192.0.2.1", reasons: [] },
    5,
  );
  expect(told).toEqual(["sending 5", "sending 5"]);
});
