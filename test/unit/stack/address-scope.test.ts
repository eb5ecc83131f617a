/** Which addresses are told to a peer, and which of a peer's are used: those whose scope reaches (RFC 9260 5.1.2). */
import { describe, expect, it } from "vitest";
import type { Parameter } from "../../../src/chunks/parameters.ts";
import {
  addressParameter,
  cookieOf,
  cookieParameter,
  echoOf,
  firstOf,
  initAckChunk,
  initChunk,
  Lab,
  OUR_PORT,
  PEER_PORT,
  UDP_PORT,
} from "../../conformance/lab.ts";

const GLOBAL = ["192.0.2.1", "2001:db8::1", "198.51.100.1"];
const SITE = ["10.0.0.1", "172.16.0.1", "192.168.7.1", "100.64.0.1", "fd00::1"];
const LINK = ["169.254.0.1", "fe80::1%eth0", "fe80::1%eth1"];
const LOOPBACK = ["127.0.0.1", "::1"];
const ALL = [...LOOPBACK, ...LINK, ...SITE, ...GLOBAL];

/** A peer's address, and those of ours that are listed to it. */
const REACHING: ReadonlyArray<readonly [peer: string, listed: readonly string[]]> = [
  ["203.0.113.9", GLOBAL],
  ["2001:db8::9", GLOBAL],
  ["10.9.9.9", [...SITE, ...GLOBAL]],
  ["172.31.9.9", [...SITE, ...GLOBAL]],
  ["fd00::9", [...SITE, ...GLOBAL]],
  ["172.32.9.9", GLOBAL],
  ["100.128.9.9", GLOBAL],
  ["192.169.9.9", GLOBAL],
  ["169.254.9.9", ["169.254.0.1", ...SITE, ...GLOBAL]],
  ["fe80::9%eth1", ["fe80::1%eth1", ...SITE, ...GLOBAL]],
  ["febf::9%eth7", [...SITE, ...GLOBAL]],
  ["127.0.0.9", [...LOOPBACK, ...SITE, ...GLOBAL]],
  ["::1", [...LOOPBACK, ...SITE, ...GLOBAL]],
];

function listed(parameters: readonly Parameter[]): string[] {
  return parameters.flatMap((parameter) =>
    parameter.kind === "IPv4 Address" || parameter.kind === "IPv6 Address" ? [parameter.address] : [],
  );
}

/** As a parameter has them: it has no zone. */
function unzoned(addresses: readonly string[]): string[] {
  return addresses.map((address) => address.replace(/%.*/, ""));
}

/** Of the peer's addresses, those that an association that we ask for uses, when the INIT ACK comes from `source`. */
function usedOf(source: string, addresses: readonly string[], ours: readonly string[]): readonly string[] {
  const lab = new Lab({ localAddresses: ours });
  const association = lab.connect({}, [source]);
  lab.flush();
  const parameters = [cookieParameter(), ...addresses.map(addressParameter)];
  lab.receive([initAckChunk({ parameters })], { tag: association.localTag, from: source, to: ours[0] ?? "" });
  expect(association.state).toBe("COOKIE-ECHOED");
  return association.remoteAddresses;
}

describe("an address of ours is listed where its scope reaches, to", () => {
  it.each(REACHING)("%s: in an INIT [A19]", (peer, expected) => {
    const lab = new Lab({ localAddresses: ALL });
    lab.connect({}, [peer]);
    const packets = lab.flush();
    expect(listed(firstOf(packets, "INIT").parameters)).toEqual(unzoned(expected));
    expect(expected).toContain(packets[0]?.from);
  });

  it.each(REACHING)("%s: in an INIT ACK, and again when the peer restarts [A19]", (peer, expected) => {
    const lab = new Lab({ localAddresses: ALL });
    lab.listen();
    const envelope = { from: peer, to: expected[0] ?? "" };
    const initAck = firstOf(lab.receive([initChunk()], envelope), "INIT ACK");
    expect(listed(initAck.parameters)).toEqual(unzoned(expected));
    if (peer.includes("%")) return;
    lab.receive([echoOf(initAck)], { ...envelope, tag: initAck.initiateTag });
    const [association] = lab.stack.associations;
    expect(association?.state).toBe("ESTABLISHED");
    const again = firstOf(lab.receive([initChunk({ initiateTag: 99 })], envelope), "INIT ACK");
    expect(cookieOf(again)).not.toEqual(cookieOf(initAck));
    expect(listed(again.parameters)).toEqual(unzoned(expected));
  });
});

it("lists nothing where but one address reaches, and all that one of the peer's addresses is reached by [A19]", () => {
  const lab = new Lab({ localAddresses: ["127.0.0.1", "10.0.0.1", "192.0.2.1"] });
  lab.connect({}, ["203.0.113.9"]);
  expect(listed(firstOf(lab.flush(), "INIT").parameters)).toEqual([]);
  lab.connect({}, ["203.0.113.8", "10.9.9.9"]);
  expect(listed(firstOf(lab.flush(), "INIT").parameters)).toEqual(["10.0.0.1", "192.0.2.1"]);
});

it("leaves from an address that reaches, whatever has the longer prefix [A19]", () => {
  const ours = ["127.0.0.1", "fe80::1%eth0", "10.0.0.1", "2001:db8::1"];
  for (const [peer, from] of [
    ["126.0.0.9", "10.0.0.1"],
    ["fe00::9", "2001:db8::1"],
    ["fe80::9%eth0", "fe80::1%eth0"],
    ["127.0.0.9", "127.0.0.1"],
  ] as const) {
    const lab = new Lab({ localAddresses: ours });
    lab.connect({}, [peer]);
    expect(lab.flush()[0]).toMatchObject({ from, to: peer });
  }
});

it("answers a collision with what its own INIT lists: the addresses that the association is bound to [A19]", () => {
  const ours = ["10.0.0.1", "10.1.0.1", "10.2.0.1"];
  const lab = new Lab({ localAddresses: ours });
  const bound = ours.slice(0, 2);
  lab.stack.connect(
    {
      remoteAddresses: ["10.0.0.2"],
      remotePort: PEER_PORT,
      remoteUdpPort: UDP_PORT,
      localPort: OUR_PORT,
      localAddresses: bound,
    },
    lab.nowMs,
  );
  expect(listed(firstOf(lab.flush(), "INIT").parameters)).toEqual(bound);
  const answer = lab.receive([initChunk()], { from: "10.0.0.2", to: "10.0.0.1" });
  expect(listed(firstOf(answer, "INIT ACK").parameters)).toEqual(bound);
});

describe("what a peer lists", () => {
  it("is used where we can send to it, never a wildcard, multicast, broadcast or loopback address [A19]", () => {
    const nobody = ["0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"];
    const addresses = [
      ...nobody,
      "::",
      "ff02::1",
      "::1",
      "127.0.0.1",
      "10.0.0.3",
      "192.0.2.3",
      "2001:db8::3",
    ];
    expect(usedOf("10.0.0.2", addresses, ["10.0.0.1", "2001:db8::1"])).toEqual([
      "10.0.0.2",
      "10.0.0.3",
      "192.0.2.3",
      "2001:db8::3",
    ]);
  });

  it("is not used where we have no address of its family [A19]", () => {
    expect(usedOf("10.0.0.2", ["10.0.0.3", "2001:db8::3"], ["10.0.0.1"])).toEqual(["10.0.0.2", "10.0.0.3"]);
    const lab = new Lab();
    lab.accepted({}, { parameters: ["10.1.0.2", "2001:db8::3"].map(addressParameter) });
    expect([...lab.stack.associations][0]?.remoteAddresses).toEqual(["10.0.0.2", "10.1.0.2"]);
  });

  it("is on the link that we heard it on where it is link-local, or nowhere [A19]", () => {
    const ours = ["fe80::1%eth0", "2001:db8::1"];
    expect(usedOf("fe80::2%eth0", ["fe80::2", "fe80::3"], ours)).toEqual(["fe80::2%eth0", "fe80::3%eth0"]);
    expect(usedOf("2001:db8::2", ["fe80::3", "2001:db8::3"], ours)).toEqual(["2001:db8::2", "2001:db8::3"]);
    expect(usedOf("10.0.0.2", ["169.254.0.3"], ["10.0.0.1"])).toEqual(["10.0.0.2"]);
  });
});
