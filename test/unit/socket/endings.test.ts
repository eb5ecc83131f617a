/**
 * What becomes of a socket's associations and records when something ends.
 * Owns: that nothing is left that nobody can reach, and nothing is lost in silence. Does not own: the calls (calls.test.ts).
 */
import { describe, expect, it } from "vitest";
import { SimSockets } from "../../../src/sim/index.ts";
import type { SctpSocket } from "../../../src/socket/socket.ts";
import { bytes, NEAR, Net, notifications, ok, PORT, readAll, subscribe, text, transcript } from "./net.ts";

describe("a socket that was closed", () => {
  it.each(["one-to-one", "one-to-many"] as const)(
    "leaves no association behind when the peer begins anew: %s [A17]",
    (style) => {
      const net = new Net();
      const server = net.near.socket(style);
      ok(server.bind({ address: "::", port: PORT }));
      ok(server.listen(1));
      const connect = (sockets: SimSockets): SctpSocket => {
        const client = sockets.socket("one-to-many");
        ok(client.bind({ address: "::", port: 5_001 }));
        ok(client.connectx([{ address: NEAR, port: PORT }]));
        return client;
      };
      connect(net.far);
      net.run();
      const held = style === "one-to-one" ? ok(server.accept()) : server;
      net.world.restart(net.farHost);
      const again = connect(new SimSockets(net.world, net.farHost));
      subscribe(again, "SCTP_ASSOC_CHANGE");
      held.close();
      server.close();
      net.run(60_000);
      expect(net.nearHost.stack.associationCount).toBe(0);
      expect(transcript(again)).toEqual(["[SCTP_COMM_UP]", "[SCTP_SHUTDOWN_COMP]"]);
    },
  );
});

describe("a record that has not been ended comes back as a failure", () => {
  const ENDINGS: ReadonlyArray<
    readonly [string, (net: Net, client: SctpSocket, server: SctpSocket) => void]
  > = [
    ["by shutdown()", (_net, client) => void ok(client.shutdown("SHUT_WR"))],
    ["by SCTP_EOF", (_net, client) => void ok(client.sendv([], { sndinfo: { flags: ["SCTP_EOF"] } }))],
    [
      "by SCTP_ABORT",
      (_net, client) => void ok(client.sendv(bytes("x"), { sndinfo: { flags: ["SCTP_ABORT"] } })),
    ],
    ["by the peer's shutdown", (_net, _client, server) => server.close()],
    [
      "by the peer's ABORT",
      (_net, _client, server) => {
        ok(server.setsockopt("SO_LINGER", { enabled: true, lingerSeconds: 0 }));
        server.close();
      },
    ],
    [
      "by a peer that begins anew",
      (net) => {
        net.world.restart(net.farHost);
        const reborn = new SimSockets(net.world, net.farHost).socket("one-to-many");
        ok(reborn.bind({ address: "::", port: PORT }));
        const port = net.nearHost.stack.associations[Symbol.iterator]().next().value?.localPort ?? 0;
        ok(reborn.connectx([{ address: NEAR, port }]));
      },
    ],
  ];

  const AT_ONCE: ReadonlySet<string> = new Set(["by shutdown()", "by SCTP_EOF"]);

  it.each(ENDINGS)("%s [A24]", (how, end) => {
    const net = new Net();
    const { server, client, clientId } = net.connected();
    subscribe(client, "SCTP_SEND_FAILED_EVENT");
    ok(client.setsockopt("SCTP_EXPLICIT_EOR", true));
    for (const streamId of [0, 3]) {
      const sndinfo = { streamId, ppid: 9, context: 40 + streamId };
      ok(
        client.sendv(bytes("never "), {
          sndinfo: { ...sndinfo, flags: streamId === 3 ? ["SCTP_UNORDERED"] : [] },
        }),
      );
      ok(client.sendv(bytes("ended"), { sndinfo }));
    }
    end(net, client, server);
    if (!AT_ONCE.has(how)) net.run(10_000);
    const common = {
      type: "SCTP_SEND_FAILED_EVENT",
      flags: "SCTP_DATA_UNSENT",
      error: 0,
      associationId: clientId,
    };
    const failures = notifications(client, "SCTP_SEND_FAILED_EVENT");
    expect(failures).toMatchObject([
      { ...common, part: "SCTP_DATA_NOT_FRAG", info: { streamId: 0, ppid: 9, context: 40, flags: [] } },
      {
        ...common,
        part: "SCTP_DATA_NOT_FRAG",
        info: { streamId: 3, ppid: 9, context: 43, flags: ["SCTP_UNORDERED"] },
      },
    ]);
    expect(failures.map(({ data }) => text(data))).toEqual(["never ended", "never ended"]);
  });

  it("by a last piece that cannot be sent: that call fails, what earlier ones gave comes back [A24]", () => {
    const { client } = new Net().connected();
    subscribe(client, "SCTP_SEND_FAILED_EVENT");
    ok(client.setsockopt("SCTP_EXPLICIT_EOR", true));
    ok(client.sendv(bytes("to no"), { sndinfo: { streamId: 65_000 } }));
    expect(client.sendv(bytes("where"), { sndinfo: { streamId: 65_000, flags: ["SCTP_EOR"] } })).toBe(
      "EINVAL",
    );
    expect(notifications(client, "SCTP_SEND_FAILED_EVENT").map(({ data }) => text(data))).toEqual(["to no"]);
  });

  it("but not by turning the option off: the next message ends it [A24]", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_EXPLICIT_EOR", true));
    ok(client.sendv(bytes("one, ")));
    ok(client.setsockopt("SCTP_EXPLICIT_EOR", false));
    ok(client.sendv(bytes("two")));
    ok(client.sendv(bytes("three")));
    net.run();
    expect(transcript(server)).toEqual(["one, two", "three"]);
  });

  it("and a message of 557 bytes that was ended is sent before the shutdown [A24]", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_EXPLICIT_EOR", true));
    ok(client.sendv(new Uint8Array(557), { sndinfo: { flags: ["SCTP_EOR", "SCTP_EOF"] } }));
    net.run();
    expect(readAll(server).map(({ data }) => data.length)).toContain(557);
  });
});
