/** SCTP in UDP: RFC 6951, and what the draft that revises it says of INITs from other ports. */
import { describe, expect, it } from "vitest";
import {
  ADDRESSES_SUPPORTED,
  answerTo,
  asks,
  BARE,
  gains,
  OUR_THIRD_ADDRESS,
  onlyAsconf,
  outcomesOf,
  says,
} from "./address-peer.ts";
import {
  addressParameter,
  cookieParameter,
  echoOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  PEER_TSN,
  twoPaths,
  UDP_PORT,
} from "./lab.ts";

const QUIET = { heartbeatIntervalMs: 0 };
const NAT_PORT = 40_001;

describe("RFC 6951 3.2 Legacy NAT Traversal", () => {
  it("MUST: several addresses behind a NAT are added after the set-up, by ASCONF with nothing but the wildcard address", () => {
    const outside = "203.0.113.9";
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const from = { from: outside };
    const association = lab.connect({ heartbeatIntervalMs: 0, ...BARE }, [outside]);
    const init = only(lab.flush(), "INIT");
    expect(init.parameters.some((parameter) => "address" in parameter)).toBe(false);
    const parameters = [cookieParameter(), ADDRESSES_SUPPORTED];
    lab.receive([initAckChunk({ parameters })], { tag: init.initiateTag, ...from });
    lab.receive([{ kind: "COOKIE ACK" }], { tag: init.initiateTag, ...from });
    const link = new Link(lab, association, PEER_TSN, init.initialTsn);
    gains(link, OUR_THIRD_ADDRESS);
    association.addLocalAddress(OUR_THIRD_ADDRESS, lab.nowMs);
    const added = lab.flush();
    expect(added.map((packet) => packet.from)).toEqual([OUR_THIRD_ADDRESS]);
    expect(asks(onlyAsconf(added))).toEqual(["by 0.0.0.0", "add 0.0.0.0"]);
    says(link, answerTo(onlyAsconf(added)), { to: OUR_THIRD_ADDRESS, ...from });
    association.setPeerPrimaryAddress(OUR_THIRD_ADDRESS, lab.nowMs);
    const first = association.localAddresses[0] ?? "";
    association.removeLocalAddress(first, lab.nowMs);
    const rest = lab.flush();
    expect(rest.map((packet) => packet.from)).toEqual([OUR_THIRD_ADDRESS]);
    expect(asks(onlyAsconf(rest))).toEqual(["by 0.0.0.0", "primary 0.0.0.0", "delete 0.0.0.0"]);
    says(link, answerTo(onlyAsconf(rest)), { to: OUR_THIRD_ADDRESS, ...from });
    expect(outcomesOf(link).every((outcome) => outcome.endsWith("performed"))).toBe(true);
    expect(link.send(10)[0]?.from).toBe(OUR_THIRD_ADDRESS);
  });

  it("MUST NOT: lists addresses in INIT or INIT ACK when there is but one", () => {
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    expect(initAck.parameters.map(({ kind }) => kind)).toEqual(["State Cookie"]);
    lab.connect({ partialReliability: false, streamReconfiguration: false }, ["10.0.0.8"]);
    expect(only(lab.flush(), "INIT").parameters.map(({ kind }) => kind)).toEqual([]);
  });

  it("MUST NOT: lists the wildcard address that a socket is bound to", () => {
    const lab = new Lab({ localAddresses: ["0.0.0.0", "::"] });
    lab.connect({ partialReliability: false, streamReconfiguration: false });
    expect(only(lab.flush(), "INIT").parameters.map(({ kind }) => kind)).toEqual([]);
  });
});

describe("RFC 6951 5.1 Architectural Considerations", () => {
  it("MUST: keeps a remote port for every destination address of every association", () => {
    const link = twoPaths();
    link.receive([HEARTBEAT], { from: PEER_SECOND_ADDRESS, fromUdpPort: NAT_PORT });
    expect(link.association.paths().map(({ address, remoteUdpPort }) => [address, remoteUdpPort])).toEqual([
      [PEER_ADDRESS, UDP_PORT],
      [PEER_SECOND_ADDRESS, NAT_PORT],
    ]);
    expect(link.send(10)).toMatchObject([{ to: PEER_ADDRESS, toUdpPort: UDP_PORT }]);
  });
});

describe("RFC 6951 5.3 Encapsulation Procedure", () => {
  it("MUST: sends to the remote port of the destination address, and computes the CRC32c all the same", () => {
    const lab = new Lab();
    lab.stack.connect({ remoteAddresses: [PEER_ADDRESS], remotePort: 5, remoteUdpPort: 12_345 }, lab.nowMs);
    // The lab refuses every packet with a wrong checksum.
    expect(lab.flush()).toMatchObject([{ to: PEER_ADDRESS, toUdpPort: 12_345, kinds: ["INIT"] }]);
  });
});

describe("RFC 6951 5.4 Decapsulation Procedure", () => {
  it("MUST: stores the port of a packet for its source address once association and tag are known to be right", () => {
    const link = new Lab().accepted(QUIET);
    expect(link.receive([HEARTBEAT], { fromUdpPort: NAT_PORT })).toMatchObject([{ toUdpPort: NAT_PORT }]);
    expect(link.send(10)).toMatchObject([{ toUdpPort: NAT_PORT }]);
    expect(link.receive([HEARTBEAT], { fromUdpPort: UDP_PORT })).toMatchObject([{ toUdpPort: UDP_PORT }]);
  });

  it("MUST NOT: learns a port from a wrong tag, a wrong checksum or wrong ports", () => {
    const link = new Lab().accepted(QUIET);
    const at = { fromUdpPort: NAT_PORT };
    link.lab.receive([HEARTBEAT], { ...at, tag: link.association.localTag ^ 1 });
    link.receive([HEARTBEAT], { ...at, sourcePort: 1 });
    const damaged = link.receive([HEARTBEAT])[0]?.bytes.slice() ?? new Uint8Array(0);
    new DataView(damaged.buffer).setUint32(4, link.association.localTag);
    link.lab.receiveBytes(damaged, at);
    expect(link.association.paths()[0]?.remoteUdpPort).toBe(UDP_PORT);
  });

  it("MUST NOT: learns a port from an INIT; it refuses one from another port, with the cause of the revision draft", () => {
    const link = new Lab().accepted(QUIET);
    const packets = link.lab.receive([initChunk({ initiateTag: 99 })], { fromUdpPort: NAT_PORT });
    expect(packets).toMatchObject([{ tag: 99, to: PEER_ADDRESS, toUdpPort: NAT_PORT, kinds: ["ABORT"] }]);
    expect(only(packets, "ABORT").causes).toEqual([
      {
        kind: "Restart of an Association with New Encapsulation Port",
        code: 14,
        currentPort: UDP_PORT,
        newPort: NAT_PORT,
      },
    ]);
    expect([...(packets[0]?.bytes.subarray(16) ?? [])]).toEqual([0, 14, 0, 8, 0x26, 0xab, 0x9c, 0x41]);
    expect(link.association.paths()[0]?.remoteUdpPort).toBe(UDP_PORT);
    expect(kindsOf(link.lab.receive([initChunk({ initiateTag: 99 })]))).toEqual(["INIT ACK"]);
  });

  it("SHOULD: answers INITs and packets out of the blue where they came from, and remembers the port in the cookie", () => {
    const lab = new Lab();
    lab.listen(QUIET);
    const at = { fromUdpPort: NAT_PORT };
    expect(lab.receive([HEARTBEAT], { ...at, tag: 5 })).toMatchObject([{ toUdpPort: NAT_PORT }]);
    const packets = lab.receive([initChunk()], at);
    expect(packets).toMatchObject([{ toUdpPort: NAT_PORT, kinds: ["INIT ACK"] }]);
    const initAck = only(packets, "INIT ACK");
    const echo = echoOf(initAck);
    // The NAT's binding has moved since.
    const accepted = lab.receive([echo], { tag: initAck.initiateTag, fromUdpPort: NAT_PORT + 1 });
    expect(accepted).toMatchObject([{ toUdpPort: NAT_PORT + 1, kinds: ["COOKIE ACK"] }]);
  });

  it("SHOULD: keeps an association whose NAT gives it a new port with every packet", () => {
    const link = new Lab().accepted(QUIET);
    for (let i = 0; i < 20; i++) {
      const answers = link.receive([link.data(2 * i), link.data(2 * i + 1)], { fromUdpPort: 30_000 + i });
      link.lab.run(200);
      expect(link.lab.sent.at(-1)).toMatchObject({ toUdpPort: 30_000 + i, tag: PEER_TAG });
      expect(answers.length).toBeLessThanOrEqual(1);
    }
    expect(link.read()).toHaveLength(40);
  });
});

describe("RFC 6951 5.6 Path MTU Considerations", () => {
  it("MUST: takes the eight bytes of the UDP header off: maxPacketBytes is the UDP payload", () => {
    const link = new Lab().accepted({ ...QUIET, maxPacketBytes: 1_472 });
    expect(link.send(10_000).map(({ lengthBytes }) => lengthBytes)[0]).toBe(1_472);
    expect(Math.max(...link.lab.sent.map(({ lengthBytes }) => lengthBytes))).toBe(1_472);
  });
});

describe("RFC 6951 5.7 Handling of Embedded IP Addresses", () => {
  it("MUST NOT: puts an address that a NAT may have to translate into a packet of a single-homed association", () => {
    const link = new Lab().accepted(QUIET);
    link.lab.receive([initChunk({ initiateTag: 3 })], { from: "10.0.0.99" });
    const addresses = link.lab.sent.flatMap(({ chunks }) =>
      chunks.flatMap((chunk) =>
        chunk.kind === "INIT ACK" ? chunk.parameters.filter(({ kind }) => kind.includes("IPv")) : [],
      ),
    );
    expect(addresses).toEqual([]);
  });

  it("SHOULD: lists the addresses of a stack that was given several, for then there is no NAT to mind", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    lab.connect();
    expect(only(lab.flush(), "INIT").parameters).toEqual(
      expect.arrayContaining([OUR_ADDRESS, OUR_SECOND_ADDRESS].map(addressParameter)),
    );
  });
});
