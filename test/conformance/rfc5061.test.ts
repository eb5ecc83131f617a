/** Addresses that come and go (RFC 5061). The first ASCONF of either side has the number of its Initial TSN. */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { Cause } from "../../src/chunks/causes.ts";
import { type Chunk, encodeChunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import {
  ADDRESSES_SUPPORTED,
  type Asconf,
  adds,
  agreed,
  answerTo,
  asconf,
  asconfsIn,
  asks,
  asksToAdd,
  asksToRemove,
  BARE,
  causesIn,
  codeThrownBy,
  deletes,
  drops,
  gains,
  idOf,
  makesPrimary,
  OUR_THIRD_ADDRESS,
  onlyAsconf,
  outcomesOf,
  PEER_THIRD_ADDRESS,
  pathNewsOf,
  refusal,
  says,
  shortage,
  single,
  success,
} from "./address-peer.ts";
import { AuthPeer, authParameters } from "./auth-peer.ts";
import {
  addressParameter,
  cookieParameter,
  firstOf,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  supportedExtensions,
} from "./lab.ts";

const OWN: readonly Parameter["type"][] = [0x8002, 0x8003, 0x8004];
/** All that is random is as large as can be. */
class EndOfNumbers extends SeededRandom {
  constructor() {
    super(1);
  }
  override uint32(): number {
    return 0xffff_ffff;
  }
}
/** An address that no path and no host has. */
const VICTIM = "192.0.2.66";

// ---- With authentication ---------------------------------------------------------------------------------------

interface Authenticated {
  readonly link: Link;
  readonly peer: AuthPeer;
}

/** With a peer of two addresses that wants and gives authentication of both chunks. */
function authenticated(
  options: Partial<AssociationOptions> = {},
  theirs: readonly Parameter[] = [...authParameters([193, 128]), ADDRESSES_SUPPORTED],
): Authenticated {
  const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
  const peerAddresses = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
  const parameters = [cookieParameter(), ...peerAddresses.map(addressParameter), ...theirs];
  const all = { heartbeatIntervalMs: 0, dynamicAddresses: true, ...options };
  const link = lab.connected(all, { parameters }, peerAddresses);
  const said = firstOf(lab.sent, "INIT").parameters.filter(({ type }) => OWN.includes(type));
  return { link, peer: new AuthPeer(said, theirs) };
}
const saysSigned = (
  { link, peer }: Authenticated,
  chunks: readonly Chunk[],
  from = PEER_ADDRESS,
): SentPacket[] => link.lab.receiveBytes(peer.packet(link.association.localTag, [], chunks), { from });

describe("RFC 5061 4.1.1 Address Configuration Change Chunk (ASCONF)", () => {
  it("MUST: names an address of the sender's by which the peer finds the association, then what is asked", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    expect(asks(chunk)).toEqual([`by ${OUR_ADDRESS}`, `add ${OUR_THIRD_ADDRESS}`]);
  });

  it("MUST: is sent behind an AUTH chunk", () => {
    const both = authenticated();
    gains(both.link, OUR_THIRD_ADDRESS);
    both.link.association.addLocalAddress(OUR_THIRD_ADDRESS, both.link.lab.nowMs);
    const [packet] = both.link.lab.flush();
    expect(packet?.kinds).toEqual(["AUTH", "ASCONF"]);
    expect(packet !== undefined && both.peer.accepts(packet)).toBe(true);
  });

  it("MUST: is discarded in silence if it is not authenticated, and what follows it in the packet", () => {
    const both = authenticated();
    const { link } = both;
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS)]);
    expect(link.receive([chunk, link.data(0)])).toEqual([]);
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
    expect(drops(link, "unauthenticated-chunk")).toBe(1);
    expect(link.read()).toEqual([]);
    expect(kindsOf(saysSigned(both, [chunk]))).toEqual(["AUTH+ASCONF-ACK"]);
    expect(link.association.remoteAddresses).toContain(PEER_THIRD_ADDRESS);
  });

  it("MUST: is heeded by no key but the peer's", () => {
    const { link, peer } = authenticated();
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS)]);
    const packet = peer.packet(link.association.localTag, [], [chunk], { damage: 1 });
    expect(link.lab.receiveBytes(packet)).toEqual([]);
    expect(link.association.remoteAddresses).not.toContain(PEER_THIRD_ADDRESS);
  });

  it("MUST: is not heeded without the address of its sender; a host name counts for none", () => {
    const link = agreed();
    const serialNumber = link.peerTsn;
    expect(says(link, { kind: "ASCONF", serialNumber, parameters: [adds(PEER_THIRD_ADDRESS)] })).toEqual([]);
    expect(drops(link, "malformed-chunk")).toBe(1);
    const name: Parameter = { kind: "Host Name Address", type: 11, hostName: new Uint8Array(4) };
    const named: Asconf = { kind: "ASCONF", serialNumber, parameters: [name, adds(PEER_THIRD_ADDRESS)] };
    expect(kindsOf(says(link, named))).toEqual(["ASCONF-ACK"]);
  });
});

describe("RFC 5061 4.1.2 Address Configuration Acknowledgment Chunk (ASCONF-ACK)", () => {
  it("MAY: has eight bytes where everything has been done", () => {
    const link = agreed();
    const sent = says(link, asconf(link, 0, [adds(PEER_THIRD_ADDRESS), makesPrimary(PEER_SECOND_ADDRESS)]));
    expect(encodeChunk(onlyAsconf(sent, "ASCONF-ACK"))).toHaveLength(8);
  });

  it("MUST: is sent behind an AUTH chunk, and discarded in silence where it is not", () => {
    const both = authenticated();
    const { link } = both;
    const sent = saysSigned(both, [asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)])]);
    expect(sent[0] !== undefined && both.peer.accepts(sent[0])).toBe(true);
    const asked = asksToAdd(link);
    link.receive([answerTo(asked)]);
    expect(outcomesOf(link)).toEqual([]);
    saysSigned(both, [answerTo(asked)]);
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} performed`]);
  });
});

describe("RFC 5061 4.2 New Parameter Types", () => {
  it("SHOULD: ignores a parameter where it is not allowed, and leaves the association as it is", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [success(9), refusal(8), adds(PEER_THIRD_ADDRESS)]);
    expect(onlyAsconf(says(link, chunk), "ASCONF-ACK")).toEqual(answerTo(chunk));
    expect(link.association.remoteAddresses).toContain(PEER_THIRD_ADDRESS);
  });
});

describe("RFC 5061 4.2.1 Add IP Address", () => {
  it("MUST: the wildcard stands for where the packet came from", () => {
    const link = single();
    const chunk = asconf(link, 0, [adds("0.0.0.0")], "0.0.0.0");
    expect(kindsOf(says(link, chunk, { from: PEER_THIRD_ADDRESS }))).toEqual(["ASCONF-ACK"]);
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, PEER_THIRD_ADDRESS]);
  });

  it.each(["224.0.0.9", "255.255.255.255", "127.0.0.1", "169.254.0.9", "fd00::1", "ff02::1"])(
    "MUST NOT: %s is no address of a peer here",
    (address) => {
      const link = agreed();
      const sent = says(link, asconf(link, 0, [adds(address)]));
      expect(causesIn(onlyAsconf(sent, "ASCONF-ACK"))).toEqual([5]);
      expect(link.association.remoteAddresses).toHaveLength(2);
      expect(link.association.stats.refusedAddressChanges).toBe(1);
    },
  );

  it("MAY: an address that the association has is added with success, and nothing changes", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [adds(PEER_SECOND_ADDRESS)]);
    expect(onlyAsconf(says(link, chunk), "ASCONF-ACK")).toEqual(answerTo(chunk));
    expect(pathNewsOf(link)).toEqual([]);
  });
});

describe("RFC 5061 4.2.2 Delete IP Address", () => {
  it("MUST: the wildcard stands for all addresses but the one that the packet came from", () => {
    const link = agreed();
    says(link, asconf(link, 0, [adds(PEER_THIRD_ADDRESS)]));
    says(link, asconf(link, 1, [deletes("0.0.0.0")]), { from: PEER_SECOND_ADDRESS });
    expect(link.association.remoteAddresses).toEqual([PEER_SECOND_ADDRESS]);
  });

  it("MUST: not where that is none of them: none would be left", () => {
    const link = agreed();
    const sent = says(link, asconf(link, 0, [deletes("0.0.0.0")]), { from: PEER_THIRD_ADDRESS });
    expect(causesIn(onlyAsconf(sent, "ASCONF-ACK"))).toEqual([160]);
    expect(sent[0]?.to).toBe(PEER_THIRD_ADDRESS);
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  });
});

describe("RFC 5061 4.2.4 Set Primary IP Address", () => {
  it("MAY: makes the address the primary one, or with the wildcard the one that the packet came from", () => {
    const link = agreed();
    says(link, asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)]));
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    says(link, asconf(link, 1, [makesPrimary("0.0.0.0")]));
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
    const told = link.lab.events.flatMap((event) => (event.kind === "primary" ? [event.address] : []));
    expect(told).toEqual([PEER_SECOND_ADDRESS, PEER_ADDRESS]);
  });
});

describe("RFC 5061 4.2.7 Supported Extensions Parameter", () => {
  const listed = (
    parameters: readonly Parameter[],
    kind: "Supported Extensions" | "CHUNKS",
  ): readonly number[] =>
    parameters.flatMap((each) => (each.kind === kind && "chunkTypes" in each ? each.chunkTypes : []));

  it("MUST: lists ASCONF, ASCONF-ACK and AUTH in INIT and INIT ACK, and asks for both to be authenticated", () => {
    const lab = new Lab();
    lab.connect({ dynamicAddresses: true });
    const init = only(lab.flush(), "INIT");
    lab.listen({ dynamicAddresses: true });
    const theirs = [...authParameters([193, 128]), ADDRESSES_SUPPORTED];
    const initAck = only(
      lab.receive([initChunk({ parameters: theirs })], { from: PEER_THIRD_ADDRESS, sourcePort: 6_000 }),
      "INIT ACK",
    );
    for (const { parameters } of [init, initAck]) {
      expect(listed(parameters, "Supported Extensions")).toEqual(expect.arrayContaining([193, 128, 15]));
      expect(listed(parameters, "CHUNKS")).toEqual([193, 128]);
    }
  });

  it("MUST: says nothing of it unless it is wanted", () => {
    const lab = new Lab();
    lab.connect();
    const { parameters } = only(lab.flush(), "INIT");
    expect(
      listed(parameters, "Supported Extensions").filter((type) => [193, 128, 15].includes(type)),
    ).toEqual([]);
    expect(parameters.filter(({ type }) => OWN.includes(type))).toEqual([]);
  });

  it("MUST: adds the two to the chunks that the user wants authenticated, and takes the user's keys", () => {
    const { link } = authenticated({ authentication: { chunks: [0] } });
    expect(link.association.localAuthenticatedChunks).toEqual([0, 193, 128]);
  });

  it.each([
    ["has no AUTH", [supportedExtensions(130)]],
    ["does not list ASCONF-ACK", [...authParameters([193, 128]), supportedExtensions(193, 15)]],
    ["does not list ASCONF", [...authParameters([193, 128]), supportedExtensions(128, 15)]],
    ["does not ask for ASCONF to be authenticated", [...authParameters([128]), ADDRESSES_SUPPORTED]],
    ["does not ask for ASCONF-ACK to be authenticated", [...authParameters([193]), ADDRESSES_SUPPORTED]],
  ])("MUST NOT: changes addresses with a peer that %s", (_what, theirs) => {
    const { link } = authenticated({}, theirs);
    expect(link.association.dynamicAddresses).toBe(false);
    gains(link, OUR_THIRD_ADDRESS);
    const add = (): unknown => link.association.addLocalAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    expect(codeThrownBy(add)).toBe("ERR_SCTP_NOT_SUPPORTED");
    expect(link.lab.flush()).toEqual([]);
  });
});

describe("RFC 5061 3 Serial Number Arithmetic", () => {
  it("MUST: the number behind 2^32 - 1 is 0, and later than that", () => {
    const link = agreed();
    const last = { kind: "ASCONF-ACK", serialNumber: (link.ourTsn - 2 ** 31) >>> 0, parameters: [] } as const;
    expect(says(link, last)).toEqual([]); // As far back as can be.
    expect(link.state).toBe("ESTABLISHED");
    const lab = new Lab({ localAddresses: [OUR_ADDRESS], random: new EndOfNumbers() });
    const wrapped = lab.connected(
      { heartbeatIntervalMs: 0, ...BARE },
      { parameters: [cookieParameter(), ADDRESSES_SUPPORTED] },
    );
    const first = asksToAdd(wrapped);
    expect(first.serialNumber).toBe(0xffff_ffff);
    says(wrapped, answerTo(first));
    expect(asksToAdd(wrapped, OUR_SECOND_ADDRESS).serialNumber).toBe(0);
  });
});

describe("RFC 5061 4.2.3 Error Cause Indication", () => {
  it("MUST NOT: changes the correlation id of what it is about, whatever that is", () => {
    const link = agreed();
    for (const [i, id] of [0, 1, 0x8000_0000, 0xffff_ffff].entries()) {
      const answer = onlyAsconf(says(link, asconf(link, i, [makesPrimary(VICTIM, id)])), "ASCONF-ACK");
      expect(answer.parameters).toMatchObject([{ kind: "Error Cause Indication", correlationId: id }]);
    }
  });
});

describe("RFC 5061 4.2.5 Success Indication", () => {
  it("MAY: one is taken for what it says, though none is needed", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    says(link, answerTo(chunk, success(idOf(chunk)), success(12_345)));
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} performed`]);
  });
});

describe("RFC 5061 4.3.1 Error Cause: Request to Delete Last Remaining IP Address", () => {
  it("MUST: answers the removal of the last one with the parameter and its correlation id", () => {
    const link = agreed({}, [PEER_ADDRESS]);
    const chunk = asconf(link, 0, [deletes(PEER_ADDRESS, 0x01023476)]);
    const [response] = onlyAsconf(says(link, chunk), "ASCONF-ACK").parameters;
    expect(response).toMatchObject({ kind: "Error Cause Indication", correlationId: 0x01023476 });
    expect(response?.kind === "Error Cause Indication" && response.causes).toMatchObject([
      {
        code: 160,
        parameter: new Uint8Array([0xc0, 2, 0, 16, 1, 2, 0x34, 0x76, 0, 5, 0, 8, 10, 0, 0, 2]),
      },
    ]);
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
  });
});

describe("RFC 5061 4.3.4 Error Cause: Association Aborted Due to Illegal ASCONF-ACK", () => {
  it.each([0, 1, 2 ** 31 - 1])(
    "MUST: ends the association for an answer %i beyond what has been asked",
    (ahead) => {
      const link = agreed();
      const serialNumber = (link.ourTsn + ahead) >>> 0;
      const sent = link.receive([{ kind: "ASCONF-ACK", serialNumber, parameters: [] }]);
      expect(only(sent, "ABORT").causes).toMatchObject([{ code: 163 }]);
      expect(link.state).toBe("CLOSED");
    },
  );

  it("MUST: so it does while another one is under way", () => {
    const link = agreed();
    const { serialNumber } = asksToAdd(link);
    const sent = link.receive([
      { kind: "ASCONF-ACK", serialNumber: (serialNumber + 1) >>> 0, parameters: [] },
    ]);
    expect(only(sent, "ABORT").causes).toMatchObject([{ code: 163 }]);
  });

  it("MUST: an answer that comes again, or late, is ignored in silence", () => {
    const link = agreed();
    const asked = asksToAdd(link);
    says(link, answerTo(asked));
    expect(says(link, answerTo(asked))).toEqual([]);
    const serialNumber = (link.ourTsn - 5) >>> 0;
    expect(says(link, { kind: "ASCONF-ACK", serialNumber, parameters: [] })).toEqual([]);
    expect(link.state).toBe("ESTABLISHED");
    expect(outcomesOf(link)).toHaveLength(1);
  });

  it("MUST NOT: one that comes again ends what was asked later", () => {
    const link = agreed();
    const first = asksToAdd(link);
    says(link, answerTo(first));
    const second = asksToRemove(link);
    expect(says(link, answerTo(first))).toEqual([]);
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} performed`]);
    expect(link.association.isChangingAddresses).toBe(true);
    expect(onlyAsconf(link.lab.runUntilSent())).toEqual(second); // T4-RTO still runs.
  });
});

describe("RFC 5061 4.3.5 Error Cause: Request Refused - No Authorization.", () => {
  it("MAY: refuses an address that is another association's between these ports", () => {
    const link = agreed();
    const lab = link.lab;
    lab.listen({ heartbeatIntervalMs: 0 });
    const initAck = only(lab.receive([initChunk({ initiateTag: 99 })], { from: VICTIM }), "INIT ACK");
    const cookie = initAck.parameters.find((each) => each.kind === "State Cookie");
    const echo: Chunk = {
      kind: "COOKIE ECHO",
      cookie: cookie?.kind === "State Cookie" ? cookie.cookie : new Uint8Array(0),
    };
    lab.receive([echo], { from: VICTIM, tag: initAck.initiateTag });
    expect([...lab.stack.associations]).toHaveLength(2);
    const sent = says(link, asconf(link, 0, [adds(VICTIM)]));
    expect(causesIn(onlyAsconf(sent, "ASCONF-ACK"))).toEqual([164]);
    expect(link.association.remoteAddresses).not.toContain(VICTIM);
  });
});

describe("RFC 5061 5.1 ASCONF Chunk Procedures", () => {
  it("MUST: A1 gives each request a correlation id of its own, and puts what is asked at once into one chunk", () => {
    const link = agreed();
    gains(link, OUR_THIRD_ADDRESS);
    link.association.addLocalAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    link.association.setPeerPrimaryAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    link.association.removeLocalAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    const chunk = onlyAsconf(link.lab.flush());
    expect(asks(chunk).slice(1)).toEqual([
      `add ${OUR_THIRD_ADDRESS}`,
      `primary ${OUR_THIRD_ADDRESS}`,
      `delete ${OUR_SECOND_ADDRESS}`,
    ]);
    expect(new Set([idOf(chunk, 0), idOf(chunk, 1), idOf(chunk, 2)]).size).toBe(3);
    says(link, answerTo(chunk));
    expect(outcomesOf(link)).toEqual([
      `add ${OUR_THIRD_ADDRESS} performed`,
      `set-primary ${OUR_THIRD_ADDRESS} performed`,
      `remove ${OUR_SECOND_ADDRESS} performed`,
    ]);
  });

  it("MUST: A2 numbers the chunks from the Initial TSN on", () => {
    const link = agreed();
    const first = asksToAdd(link);
    expect(first.serialNumber).toBe(link.ourTsn);
    says(link, answerTo(first));
    expect(asksToRemove(link, OUR_THIRD_ADDRESS).serialNumber).toBe((link.ourTsn + 1) >>> 0);
  });

  it("MUST: A3 asks for what comes up meanwhile when the answer is there", () => {
    const link = agreed();
    const first = asksToAdd(link);
    link.association.setPeerPrimaryAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    expect(link.lab.flush()).toEqual([]);
    const second = onlyAsconf(says(link, answerTo(first)));
    expect(asks(second).slice(1)).toEqual([`primary ${OUR_SECOND_ADDRESS}`]);
    expect(link.association.isChangingAddresses).toBe(true);
    says(link, answerTo(second));
    expect(link.association.isChangingAddresses).toBe(false);
  });

  it("MUST: A4, B1 to B5 repeats the same chunk by a timer of one RTO that doubles, elsewhere if that is possible, and counts errors", () => {
    const link = agreed({ rtoInitialMs: 1_000 });
    const first = asksToAdd(link);
    const startMs = link.lab.nowMs;
    const again = link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(1_000);
    expect(onlyAsconf(again)).toEqual(first);
    expect(again[0]?.to).toBe(PEER_SECOND_ADDRESS);
    expect(link.association.path(PEER_ADDRESS)).toMatchObject({ errorCount: 1, rtoMs: 2_000 });
    const third = link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(2_000); // The RTO of the other address.
    expect(third[0]?.to).toBe(PEER_ADDRESS);
    link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(4_000);
    expect(link.association.stats.retransmittedAddressChanges).toBe(3);
  });

  it("MUST: B2 gives the peer up after Association.Max.Retrans", () => {
    const link = single({ associationMaxRetrans: 3 });
    asksToAdd(link, OUR_SECOND_ADDRESS);
    link.lab.run(60_000);
    expect(link.state).toBe("CLOSED");
    expect(asconfsIn(link.lab.sent)).toHaveLength(4);
  });

  it("MUST: A5 an answer stops the timer and clears the error counts", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    link.lab.runUntilSent();
    link.lab.runUntilSent();
    expect(link.association.path(PEER_ADDRESS).errorCount).toBe(1);
    says(link, answerTo(chunk));
    expect(link.association.path(PEER_ADDRESS).errorCount).toBe(0);
    expect(asconfsIn(link.lab.run(120_000))).toEqual([]);
  });

  it("MUST: A6, A7 what stands behind a failure has failed unless it is said to have succeeded; what stands before has not", () => {
    const link = agreed();
    gains(link, OUR_THIRD_ADDRESS);
    gains(link, "10.3.0.1");
    gains(link, "10.4.0.1");
    for (const address of [OUR_THIRD_ADDRESS, "10.3.0.1", "10.4.0.1"])
      link.association.addLocalAddress(address, link.lab.nowMs);
    link.association.setPeerPrimaryAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    const chunk = onlyAsconf(link.lab.flush());
    says(link, answerTo(chunk, refusal(idOf(chunk, 1), shortage), success(idOf(chunk, 3))));
    expect(outcomesOf(link)).toEqual([
      `add ${OUR_THIRD_ADDRESS} performed`,
      "add 10.3.0.1 denied",
      "add 10.4.0.1 denied",
      `set-primary ${OUR_SECOND_ADDRESS} performed`,
    ]);
    const denied = link.lab.events.find(
      (event) => event.kind === "address-change" && event.outcome === "denied",
    );
    expect(denied).toMatchObject({ reason: "Operation Refused Due to Resource Shortage" });
  });

  it("MUST NOT: A9 asks a peer again that does not know the chunk, and stops the timer", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    const cause: Cause = { kind: "Unrecognized Chunk Type", code: 6, chunk: encodeChunk(chunk) };
    link.receive([{ kind: "ERROR", causes: [cause] }]);
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} failed`]);
    expect(asconfsIn(link.lab.run(120_000))).toEqual([]);
    const again = (): unknown => link.association.setPeerPrimaryAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    expect(codeThrownBy(again)).toBe("ERR_SCTP_NOT_SUPPORTED");
  });

  it("MUST: a peer that begins anew has been asked nothing", () => {
    const link = agreed();
    asksToAdd(link);
    const lab = link.lab;
    const parameters = [addressParameter(PEER_SECOND_ADDRESS), ADDRESSES_SUPPORTED];
    const initAck = only(
      lab.receive([initChunk({ initiateTag: 77, initialTsn: 500, parameters })]),
      "INIT ACK",
    );
    const cookie = initAck.parameters.find((each) => each.kind === "State Cookie");
    const echo: Chunk = {
      kind: "COOKIE ECHO",
      cookie: cookie?.kind === "State Cookie" ? cookie.cookie : new Uint8Array(0),
    };
    lab.receive([echo], { tag: initAck.initiateTag });
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} failed`]);
    link.association.addLocalAddress(OUR_THIRD_ADDRESS, lab.nowMs);
    expect(onlyAsconf(lab.flush()).serialNumber).toBe(initAck.initialTsn);
  });
});

describe("RFC 5061 5.1.1 Congestion Control of ASCONF Chunks", () => {
  it("MUST NOT: C4 asks or answers when the association is not established, or no more", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    expect(says(link, asconf(link, 0, [adds(PEER_THIRD_ADDRESS)]))).toEqual([]);
    says(link, answerTo(chunk));
    expect(outcomesOf(link)).toEqual([]);
    expect(asconfsIn(link.lab.run(10_000))).toEqual([]);
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} failed`]);
    const early = new Lab();
    const association = early.connect(BARE);
    const add = (): unknown => association.addLocalAddress(OUR_ADDRESS, early.nowMs);
    expect(codeThrownBy(add)).toBe("ERR_SCTP_NOT_CONNECTED");
  });

  it("MAY: C4 answers in SHUTDOWN-SENT and SHUTDOWN-RECEIVED, and asks again there", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    expect(link.state).toBe("SHUTDOWN-SENT");
    expect(kindsOf(says(link, asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)])))).toContain("ASCONF-ACK");
    expect(asconfsIn(link.lab.run(3_500))).toContainEqual(chunk);
  });

  it("SHOULD NOT: C5 makes an ASCONF larger than a packet; what has no room goes into the next one", () => {
    const link = agreed({ maxPacketBytes: 512 });
    const addresses = Array.from({ length: 40 }, (_, i) => `10.9.0.${i + 1}`);
    for (const address of addresses) gains(link, address);
    for (const address of addresses) link.association.addLocalAddress(address, link.lab.nowMs);
    const sizes: number[] = [];
    let packets = link.lab.flush();
    for (let round = 0; round < 10 && packets.length > 0; round++) {
      sizes.push(packets[0]?.lengthBytes ?? 0);
      packets = says(link, answerTo(onlyAsconf(packets)));
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(512);
    expect(outcomesOf(link)).toEqual(addresses.map((address) => `add ${address} performed`));
  });

  it("SHOULD NOT: C5 makes an ASCONF-ACK larger than a packet; what it has no room for is not performed", () => {
    const link = agreed({ maxPacketBytes: 512 });
    const bad = Array.from({ length: 30 }, (_, i) => makesPrimary(`10.8.0.${i + 1}`, i + 1));
    const sent = says(link, asconf(link, 0, [...bad, adds(PEER_THIRD_ADDRESS, 31)]));
    expect(sent[0]?.lengthBytes).toBeLessThanOrEqual(512);
    expect(causesIn(onlyAsconf(sent, "ASCONF-ACK")).length).toBeGreaterThan(10);
    expect(link.association.remoteAddresses).not.toContain(PEER_THIRD_ADDRESS);
  });
});
