/** Addresses that come and go under the calls and options of RFC 6458. */
import { describe, expect, it } from "vitest";
import { type SimHost, SimSockets, SimWorld } from "../../../src/sim/index.ts";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import type { AddressFollower } from "../../../src/socket/state/host.ts";
import {
  type Connected,
  FAR,
  NEAR,
  NEAR_SECOND,
  Net,
  notifications,
  ok,
  readAll,
  SERVER,
  subscribe,
} from "./net.ts";

const at = (address: string) => ({ address, port: 0 });

interface Dynamic extends Connected {
  readonly net: Net;
}

/** The client is bound to NEAR alone; both ends have switched it on, unless the server has not. */
function dynamic(serverToo = true, net: Net = new Net()): Dynamic {
  const server = net.server();
  if (serverToo) ok(server.setsockopt("SCTP_ASCONF_SUPPORTED", true));
  subscribe(server, "SCTP_PEER_ADDR_CHANGE");
  subscribe(server, "SCTP_ASSOC_CHANGE");
  const client = net.near.socket("one-to-one");
  ok(client.bind({ address: NEAR, port: 4_000 }));
  ok(client.setsockopt("SCTP_ASCONF_SUPPORTED", true));
  const clientId = ok(client.connectx([SERVER]));
  net.run();
  const [serverId = 0] = server.associationIds;
  return { net, server, client, clientId, serverId };
}

/** The changes of the peer's addresses that the socket has been told, in order. */
function changes(socket: SctpSocket): string[] {
  return notifications(socket, "SCTP_PEER_ADDR_CHANGE").map(({ state, address }) => `${state} ${address}`);
}

describe("bindx on a living association", () => {
  it("adds an address, and takes one away: SCTP_PEER_ADDR_CHANGE tells the peer", () => {
    const { net, server, client } = dynamic();
    readAll(server);
    ok(client.bindx([at(NEAR_SECOND)], "SCTP_BINDX_ADD_ADDR"));
    net.run(5_000);
    expect(changes(server)).toEqual([`SCTP_ADDR_ADDED ${NEAR_SECOND}`, `SCTP_ADDR_AVAILABLE ${NEAR_SECOND}`]);
    expect(ok(server.getpaddrs(server.associationIds[0])).map(({ address }) => address)).toEqual([
      NEAR,
      NEAR_SECOND,
    ]);
    ok(client.bindx([at(NEAR)], "SCTP_BINDX_REM_ADDR"));
    net.run(5_000);
    expect(changes(server)).toContain(`SCTP_ADDR_REMOVED ${NEAR}`);
    expect(ok(server.getpaddrs(server.associationIds[0])).map(({ address }) => address)).toEqual([
      NEAR_SECOND,
    ]);
  });

  it("asks nothing about what the peer knows", () => {
    const { net, server, client } = dynamic();
    readAll(server);
    ok(client.bindx([at(NEAR)], "SCTP_BINDX_ADD_ADDR"));
    const [association] = net.nearHost.stack.associations;
    expect([association?.dynamicAddresses, association?.isChangingAddresses]).toEqual([true, false]);
    net.run(5_000);
    expect(changes(server)).toEqual([]);
  });

  it("is refused for a wildcard, for an address that is none of the host's, and where the peer has not agreed", () => {
    const { client } = dynamic();
    expect(client.bindx([at("0.0.0.0")], "SCTP_BINDX_ADD_ADDR")).toBe("EINVAL");
    expect(client.bindx([at("10.9.9.9")], "SCTP_BINDX_ADD_ADDR")).toBe("EADDRNOTAVAIL");
    expect(client.bindx([at(NEAR)], "SCTP_BINDX_REM_ADDR")).toBe("EINVAL");
    const without = dynamic(false);
    expect(without.client.bindx([at(NEAR_SECOND)], "SCTP_BINDX_ADD_ADDR")).toBe("EOPNOTSUPP");
  });
});

describe("bindx on a wildcard", () => {
  /** What the host seems to have; the server sees it by that. */
  const WILDCARD = "0.0.0.0";

  interface Wild {
    readonly world: SimWorld;
    readonly host: SimHost;
    readonly server: SctpSocket;
    readonly client: SctpSocket;
  }

  function wild(serverToo = true): Wild {
    const world = new SimWorld({ seed: 1 });
    const [host, far] = [world.host("near", [WILDCARD]), world.host("far", [FAR])];
    for (const address of [NEAR, NEAR_SECOND]) world.link(address, FAR);
    world.nat(WILDCARD, NEAR);
    const server = new SimSockets(world, far).socket("one-to-many");
    ok(server.bind({ address: WILDCARD, port: SERVER.port }));
    if (serverToo) ok(server.setsockopt("SCTP_ASCONF_SUPPORTED", true));
    subscribe(server, "SCTP_PEER_ADDR_CHANGE");
    ok(server.listen(1));
    const client = new SimSockets(world, host).socket("one-to-one");
    ok(client.bind({ address: WILDCARD, port: 4_000 }));
    ok(client.setsockopt("SCTP_ASCONF_SUPPORTED", true));
    ok(client.connectx([SERVER]));
    world.run(1_000);
    return { world, host, server, client };
  }

  it("has peers forget an address that the host has lost, and the socket stays on the wildcard", () => {
    const { world, host, server, client } = wild();
    world.cut(NEAR, FAR);
    world.nat(WILDCARD, NEAR_SECOND);
    host.gain(NEAR_SECOND);
    ok(client.bindx([at(NEAR_SECOND)], "SCTP_BINDX_ADD_ADDR"));
    ok(client.bindx([at(NEAR)], "SCTP_BINDX_REM_ADDR"));
    world.run(5_000);
    expect(ok(server.getpaddrs(server.associationIds[0])).map(({ address }) => address)).toEqual([
      NEAR_SECOND,
    ]);
    expect(changes(server)).toContain(`SCTP_ADDR_REMOVED ${NEAR}`);
    ok(client.sendv(new Uint8Array(10)));
    world.run(5_000);
    expect(readAll(server).map(({ data }) => data.length)).toContain(10);
    host.gain("10.5.0.1");
    const own = ok(client.getladdrs()).map(({ address }) => address);
    expect(own).toEqual([WILDCARD, NEAR_SECOND, "10.5.0.1"]);
  });

  it("is refused where no peer can be asked, and for the wildcard itself", () => {
    const { client } = wild();
    expect(client.bindx([at(WILDCARD)], "SCTP_BINDX_REM_ADDR")).toBe("EINVAL");
    expect(client.bindx([at("fd00::1")], "SCTP_BINDX_REM_ADDR")).toBe("EINVAL");
    const without = wild(false);
    expect(without.client.bindx([at(NEAR)], "SCTP_BINDX_REM_ADDR")).toBe("EINVAL");
    expect(client.bindx([at(NEAR)], "SCTP_BINDX_REM_ADDR")).toBe(0);
  });
});

describe("SCTP_SET_PEER_PRIMARY_ADDR", () => {
  it("makes the peer send to an address of this side, which SCTP_ADDR_MADE_PRIM tells it", () => {
    const { net, server, client, serverId } = dynamic();
    ok(client.bindx([at(NEAR_SECOND)], "SCTP_BINDX_ADD_ADDR"));
    net.run(5_000);
    readAll(server);
    ok(client.setsockopt("SCTP_SET_PEER_PRIMARY_ADDR", { address: NEAR_SECOND }));
    net.run(5_000);
    expect(changes(server)).toEqual([`SCTP_ADDR_MADE_PRIM ${NEAR_SECOND}`]);
    expect(ok(server.getsockopt("SCTP_PRIMARY_ADDR", serverId))).toEqual({ address: NEAR_SECOND });
    expect(client.setsockopt("SCTP_SET_PEER_PRIMARY_ADDR", { address: FAR })).toBe("EINVAL");
    expect(dynamic(false).client.setsockopt("SCTP_SET_PEER_PRIMARY_ADDR", { address: NEAR })).toBe(
      "EOPNOTSUPP",
    );
  });
});

describe("SCTP_ASCONF_SUPPORTED and SCTP_AUTH_SUPPORTED", () => {
  it("say what is offered, and of an association what has been agreed on, as sac_info does", () => {
    for (const agreed of [true, false]) {
      const { server, client, serverId } = dynamic(agreed);
      const [up] = notifications(server, "SCTP_ASSOC_CHANGE");
      expect(up?.features.includes("SCTP_ASSOC_SUPPORTS_ASCONF")).toBe(agreed);
      for (const name of ["SCTP_ASCONF_SUPPORTED", "SCTP_AUTH_SUPPORTED"] as const) {
        expect(ok(client.getsockopt(name))).toBe(agreed);
        expect(ok(server.getsockopt(name, serverId))).toBe(agreed);
        expect(server.setsockopt(name, true, serverId)).toBe("EINVAL");
      }
      expect(ok(server.getsockopt("SCTP_ASCONF_SUPPORTED", "future"))).toBe(agreed);
    }
  });

  it("turn authentication on and off by itself", () => {
    const socket = new Net().near.socket("one-to-many");
    for (const value of [true, false]) {
      ok(socket.setsockopt("SCTP_AUTH_SUPPORTED", value));
      expect(ok(socket.getsockopt("SCTP_AUTH_SUPPORTED"))).toBe(value);
    }
  });
});

describe("SCTP_AUTO_ASCONF", () => {
  it("is refused where nothing is known of the host's addresses", () => {
    const socket = new Net().near.socket("one-to-many");
    expect(ok(socket.getsockopt("SCTP_AUTO_ASCONF"))).toBe(false);
    expect(socket.setsockopt("SCTP_AUTO_ASCONF", true)).toBe("EOPNOTSUPP");
    expect(ok(socket.getsockopt("SCTP_AUTO_ASCONF"))).toBe(false);
  });

  it("tells peers of the addresses that appear and vanish, as long as it is on", () => {
    const net = new Net();
    let follower: AddressFollower | undefined;
    let ended = 0;
    Object.assign(net.near.layer.host, {
      follow: (wanted: AddressFollower) => {
        follower = wanted;
        return () => void ended++;
      },
    });
    const { server, client } = dynamic(true, net);
    readAll(server);
    ok(client.setsockopt("SCTP_AUTO_ASCONF", true));
    ok(client.setsockopt("SCTP_AUTO_ASCONF", true));
    expect(ok(client.getsockopt("SCTP_AUTO_ASCONF"))).toBe(true);
    follower?.onAdded(NEAR_SECOND);
    net.run(5_000);
    follower?.onRemoved(NEAR);
    net.run(5_000);
    expect(changes(server)).toEqual(
      expect.arrayContaining([`SCTP_ADDR_ADDED ${NEAR_SECOND}`, `SCTP_ADDR_REMOVED ${NEAR}`]),
    );
    expect(ended).toBe(0);
    ok(client.setsockopt("SCTP_AUTO_ASCONF", false));
    expect([ended, ok(client.getsockopt("SCTP_AUTO_ASCONF"))]).toEqual([1, false]);
    ok(client.setsockopt("SCTP_AUTO_ASCONF", true));
    client.close();
    expect(ended).toBe(2);
  });
});
