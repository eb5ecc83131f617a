/**
 * The side that asks for an association: when it repeats itself, what it measures, what it offers.
 * Owns: what is no requirement of RFC 9260 5 by itself (that is in test/conformance). Does not own: the answering side.
 */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../../src/base/options.ts";
import {
  addressParameter,
  cookieEchoed,
  cookieParameter,
  cookieWait,
  initAckChunk,
  kindsOf,
  Lab,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
} from "../../conformance/lab.ts";

describe("T1", () => {
  /** When the INITs or COOKIE ECHOs of a client go out that hears nothing, in ms from the first. */
  function timesOf(options: Partial<AssociationOptions>, kind: "INIT" | "COOKIE ECHO"): number[] {
    const { lab } = kind === "INIT" ? cookieWait(options) : cookieEchoed(options);
    const startMs = lab.nowMs;
    lab.run(600_000);
    return lab.sent.filter(({ kinds }) => kinds[0] === kind).map(({ atMs }) => atMs - startMs);
  }

  it.each(["INIT", "COOKIE ECHO"] as const)("of %s is bounded by RTO.Max [A21]", (kind) => {
    const short = { rtoInitialMs: 100, rtoMinMs: 100, rtoMaxMs: 200, maxInitRetransmits: 4 };
    expect(timesOf(short, kind)).toEqual([0, 100, 300, 500, 700]);
    // RFC 6458 8.1.3: the bound of the set-up may override RTO.Max, either way.
    expect(timesOf({ ...short, initTimeoutMaxMs: 150 }, kind)).toEqual([0, 100, 250, 400, 550]);
    expect(timesOf({ ...short, initTimeoutMaxMs: 60_000 }, kind)).toEqual([0, 100, 300, 700, 1_500]);
    expect(timesOf({ initTimeoutMaxMs: 500, maxInitRetransmits: 2 }, kind)).toEqual([0, 500, 1_000]);
  });

  it("begins with an RTO.Initial that lies within its bounds, or the user hears of it [A21]", () => {
    const lab = new Lab();
    for (const [wrong, right] of [
      [{ rtoInitialMs: 100 }, { rtoInitialMs: 100, rtoMinMs: 100 }],
      [
        { rtoMaxMs: 500, rtoMinMs: 100 },
        { rtoMaxMs: 500, rtoMinMs: 100, rtoInitialMs: 500 },
      ],
    ]) {
      expect(() => lab.connect(wrong)).toThrow(
        expect.objectContaining({
          code: "ERR_SCTP_INVALID_OPTION",
          message: expect.stringMatching(/^rtoInitialMs/),
        }),
      );
      const association = lab.connect(right);
      expect(() => association.setOptions({ rtoMinMs: 10, rtoMaxMs: 99 }, lab.nowMs)).toThrow(
        /^rtoInitialMs/,
      );
      association.abort(new Uint8Array(0), lab.nowMs);
    }
  });
});

describe("the round trip of the set-up", () => {
  it("is measured by INIT and by COOKIE ECHO where each went out once [M5]", () => {
    const { lab, association, tag } = cookieWait({ rtoMinMs: 1 });
    lab.run(80);
    lab.receive([initAckChunk()], { tag });
    expect(association.path(PEER_ADDRESS).srttMs).toBe(80);
    lab.run(160);
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.path(PEER_ADDRESS).srttMs).toBe(90);
  });

  it("is not measured by what was repeated, nor by an INIT after a stale cookie: which one was answered? [M5]", () => {
    const init = cookieWait();
    init.lab.run(1_100);
    init.lab.receive([initAckChunk()], { tag: init.tag });
    expect(init.association.path(PEER_ADDRESS).srttMs).toBeUndefined();

    const echo = cookieEchoed();
    const { srttMs } = echo.association.path(PEER_ADDRESS);
    echo.lab.run(1_100);
    echo.lab.receive([{ kind: "COOKIE ACK" }], { tag: echo.tag });
    expect(echo.association.state).toBe("ESTABLISHED");
    expect(echo.association.path(PEER_ADDRESS).srttMs).toBe(srttMs);

    const stale = cookieWait();
    stale.lab.run(1_100); // Two INITs are under way, and one answer is.
    stale.lab.receive([initAckChunk()], { tag: stale.tag });
    const error = { kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs: 9 }] } as const;
    stale.lab.receive([error], { tag: stale.tag });
    expect(stale.association.state).toBe("COOKIE-WAIT");
    stale.lab.receive([initAckChunk()], { tag: stale.tag });
    expect(stale.association.path(PEER_ADDRESS).srttMs).toBeUndefined();
  });
});

describe("the INIT", () => {
  it("has these bytes where the user says nothing: what it is capable of, whatever its sockets are [A27]", () => {
    for (const localAddresses of [["10.0.0.1"], ["0.0.0.0", "::"], ["10.0.0.1", "::"]]) {
      const lab = new Lab({ localAddresses });
      const { localTag, localInitialTsn } = lab.connect();
      const [packet] = lab.flush();
      const hex = (value: number): string => value.toString(16).padStart(8, "0");
      const header = "00071389" + "00000000";
      const checksum = Buffer.from(packet?.bytes.subarray(8, 12) ?? []).toString("hex");
      const fixed = `0100001e${hex(localTag)}00100000000a0800${hex(localInitialTsn)}`;
      const capable = "c0000004" + "8008000682c00000";
      expect(Buffer.from(packet?.bytes ?? []).toString("hex")).toBe(header + checksum + fixed + capable);
    }
  });

  it("says what it can use when an INIT ACK has listed nothing of that; once, in each repetition [A27]", () => {
    const lab = new Lab();
    const association = lab.connect({ partialReliability: false, streamReconfiguration: false });
    const { initiateTag: tag } = only(lab.flush(), "INIT");
    const foreign = { parameters: [cookieParameter(), addressParameter("2001:db8::9")] };
    lab.run(50);
    const again = only(lab.receive([initAckChunk(foreign)], { tag }), "INIT");
    const types = [{ kind: "Supported Address Types", type: 12, addressTypes: [5] }];
    expect(again).toMatchObject({ initiateTag: tag, parameters: types });
    expect(only(lab.runUntilSent(), "INIT").parameters).toEqual(types);
    expect(kindsOf(lab.receive([initAckChunk(foreign)], { tag }))).toEqual(["COOKIE ECHO"]);
    expect(association.remoteAddresses).toEqual([PEER_ADDRESS]); // What it has no sockets for is no path.
    expect(association.path(PEER_ADDRESS).srttMs).toBeUndefined(); // Which INIT was that an answer to?
  });

  it("is not repeated where something of what was listed can be used; the rest is left out [A27]", () => {
    const { lab, association, tag } = cookieWait();
    const listed = [PEER_ADDRESS, "2001:db8::9", PEER_SECOND_ADDRESS].map(addressParameter);
    expect(
      kindsOf(lab.receive([initAckChunk({ parameters: [cookieParameter(), ...listed] })], { tag })),
    ).toEqual(["COOKIE ECHO"]);
    expect(association.remoteAddresses).toEqual([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  });
});
