import { expect, it } from "vitest";
import { Lifecycle } from "../../../../src/association/model/lifecycle.ts";

it("tells every change once, with the new state in place already", () => {
  const told: string[] = [];
  const lifecycle: Lifecycle = new Lifecycle({
    onStateChange: (from, to) => told.push(`${from} > ${to}, in ${lifecycle.state}`),
  });
  expect(lifecycle.state).toBe("CLOSED");
  lifecycle.enter("CLOSED");
  lifecycle.enter("COOKIE-WAIT");
  lifecycle.enter("COOKIE-WAIT");
  lifecycle.enter("CLOSED");
  expect(told).toEqual(["CLOSED > COOKIE-WAIT, in COOKIE-WAIT", "COOKIE-WAIT > CLOSED, in CLOSED"]);
});
