/** Binding and names, and the errno of each mistake (RFC 6458 3.1.2, 7.4, 9.1, 9.3, 9.5). */
import { describe, expect, it } from "vitest";
import { SimSockets } from "../../../src/sim/index.ts";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import { FAR, FAR_SECOND, NEAR, NEAR_SECOND, Net, ok, PORT, SERVER } from "./net.ts";

function bound(net: Net, port: number, address = "::"): SctpSocket {
  const socket = net.far.socket("one-to-one");
  ok(socket.bind({ address, port }));
  return socket;
}

describe("bind", () => {
  it("takes a port, or a free one, once", () => {
    const net = new Net();
    const socket = bound(net, 0);
    const name = ok(socket.getsockname());
    expect(name.port).toBeGreaterThanOrEqual(49_152);
    expect(socket.bind({ address: FAR, port: 9 })).toBe("EINVAL");
  });

  it.each([
    ["nowhere", 7, "EINVAL"],
    [FAR, 65_536, "EINVAL"],
    [FAR, -1, "EINVAL"],
    ["10.9.9.9", 7, "EADDRNOTAVAIL"],
  ] as const)("%s port %i is %s", (address, port, errno) => {
    expect(new Net().far.socket("one-to-many").bind({ address, port })).toBe(errno);
  });

  it("refuses IPv6 addresses on an IPv4 socket", () => {
    const net = new Net();
    expect(net.far.socket("one-to-one", "PF_INET").bind({ address: "::1", port: 7 })).toBe("EAFNOSUPPORT");
  });

  it("refuses a port that another socket has, unless all of them share it", () => {
    const net = new Net();
    const first = bound(net, PORT);
    const second = net.far.socket("one-to-one");
    expect(second.bind({ address: "::", port: PORT })).toBe("EADDRINUSE");
    ok(first.close());
    ok(second.setsockopt("SCTP_REUSE_PORT", true));
    ok(second.bind({ address: "::", port: PORT }));
    const third = net.far.socket("one-to-one");
    expect(third.bind({ address: "::", port: PORT })).toBe("EADDRINUSE");
    ok(third.setsockopt("SCTP_REUSE_PORT", true));
    ok(third.bind({ address: "::", port: PORT }));
    ok(second.listen(1));
    expect(third.listen(1)).toBe("EADDRINUSE");
    expect(third.setsockopt("SCTP_REUSE_PORT", false)).toBe("EINVAL");
  });

  it("sees ports on which the stack listens for others", () => {
    const net = new Net();
    net.farHost.listen(PORT);
    expect(net.far.socket("one-to-many").bind({ address: "::", port: PORT })).toBe("EADDRINUSE");
  });
});

describe("bindx", () => {
  it("adds addresses to unbound and bound sockets and takes them away", () => {
    const net = new Net();
    const socket = net.far.socket("one-to-many");
    const at = (address: string, port = 0) => ({ address, port });
    ok(socket.bindx([at(FAR, PORT)], "SCTP_BINDX_ADD_ADDR"));
    expect(ok(socket.getladdrs())).toEqual([at(FAR, PORT)]);
    ok(socket.bindx([at(FAR_SECOND)], "SCTP_BINDX_ADD_ADDR"));
    expect(ok(socket.getladdrs())).toEqual([at(FAR, PORT), at(FAR_SECOND, PORT)]);
    ok(socket.bindx([at(FAR, PORT)], "SCTP_BINDX_REM_ADDR"));
    expect(ok(socket.getladdrs())).toEqual([at(FAR_SECOND, PORT)]);
    expect(socket.bindx([at(FAR_SECOND)], "SCTP_BINDX_REM_ADDR")).toBe("EINVAL");
    expect(socket.bindx([at(FAR)], "SCTP_BINDX_REM_ADDR")).toBe("EINVAL");
  });

  it.each([
    ["no address", [], "EINVAL"],
    [
      "a wildcard among others",
      [
        { address: "::", port: 7 },
        { address: FAR, port: 7 },
      ],
      "EINVAL",
    ],
    [
      "ports that differ",
      [
        { address: FAR, port: 7 },
        { address: FAR_SECOND, port: 8 },
      ],
      "EINVAL",
    ],
    [
      "a port after 0",
      [
        { address: FAR, port: 0 },
        { address: FAR_SECOND, port: 8 },
      ],
      "EINVAL",
    ],
    [
      "a stranger",
      [
        { address: FAR, port: 7 },
        { address: "10.9.9.9", port: 7 },
      ],
      "EADDRNOTAVAIL",
    ],
  ] as const)("refuses %s, whole", (_what, names, errno) => {
    const socket = new Net().far.socket("one-to-many");
    expect(socket.bindx(names, "SCTP_BINDX_ADD_ADDR")).toBe(errno);
    expect(ok(socket.getladdrs())).toEqual([]);
  });

  it("cannot take addresses from an unbound socket, or give some to living associations", () => {
    const net = new Net();
    const socket = net.far.socket("one-to-many");
    expect(socket.bindx([{ address: FAR, port: 0 }], "SCTP_BINDX_REM_ADDR")).toBe("EINVAL");
    ok(socket.bind({ address: FAR, port: PORT }));
    ok(socket.listen(1));
    ok(net.near.socket("one-to-one").connectx([SERVER]));
    net.run();
    expect(socket.bindx([{ address: FAR_SECOND, port: 0 }], "SCTP_BINDX_ADD_ADDR")).toBe("EOPNOTSUPP");
  });

  it("decides where a listening socket answers, and what it tells its peers", () => {
    const net = new Net();
    const server = net.far.socket("one-to-many");
    ok(server.bind({ address: "::", port: PORT }));
    ok(server.listen(1));
    ok(server.bindx([{ address: FAR_SECOND, port: 0 }], "SCTP_BINDX_REM_ADDR"));
    const refused = net.near.socket("one-to-one");
    ok(refused.connectx([{ address: FAR_SECOND, port: PORT }]));
    const accepted = net.near.socket("one-to-one");
    ok(accepted.connectx([SERVER]));
    net.run();
    expect(refused.recvmsg()).toBe("ECONNREFUSED");
    expect(ok(accepted.getpaddrs())).toEqual([SERVER]);
  });
});

describe("names", () => {
  it("of unconnected sockets and unknown associations are errors, of unbound ones nothing", () => {
    const net = new Net();
    const socket = net.near.socket("one-to-one");
    expect(socket.getpeername()).toBe("ENOTCONN");
    expect(socket.getpaddrs()).toBe("ENOTCONN");
    expect(socket.getladdrs()).toEqual([]);
    expect(ok(socket.getsockname()).port).toBe(0);
    const server = net.server();
    expect(server.getpeername()).toBe("EOPNOTSUPP");
    expect(server.getpaddrs(99)).toBe("ENOENT");
    expect(server.getladdrs(99)).toBe("ENOENT");
  });

  it("show IPv4 addresses mapped where that is asked for", () => {
    const { client } = new Net().connected();
    ok(client.setsockopt("SCTP_I_WANT_MAPPED_V4_ADDR", true));
    expect(ok(client.getpeername()).address).toBe(`::ffff:${FAR}`);
    expect(ok(client.getsockname()).address).toMatch(/^::ffff:/);
    expect(ok(client.getpaddrs())[0]?.address).toBe(`::ffff:${FAR}`);
  });

  it("of an IPv4 socket are IPv4 addresses", () => {
    const net = new Net();
    const socket = net.near.socket("one-to-many", "PF_INET");
    ok(socket.bind({ address: "0.0.0.0", port: 5 }));
    expect(ok(socket.getladdrs()).map(({ address }) => address)).toEqual([NEAR, NEAR_SECOND]);
    expect([socket.style, socket.domain]).toEqual(["one-to-many", "PF_INET"]);
  });
});

it("an association is not found by an address that its peer has no more after a restart", () => {
  const net = new Net();
  const server = net.server();
  const client = net.near.socket("one-to-one");
  const both = [NEAR, NEAR_SECOND].map((address) => ({ address, port: 500 }));
  ok(client.bindx(both, "SCTP_BINDX_ADD_ADDR"));
  client.connectx([SERVER]);
  net.run(5_000);
  ok(server.getassocid({ address: NEAR_SECOND, port: 500 }));
  net.world.restart(net.nearHost);
  const again = new SimSockets(net.world, net.nearHost).socket("one-to-one");
  ok(again.bind({ address: NEAR, port: 500 }));
  again.connectx([SERVER]);
  net.run(5_000);
  expect(server.getassocid({ address: NEAR_SECOND, port: 500 })).toBe("ENOENT");
});
