/** Authentication as a socket's user sees it (RFC 6458 8.1.17, 8.1.18, 8.2.3, 8.2.4, 8.3.2 to 8.3.5, 5.3.8, 6.1.8). */
import { describe, expect, it } from "vitest";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import {
  bytes,
  type Connected,
  FAR,
  NEAR,
  Net,
  notifications,
  ok,
  SERVER,
  subscribe,
  transcript,
} from "./net.ts";

const DATA = 0;
const KEY = bytes("a secret of both");

/** A server that wants DATA authenticated, and a client; both have key 5. */
function authenticated(): Connected & { readonly net: Net } {
  const net = new Net();
  const server = net.server();
  const client = net.near.socket("one-to-one");
  ok(server.setsockopt("SCTP_AUTH_CHUNK", { chunk: DATA }));
  for (const socket of [server, client])
    ok(socket.setsockopt("SCTP_AUTH_KEY", { keyNumber: 5, key: KEY }, "future"));
  subscribe(server, "SCTP_AUTHENTICATION_EVENT");
  const clientId = ok(client.connectx([SERVER]));
  net.run();
  const [serverId = 0] = server.associationIds;
  return { server, client, clientId, serverId, net };
}

const keyEvents = (socket: SctpSocket): Array<readonly [string, number]> =>
  notifications(socket, "SCTP_AUTHENTICATION_EVENT").map(
    ({ indication, keyNumber }) => [indication, keyNumber] as const,
  );

describe("SCTP_AUTH_CHUNK", () => {
  it("turns authentication on; each side can ask what both want", () => {
    const { server, client, serverId } = authenticated();
    expect(ok(server.getsockopt("SCTP_LOCAL_AUTH_CHUNKS", serverId))).toEqual({ chunks: [DATA] });
    expect(ok(server.getsockopt("SCTP_LOCAL_AUTH_CHUNKS", "future"))).toEqual({ chunks: [DATA] });
    expect(ok(client.getsockopt("SCTP_PEER_AUTH_CHUNKS"))).toEqual({ chunks: [DATA] });
    expect(ok(client.getsockopt("SCTP_LOCAL_AUTH_CHUNKS"))).toEqual({ chunks: [] });
    expect(ok(server.getsockopt("SCTP_PEER_AUTH_CHUNKS", serverId))).toEqual({ chunks: [] });
  });

  it("is for associations to come, and refuses what is never authenticated", () => {
    const { server, serverId } = authenticated();
    ok(server.setsockopt("SCTP_AUTH_CHUNK", { chunk: 193 }));
    expect(ok(server.getsockopt("SCTP_LOCAL_AUTH_CHUNKS", "future"))).toEqual({ chunks: [DATA, 193] });
    expect(ok(server.getsockopt("SCTP_LOCAL_AUTH_CHUNKS", serverId))).toEqual({ chunks: [DATA] });
    for (const chunk of [1, 2, 14, 15])
      expect(server.setsockopt("SCTP_AUTH_CHUNK", { chunk })).toBe("EINVAL");
  });

  it("says nothing of what has not been agreed on", () => {
    const { client, server, serverId } = new Net().connected();
    expect(ok(client.getsockopt("SCTP_PEER_AUTH_CHUNKS"))).toEqual({ chunks: [] });
    expect(ok(server.getsockopt("SCTP_LOCAL_AUTH_CHUNKS", serverId))).toEqual({ chunks: [] });
    expect(new Net().near.socket("one-to-one").getsockopt("SCTP_PEER_AUTH_CHUNKS")).toBe("ENOTCONN");
  });

  it("says nothing of what was asked for, either, once the peer has turned out not to know authentication", () => {
    const net = new Net();
    const server = net.server();
    ok(server.setsockopt("SCTP_AUTH_CHUNK", { chunk: DATA }));
    ok(net.near.socket("one-to-one").connectx([SERVER]));
    net.run();
    const [serverId = 0] = server.associationIds;
    expect(ok(server.getsockopt("SCTP_LOCAL_AUTH_CHUNKS", "future"))).toEqual({ chunks: [DATA] });
    expect(ok(server.getsockopt("SCTP_LOCAL_AUTH_CHUNKS", serverId))).toEqual({ chunks: [] });
  });
});

describe("SCTP_HMAC_IDENT", () => {
  it("has SHA-256 before SHA-1, takes another order, and refuses a list without SHA-1", () => {
    const socket = new Net().near.socket("one-to-many");
    const [SHA1, SHA256] = ["SCTP_AUTH_HMAC_ID_SHA1", "SCTP_AUTH_HMAC_ID_SHA256"] as const;
    expect(ok(socket.getsockopt("SCTP_HMAC_IDENT"))).toEqual({ idents: [SHA256, SHA1] });
    ok(socket.setsockopt("SCTP_HMAC_IDENT", { idents: [SHA1, SHA256] }));
    expect(ok(socket.getsockopt("SCTP_HMAC_IDENT"))).toEqual({ idents: [SHA1, SHA256] });
    ok(socket.setsockopt("SCTP_HMAC_IDENT", { idents: [SHA1] }));
    expect(ok(socket.getsockopt("SCTP_HMAC_IDENT"))).toEqual({ idents: [SHA1] });
    expect(socket.setsockopt("SCTP_HMAC_IDENT", { idents: [SHA256] })).toBe("EINVAL");
  });
});

describe("SCTP_AUTH_KEY and its like", () => {
  it("change the key in mid-transfer: nothing is lost, and the server hears of the first use of each", () => {
    const { server, client, net } = authenticated();
    expect(ok(client.getsockopt("SCTP_AUTH_ACTIVE_KEY"))).toEqual({ keyNumber: 0 });
    ok(client.sendv(bytes("with none")));
    ok(client.setsockopt("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 5 }));
    expect(ok(client.getsockopt("SCTP_AUTH_ACTIVE_KEY"))).toEqual({ keyNumber: 5 });
    ok(client.sendv(bytes("with 5")));
    ok(client.sendv(bytes("with none again"), { authinfo: { keyNumber: 0 } }));
    ok(client.sendmsg({ data: bytes("with 5 again"), control: [{ type: "SCTP_AUTHINFO", keyNumber: 5 }] }));
    net.run();
    expect(transcript(server)).toEqual([
      "with none",
      "with 5",
      "[SCTP_AUTHENTICATION_EVENT]",
      "with none again",
      "with 5 again",
    ]);
  });

  it("tell of a key that is used no more once what was sent with it has arrived, and not before", () => {
    const { client, net } = authenticated();
    subscribe(client, "SCTP_AUTHENTICATION_EVENT");
    ok(client.setsockopt("SCTP_AUTH_KEY", { keyNumber: 6, key: KEY }));
    ok(client.setsockopt("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 5 }));
    net.world.cut(NEAR, FAR);
    ok(client.sendv(bytes("late")));
    ok(client.setsockopt("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 6 }));
    ok(client.setsockopt("SCTP_AUTH_DEACTIVATE_KEY", { keyNumber: 5 }));
    net.run(500);
    expect(keyEvents(client)).toEqual([]);
    expect(client.setsockopt("SCTP_AUTH_DELETE_KEY", { keyNumber: 5 })).toBe("EINVAL");
    net.world.mend(NEAR, FAR);
    net.run(5_000);
    ok(client.sendv(bytes("with another key")));
    net.run();
    expect(keyEvents(client)).toEqual([["SCTP_AUTH_FREE_KEY", 5]]);
    ok(client.setsockopt("SCTP_AUTH_DELETE_KEY", { keyNumber: 5 }));
    expect(client.setsockopt("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 5 })).toBe("EINVAL");
    net.run();
    expect(keyEvents(client)).toEqual([]);
  });

  it("refuse the active key, one that there is not, and one that has not been deactivated", () => {
    const { client } = authenticated();
    expect(client.setsockopt("SCTP_AUTH_DEACTIVATE_KEY", { keyNumber: 0 })).toBe("EINVAL");
    expect(client.setsockopt("SCTP_AUTH_DEACTIVATE_KEY", { keyNumber: 77 })).toBe("EINVAL");
    expect(client.setsockopt("SCTP_AUTH_DELETE_KEY", { keyNumber: 5 })).toBe("EINVAL");
    expect(client.setsockopt("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 77 })).toBe("EINVAL");
    expect(client.sendv(bytes("x"), { authinfo: { keyNumber: 77 } })).toBe("EINVAL");
    ok(client.setsockopt("SCTP_AUTH_DEACTIVATE_KEY", { keyNumber: 5 }));
    expect(client.sendv(bytes("x"), { authinfo: { keyNumber: 5 } })).toBe("EINVAL");
  });

  it("let nothing through where the secrets differ", () => {
    const net = new Net();
    const server = net.server();
    const client = net.near.socket("one-to-one");
    ok(server.setsockopt("SCTP_AUTH_CHUNK", { chunk: DATA }));
    ok(server.setsockopt("SCTP_AUTH_KEY", { keyNumber: 5, key: KEY }, "future"));
    ok(client.setsockopt("SCTP_AUTH_KEY", { keyNumber: 5, key: bytes("another") }));
    ok(client.setsockopt("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 5 }));
    ok(client.connectx([SERVER]));
    net.run();
    ok(client.sendv(bytes("x")));
    net.run(5_000);
    expect(transcript(server)).toEqual([]);
    expect(net.farHost.stack.counters["bad-authentication"]).toBeGreaterThan(0);
  });
});

describe("SCTP_AUTHENTICATION_EVENT", () => {
  it("says nothing of a peer that has agreed, and SCTP_ASSOC_CHANGE that it has", () => {
    const net = new Net();
    const server = net.server();
    subscribe(server, "SCTP_AUTHENTICATION_EVENT", "SCTP_ASSOC_CHANGE");
    ok(server.setsockopt("SCTP_AUTH_CHUNK", { chunk: DATA }));
    const client = net.near.socket("one-to-one");
    ok(client.setsockopt("SCTP_AUTH_KEY", { keyNumber: 0, key: bytes("") }));
    ok(client.connectx([SERVER]));
    net.run();
    const [up, ...others] = notifications(server, "SCTP_ASSOC_CHANGE");
    expect(up?.features).toContain("SCTP_ASSOC_SUPPORTS_AUTH");
    expect(others).toEqual([]);
  });
});
