/** Partial reliability as a socket's user sees it (RFC 6458 5.3.7, RFC 7496 4). */
import { describe, expect, it } from "vitest";
import { bytes, NEAR, Net, notifications, ok, subscribe, transcript } from "./net.ts";

const ONCE = { policy: "SCTP_PR_SCTP_RTX", value: 0 } as const;

/** Sends while nothing arrives, and lets the network come back after T3-rtx. */
function lose(net: Net, send: () => void): void {
  net.world.cut(NEAR, "10.0.0.2");
  send();
  net.run(1_500);
  net.world.mend(NEAR, "10.0.0.2");
  net.run(10_000);
}

describe("a message that may be sent once", () => {
  it("comes back as sent when it is lost, is counted, and nothing waits for it", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(client, "SCTP_SEND_FAILED_EVENT");
    lose(net, () => {
      ok(client.sendv(bytes("lost"), { prinfo: ONCE, sndinfo: { streamId: 1, context: 7 } }));
      ok(client.sendv(bytes("kept"), { sndinfo: { streamId: 1 } }));
    });
    expect(transcript(server)).toEqual(["kept"]);
    expect(notifications(client, "SCTP_SEND_FAILED_EVENT")).toMatchObject([
      { flags: "SCTP_DATA_SENT", info: { context: 7, streamId: 1 }, data: bytes("lost") },
    ]);
    const ofStream = (
      streamId: number,
      policy: "SCTP_PR_SCTP_ALL" | "SCTP_PR_SCTP_RTX" | "SCTP_PR_SCTP_TTL",
    ) => ok(client.getsockopt("SCTP_PR_STREAM_STATUS", undefined, { streamId, policy }));
    expect(ofStream(1, "SCTP_PR_SCTP_RTX")).toEqual({ streamId: 1, abandonedUnsent: 0, abandonedSent: 1 });
    expect(ofStream(1, "SCTP_PR_SCTP_TTL").abandonedSent).toBe(0);
    expect(ofStream(0, "SCTP_PR_SCTP_ALL").abandonedSent).toBe(0);
    expect(ok(client.getsockopt("SCTP_PR_ASSOC_STATUS", undefined, { policy: "SCTP_PR_SCTP_ALL" }))).toEqual({
      streamId: 0,
      abandonedUnsent: 0,
      abandonedSent: 1,
    });
    const none = { streamId: 999, policy: "SCTP_PR_SCTP_ALL" } as const;
    expect(client.getsockopt("SCTP_PR_STREAM_STATUS", undefined, none)).toBe("EINVAL");
  });

  it("is what SCTP_DEFAULT_PRINFO says, unless the call says otherwise", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_DEFAULT_PRINFO", ONCE));
    lose(net, () => {
      ok(client.sendv(bytes("by default")));
      ok(client.sendv(bytes("kept"), { prinfo: { policy: "SCTP_PR_SCTP_NONE", value: 0 } }));
    });
    expect(transcript(server)).toEqual(["kept"]);
  });
});

describe("SCTP_PR_SCTP_PRIO", () => {
  it("lets a full send buffer take what is more important, and says EAGAIN to what is not", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(client, "SCTP_SEND_FAILED_EVENT");
    ok(client.setsockopt("SO_SNDBUF", 50_000));
    const send = (value: number, context: number): unknown =>
      client.sendv(new Uint8Array(5_000).fill(0x30 + value), {
        prinfo: { policy: "SCTP_PR_SCTP_PRIO", value },
        sndinfo: { context },
      });
    for (let context = 1; context <= 10; context++) ok(send(5, context) as number);
    expect(send(5, 11)).toBe("EAGAIN");
    ok(send(4, 12) as number);
    ok(client.sendv(new Uint8Array(5_000).fill(0x41)));
    net.run();
    const failed = notifications(client, "SCTP_SEND_FAILED_EVENT");
    expect(failed.map(({ flags, info }) => [flags, info.context])).toEqual([
      // The first two, which are ten packets, have been sent by then.
      ["SCTP_DATA_UNSENT", 3],
      ["SCTP_DATA_UNSENT", 4],
    ]);
    expect(
      transcript(server)
        .map((line) => line[0])
        .join(""),
    ).toBe("555555554A");
  });
});

describe("SCTP_PR_SUPPORTED", () => {
  it("is on for associations to come, tells of one whether it has been agreed on, and cannot be changed then", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    expect(ok(client.getsockopt("SCTP_PR_SUPPORTED"))).toBe(true);
    expect(ok(server.getsockopt("SCTP_PR_SUPPORTED", serverId))).toBe(true);
    expect(client.setsockopt("SCTP_PR_SUPPORTED", false)).toBe("EINVAL");
    const other = net.near.socket("one-to-many");
    ok(other.setsockopt("SCTP_PR_SUPPORTED", false));
    const id = ok(other.connectx([{ address: "10.0.0.2", port: 7 }]));
    net.run();
    expect(ok(other.getsockopt("SCTP_PR_SUPPORTED", id))).toBe(false);
    expect(server.setsockopt("SCTP_PR_SUPPORTED", true, "all")).toBe("EINVAL");
  });
});

describe("a message that is half read", () => {
  it("ends with SCTP_PARTIAL_DELIVERY_EVENT when its sender gives it up, and what follows is read then", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(server, "SCTP_PARTIAL_DELIVERY_EVENT");
    ok(server.setsockopt("SCTP_FRAGMENT_INTERLEAVE", 0));
    ok(server.setsockopt("SCTP_PARTIAL_DELIVERY_POINT", 1_000));
    ok(client.sendv(new Uint8Array(30_000).fill(0x61), { prinfo: ONCE }));
    net.run(8);
    net.world.cut(NEAR, "10.0.0.2");
    const [first] = transcript(server);
    expect(first?.length).toBeGreaterThan(1_000);
    net.run(1_500);
    net.world.mend(NEAR, "10.0.0.2");
    ok(client.sendv(bytes("next")));
    net.run(20_000);
    expect(transcript(server).filter((line) => !line.startsWith("a"))).toEqual([
      "[SCTP_PARTIAL_DELIVERY_EVENT]",
      "next",
    ]);
  });
});
