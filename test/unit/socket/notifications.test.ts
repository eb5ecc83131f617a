/** Every notification that this build can raise, in line with the data (RFC 6458 6). */
import { describe, expect, it } from "vitest";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import { SocketLayer } from "../../../src/socket/socket-layer.ts";
import { StackHost } from "../../../src/socket/stack-host.ts";
import { NOTIFICATIONS, type NotificationType } from "../../../src/socket/terms/notifications.ts";
import {
  cookieParameter,
  initAckChunk,
  Lab,
  Link,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TSN,
  UDP_PORT,
} from "../../conformance/lab.ts";
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

/** A socket whose peer is written by the test, chunk by chunk. */
function scripted(): { lab: Lab; link: Link; socket: SctpSocket; pump: () => void } {
  const lab = new Lab();
  const host = new StackHost(lab.stack, { nowMs: () => lab.nowMs, scheduleFlush: () => {} });
  const socket = new SocketLayer(host, { remoteUdpPort: UDP_PORT }).socket("one-to-one");
  let told = 0;
  const pump = (): void => {
    for (lab.flush(); told < lab.events.length; told++) {
      const event = lab.events[told];
      if (event !== undefined) host.tell(event);
    }
  };
  ok(socket.bind({ address: "::", port: OUR_PORT }));
  ok(socket.connectx([{ address: PEER_ADDRESS, port: PEER_PORT }]));
  const init = only(lab.flush(), "INIT");
  lab.receive([initAckChunk({ parameters: [cookieParameter()] })], { tag: init.initiateTag });
  lab.receive([{ kind: "COOKIE ACK" }], { tag: init.initiateTag });
  pump();
  const [association] = lab.stack.associations;
  if (association === undefined) throw new Error("no association");
  return { lab, link: new Link(lab, association, PEER_TSN, init.initialTsn), socket, pump };
}

describe("subscriptions", () => {
  it("are none by default", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.shutdown("SHUT_WR"));
    net.run();
    expect([readAll(server), readAll(client)]).toEqual([[], []]);
  });

  it("are per association, for future, current and all of them", () => {
    const net = new Net();
    const { server, serverId } = net.connected();
    const event = { type: "SCTP_SHUTDOWN_EVENT", on: true } as const;
    const isOn = (target: number | "future"): boolean =>
      ok(server.getsockopt("SCTP_EVENT", target, { type: event.type })).on;
    ok(server.setsockopt("SCTP_EVENT", event));
    expect([isOn("future"), isOn(serverId)]).toEqual([true, false]);
    ok(server.setsockopt("SCTP_EVENT", { ...event, on: false }, "future"));
    ok(server.setsockopt("SCTP_EVENT", event, "current"));
    expect([isOn("future"), isOn(serverId)]).toEqual([false, true]);
    ok(server.setsockopt("SCTP_EVENT", { ...event, on: false }, serverId));
    ok(server.setsockopt("SCTP_EVENT", event, "all"));
    expect([isOn("future"), isOn(serverId)]).toEqual([true, true]);
  });

  it("can be made for every notification", () => {
    const socket = new Net().near.socket("one-to-many");
    for (const type of Object.keys(NOTIFICATIONS) as NotificationType[]) {
      for (const on of [true, false]) {
        ok(socket.setsockopt("SCTP_EVENT", { type, on }));
        expect(ok(socket.getsockopt("SCTP_EVENT", undefined, { type }))).toEqual({ type, on });
      }
    }
  });
});

describe("SCTP_ASSOC_CHANGE", () => {
  it("comes before the first data and after the last", () => {
    const net = new Net();
    const server = net.server();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    const client = net.near.socket("one-to-one");
    subscribe(client, "SCTP_ASSOC_CHANGE");
    ok(client.sendv(bytes("rides on the COOKIE ECHO"), { to: SERVER }));
    ok(client.shutdown("SHUT_WR"));
    net.run();
    const expected = ["[SCTP_COMM_UP]", "rides on the COOKIE ECHO", "[SCTP_SHUTDOWN_COMP]"];
    expect(transcript(server)).toEqual(expected);
    expect(transcript(client)).toEqual(["[SCTP_COMM_UP]", "[SCTP_SHUTDOWN_COMP]"]);
  });

  it("SCTP_COMM_UP tells streams, id and features", () => {
    const net = new Net();
    const server = net.server();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    const client = net.near.socket("one-to-one");
    subscribe(client, "SCTP_ASSOC_CHANGE");
    const id = ok(client.connectx([SERVER], { outboundStreams: 5 }));
    net.run();
    expect(notifications(client, "SCTP_ASSOC_CHANGE")).toEqual([
      {
        type: "SCTP_ASSOC_CHANGE",
        state: "SCTP_COMM_UP",
        error: 0,
        outboundStreams: 5,
        inboundStreams: 10,
        associationId: id,
        features: ["SCTP_ASSOC_SUPPORTS_PR", "SCTP_ASSOC_SUPPORTS_RE_CONFIG"],
        info: new Uint8Array(0),
      },
    ]);
    expect(notifications(server, "SCTP_ASSOC_CHANGE")).toMatchObject([
      {
        inboundStreams: 5,
        features: ["SCTP_ASSOC_SUPPORTS_PR", "SCTP_ASSOC_SUPPORTS_MULTIBUF", "SCTP_ASSOC_SUPPORTS_RE_CONFIG"],
      },
    ]);
  });

  it("SCTP_COMM_LOST has the ABORT chunk, or nothing when the peer fell silent", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    subscribe(client, "SCTP_ASSOC_CHANGE");
    ok(server.sendv(bytes("why"), { sndinfo: { associationId: serverId, flags: ["SCTP_ABORT"] } }));
    net.run();
    const [lost] = notifications(client, "SCTP_ASSOC_CHANGE");
    expect([lost?.state, lost?.error, lost?.info[0]]).toEqual(["SCTP_COMM_LOST", 12, 6]);
    expect(client.recvmsg()).toBe(0);
    const again = net.near.socket("one-to-one");
    subscribe(again, "SCTP_ASSOC_CHANGE");
    ok(again.setsockopt("SCTP_RTOINFO", { initialMs: 20, minMs: 20, maxMs: 20 }));
    ok(again.connectx([SERVER]));
    net.run();
    readAll(again);
    net.world.cut(NEAR, FAR);
    net.world.cut("10.1.0.1", FAR_SECOND);
    ok(again.sendv(bytes("anybody?")));
    net.run(60_000);
    const [silent] = notifications(again, "SCTP_ASSOC_CHANGE");
    expect(silent).toMatchObject({ state: "SCTP_COMM_LOST", error: 0, info: new Uint8Array(0) });
  });

  it("SCTP_RESTART tells that the peer began anew", () => {
    const net = new Net();
    const { server, serverId } = net.connected();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    const port = ok(server.getpaddrs(serverId))[0]?.port ?? 0;
    net.world.restart(net.nearHost);
    net.nearHost.connect([FAR, FAR_SECOND], PORT, {}, port);
    net.run();
    expect(notifications(server, "SCTP_ASSOC_CHANGE")).toMatchObject([
      { state: "SCTP_RESTART", associationId: serverId },
    ]);
  });

  it("SCTP_RESTART comes between what was sent before it and what was sent after", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(client.sendv(bytes("before")));
    net.run();
    const port = ok(server.getpaddrs(serverId))[0]?.port ?? 0;
    net.world.restart(net.nearHost);
    net.nearHost.connect([FAR, FAR_SECOND], PORT, {}, port).send(0, bytes("after"));
    net.run();
    expect(transcript(server)).toEqual(["before", "[SCTP_RESTART]", "after"]);
  });

  it("SCTP_CANT_STR_ASSOC tells that the set-up failed", () => {
    const net = new Net();
    const socket = net.near.socket("one-to-many");
    subscribe(socket, "SCTP_ASSOC_CHANGE");
    const id = ok(socket.connectx([{ address: FAR, port: 99 }]));
    net.run();
    expect(notifications(socket, "SCTP_ASSOC_CHANGE")).toMatchObject([
      { state: "SCTP_CANT_STR_ASSOC", associationId: id },
    ]);
    expect(socket.associationIds).toEqual([]);
    expect(socket.sendv(bytes("x"), { sndinfo: { associationId: id } })).toBe("ENOENT");
  });
});

describe("SCTP_PEER_ADDR_CHANGE", () => {
  it("tells of addresses that are reached, lost, and made primary", () => {
    const net = new Net();
    const server = net.server();
    ok(server.listen(1));
    const client = net.near.socket("one-to-one");
    subscribe(client, "SCTP_PEER_ADDR_CHANGE");
    ok(client.setsockopt("SCTP_RTOINFO", { initialMs: 100, minMs: 100, maxMs: 100 }));
    ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { heartbeatIntervalMs: 500, pathMaxRetransmissions: 1 }));
    const id = ok(client.connectx([SERVER]));
    net.run();
    const seen = (): unknown[] =>
      notifications(client, "SCTP_PEER_ADDR_CHANGE").map(({ address, state }) => `${address} ${state}`);
    expect(seen()).toEqual([`${FAR_SECOND} SCTP_ADDR_AVAILABLE`]);
    net.world.cut("10.1.0.1", FAR_SECOND);
    net.run(10_000);
    expect(seen()).toEqual([
      `${FAR_SECOND} SCTP_ADDR_POTENTIALLY_FAILED`,
      `${FAR_SECOND} SCTP_ADDR_UNREACHABLE`,
    ]);
    net.world.mend("10.1.0.1", FAR_SECOND);
    net.run(10_000);
    expect(seen()).toEqual([`${FAR_SECOND} SCTP_ADDR_AVAILABLE`]);
    ok(client.setsockopt("SCTP_PRIMARY_ADDR", { address: FAR_SECOND }));
    expect(notifications(client, "SCTP_PEER_ADDR_CHANGE")).toEqual([
      {
        type: "SCTP_PEER_ADDR_CHANGE",
        address: FAR_SECOND,
        state: "SCTP_ADDR_MADE_PRIM",
        error: 0,
        associationId: id,
      },
    ]);
  });
});

describe("SCTP_REMOTE_ERROR", () => {
  it("has the ERROR chunk and its first cause", () => {
    const { link, socket, pump } = scripted();
    subscribe(socket, "SCTP_REMOTE_ERROR");
    link.receive([{ kind: "ERROR", causes: [{ kind: "Invalid Stream Identifier", code: 1, streamId: 9 }] }]);
    pump();
    const [error] = notifications(socket, "SCTP_REMOTE_ERROR");
    expect(error).toMatchObject({ error: 1, associationId: link.association.id });
    expect([...(error?.data ?? [])]).toEqual([9, 0, 0, 12, 0, 1, 0, 8, 0, 9, 0, 0]);
  });
});

describe("SCTP_SEND_FAILED_EVENT", () => {
  it("gives back what has not been acknowledged, and whether it had been on the wire", () => {
    const { link, lab, socket, pump } = scripted();
    subscribe(socket, "SCTP_SEND_FAILED_EVENT", "SCTP_SEND_FAILED");
    const fragment = link.association.fragmentationPointBytes;
    const message = bytes("0123456789".repeat(2_000));
    ok(socket.sendv(message, { sndinfo: { streamId: 2, ppid: 3, context: 4, flags: ["SCTP_UNORDERED"] } }));
    ok(socket.sendv(bytes("never sent"), { sndinfo: { context: 5 } }));
    lab.flush();
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.receive([{ kind: "ABORT", tagReflected: false, causes: [] }]);
    pump();
    const failed = readAll(socket).map(({ notification }) => notification);
    expect(failed).toMatchObject([
      {
        type: "SCTP_SEND_FAILED_EVENT",
        flags: "SCTP_DATA_SENT",
        part: "SCTP_DATA_LAST_FRAG",
        error: 0,
        info: { streamId: 2, ppid: 3, context: 4, flags: ["SCTP_UNORDERED"] },
        data: message.subarray(fragment),
      },
      { type: "SCTP_SEND_FAILED", data: message.subarray(fragment) },
      {
        type: "SCTP_SEND_FAILED_EVENT",
        flags: "SCTP_DATA_UNSENT",
        part: "SCTP_DATA_NOT_FRAG",
        info: { context: 5 },
        data: bytes("never sent"),
      },
      { type: "SCTP_SEND_FAILED" },
    ]);
  });
});

describe("SCTP_SHUTDOWN_EVENT", () => {
  it("comes after what was sent before it", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(server, "SCTP_SHUTDOWN_EVENT");
    for (let i = 0; i < 3; i++) ok(client.sendv(bytes(`m${i}`)));
    ok(client.shutdown("SHUT_WR"));
    net.run();
    expect(transcript(server)).toEqual(["m0", "m1", "m2", "[SCTP_SHUTDOWN_EVENT]"]);
  });

  it("makes sending ESHUTDOWN, and leaves reading alone", () => {
    const { link, socket, pump } = scripted();
    subscribe(socket, "SCTP_SHUTDOWN_EVENT");
    ok(socket.sendv(bytes("not acknowledged")));
    link.lab.flush();
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    pump();
    expect(transcript(socket)).toEqual(["[SCTP_SHUTDOWN_EVENT]"]);
    expect(socket.sendv(bytes("x"))).toBe("ESHUTDOWN");
    expect(socket.recvmsg()).toBe("EAGAIN");
  });
});

describe("SCTP_PARTIAL_DELIVERY_EVENT", () => {
  it("follows the pieces that were there when the association ended", () => {
    const { link, socket, pump } = scripted();
    subscribe(socket, "SCTP_PARTIAL_DELIVERY_EVENT", "SCTP_ASSOC_CHANGE");
    ok(socket.setsockopt("SCTP_PARTIAL_DELIVERY_POINT", 4));
    link.receive([link.data(0, { ending: false, streamId: 3, ssn: 0 })]);
    link.receive([{ kind: "ABORT", tagReflected: false, causes: [] }]);
    pump();
    const [piece, event, change] = readAll(socket);
    expect([text(piece?.data ?? bytes("")), piece?.flags]).toEqual(["hello", []]);
    expect(event?.notification).toEqual({
      type: "SCTP_PARTIAL_DELIVERY_EVENT",
      indication: "SCTP_PARTIAL_DELIVERY_ABORTED",
      streamId: 3,
      ssn: 0,
      associationId: link.association.id,
    });
    expect(change?.notification).toMatchObject({ state: "SCTP_COMM_LOST" });
  });
});

describe("SCTP_AUTHENTICATION_EVENT", () => {
  it("says of every peer that it cannot authenticate", () => {
    const net = new Net();
    const server = net.server();
    subscribe(server, "SCTP_AUTHENTICATION_EVENT");
    ok(net.near.socket("one-to-one").connectx([SERVER]));
    net.run();
    expect(notifications(server, "SCTP_AUTHENTICATION_EVENT")).toMatchObject([
      { indication: "SCTP_AUTH_NO_AUTH" },
    ]);
  });
});

describe("SCTP_SENDER_DRY_EVENT", () => {
  it("comes at once where nothing is to be sent, and again whenever everything has been acknowledged", () => {
    const net = new Net();
    const { client, clientId } = net.connected();
    subscribe(client, "SCTP_SENDER_DRY_EVENT");
    const dry = [{ type: "SCTP_SENDER_DRY_EVENT", associationId: clientId }];
    expect(notifications(client, "SCTP_SENDER_DRY_EVENT")).toEqual(dry);
    ok(client.sendv(new Uint8Array(5_000)));
    subscribe(client, "SCTP_SENDER_DRY_EVENT");
    expect(readAll(client)).toEqual([]);
    net.run();
    expect(notifications(client, "SCTP_SENDER_DRY_EVENT")).toEqual(dry);
  });

  it("does not come at once before the association is there, or while data is on its way", () => {
    const net = new Net();
    net.server();
    const client = net.near.socket("one-to-many");
    const id = ok(client.connectx([SERVER]));
    const on = (): void => {
      ok(client.setsockopt("SCTP_EVENT", { type: "SCTP_SENDER_DRY_EVENT", on: false }, id));
      ok(client.setsockopt("SCTP_EVENT", { type: "SCTP_SENDER_DRY_EVENT", on: true }, id));
    };
    on();
    expect(client.recvmsg()).toBe("EAGAIN");
    net.run();
    ok(client.sendv(bytes("x"), { sndinfo: { associationId: id } }));
    on();
    expect(client.recvmsg()).toBe("EAGAIN");
  });
});

describe("SCTP_NOTIFICATIONS_STOPPED_EVENT", () => {
  it("ends the subscriptions when too many notifications wait; subscribing anew brings them back", () => {
    const net = new Net({ maxNotifications: 5 });
    const { server, client, serverId } = net.connected();
    subscribe(client, "SCTP_SENDER_DRY_EVENT");
    const send = (count: number): void => {
      for (let i = 0; i < count; i++) {
        ok(client.sendv(bytes("x")));
        net.run(300);
        readAll(server);
      }
    };
    send(10);
    const lines = transcript(client);
    expect(lines).toEqual([
      ...Array.from({ length: 5 }, () => "[SCTP_SENDER_DRY_EVENT]"),
      "[SCTP_NOTIFICATIONS_STOPPED_EVENT]",
    ]);
    send(2);
    expect(transcript(client)).toEqual([]);
    ok(server.sendv(bytes("data still comes"), { sndinfo: { associationId: serverId } }));
    net.run();
    expect(transcript(client)).toEqual(["data still comes"]);
    subscribe(client, "SCTP_SENDER_DRY_EVENT");
    send(1);
    expect(transcript(client)).toEqual(["[SCTP_SENDER_DRY_EVENT]", "[SCTP_SENDER_DRY_EVENT]"]);
  });
});

describe("SCTP_ADAPTATION_INDICATION", () => {
  it("tells what either side has set by SCTP_ADAPTATION_LAYER, behind SCTP_COMM_UP and before data", () => {
    const net = new Net();
    const server = net.server();
    subscribe(server, "SCTP_ASSOC_CHANGE");
    ok(server.setsockopt("SCTP_EVENTS", { adaptationLayerEvent: true }));
    expect(ok(server.getsockopt("SCTP_EVENTS"))).toMatchObject({ adaptationLayerEvent: true });
    expect(ok(server.getsockopt("SCTP_ADAPTATION_LAYER"))).toEqual({ adaptationIndication: 0 });
    ok(server.setsockopt("SCTP_ADAPTATION_LAYER", { adaptationIndication: 0xffff_ffff }));
    expect(ok(server.getsockopt("SCTP_ADAPTATION_LAYER"))).toEqual({ adaptationIndication: 0xffff_ffff });
    const client = net.near.socket("one-to-one");
    ok(client.setsockopt("SCTP_ADAPTATION_LAYER", { adaptationIndication: 5 }));
    subscribe(client, "SCTP_ADAPTATION_INDICATION");
    const clientId = ok(client.connectx([SERVER]));
    ok(client.sendv(bytes("hello")));
    net.run();
    const [serverId = 0] = server.associationIds;
    const heard = readAll(server).map(({ notification, data }) => notification ?? text(data));
    expect(heard).toMatchObject([
      { type: "SCTP_ASSOC_CHANGE", state: "SCTP_COMM_UP" },
      { type: "SCTP_ADAPTATION_INDICATION", adaptationIndication: 5, associationId: serverId },
      "hello",
    ]);
    expect(readAll(client).map(({ notification }) => notification)).toEqual([
      { type: "SCTP_ADAPTATION_INDICATION", adaptationIndication: 0xffff_ffff, associationId: clientId },
    ]);
  });

  it("does not come where the peer has set nothing, and a value beyond 32 bits is refused", () => {
    const net = new Net();
    const server = net.server();
    subscribe(server, "SCTP_ADAPTATION_INDICATION");
    const client = net.near.socket("one-to-one");
    expect(client.setsockopt("SCTP_ADAPTATION_LAYER", { adaptationIndication: 2 ** 32 })).toBe("EINVAL");
    ok(client.connectx([SERVER]));
    net.run();
    expect(server.associationIds).toHaveLength(1);
    expect(transcript(server)).toEqual([]);
  });
});

describe("SCTP_EVENTS, deprecated", () => {
  it("subscribes by its old fields", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(server.setsockopt("SCTP_EVENTS", { associationEvent: true, shutdownEvent: true }));
    expect(ok(server.getsockopt("SCTP_EVENTS"))).toMatchObject({
      associationEvent: true,
      shutdownEvent: true,
      addressEvent: false,
      dataIoEvent: false,
    });
    ok(server.setsockopt("SCTP_EVENTS", { shutdownEvent: false }));
    ok(client.shutdown("SHUT_WR"));
    net.run();
    expect(transcript(server)).toEqual(["[SCTP_SHUTDOWN_COMP]"]);
  });
});
