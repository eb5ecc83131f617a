/** What a user may say of a stream's share (RFC 8260 3.4, 3.6). */
import { describe, expect, it } from "vitest";
import { checkShare, type StreamShare } from "../../../../src/association/model/stream-share.ts";

describe("the share of a stream", () => {
  const given: readonly (readonly [Partial<StreamShare>, string | undefined])[] = [
    [{}, undefined],
    [{ priority: 0, weight: 1 }, undefined],
    [{ priority: 65_535, weight: 65_535 }, undefined],
    [{ priority: -1 }, "priority must be a whole number from 0 to 65535, not -1"],
    [{ priority: 65_536 }, "priority must be a whole number from 0 to 65535, not 65536"],
    [{ priority: 0.5 }, "priority must be a whole number from 0 to 65535, not 0.5"],
    [{ weight: 0 }, "weight must be a whole number from 1 to 65535, not 0"],
    [{ weight: 65_536 }, "weight must be a whole number from 1 to 65535, not 65536"],
    [{ weight: 1.5 }, "weight must be a whole number from 1 to 65535, not 1.5"],
  ];

  it.each(given)("is checked: %j", (share, message) => {
    if (message === undefined) expect(() => checkShare(share)).not.toThrow();
    else expect(() => checkShare(share)).toThrow(message);
  });
});
