/** What a user may ask of stream reconfiguration (RFC 6525), beside what the RFC says. */
import { expect, it } from "vitest";
import { cookieParameter, Lab, supportedExtensions } from "../../../conformance/lab.ts";

it("refuses a direction that there is not, and asks for nothing", () => {
  const { association, lab } = new Lab().connected(
    {},
    { parameters: [cookieParameter(), supportedExtensions(130)] },
  );
  expect(() => association.resetStreams("sideways" as "both", [1], lab.nowMs)).toThrow(
    /"incoming", "outgoing" or "both", not /,
  );
  expect(lab.flush()).toEqual([]);
});
