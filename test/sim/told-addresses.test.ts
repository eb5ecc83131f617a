/** Packets leave from addresses that the peer was told of: from others they would be out of the blue to it (RFC 9260 8.4). */
import { describe, expect, it } from "vitest";
import { SimWorld } from "../../src/sim/index.ts";
import { addressParameter, cookieParameter, initAckChunk, Lab, only, PEER_TAG } from "../conformance/lab.ts";

describe.each([
  { local: ["0.0.0.0", "::"], listed: "2001:db8::2" },
  { local: ["10.0.0.1", "2001:db8::1"], listed: "2001:db8::2" },
  { local: ["203.0.113.1", "10.0.0.1"], listed: "10.0.0.2" },
])("bound to $local, and a peer that lists $listed, too", ({ local, listed }) => {
  it("sends from nowhere that the peer was not told of, and no ABORT from there ends it [A15]", () => {
    const lab = new Lab({ localAddresses: local });
    const association = lab.connect({}, ["198.51.100.2"]);
    const init = only(lab.flush(), "INIT");
    const from = lab.sent[0]?.from ?? "";
    const told = [
      from,
      ...init.parameters.flatMap((parameter) => ("address" in parameter ? parameter.address : [])),
    ];
    const envelope = { tag: init.initiateTag, from: "198.51.100.2", to: from };
    const parameters = [cookieParameter(), addressParameter("198.51.100.2"), addressParameter(listed)];
    lab.receive([initAckChunk({ parameters })], envelope);
    lab.receive([{ kind: "COOKIE ACK" }], envelope);
    lab.run(3_000);
    expect(lab.sent.filter((packet) => !told.includes(packet.from))).toEqual([]);
    const stranger = local.find((address) => !told.includes(address)) ?? from;
    lab.receive([{ kind: "ABORT", tagReflected: true, causes: [] }], {
      tag: PEER_TAG,
      from: "198.51.100.2",
      to: stranger,
    });
    expect(association.state).toBe("ESTABLISHED");
  });
});

it("two dual-stack hosts stay together where one has a private IPv4 address, which is not listed to the other [A19]", () => {
  const world = new SimWorld({ seed: 1 });
  const near = world.host("near", ["10.0.0.1", "2001:db8::1"]);
  const far = world.host("far", ["198.51.100.2", "2001:db8::2"]);
  world.link("10.0.0.1", "198.51.100.2");
  world.link("2001:db8::1", "2001:db8::2");
  far.listen(7);
  const user = near.connect(["198.51.100.2"], 7);
  world.run(120_000);
  expect([user.state, far.associations[0]?.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
});

it("a server that is asked at a private address answers global ones from there, having listed none [A19]", () => {
  const world = new SimWorld({ seed: 1 });
  const [ours, theirs] = [
    ["198.51.100.1", "192.0.2.9"],
    ["10.0.0.2", "203.0.113.2"],
  ] as const;
  const near = world.host("near", ours);
  const far = world.host("far", theirs);
  for (const one of ours) for (const other of theirs) world.link(one, other);
  far.listen(7);
  const user = near.connect(["10.0.0.2"], 7);
  world.run(120_000);
  expect([user.state, far.associations[0]?.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
});
