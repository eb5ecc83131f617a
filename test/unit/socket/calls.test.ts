/** The calls that make, connect and end sockets, and the errno of each mistake (RFC 6458 3.1, 4.1, 9.1 to 9.9). */
import { describe, expect, it } from "vitest";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import { ERRNO, type Errno, isErrno } from "../../../src/socket/terms/errno.ts";
import {
  bytes,
  FAR,
  FAR_SECOND,
  NEAR,
  NEAR_SECOND,
  Net,
  notifications,
  ok,
  PORT,
  readAll,
  SERVER,
  subscribe,
  text,
  transcript,
} from "./net.ts";

function bound(net: Net, port: number, address = "::"): SctpSocket {
  const socket = net.far.socket("one-to-one");
  ok(socket.bind({ address, port }));
  return socket;
}

describe("errno names", () => {
  it("are told from results by isErrno", () => {
    expect(Object.keys(ERRNO).every(isErrno)).toBe(true);
    expect([0, "SCTP_SS_FCFS", undefined, "toString"].some(isErrno)).toBe(false);
  });

  it("come with a sentence about the last failure", () => {
    const socket = new Net().near.socket("one-to-one");
    expect(socket.bind({ address: "nowhere", port: 7 })).toBe("EINVAL");
    expect(socket.errorText).toBe('"nowhere" is not an IPv4 or IPv6 literal');
  });
});

describe("listen", () => {
  it("binds by itself, accepts associations, and stops", () => {
    const net = new Net();
    const server = net.far.socket("one-to-many");
    ok(server.listen(1));
    const { port } = ok(server.getsockname());
    const connect = (): SctpSocket => {
      const client = net.near.socket("one-to-one");
      ok(client.connectx([{ address: FAR, port }]));
      net.run();
      return client;
    };
    expect(connect().recvmsg()).toBe("EAGAIN");
    ok(server.listen(0));
    expect(connect().recvmsg()).toBe("ECONNREFUSED");
    expect(server.listen(-1)).toBe("EINVAL");
    ok(server.listen(1));
    expect(connect().recvmsg()).toBe("EAGAIN");
    expect(server.associationIds).toHaveLength(2);
  });

  it("is not for connected one-to-one sockets", () => {
    const { client } = new Net().connected();
    expect(client.listen(1)).toBe("EINVAL");
  });
});

describe("accept", () => {
  it("gives a socket for each association, with the listener's options", () => {
    const net = new Net();
    const listener = bound(net, PORT);
    ok(listener.setsockopt("SCTP_RECVRCVINFO", true));
    ok(listener.setsockopt("SCTP_CONTEXT", 77));
    ok(listener.setsockopt("SCTP_RTOINFO", { minMs: 123 }));
    ok(listener.listen(2));
    expect(listener.accept()).toBe("EAGAIN");
    expect(listener.isReadable).toBe(false);
    const client = net.near.socket("one-to-one");
    ok(client.connectx([SERVER]));
    net.run();
    expect(listener.isReadable).toBe(true);
    const accepted = listener.accept();
    if (typeof accepted === "string") throw new Error(accepted);
    expect(ok(accepted.getpeername()).address).toBe(NEAR);
    expect(ok(accepted.getsockopt("SCTP_RTOINFO")).minMs).toBe(123);
    ok(client.sendv(bytes("hello")));
    net.run();
    expect(accepted.recvmsg()).toMatchObject({ control: [{ type: "SCTP_RCVINFO", context: 77 }] });
    ok(accepted.sendv(bytes("hello to you")));
    net.run();
    expect(transcript(client)).toEqual(["hello to you"]);
  });

  it("aborts what its queue has no place for", () => {
    const net = new Net();
    const listener = bound(net, PORT);
    ok(listener.listen(1));
    const clients = [0, 1].map(() => net.near.socket("one-to-one"));
    for (const client of clients) {
      ok(client.connectx([SERVER]));
      net.run();
    }
    expect(clients.map((client) => client.recvmsg())).toEqual(["EAGAIN", "ECONNREFUSED"]);
  });

  it("is for listening one-to-one sockets", () => {
    const net = new Net();
    expect(bound(net, 8).accept()).toBe("EINVAL");
    expect(net.server().accept()).toBe("EOPNOTSUPP");
  });
});

describe("connect", () => {
  it("is EINPROGRESS, then EALREADY, then EISCONN", () => {
    const net = new Net();
    net.server();
    for (const style of ["one-to-one", "one-to-many"] as const) {
      const socket = net.near.socket(style);
      expect(socket.connect(SERVER)).toBe("EINPROGRESS");
      expect(socket.connect(SERVER)).toBe("EALREADY");
      net.run();
      expect(socket.connect(SERVER)).toBe("EISCONN");
    }
  });

  it("by a one-to-many socket reaches many peers", () => {
    const net = new Net();
    net.server();
    const other = net.far.socket("one-to-many");
    ok(other.bind({ address: "::", port: 8 }));
    ok(other.listen(1));
    const client = net.near.socket("one-to-many");
    const ids = [ok(client.connectx([SERVER])), ok(client.connectx([{ address: FAR, port: 8 }]))];
    net.run();
    expect(client.associationIds).toEqual(ids);
    expect(ok(client.getassocid({ address: FAR, port: 8 }))).toBe(ids[1]);
    expect(client.getassocid({ address: FAR, port: 9 })).toBe("ENOENT");
  });

  it.each([
    [{ address: "nowhere", port: 7 }, "EINVAL"],
    [{ address: "0.0.0.0", port: 7 }, "EINVAL"],
    [{ address: FAR, port: 0 }, "EINVAL"],
    [{ address: "2001:db8::1", port: 7 }, "ENETUNREACH"],
  ] as const)("to %j is %s", (name, errno) => {
    const socket = new Net().near.socket("one-to-one");
    expect(socket.connect(name)).toBe(errno);
    expect(socket.connectx([])).toBe("EINVAL");
    expect(socket.connectx([SERVER, { address: FAR_SECOND, port: 8 }])).toBe("EINVAL");
  });

  it("to an IPv6 address is EAFNOSUPPORT on an IPv4 socket, and EOPNOTSUPP on a listening one", () => {
    const net = new Net();
    expect(net.near.socket("one-to-one", "PF_INET").connect({ address: "::1", port: 7 })).toBe(
      "EAFNOSUPPORT",
    );
    const listener = bound(net, PORT);
    ok(listener.listen(1));
    expect(listener.connect({ address: NEAR, port: 9 })).toBe("EOPNOTSUPP");
  });

  it("fails with ECONNREFUSED or ETIMEDOUT, told once; then nothing more comes", () => {
    const net = new Net();
    const refused = net.near.socket("one-to-one");
    refused.connect({ address: FAR, port: 99 });
    const silent = net.near.socket("one-to-one");
    ok(silent.connectx([{ address: "10.0.0.77", port: 7 }], { maxAttempts: 1 }));
    net.run(10_000);
    expect([refused.recvmsg(), refused.recvmsg()]).toEqual(["ECONNREFUSED", 0]);
    expect([silent.recvmsg(), silent.recvmsg()]).toEqual(["ETIMEDOUT", 0]);
    expect(refused.connect(SERVER)).toBe("EISCONN");
    expect(refused.sendv(bytes("x"))).toBe("EPIPE");
    expect(refused.isReadable).toBe(true);
  });

  it("to several addresses uses all of them, and takes parameters of the set-up", () => {
    const net = new Net();
    net.server();
    const client = net.near.socket("one-to-one");
    ok(
      client.connectx([{ address: FAR_SECOND, port: PORT }, SERVER], {
        outboundStreams: 3,
        maxInboundStreams: 4,
      }),
    );
    net.run();
    const status = ok(client.getsockopt("SCTP_STATUS"));
    expect(status).toMatchObject({ state: "SCTP_ESTABLISHED", outboundStreams: 3, inboundStreams: 4 });
    expect(ok(client.getpeername()).address).toBe(FAR_SECOND);
    expect(
      ok(client.getpaddrs())
        .map(({ address }) => address)
        .sort(),
    ).toEqual([FAR, FAR_SECOND]);
    expect(
      ok(client.getladdrs(1))
        .map(({ address }) => address)
        .sort(),
    ).toEqual([NEAR, NEAR_SECOND]);
  });
});

describe("peeloff", () => {
  it("gives an association a one-to-one socket, with everything of it that waits", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(client.sendv(bytes("before")));
    net.run();
    const peeled = server.peeloff(serverId);
    if (typeof peeled === "string") throw new Error(peeled);
    ok(client.sendv(bytes("after")));
    ok(client.sendv(new Uint8Array(0), { sndinfo: { flags: ["SCTP_EOF"] } }));
    net.run();
    expect(server.recvmsg()).toBe("EAGAIN");
    expect(server.associationIds).toEqual([]);
    expect(transcript(peeled)).toEqual(["before", "after", "[SCTP_SHUTDOWN_COMP]"]);
    expect(peeled.recvmsg()).toBe(0);
  });

  it("takes along the rest of a message that has been read in part", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(client.sendv(bytes("0123456789")));
    net.run();
    expect(server.recvmsg({ maxBytes: 4 })).toMatchObject({ data: bytes("0123"), flags: [] });
    const peeled = server.peeloff(serverId);
    if (typeof peeled === "string") throw new Error(peeled);
    expect(transcript(peeled)).toEqual(["456789"]);
  });

  it("leaves the association alone when the first socket is closed", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    const peeled = server.peeloff(serverId);
    if (typeof peeled === "string") throw new Error(peeled);
    ok(server.close());
    net.run();
    ok(peeled.sendv(bytes("still here")));
    net.run();
    expect(transcript(client)).toEqual(["still here"]);
    ok(peeled.close());
    net.run();
    expect(client.recvmsg()).toBe(0);
  });

  it("is for established associations of one-to-many sockets", () => {
    const net = new Net();
    const { server, client, clientId } = net.connected();
    expect(client.peeloff(clientId)).toBe("EOPNOTSUPP");
    expect(server.peeloff(99)).toBe("ENOENT");
    const early = net.near.socket("one-to-many");
    expect(early.peeloff(ok(early.connectx([SERVER])))).toBe("ENOTCONN");
  });
});

describe("detach", () => {
  it("gives an association to a user outside of the model, its messages unread", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(client.sendv(bytes("for you")));
    net.run();
    const kinds: string[] = [];
    const association = server.detach(serverId, { onAssociationEvent: ({ kind }) => void kinds.push(kind) });
    if (typeof association === "string") throw new Error(association);
    expect(server.recvmsg()).toBe("EAGAIN");
    expect(text(association.receiveMessage(net.world.nowMs)?.data ?? bytes("nothing"))).toBe("for you");
    ok(client.close());
    net.run();
    expect(kinds).toEqual(["shutdown-received", "closed"]);
  });
});

describe("shutdown", () => {
  it("SHUT_WR ends the association; what arrives meanwhile can still be read", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(server.sendv(bytes("on its way"), { sndinfo: { associationId: serverId } }));
    ok(client.shutdown("SHUT_WR"));
    expect(client.sendv(bytes("x"))).toBe("EPIPE");
    net.run();
    expect(transcript(client)).toEqual(["on its way"]);
    expect(client.recvmsg()).toBe(0);
    expect(client.shutdown("SHUT_WR")).toBe("ENOTCONN");
  });

  it("SHUT_RD drops what arrives and does nothing else", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(client.shutdown("SHUT_RD"));
    expect(client.recvmsg()).toBe(0);
    for (let i = 0; i < 300; i++) {
      ok(server.sendv(new Uint8Array(10_000), { sndinfo: { associationId: serverId } }));
      net.run(50);
    }
    net.run(5_000);
    expect(client.recvmsg()).toBe(0);
    expect(ok(server.getsockopt("SCTP_STATUS", serverId))).toMatchObject({
      state: "SCTP_ESTABLISHED",
      unackedData: 0,
    });
    ok(client.sendv(bytes("still writing")));
    net.run();
    expect(transcript(server)).toEqual(["still writing"]);
  });

  it("SHUT_RDWR does both", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(client.shutdown("SHUT_RDWR"));
    net.run();
    expect(transcript(server)).toEqual(["[SCTP_SHUTDOWN_COMP]"]);
    expect(client.recvmsg()).toBe(0);
  });

  it("is for connected one-to-one sockets", () => {
    const net = new Net();
    expect(net.server().shutdown("SHUT_WR")).toBe("EOPNOTSUPP");
    expect(net.near.socket("one-to-one").shutdown("SHUT_WR")).toBe("ENOTCONN");
  });
});

describe("close", () => {
  it("shuts all associations down after everything has been sent, and frees the port", () => {
    const net = new Net();
    const { server, client } = net.connected("one-to-many");
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(client.sendv(new Uint8Array(50_000), { to: SERVER }));
    ok(client.sendv(bytes("last"), { to: SERVER }));
    ok(client.close());
    net.run(5_000);
    const [, last, end] = readAll(server);
    expect(text(last?.data ?? bytes(""))).toBe("last");
    expect(end?.notification).toMatchObject({ state: "SCTP_SHUTDOWN_COMP" });
    expect(net.nearHost.stack.associationCount).toBe(0);
    ok(server.close());
    ok(net.far.socket("one-to-many").bind({ address: "::", port: PORT }));
  });

  it("aborts with SO_LINGER on and 0", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(client.setsockopt("SO_LINGER", { enabled: true, lingerSeconds: 0 }));
    ok(client.close());
    net.run();
    expect(notifications(server, "SCTP_ASSOC_CHANGE")).toMatchObject([
      { state: "SCTP_COMM_LOST", error: 12 },
    ]);
  });

  it("lets the peer end what it has begun to send, though nobody reads it", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    for (let i = 0; i < 104; i++)
      ok(server.sendv(new Uint8Array(10_000), { sndinfo: { associationId: serverId } }));
    ok(client.close());
    net.run(10_000);
    expect(net.nearHost.stack.associationCount + net.farHost.stack.associationCount).toBe(0);
  });

  it("makes every call EBADF", () => {
    const net = new Net();
    const { client } = net.connected();
    ok(client.close());
    const results: unknown[] = [
      client.bind(SERVER),
      client.bindx([SERVER], "SCTP_BINDX_ADD_ADDR"),
      client.listen(1),
      client.accept(),
      client.connect(SERVER),
      client.connectx([SERVER]),
      client.peeloff(1),
      client.detach(1, { onAssociationEvent: () => {} }),
      client.shutdown("SHUT_WR"),
      client.sendmsg({ data: bytes("x") }),
      client.sendv(bytes("x")),
      client.sendall(bytes("x")),
      client.recvmsg(),
      client.recvv(),
      client.getsockname(),
      client.getpeername(),
      client.getpaddrs(),
      client.getladdrs(),
      client.getassocid(SERVER),
      client.setsockopt("SCTP_NODELAY", true),
      client.getsockopt("SCTP_NODELAY"),
      client.refusal(),
      client.close(),
    ];
    expect(new Set(results)).toEqual(new Set<Errno>(["EBADF"]));
    expect(client.isReadable).toBe(false);
  });

  it("closes the associations that nobody has accepted", () => {
    const net = new Net();
    const listener = bound(net, PORT);
    ok(listener.listen(5));
    const client = net.near.socket("one-to-one");
    ok(client.connectx([SERVER]));
    net.run();
    ok(listener.close());
    net.run();
    expect(client.recvmsg()).toBe(0);
  });
});

describe("onReady", () => {
  it("tells of data, of associations to accept and of room, and may call the socket", () => {
    const net = new Net();
    const listener = bound(net, PORT);
    ok(listener.listen(1));
    const told: string[] = [];
    listener.onReady = () => told.push("listener");
    const client = net.near.socket("one-to-one");
    ok(client.connectx([SERVER]));
    net.run();
    expect(told).toEqual(["listener"]);
    const accepted = listener.accept();
    if (typeof accepted === "string") throw new Error(accepted);
    accepted.onReady = () => told.push(...transcript(accepted));
    ok(client.sendv(bytes("a")));
    ok(client.sendv(bytes("b")));
    net.run();
    expect(told).toEqual(["listener", "a", "b"]);
    accepted.onReady = undefined;
    for (let errno: unknown = 0; errno !== "EAGAIN"; ) errno = client.sendv(new Uint8Array(100_000));
    let room = 0;
    client.onReady = () => {
      if (client.refusal() === undefined) room++;
    };
    expect(client.refusal()).toBe("EAGAIN");
    for (let i = 0; i < 20; i++) {
      net.run(200);
      readAll(accepted);
    }
    expect(room).toBeGreaterThan(0);
  });
});
