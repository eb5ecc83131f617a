/** Every socket option: read, set, refused (RFC 6458 8 and the extension RFCs). */
import { describe, expect, it } from "vitest";
import type { OptionRow } from "../../../src/socket/options/option-spec.ts";
import { OPTION_ACCESSES } from "../../../src/socket/options/options.ts";
import type {
  OptionName,
  ReadableOption,
  WritableOption,
} from "../../../src/socket/options/options-table.ts";
import { SOCKET_OPTIONS } from "../../../src/socket/options/options-table.ts";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import {
  bytes,
  FAR,
  FAR_SECOND,
  NEAR,
  Net,
  notifications,
  ok,
  PORT,
  readAll,
  SERVER,
  subscribe,
  text,
} from "./net.ts";

const ROWS = Object.entries(SOCKET_OPTIONS) as [OptionName, OptionRow][];

/** The calls without their types, as a program in JavaScript would use them. */
interface Untyped {
  setsockopt(name: string, value: unknown, target?: unknown): unknown;
  getsockopt(name: string, target?: unknown, query?: unknown): unknown;
}
const untyped = (socket: SctpSocket): Untyped => socket as unknown as Untyped;

describe("the options table", () => {
  it.each(ROWS.map(([name, row]) => [name, row] as const))(
    "%s can be read and set as it says",
    (name, row) => {
      const access = OPTION_ACCESSES[name];
      expect(access?.get !== undefined).toBe(row.access !== "write");
      expect(access?.set !== undefined).toBe(row.access !== "read");
    },
  );

  it("has every option of RFC 6458 section 8, and those of the extensions", () => {
    const bySection = ROWS.filter(([, { section }]) => section.startsWith("RFC 6458"));
    const sections = bySection.map(([, { section }]) => section.replace("RFC 6458 ", ""));
    const expected = [
      ...Array.from({ length: 32 }, (_, i) => `8.1.${i + 1}`),
      ...Array.from({ length: 6 }, (_, i) => `8.2.${i + 1}`),
      ...Array.from({ length: 5 }, (_, i) => `8.3.${i + 1}`),
    ];
    expect(sections).toEqual(expected);
    const others = new Set(ROWS.map(([, { section }]) => section.split(" ").slice(0, 2).join(" ")));
    expect([...others].sort()).toEqual([
      "RFC 4895",
      "RFC 5061",
      "RFC 6458",
      "RFC 6525",
      "RFC 6951",
      "RFC 7496",
      "RFC 7829",
      "RFC 8260",
      "RFC 8899",
      "draft-tuexen-tsvwg-sctp-multipath 4.1",
    ]);
  });
});

describe("what is refused", () => {
  it("setting what can only be read, reading what can only be set, and names that there are not", () => {
    const socket = untyped(new Net().near.socket("one-to-many"));
    for (const [name, row] of ROWS) {
      if (row.access === "read") expect([name, socket.setsockopt(name, 1)]).toEqual([name, "EOPNOTSUPP"]);
      if (row.access === "write") expect([name, socket.getsockopt(name)]).toEqual([name, "EOPNOTSUPP"]);
    }
    expect(socket.setsockopt("SCTP_NONSENSE", 1)).toBe("ENOPROTOOPT");
    expect(socket.getsockopt("toString")).toBe("ENOPROTOOPT");
  });

  it("options of the other style", () => {
    const net = new Net();
    for (const style of ["one-to-one", "one-to-many"] as const) {
      const socket = untyped(net.near.socket(style));
      for (const [name, row] of ROWS) {
        if (row.style === undefined || row.style === style) continue;
        expect([name, socket.getsockopt(name)]).toEqual([name, "EOPNOTSUPP"]);
      }
    }
  });

  it("targets that an option does not take, and reading of several associations", () => {
    const { server, serverId } = new Net().connected();
    const socket = untyped(server);
    for (const [name, row] of ROWS) {
      if (row.targets === undefined) continue;
      for (const target of ["current", "all"] as const) {
        if (row.access !== "write")
          expect([name, socket.getsockopt(name, target, {})]).toEqual([name, "EINVAL"]);
        if (row.access !== "read" && !row.targets.includes(target))
          expect([name, socket.setsockopt(name, {}, target)]).toEqual([name, "EINVAL"]);
      }
      if (row.access !== "write") expect(socket.getsockopt(name, serverId + 99, {})).toBe("ENOENT");
    }
    expect(socket.getsockopt("SCTP_STATUS")).toBe("EINVAL");
    expect(socket.getsockopt("SCTP_STATUS", "future")).toBe("EINVAL");
  });

  it.each([
    ["SCTP_NODELAY", 1, /must be true or false/],
    ["SO_RCVBUF", 100, /from 4096 to 1073741824 \(bytes\)/],
    ["SO_RCVBUF", 5_000.5, /whole number/],
    ["SCTP_FRAGMENT_INTERLEAVE", 3, /from 0 to 2/],
    ["SCTP_RTOINFO", 5, /takes an object/],
    ["SCTP_RTOINFO", { initial: 5 }, /has no field "initial"/],
    ["SCTP_RTOINFO", { minMs: 5_000, maxMs: 1_000 }, /rtoMinMs must not be above rtoMaxMs/],
    ["SCTP_RTOINFO", { maxMs: 1 }, /rtoMaxMs must be/],
    ["SCTP_DELAYED_SACK", { delayMs: 501 }, /from 0 to 500/],
    ["SO_LINGER", {}, /needs enabled/],
    ["SO_LINGER", { enabled: true, lingerSeconds: -1 }, /from 0/],
    ["SCTP_EVENT", { type: "SCTP_NONSENSE", on: true }, /must be one of SCTP_ASSOC_CHANGE/],
    ["SCTP_DEFAULT_SNDINFO", { flags: ["SCTP_ABORT"] }, /some of SCTP_UNORDERED, SCTP_EOF, SCTP_SENDALL/],
    ["SCTP_PEER_ADDR_PARAMS", { address: "nowhere" }, /an IP literal/],
    ["SCTP_PEER_ADDR_PARAMS", { heartbeatDemand: true }, /needs an association and an address/],
    ["SCTP_PEER_ADDR_PARAMS", { address: FAR, heartbeatIntervalMs: 5 }, /an address needs an association/],
    ["SCTP_PARTIAL_DELIVERY_POINT", 2_000_000, /the receive buffer has 1048576/],
    ["SCTP_REMOTE_UDP_ENCAPS_PORT", { port: 65_536 }, /from 0 to 65535/],
  ] as const)("%s %j, with a sentence", (name, value, sentence) => {
    const socket = new Net().near.socket("one-to-many");
    expect(untyped(socket).setsockopt(name, value)).toBe("EINVAL");
    expect(socket.errorText).toMatch(sentence);
  });

  it("a query that lacks what it needs", () => {
    const socket = untyped(new Net().near.socket("one-to-many"));
    expect(socket.getsockopt("SCTP_EVENT", "future")).toBe("EINVAL");
    expect(socket.getsockopt("SCTP_EVENT", "future", { type: "x" })).toBe("EINVAL");
    expect(socket.getsockopt("SCTP_GET_PEER_ADDR_INFO", undefined, { address: FAR })).toBe("ENOENT");
  });

  it("options of an association before there is one", () => {
    const socket = new Net().near.socket("one-to-one");
    expect(socket.getsockopt("SCTP_STATUS")).toBe("ENOTCONN");
    expect(socket.setsockopt("SCTP_PRIMARY_ADDR", { address: FAR })).toBe("ENOTCONN");
  });
});

describe("what is set can be read", () => {
  const cases: { readonly [K in WritableOption & ReadableOption]?: unknown } = {
    SCTP_RTOINFO: { initialMs: 500, minMs: 200, maxMs: 9_000 },
    SCTP_INITMSG: { outboundStreams: 7, maxInboundStreams: 8, maxAttempts: 3, maxInitTimeoutMs: 4_000 },
    SO_LINGER: { enabled: true, lingerSeconds: 3 },
    SCTP_NODELAY: false,
    SO_RCVBUF: 50_000,
    SO_SNDBUF: 60_000,
    SCTP_DISABLE_FRAGMENTS: true,
    SCTP_I_WANT_MAPPED_V4_ADDR: true,
    SCTP_MAXSEG: 600,
    SCTP_DELAYED_SACK: { delayMs: 300, frequencyPackets: 4 },
    SCTP_PARTIAL_DELIVERY_POINT: 5_000,
    SCTP_USE_EXT_RCVINFO: true,
    SCTP_MAX_BURST: 9,
    SCTP_CONTEXT: 0xffff_ffff,
    SCTP_EXPLICIT_EOR: true,
    SCTP_RECVRCVINFO: true,
    SCTP_RECVNXTINFO: true,
    SCTP_DEFAULT_SNDINFO: { streamId: 2, flags: ["SCTP_UNORDERED"], ppid: 3, context: 4 },
    SCTP_DEFAULT_PRINFO: { policy: "SCTP_PR_SCTP_TTL", value: 700 },
    SCTP_DEFAULT_SEND_PARAM: { streamId: 1, flags: [], ppid: 9, context: 8, timeToLiveMs: 70 },
  };

  it.each(Object.entries(cases))("%s", (name, value) => {
    const net = new Net();
    const socket = untyped(net.near.socket("one-to-one"));
    expect(socket.setsockopt(name, value)).toBe(0);
    expect(socket.getsockopt(name)).toEqual(value);
    const { server, serverId } = net.connected();
    if (SOCKET_OPTIONS[name as OptionName].targets === undefined) return;
    expect(untyped(server).setsockopt(name, value, serverId)).toBe(0);
    expect(untyped(server).getsockopt(name, serverId)).toEqual(value);
    expect(untyped(server).getsockopt(name, "future")).not.toEqual(value);
  });

  it("and what was read can be set again", () => {
    const { server, serverId } = new Net().connected();
    const assocInfo = ok(server.getsockopt("SCTP_ASSOCINFO", serverId));
    ok(server.setsockopt("SCTP_ASSOCINFO", { ...assocInfo, maxRetransmissions: 4 }, serverId));
    expect(ok(server.getsockopt("SCTP_ASSOCINFO", serverId)).maxRetransmissions).toBe(4);
  });

  it("0 keeps the values of SCTP_RTOINFO, SCTP_ASSOCINFO, SCTP_INITMSG and SCTP_DELAYED_SACK", () => {
    const socket = new Net().near.socket("one-to-one");
    ok(socket.setsockopt("SCTP_RTOINFO", { initialMs: 0, minMs: 0, maxMs: 50_000 }));
    expect(ok(socket.getsockopt("SCTP_RTOINFO"))).toEqual({ initialMs: 1_000, minMs: 1_000, maxMs: 50_000 });
    ok(socket.setsockopt("SCTP_ASSOCINFO", { maxRetransmissions: 0, cookieLifeMs: 0 }));
    expect(ok(socket.getsockopt("SCTP_ASSOCINFO"))).toMatchObject({
      maxRetransmissions: 10,
      cookieLifeMs: 60_000,
      numberPeerDestinations: 0,
      peerRwndBytes: 0,
      localRwndBytes: 1_048_576,
    });
    ok(socket.setsockopt("SCTP_INITMSG", { outboundStreams: 0, maxAttempts: 2 }));
    expect(ok(socket.getsockopt("SCTP_INITMSG"))).toMatchObject({ outboundStreams: 10, maxAttempts: 2 });
    ok(socket.setsockopt("SCTP_DELAYED_SACK", { delayMs: 0, frequencyPackets: 1 }));
    expect(ok(socket.getsockopt("SCTP_DELAYED_SACK"))).toEqual({ delayMs: 200, frequencyPackets: 1 });
  });
});

describe("what options do", () => {
  it("SCTP_INITMSG holds for associations to come, also those that a listening socket accepts", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(server.setsockopt("SCTP_INITMSG", { outboundStreams: 3, maxInboundStreams: 2 }));
    const later = net.near.socket("one-to-one");
    ok(later.connectx([SERVER]));
    net.run();
    expect(ok(client.getsockopt("SCTP_STATUS")).outboundStreams).toBe(10);
    expect(ok(later.getsockopt("SCTP_STATUS"))).toMatchObject({ outboundStreams: 2, inboundStreams: 3 });
  });

  it("SCTP_ASSOCINFO says how the peer is doing, and bounds the life of cookies", () => {
    const net = new Net();
    const { client } = net.connected();
    const info = ok(client.getsockopt("SCTP_ASSOCINFO"));
    expect(info).toMatchObject({ numberPeerDestinations: 2, localRwndBytes: 1_048_576 });
    expect(info.peerRwndBytes).toBeGreaterThan(1_000_000);
    const other = net.far.socket("one-to-many");
    ok(other.bind({ address: "::", port: 8 }));
    ok(other.setsockopt("SCTP_ASSOCINFO", { cookieLifeMs: 20 }));
    ok(other.listen(1));
    net.world.adjust(NEAR, FAR, { delayMinMs: 100, delayMaxMs: 100 });
    const late = net.near.socket("one-to-one");
    ok(late.connectx([{ address: FAR, port: 8 }]));
    net.run(500);
    expect(net.farHost.stack.counters["stale-cookie"]).toBeGreaterThan(0);
  });

  it("SCTP_AUTOCLOSE closes what is idle", () => {
    const net = new Net();
    const { server, serverId } = net.connected();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(server.setsockopt("SCTP_AUTOCLOSE", 10));
    expect(ok(server.getsockopt("SCTP_AUTOCLOSE"))).toBe(10);
    net.run(9_000);
    expect(server.associationIds).toEqual([serverId]);
    net.run(2_000);
    expect(notifications(server, "SCTP_ASSOC_CHANGE")).toMatchObject([{ state: "SCTP_SHUTDOWN_COMP" }]);
  });

  it("SCTP_PRIMARY_ADDR moves the data", () => {
    const net = new Net();
    const { client } = net.connected();
    ok(client.setsockopt("SCTP_PRIMARY_ADDR", { address: FAR_SECOND }));
    expect(ok(client.getsockopt("SCTP_PRIMARY_ADDR")).address).toBe(FAR_SECOND);
    expect(client.setsockopt("SCTP_PRIMARY_ADDR", { address: "10.9.9.9" })).toBe("EINVAL");
    net.world.cut(NEAR, FAR);
    ok(client.sendv(bytes("on the second path")));
    net.run(100);
    expect(ok(client.getsockopt("SCTP_STATUS"))).toMatchObject({
      unackedData: 0,
      primary: { address: FAR_SECOND, state: "SCTP_ACTIVE" },
    });
  });

  it("SCTP_DISABLE_FRAGMENTS and SCTP_MAXSEG", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_DISABLE_FRAGMENTS", true));
    expect(client.sendv(new Uint8Array(2_000))).toBe("EMSGSIZE");
    ok(client.sendv(new Uint8Array(1_100)));
    ok(client.setsockopt("SCTP_MAXSEG", 500));
    expect(ok(client.getsockopt("SCTP_STATUS")).fragmentationPointBytes).toBe(500);
    expect(client.sendv(new Uint8Array(501))).toBe("EMSGSIZE");
    ok(client.setsockopt("SCTP_MAXSEG", 100_000));
    expect(ok(client.getsockopt("SCTP_MAXSEG"))).toBe(0);
    net.run();
    expect(readAll(server)).toHaveLength(1);
  });

  it("SCTP_PEER_ADDR_PARAMS for one path, for all, and for those to come", () => {
    const net = new Net();
    const { client } = net.connected();
    const read = (address?: string) => ok(client.getsockopt("SCTP_PEER_ADDR_PARAMS", undefined, { address }));
    expect(read(FAR)).toEqual({
      address: FAR,
      heartbeatEnabled: true,
      heartbeatIntervalMs: 15_000,
      heartbeatTimeIsZero: false,
      heartbeatDemand: false,
      pathMaxRetransmissions: 5,
      pathMtuBytes: 1_188,
      pmtudEnabled: false,
    });
    ok(
      client.setsockopt("SCTP_PEER_ADDR_PARAMS", {
        address: FAR,
        heartbeatIntervalMs: 3_000,
        pathMaxRetransmissions: 2,
        pathMtuBytes: 800,
        pmtudEnabled: false,
      }),
    );
    expect(read(FAR)).toMatchObject({
      heartbeatIntervalMs: 3_000,
      pathMaxRetransmissions: 2,
      pathMtuBytes: 800,
    });
    expect(read(FAR_SECOND)).toMatchObject({ heartbeatIntervalMs: 15_000, pathMtuBytes: 1_188 });
    ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { heartbeatEnabled: false, pathMaxRetransmissions: 3 }));
    for (const address of [FAR, FAR_SECOND, undefined])
      expect(read(address)).toMatchObject({ heartbeatEnabled: false, pathMaxRetransmissions: 3 });
    expect(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { address: "10.9.9.9", heartbeatDemand: true })).toBe(
      "EINVAL",
    );
    const fresh = net.near.socket("one-to-many");
    ok(fresh.setsockopt("SCTP_PEER_ADDR_PARAMS", { heartbeatTimeIsZero: true }));
    expect(ok(fresh.getsockopt("SCTP_PEER_ADDR_PARAMS")).heartbeatIntervalMs).toBe(1);
  });

  it("SCTP_PEER_ADDR_PARAMS ignores a path MTU without SPP_PMTUD_DISABLE, and takes the rest [A25]", () => {
    const { client } = new Net().connected();
    const read = (address?: string) => ok(client.getsockopt("SCTP_PEER_ADDR_PARAMS", undefined, { address }));
    for (const pathMtuBytes of [1, 800, 65_495]) {
      const params = { pathMtuBytes, pathMaxRetransmissions: 2 };
      ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { address: FAR, ...params }));
      ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", params));
      for (const address of [FAR, FAR_SECOND, undefined])
        expect(read(address)).toMatchObject({ pathMtuBytes: 1_188, pathMaxRetransmissions: 2 });
    }
    const disabled = { pathMtuBytes: 1, pmtudEnabled: false };
    expect(client.setsockopt("SCTP_PEER_ADDR_PARAMS", disabled)).toBe("EINVAL");
  });

  it("SCTP_PEER_ADDR_PARAMS searches for the largest packet of one path, or of all, and reads what was found", () => {
    const net = new Net();
    const { client } = net.connected();
    const read = (address?: string) => ok(client.getsockopt("SCTP_PEER_ADDR_PARAMS", undefined, { address }));
    ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { address: FAR, pmtudEnabled: true }));
    net.run();
    expect(read(FAR)).toMatchObject({ pmtudEnabled: true, pathMtuBytes: 65_492 });
    expect(read(FAR_SECOND)).toMatchObject({ pmtudEnabled: false, pathMtuBytes: 1_188 });
    expect(read().pmtudEnabled).toBe(false);
    const info = ok(client.getsockopt("SCTP_GET_PEER_ADDR_INFO", undefined, { address: FAR }));
    expect(info.mtuBytes).toBe(65_492);
    ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { pmtudEnabled: true }));
    net.run(60_000);
    for (const address of [FAR, FAR_SECOND])
      expect(read(address)).toMatchObject({ pmtudEnabled: true, pathMtuBytes: 65_492 });
    expect(read().pmtudEnabled).toBe(true);
    ok(
      client.setsockopt("SCTP_PEER_ADDR_PARAMS", { address: FAR, pathMtuBytes: 2_000, pmtudEnabled: false }),
    );
    expect(read(FAR)).toMatchObject({ pmtudEnabled: false, pathMtuBytes: 2_000 });
    ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { pmtudEnabled: false }));
    expect([read(FAR_SECOND).pmtudEnabled, read().pmtudEnabled]).toEqual([false, false]);
  });

  it("SCTP_PLPMTUD_PROBE_INTERVAL turns the search on and off, for those to come as well", () => {
    const net = new Net();
    const { client } = net.connected();
    expect(ok(client.getsockopt("SCTP_PLPMTUD_PROBE_INTERVAL"))).toBe(0);
    ok(client.setsockopt("SCTP_PLPMTUD_PROBE_INTERVAL", 5_000));
    expect(ok(client.getsockopt("SCTP_PLPMTUD_PROBE_INTERVAL"))).toBe(5_000);
    net.run();
    expect(ok(client.getsockopt("SCTP_PEER_ADDR_PARAMS", undefined, { address: FAR })).pathMtuBytes).toBe(
      65_492,
    );
    ok(client.setsockopt("SCTP_PLPMTUD_PROBE_INTERVAL", 0));
    expect(ok(client.getsockopt("SCTP_PLPMTUD_PROBE_INTERVAL"))).toBe(0);
    for (const wrong of [999, 600_001, -1])
      expect(client.setsockopt("SCTP_PLPMTUD_PROBE_INTERVAL", wrong)).toBe("EINVAL");
    const fresh = net.near.socket("one-to-many");
    ok(fresh.setsockopt("SCTP_PLPMTUD_PROBE_INTERVAL", 7_000));
    expect(ok(fresh.getsockopt("SCTP_PLPMTUD_PROBE_INTERVAL"))).toBe(7_000);
    expect(ok(fresh.getsockopt("SCTP_PEER_ADDR_PARAMS")).pmtudEnabled).toBe(true);
  });

  it("SCTP_PEER_ADDR_PARAMS sends a heartbeat on demand", () => {
    const net = new Net();
    const { client } = net.connected();
    const before = net.nearHost.stack.counters["sent-packets"] ?? 0;
    ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { address: FAR_SECOND, heartbeatDemand: true }));
    expect((net.nearHost.stack.counters["sent-packets"] ?? 0) - before).toBe(1);
  });

  it("SCTP_DEFAULT_SNDINFO and SCTP_DEFAULT_SEND_PARAM hold for what does not say otherwise", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_DEFAULT_SNDINFO", { streamId: 4, ppid: 5, flags: ["SCTP_UNORDERED"] }));
    ok(client.sendv(bytes("default")));
    ok(client.sendv(bytes("said"), { sndinfo: { streamId: 1, flags: [] } }));
    ok(client.setsockopt("SCTP_DEFAULT_SEND_PARAM", { streamId: 2, timeToLiveMs: 10 }));
    ok(client.sendmsg({ data: bytes("old") }));
    net.run();
    expect(readAll(server).map(({ control }) => control[0])).toMatchObject([
      { streamId: 4, ppid: 5, flags: ["SCTP_UNORDERED"] },
      { streamId: 1, ppid: 5, flags: [] },
      { streamId: 2, ppid: 5, flags: ["SCTP_UNORDERED"] },
    ]);
    expect(ok(client.getsockopt("SCTP_DEFAULT_PRINFO"))).toEqual({ policy: "SCTP_PR_SCTP_TTL", value: 10 });
    for (const policy of ["SCTP_PR_SCTP_RTX", "SCTP_PR_SCTP_PRIO"] as const) {
      ok(client.setsockopt("SCTP_DEFAULT_PRINFO", { policy, value: 1 }));
      expect(ok(client.getsockopt("SCTP_DEFAULT_PRINFO"))).toEqual({ policy, value: 1 });
    }
  });

  it("SCTP_FRAGMENT_INTERLEAVE defaults to what the style is for; level 2 needs SCTP_RECVRCVINFO", () => {
    const net = new Net();
    const [one, many] = [net.near.socket("one-to-one"), net.near.socket("one-to-many")];
    expect([one, many].map((socket) => socket.getsockopt("SCTP_FRAGMENT_INTERLEAVE"))).toEqual([0, 1]);
    expect(many.setsockopt("SCTP_FRAGMENT_INTERLEAVE", 2)).toBe("EINVAL");
    ok(many.setsockopt("SCTP_RECVRCVINFO", true));
    ok(many.setsockopt("SCTP_FRAGMENT_INTERLEAVE", 2));
    expect(many.getsockopt("SCTP_FRAGMENT_INTERLEAVE")).toBe(2);
  });

  it("SCTP_MAX_BURST of 0 sets no bound", () => {
    const net = new Net();
    const { client } = net.connected();
    ok(client.setsockopt("SCTP_MAX_BURST", 0));
    expect(client.getsockopt("SCTP_MAX_BURST")).toBe(0);
    ok(client.setsockopt("SCTP_MAX_BURST", 100_000));
    expect(client.getsockopt("SCTP_MAX_BURST")).toBe(0);
  });

  it("SCTP_I_WANT_MAPPED_V4_ADDR is an error on an IPv4 socket", () => {
    const socket = new Net().near.socket("one-to-one", "PF_INET");
    expect(socket.setsockopt("SCTP_I_WANT_MAPPED_V4_ADDR", true)).toBe("EINVAL");
    expect(socket.getsockopt("SCTP_I_WANT_MAPPED_V4_ADDR")).toBe("EINVAL");
  });

  it("SO_RCVBUF and SO_SNDBUF change living associations", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(server.setsockopt("SO_RCVBUF", 10_000));
    for (let i = 0; i < 5; i++) ok(client.sendv(new Uint8Array(4_000)));
    net.run();
    expect(ok(client.getsockopt("SCTP_STATUS")).rwndBytes).toBeLessThan(4_000);
  });

  it("SO_RCVBUF and SO_SNDBUF fix the size, as on Linux: the buffer does not grow any more", () => {
    const net = new Net();
    const { server } = net.connected();
    ok(server.setsockopt("SO_RCVBUF", 300_000));
    ok(server.setsockopt("SO_SNDBUF", 200_000));
    expect(ok(server.getsockopt("SO_RCVBUF"))).toBe(300_000);
    const [association] = net.farHost.stack.associations;
    expect(association?.options).toMatchObject({
      receiveBufferLimitBytes: 300_000,
      sendBufferLimitBytes: 200_000,
    });
  });

  it("SCTP_STATUS, SCTP_GET_PEER_ADDR_INFO and the lists of associations", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(client.sendv(bytes("unread")));
    net.run();
    const status = ok(server.getsockopt("SCTP_STATUS", serverId));
    expect(status).toMatchObject({
      associationId: serverId,
      state: "SCTP_ESTABLISHED",
      pendingData: 1,
      unackedData: 0,
      fragmentationPointBytes: 1_172,
    });
    const { port } = ok(client.getsockname());
    for (const info of [
      ok(server.getsockopt("SCTP_GET_PEER_ADDR_INFO", serverId, { address: NEAR })),
      ok(server.getsockopt("SCTP_GET_PEER_ADDR_INFO", undefined, { address: NEAR, port })),
    ]) {
      expect(info).toMatchObject({
        associationId: serverId,
        address: NEAR,
        state: "SCTP_ACTIVE",
        mtuBytes: 1_188,
      });
      expect(info.cwndBytes).toBeGreaterThan(1_000);
    }
    expect(server.getsockopt("SCTP_GET_PEER_ADDR_INFO", serverId, { address: "10.9.9.9" })).toBe("EINVAL");
    expect(server.getsockopt("SCTP_GET_ASSOC_NUMBER")).toBe(1);
    expect(server.getsockopt("SCTP_GET_ASSOC_ID_LIST")).toEqual([serverId]);
    net.world.cut("10.1.0.1", FAR_SECOND);
    ok(server.setsockopt("SCTP_RTOINFO", { initialMs: 50, minMs: 50, maxMs: 50 }, serverId));
    ok(
      server.setsockopt(
        "SCTP_PEER_ADDR_PARAMS",
        { heartbeatIntervalMs: 100, pathMaxRetransmissions: 1 },
        serverId,
      ),
    );
    net.run(10_000);
    const second = ok(server.getsockopt("SCTP_GET_PEER_ADDR_INFO", serverId, { address: "10.1.0.1" }));
    expect(second.state).toBe("SCTP_INACTIVE");
  });

  it("SCTP_REMOTE_UDP_ENCAPS_PORT for one address and for associations to come", () => {
    const net = new Net();
    const { client } = net.connected();
    const read = (address?: string) =>
      ok(client.getsockopt("SCTP_REMOTE_UDP_ENCAPS_PORT", undefined, { address }));
    expect(read()).toEqual({ address: FAR, port: 9_899 });
    ok(client.setsockopt("SCTP_REMOTE_UDP_ENCAPS_PORT", { address: FAR_SECOND, port: 4_000 }));
    expect([read(FAR), read(FAR_SECOND)].map(({ port }) => port)).toEqual([9_899, 4_000]);
    expect(client.setsockopt("SCTP_REMOTE_UDP_ENCAPS_PORT", { port: 0 })).toBe("EOPNOTSUPP");
    const fresh = net.near.socket("one-to-one");
    ok(fresh.setsockopt("SCTP_REMOTE_UDP_ENCAPS_PORT", { port: 4_001 }));
    expect(ok(fresh.getsockopt("SCTP_REMOTE_UDP_ENCAPS_PORT")).port).toBe(4_001);
    ok(fresh.connectx([SERVER]));
    net.run();
    expect(fresh.recvmsg()).toBe("EAGAIN");
    expect(ok(fresh.getsockopt("SCTP_STATUS")).state).toBe("SCTP_COOKIE_WAIT");
  });

  it("SCTP_NODELAY off gathers small messages", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_NODELAY", false));
    const before = net.nearHost.stack.counters["sent-packets"] ?? 0;
    for (let i = 0; i < 10; i++) ok(client.sendv(bytes(`${i}`)));
    net.run();
    expect((net.nearHost.stack.counters["sent-packets"] ?? 0) - before).toBeLessThan(5);
    expect(
      readAll(server)
        .map(({ data }) => text(data))
        .join(""),
    ).toBe("0123456789");
  });

  it("change every association at once where the target is all or current", () => {
    const net = new Net();
    const { server, serverId } = net.connected();
    ok(server.setsockopt("SCTP_MAX_BURST", 7, "current"));
    const burst = (target: number | "future"): unknown => server.getsockopt("SCTP_MAX_BURST", target);
    expect([burst(serverId), burst("future")]).toEqual([7, 10]);
    ok(server.setsockopt("SCTP_MAX_BURST", 8, "all"));
    expect([burst(serverId), burst("future")]).toEqual([8, 8]);
    ok(net.near.socket("one-to-one").connectx([{ address: FAR, port: PORT }]));
    net.run();
    const [, newest = 0] = server.associationIds;
    expect(burst(newest)).toBe(8);
  });
});
