/** Max.Burst goes with the congestion control that is named: what was said of it wins. */
import { expect, it } from "vitest";
import { aimd } from "../../../examples/congestion/aimd.ts";
import type { CongestionControllerFactory } from "../../../src/base/congestion-control.ts";
import { associationOptions } from "../../../src/base/options.ts";

/** As JavaScript may say it. */
const absent = undefined as never;

const burst = (...arguments_: Parameters<typeof associationOptions>): number =>
  associationOptions(...arguments_).maxBurst;

it("is ten by default, and with every controller but RFC 9260's, which has four", () => {
  expect(burst()).toBe(10);
  expect(burst({ rtoMinMs: 500 })).toBe(10);
  const own: CongestionControllerFactory = aimd;
  for (const congestionControl of ["cubic", "bbr", own] as const)
    expect(burst({ congestionControl })).toBe(10);
  expect(burst({ congestionControl: "rfc9260" })).toBe(4);
});

it("is what was said with the controller, whichever that is", () => {
  expect(burst({ congestionControl: "rfc9260", maxBurst: 10 })).toBe(10);
  expect(burst({ congestionControl: "rfc9260", maxBurst: 7 })).toBe(7);
  expect(burst({ congestionControl: "cubic", maxBurst: 4 })).toBe(4);
  expect(burst({ congestionControl: "rfc9260", maxBurst: absent })).toBe(4);
});

it("follows a controller that is named later, there and back", () => {
  const classic = associationOptions({ congestionControl: "rfc9260" }, associationOptions());
  expect(classic.maxBurst).toBe(4);
  expect(burst({ rtoMinMs: 500 }, classic)).toBe(4);
  expect(burst({ congestionControl: absent }, classic)).toBe(4);
  expect(burst({ congestionControl: "cubic" }, classic)).toBe(10);
});

it("stays as it was said where a controller is named later", () => {
  expect(burst({ congestionControl: "rfc9260" }, associationOptions({ maxBurst: 7 }))).toBe(7);
  const base = associationOptions({ congestionControl: "rfc9260", maxBurst: 10 });
  expect(burst({ congestionControl: "cubic" }, base)).toBe(10);
  expect(burst({ congestionControl: "rfc9260", rtoMinMs: 500 }, base)).toBe(10);
});
