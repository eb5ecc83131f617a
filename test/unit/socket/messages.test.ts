/** Sending and receiving: flags, parts, implicit set-up, room (RFC 6458 3.1.4, 5.3.4, 7.1, 7.5, 9.12). */
import { describe, expect, it } from "vitest";
import type { ReceivedData } from "../../../src/socket/receive.ts";
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
  transcript,
} from "./net.ts";

const to = (associationId: number) => ({ sndinfo: { associationId } });

describe("sendmsg and recvmsg", () => {
  it("carry stream, PPID, order and context, and say who sent it", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(server.setsockopt("SCTP_CONTEXT", 42, serverId));
    const sent = client.sendmsg({
      data: [bytes("one "), bytes("message")],
      control: [{ type: "SCTP_SNDINFO", streamId: 3, ppid: 0x01020304, flags: ["SCTP_UNORDERED"] }],
    });
    expect(sent).toBe(11);
    net.run();
    expect(server.recvmsg()).toMatchObject({
      data: bytes("one message"),
      flags: ["MSG_EOR"],
      control: [
        {
          type: "SCTP_RCVINFO",
          streamId: 3,
          ssn: 0,
          flags: ["SCTP_UNORDERED"],
          ppid: 0x01020304,
          context: 42,
          associationId: serverId,
        },
      ],
    });
  });

  it("give the TSNs", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.sendv(bytes("a")));
    ok(client.sendv(bytes("b")));
    net.run();
    const [first, second] = readAll(server).map(({ control }) => control[0]);
    if (first?.type !== "SCTP_RCVINFO" || second?.type !== "SCTP_RCVINFO") throw new Error("no RCVINFO");
    expect((second.tsn - first.tsn) >>> 0).toBe(1);
    expect([second.ssn, second.cumulativeTsn]).toEqual([1, second.tsn]);
  });

  it("name the peer", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.sendv(bytes("x")));
    net.run();
    const received = server.recvmsg() as ReceivedData;
    expect(received.name).toEqual({ address: NEAR, port: ok(client.getsockname()).port });
  });

  it("read a message in parts when there is little room, MSG_EOR with the last", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.sendv(bytes("0123456789")));
    ok(client.sendv(bytes("next")));
    net.run();
    const parts = [4, 4, 4, 4].map((maxBytes) => server.recvmsg({ maxBytes }) as ReceivedData);
    expect(parts.map(({ data, flags }) => [text(data), flags.join()])).toEqual([
      ["0123", ""],
      ["4567", ""],
      ["89", "MSG_EOR"],
      ["next", "MSG_EOR"],
    ]);
    expect(server.recvmsg({ maxBytes: 0 })).toBe("EINVAL");
  });

  it("leave a message that is peeked at", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(server, "SCTP_SHUTDOWN_EVENT");
    ok(client.sendv(bytes("look")));
    net.run();
    for (const peek of [true, true, false])
      expect(server.recvmsg({ peek, maxBytes: 2 })).toMatchObject({ data: bytes("lo") });
    expect(server.recvmsg({ peek: true })).toMatchObject({ data: bytes("ok") });
    expect(server.recvmsg()).toMatchObject({ data: bytes("ok") });
    ok(client.shutdown("SHUT_WR"));
    net.run();
    for (const peek of [true, false])
      expect(server.recvmsg({ peek })).toMatchObject({ notification: { type: "SCTP_SHUTDOWN_EVENT" } });
    expect(server.recvmsg({ peek: true })).toBe("EAGAIN");
  });

  it("without a peer, or with two kinds of info, are errors", () => {
    const net = new Net();
    const { server, client } = net.connected();
    const fresh = net.near.socket("one-to-one");
    expect(fresh.recvmsg()).toBe("ENOTCONN");
    expect(fresh.sendv(bytes("x"))).toBe("ENOTCONN");
    expect(server.sendv(bytes("x"))).toBe("EINVAL");
    expect(server.sendv(bytes("x"), to(99))).toBe("ENOENT");
    expect(
      client.sendmsg({ data: bytes("x"), control: [{ type: "SCTP_SNDINFO" }, { type: "SCTP_SNDRCV" }] }),
    ).toBe("EINVAL");
    expect(client.sendv(new Uint8Array(0))).toBe("EINVAL");
    expect(client.sendv(bytes("x"), { sndinfo: { streamId: 10 } })).toBe("EINVAL");
    expect(client.errorText).toMatch(/streamId must be a whole number from 0 to 9/);
    expect(client.sendv(bytes("x"), { sndinfo: { ppid: -1 } })).toBe("EINVAL");
  });
});

describe("implicit set-up", () => {
  it("by sending to an address sets up once, and the first message rides along", () => {
    const net = new Net();
    const server = net.server();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    const client = net.near.socket("one-to-many");
    ok(client.sendv(bytes("first"), { to: SERVER }));
    ok(client.sendv(bytes("second"), { to: SERVER }));
    expect(client.associationIds).toHaveLength(1);
    net.run();
    expect(transcript(server)).toEqual(["[SCTP_COMM_UP]", "first", "second"]);
  });

  it("takes SCTP_INIT, further addresses, and no data at all", () => {
    const net = new Net();
    const server = net.server();
    const client = net.near.socket("one-to-many");
    const sent = client.sendmsg({
      data: new Uint8Array(0),
      name: SERVER,
      control: [
        { type: "SCTP_INIT", outboundStreams: 2 },
        { type: "SCTP_DSTADDRV4", address: FAR_SECOND },
      ],
    });
    expect(sent).toBe(0);
    const id = ok(client.getassocid(SERVER));
    expect(ok(client.getassocid({ address: FAR_SECOND, port: PORT }))).toBe(id);
    net.run();
    expect(ok(client.getsockopt("SCTP_STATUS", id)).outboundStreams).toBe(2);
    expect(server.associationIds).toHaveLength(1);
  });

  it("works on one-to-one sockets with a name, and sendv takes a list of addresses", () => {
    const net = new Net();
    const server = net.server();
    const client = net.near.socket("one-to-one");
    ok(client.sendv(bytes("hello"), { to: [SERVER, { address: FAR_SECOND, port: PORT }] }));
    net.run();
    expect(transcript(server)).toEqual(["hello"]);
  });

  it("is no way to end an association that there is not", () => {
    const socket = new Net().near.socket("one-to-many");
    for (const flags of [["SCTP_EOF"], ["SCTP_ABORT"]] as const)
      expect(socket.sendv(new Uint8Array(0), { to: SERVER, sndinfo: { flags } })).toBe("EINVAL");
  });

  it.each([
    [{ type: "SCTP_DSTADDRV4", address: "::1" }, SERVER],
    [{ type: "SCTP_DSTADDRV6", address: FAR }, SERVER],
    [{ type: "SCTP_DSTADDRV4", address: FAR }, undefined],
  ] as const)("refuses %j beside %j", (item, name) => {
    const socket = new Net().near.socket("one-to-many");
    expect(socket.sendmsg({ data: bytes("x"), name, control: [item] })).toBe("EINVAL");
  });

  it("whose handshake fails gives the messages back", () => {
    const net = new Net();
    const client = net.near.socket("one-to-many");
    subscribe(client, "SCTP_ASSOC_CHANGE", "SCTP_SEND_FAILED_EVENT");
    ok(client.sendv(bytes("too early"), { to: { address: FAR, port: 99 }, sndinfo: { context: 5 } }));
    net.run();
    const [failed, change] = readAll(client);
    expect(failed?.notification).toMatchObject({
      flags: "SCTP_DATA_UNSENT",
      part: "SCTP_DATA_NOT_FRAG",
      info: { context: 5 },
      data: bytes("too early"),
    });
    expect(change?.notification).toMatchObject({ state: "SCTP_CANT_STR_ASSOC" });
  });
});

describe("flags", () => {
  it("SCTP_EOF shuts down after what is sent with it", () => {
    const net = new Net();
    const { server, client, clientId } = net.connected("one-to-many");
    subscribe(server, "SCTP_ASSOC_CHANGE", "SCTP_SHUTDOWN_EVENT");
    ok(client.sendv(bytes("bye"), { sndinfo: { associationId: clientId, flags: ["SCTP_EOF"] } }));
    expect(client.sendv(bytes("x"), to(clientId))).toBe("EPIPE");
    net.run();
    expect(transcript(server)).toEqual(["bye", "[SCTP_SHUTDOWN_EVENT]", "[SCTP_SHUTDOWN_COMP]"]);
  });

  it("SCTP_ABORT aborts, with the data as the reason", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(client.sendv(bytes("out of coffee"), { sndinfo: { flags: ["SCTP_ABORT"] } }));
    net.run();
    const [lost] = notifications(server, "SCTP_ASSOC_CHANGE");
    expect(lost).toMatchObject({ state: "SCTP_COMM_LOST", error: 12 });
    expect(text(lost?.info ?? bytes(""))).toContain("out of coffee");
    expect(client.recvmsg()).toBe("ECONNABORTED");
  });

  it("SCTP_ADDR_OVER sends to the address given, on a one-to-many socket", () => {
    const net = new Net();
    const { client, clientId } = net.connected("one-to-many");
    net.world.cut(NEAR, FAR);
    const name = { address: FAR_SECOND, port: PORT };
    const sndinfo = { associationId: clientId, flags: ["SCTP_ADDR_OVER"] } as const;
    ok(client.sendv(bytes("over there"), { to: name, sndinfo }));
    net.run(100);
    expect(ok(client.getsockopt("SCTP_STATUS", clientId)).unackedData).toBe(0);
    ok(client.sendv(bytes("here"), { to: name }));
    net.run(100);
    expect(ok(client.getsockopt("SCTP_STATUS", clientId)).unackedData).toBe(1);
    const stranger = { address: "10.9.9.9", port: PORT };
    expect(client.sendv(bytes("x"), { to: stranger, sndinfo })).toBe("EINVAL");
  });

  it("a name on a one-to-one socket is preferred; one that is not the peer's fails the message", () => {
    const net = new Net();
    const { client } = net.connected();
    subscribe(client, "SCTP_SEND_FAILED_EVENT");
    net.world.cut(NEAR, FAR);
    ok(client.sendv(bytes("over there"), { to: { address: FAR_SECOND, port: PORT } }));
    net.run(100);
    expect(ok(client.getsockopt("SCTP_STATUS")).unackedData).toBe(0);
    expect(client.sendv(bytes("lost"), { to: { address: "10.9.9.9", port: PORT } })).toBe(4);
    expect(notifications(client, "SCTP_SEND_FAILED_EVENT")).toMatchObject([
      { flags: "SCTP_DATA_UNSENT", data: bytes("lost") },
    ]);
  });

  it("SCTP_SENDALL reaches every established association, and says who did not take it", () => {
    const net = new Net();
    const server = net.server();
    const clients = [0, 1, 2].map(() => {
      const client = net.near.socket("one-to-one");
      ok(client.connectx([SERVER]));
      return client;
    });
    net.run();
    expect(server.sendv(bytes("all"), { sndinfo: { flags: ["SCTP_SENDALL"] } })).toBe(3);
    const [, stalled = 0] = server.associationIds;
    for (let errno: unknown = 0; errno !== "EAGAIN"; )
      errno = server.sendv(new Uint8Array(200_000), to(stalled));
    expect(ok(server.sendall(bytes("again")))).toEqual({
      accepted: server.associationIds.filter((id) => id !== stalled),
      failed: [{ associationId: stalled, errno: "EAGAIN" }],
    });
    net.run(5_000);
    expect(clients.map((client) => transcript(client).filter((line) => line.length < 10))).toEqual([
      ["all", "again"],
      ["all"],
      ["all", "again"],
    ]);
    expect(clients[0]?.sendall(bytes("x"))).toBe("EOPNOTSUPP");
    expect(clients[0]?.sendv(bytes("one"), { sndinfo: { flags: ["SCTP_SENDALL"] } })).toBe(3);
    for (const id of server.associationIds) ok(server.setsockopt("SO_SNDBUF", 4_096) && id);
    expect(server.sendv(new Uint8Array(5_000), { sndinfo: { flags: ["SCTP_SENDALL"] } })).toBe("EMSGSIZE");
  });

  it("SCTP_SACK_IMMEDIATELY is answered at once", () => {
    const net = new Net();
    const { client } = net.connected();
    ok(client.sendv(bytes("first")));
    net.run();
    const unacked = (flags: readonly "SCTP_SACK_IMMEDIATELY"[]): number => {
      ok(client.sendv(bytes("x"), { sndinfo: { flags } }));
      net.run(20);
      const { unackedData } = ok(client.getsockopt("SCTP_STATUS"));
      net.run(1_000);
      return unackedData;
    };
    expect([unacked([]), unacked(["SCTP_SACK_IMMEDIATELY"])]).toEqual([1, 0]);
  });
});

describe("back-pressure", () => {
  it("is EAGAIN while the send buffer is full; a message above its size is EMSGSIZE", () => {
    const net = new Net();
    const { client } = net.connected();
    ok(client.setsockopt("SO_SNDBUF", 10_000));
    expect(client.sendv(new Uint8Array(10_001))).toBe("EMSGSIZE");
    ok(client.sendv(new Uint8Array(10_000)));
    expect(client.sendv(bytes("x"))).toBe("EAGAIN");
    net.run();
    ok(client.sendv(bytes("x")));
  });

  it("closes the window of an association that nobody reads, and of no other", () => {
    const net = new Net();
    const server = net.server();
    ok(server.setsockopt("SO_RCVBUF", 20_000));
    const [slow, quick] = [0, 1].map(() => {
      const client = net.near.socket("one-to-one");
      ok(client.connectx([SERVER]));
      return client;
    });
    net.run();
    for (let i = 0; i < 50; i++) ok(slow!.sendv(new Uint8Array(1_000).fill(0x73)));
    net.run();
    ok(quick!.sendv(bytes("quick")));
    net.run();
    const status = ok(slow!.getsockopt("SCTP_STATUS"));
    expect(status.rwndBytes).toBeLessThan(1_500);
    let read = 0;
    for (let round = 0; round < 100 && read < 51; round++) {
      read += readAll(server).length;
      net.run(200);
    }
    expect(read).toBe(51);
  });

  it("does not lose the order of an association whose messages come faster than they are read", () => {
    const net = new Net();
    const { server, client } = net.connected();
    const read: string[] = [];
    for (let i = 0; i < 200; i++) {
      ok(client.sendv(bytes(`m${i}`)));
      if (i % 3 === 0) net.run(20);
      if (i % 4 === 0) {
        const received = server.recvmsg();
        if (typeof received === "object") read.push(text(received.data));
      }
    }
    net.run();
    read.push(...transcript(server));
    expect(read).toEqual(Array.from({ length: 200 }, (_, i) => `m${i}`));
  });
});

describe("send, sendto, recv and recvfrom", () => {
  it("are what is left of sendmsg and recvmsg without flags", () => {
    const net = new Net();
    const listener = net.far.socket("one-to-one");
    ok(listener.bind({ address: "::", port: PORT }));
    ok(listener.listen(1));
    const client = net.near.socket("one-to-one");
    expect(client.send(bytes("x"))).toBe("ENOTCONN");
    expect(ok(client.sendto(bytes("first"), SERVER))).toBe(5);
    ok(client.send(bytes("second")));
    net.run();
    const accepted = listener.accept();
    if (typeof accepted === "string") throw new Error(accepted);
    subscribe(accepted, "SCTP_SHUTDOWN_EVENT");
    ok(client.shutdown("SHUT_WR"));
    net.run();
    expect(accepted.recv(3)).toEqual(bytes("fir"));
    expect(accepted.recvfrom()).toMatchObject({ data: bytes("st"), name: { address: NEAR } });
    expect(accepted.recv()).toEqual(bytes("second"));
    expect(accepted.recv()).toBe(0);
  });

  it("are not for one-to-many sockets, but for sendto", () => {
    const net = new Net();
    const server = net.server();
    const client = net.near.socket("one-to-many");
    ok(client.sendto(bytes("hello"), SERVER));
    net.run();
    expect(transcript(server)).toEqual(["hello"]);
    expect([client.send(bytes("x")), client.recv(), client.recvfrom()]).toEqual(
      Array.from({ length: 3 }, () => "EOPNOTSUPP"),
    );
  });
});
