/** Stream reconfiguration as a socket's user sees it (RFC 6525 6). */
import { describe, expect, it } from "vitest";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import type { NotificationType } from "../../../src/socket/terms/notifications.ts";
import { bytes, Net, ok, readAll, subscribe, text } from "./net.ts";

const EVENTS: readonly NotificationType[] = [
  "SCTP_STREAM_RESET_EVENT",
  "SCTP_ASSOC_RESET_EVENT",
  "SCTP_STREAM_CHANGE_EVENT",
];
const ALL = [
  "SCTP_ENABLE_RESET_STREAM_REQ",
  "SCTP_ENABLE_RESET_ASSOC_REQ",
  "SCTP_ENABLE_CHANGE_ASSOC_REQ",
] as const;

/** Both ends have subscribed to all there is. */
function connected(serverAllows: readonly (typeof ALL)[number][] = []) {
  const net = new Net();
  const { server, client, serverId } = net.connected();
  for (const socket of [server, client]) subscribe(socket, ...EVENTS);
  ok(server.setsockopt("SCTP_ENABLE_STREAM_RESET", serverAllows, "all"));
  return { net, server, client, serverId };
}

/** What was told since the last time, without the association; and, by name, what else there was to read. */
function told(socket: SctpSocket): unknown[] {
  return readAll(socket).flatMap(({ notification, data }): unknown[] => {
    if (notification === undefined) return [text(data)];
    if (!EVENTS.includes(notification.type)) return [];
    const { associationId: _, ...rest } = notification as unknown as Record<string, unknown>;
    return [rest];
  });
}

describe("SCTP_RECONFIG_SUPPORTED", () => {
  it("is on for associations to come, tells of one whether it has been agreed on, and cannot be changed then", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    expect(ok(client.getsockopt("SCTP_RECONFIG_SUPPORTED"))).toBe(true);
    expect(ok(server.getsockopt("SCTP_RECONFIG_SUPPORTED", serverId))).toBe(true);
    expect(client.setsockopt("SCTP_RECONFIG_SUPPORTED", false)).toBe("EINVAL");
    const other = net.near.socket("one-to-many");
    ok(other.setsockopt("SCTP_RECONFIG_SUPPORTED", false));
    const id = ok(other.connectx([{ address: "10.0.0.2", port: 7 }]));
    net.run();
    expect(ok(other.getsockopt("SCTP_RECONFIG_SUPPORTED", id))).toBe(false);
    expect(ok(other.getsockopt("SCTP_RECONFIG_SUPPORTED", "future"))).toBe(false);
    expect(server.setsockopt("SCTP_RECONFIG_SUPPORTED", true, "all")).toBe("EINVAL");
  });
});

describe("SCTP_ENABLE_STREAM_RESET", () => {
  it("allows nothing unless it is set, and is set for one association or for those to come", () => {
    const { server, client, serverId } = connected();
    expect(ok(server.getsockopt("SCTP_ENABLE_STREAM_RESET"))).toEqual([]);
    ok(server.setsockopt("SCTP_ENABLE_STREAM_RESET", [ALL[1]], serverId));
    expect(ok(server.getsockopt("SCTP_ENABLE_STREAM_RESET", serverId))).toEqual([ALL[1]]);
    expect(ok(server.getsockopt("SCTP_ENABLE_STREAM_RESET"))).toEqual([]);
    expect(ok(client.getsockopt("SCTP_ENABLE_STREAM_RESET"))).toEqual([]);
    ok(client.setsockopt("SCTP_ENABLE_STREAM_RESET", [ALL[2], ALL[0]]));
    expect(ok(client.getsockopt("SCTP_ENABLE_STREAM_RESET"))).toEqual([ALL[0], ALL[2]]);
    ok(client.setsockopt("SCTP_ENABLE_STREAM_RESET", []));
    expect(ok(client.getsockopt("SCTP_ENABLE_STREAM_RESET"))).toEqual([]);
  });
});

describe("SCTP_RESET_STREAMS", () => {
  it("is told at both ends, at the peer's between the messages from before and those from behind", () => {
    const { net, server, client } = connected([ALL[0]]);
    ok(client.sendv(bytes("before"), { sndinfo: { streamId: 3 } }));
    ok(client.setsockopt("SCTP_RESET_STREAMS", { direction: ["SCTP_STREAM_RESET_OUTGOING"], streams: [3] }));
    ok(client.sendv(bytes("behind"), { sndinfo: { streamId: 3 } }));
    net.run(2_000);
    expect(told(server)).toEqual([
      "before",
      { type: "SCTP_STREAM_RESET_EVENT", flags: ["SCTP_STREAM_RESET_INCOMING_SSN"], streams: [3] },
      "behind",
    ]);
    expect(told(client)).toEqual([
      { type: "SCTP_STREAM_RESET_EVENT", flags: ["SCTP_STREAM_RESET_OUTGOING_SSN"], streams: [3] },
    ]);
  });

  it("asks the peer for its own streams", () => {
    const { net, server, client, serverId } = connected([ALL[0]]);
    ok(server.sendv(bytes("one"), { sndinfo: { streamId: 2, associationId: serverId } }));
    net.run(500);
    ok(client.setsockopt("SCTP_RESET_STREAMS", { direction: ["SCTP_STREAM_RESET_INCOMING"], streams: [2] }));
    net.run(2_000);
    expect(told(client)).toEqual([
      "one",
      { type: "SCTP_STREAM_RESET_EVENT", flags: ["SCTP_STREAM_RESET_INCOMING_SSN"], streams: [2] },
    ]);
    expect(told(server)).toEqual([
      { type: "SCTP_STREAM_RESET_EVENT", flags: ["SCTP_STREAM_RESET_OUTGOING_SSN"], streams: [2] },
    ]);
  });

  it("tells that the peer has denied it", () => {
    const { net, client } = connected();
    ok(client.setsockopt("SCTP_RESET_STREAMS", { direction: ["SCTP_STREAM_RESET_OUTGOING"] }));
    net.run(2_000);
    expect(told(client)).toEqual([
      {
        type: "SCTP_STREAM_RESET_EVENT",
        flags: ["SCTP_STREAM_RESET_OUTGOING_SSN", "SCTP_STREAM_RESET_DENIED"],
        streams: [],
      },
    ]);
  });

  it("gives EALREADY while a request is under way, and EINVAL for streams that there are not, or no direction", () => {
    const { net, client } = connected([ALL[0]]);
    const out = ["SCTP_STREAM_RESET_OUTGOING"] as const;
    expect(client.setsockopt("SCTP_RESET_STREAMS", { direction: out, streams: [60_000] })).toBe("EINVAL");
    expect(client.setsockopt("SCTP_RESET_STREAMS", { direction: [] })).toBe("EINVAL");
    ok(client.setsockopt("SCTP_RESET_STREAMS", { direction: out }));
    expect(client.setsockopt("SCTP_RESET_STREAMS", { direction: out })).toBe("EALREADY");
    expect(client.setsockopt("SCTP_ADD_STREAMS", { inboundStreams: 1, outboundStreams: 0 })).toBe("EALREADY");
    expect(client.setsockopt("SCTP_RESET_ASSOC", {})).toBe("EALREADY");
    net.run(2_000);
    ok(client.setsockopt("SCTP_RESET_STREAMS", { direction: out }));
  });
});

describe("SCTP_RESET_ASSOC", () => {
  it("begins all numbers anew, and is told at both ends with the same ones", () => {
    const { net, server, client } = connected([ALL[1]]);
    ok(client.sendv(bytes("before")));
    net.run(1_000);
    ok(client.setsockopt("SCTP_RESET_ASSOC", {}));
    ok(client.sendv(bytes("behind")));
    net.run(2_000);
    expect(client.setsockopt("SCTP_RESET_ASSOC", {})).toBe("EALREADY"); // 5.1.4: once within 30 s.
    const [before, far, behind] = told(server) as [string, { localTsn: number; remoteTsn: number }, string];
    expect([before, behind]).toEqual(["before", "behind"]);
    const swapped = { localTsn: far.remoteTsn, remoteTsn: far.localTsn };
    expect(told(client)).toEqual([{ type: "SCTP_ASSOC_RESET_EVENT", flags: [], ...swapped }]);
  });
});

describe("SCTP_ADD_STREAMS", () => {
  it("adds streams in both directions, told at both ends", () => {
    const { net, server, client, serverId } = connected([ALL[2]]);
    const before = ok(client.getsockopt("SCTP_STATUS"));
    ok(client.setsockopt("SCTP_ADD_STREAMS", { inboundStreams: 2, outboundStreams: 3 }));
    net.run(2_000);
    const after = ok(client.getsockopt("SCTP_STATUS"));
    expect(after.outboundStreams - before.outboundStreams).toBe(3);
    expect(after.inboundStreams - before.inboundStreams).toBe(2);
    expect(ok(server.getsockopt("SCTP_STATUS", serverId))).toMatchObject({
      inboundStreams: after.outboundStreams,
      outboundStreams: after.inboundStreams,
    });
    expect(told(client).at(-1)).toMatchObject({ type: "SCTP_STREAM_CHANGE_EVENT", flags: [] });
    expect(told(server).at(-1)).toMatchObject({ type: "SCTP_STREAM_CHANGE_EVENT", flags: [] });
  });

  it("tells that it was denied", () => {
    const { net, client } = connected();
    ok(client.setsockopt("SCTP_ADD_STREAMS", { inboundStreams: 0, outboundStreams: 1 }));
    net.run(2_000);
    expect(told(client)).toMatchObject([
      { type: "SCTP_STREAM_CHANGE_EVENT", flags: ["SCTP_STREAM_CHANGE_DENIED"] },
    ]);
  });
});
