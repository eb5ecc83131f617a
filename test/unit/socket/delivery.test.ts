/** What comes with messages, when they expire, and how they are cut: RFC 6458 5.3, 8.1.20, 8.1.26, 9.13. */
import { describe, expect, it } from "vitest";
import type { ReceivedData } from "../../../src/socket/receive.ts";
import {
  bytes,
  FAR,
  NEAR,
  Net,
  notifications,
  ok,
  readAll,
  SERVER,
  subscribe,
  text,
  transcript,
} from "./net.ts";

describe("SCTP_NXTINFO", () => {
  it("tells what will be read next, and nothing before a message has been read to its end", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(server.setsockopt("SCTP_RECVRCVINFO", false));
    ok(server.setsockopt("SCTP_RECVNXTINFO", true));
    subscribe(server, "SCTP_SHUTDOWN_EVENT");
    ok(client.sendv(bytes("first")));
    ok(client.sendv(bytes("second"), { sndinfo: { streamId: 2, ppid: 9, flags: ["SCTP_UNORDERED"] } }));
    ok(client.shutdown("SHUT_WR"));
    net.run();
    expect(server.recvmsg({ maxBytes: 2 })).toMatchObject({ control: [] });
    expect(server.recvmsg()).toMatchObject({
      control: [
        {
          type: "SCTP_NXTINFO",
          streamId: 2,
          ppid: 9,
          lengthBytes: 6,
          flags: ["SCTP_UNORDERED", "SCTP_COMPLETE"],
          associationId: serverId,
        },
      ],
    });
    expect(server.recvmsg()).toMatchObject({
      control: [{ type: "SCTP_NXTINFO", flags: ["SCTP_NOTIFICATION"], associationId: serverId }],
    });
    expect(server.recvmsg()).toMatchObject({ control: [] });
  });

  it("of a message that is there in part lacks SCTP_COMPLETE", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(server.setsockopt("SCTP_RECVNXTINFO", true));
    ok(server.setsockopt("SCTP_PARTIAL_DELIVERY_POINT", 1_000));
    ok(client.sendv(bytes("small")));
    ok(client.sendv(new Uint8Array(100_000)));
    net.run(25);
    const received = server.recvv();
    if (typeof received !== "object" || received.info.type !== "SCTP_RECVV_RN") throw new Error("no RN");
    expect(received.info.nxtinfo.flags).toEqual([]);
  });
});

describe("recvv", () => {
  it("gives the info that has been asked for", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(server.setsockopt("SCTP_RECVNXTINFO", true));
    const types: string[] = [];
    const read = (): void => {
      const received = server.recvv();
      if (typeof received === "object") types.push(received.info.type);
    };
    ok(client.sendv(bytes("a")));
    ok(client.sendv(bytes("b")));
    net.run();
    read();
    read();
    ok(server.setsockopt("SCTP_RECVRCVINFO", false));
    ok(client.sendv(bytes("a")));
    ok(client.sendv(bytes("b")));
    net.run();
    read();
    read();
    expect(types).toEqual(["SCTP_RECVV_RN", "SCTP_RECVV_RCVINFO", "SCTP_RECVV_NXTINFO", "SCTP_RECVV_NOINFO"]);
    expect(server.recvv()).toBe("EAGAIN");
    subscribe(server, "SCTP_SHUTDOWN_EVENT");
    ok(client.shutdown("SHUT_WR"));
    net.run();
    expect(server.recvv()).toMatchObject({ notification: { type: "SCTP_SHUTDOWN_EVENT" } });
  });
});

describe("the deprecated SCTP_SNDRCV and SCTP_EXTRCV", () => {
  it("say the same as their successors", () => {
    const net = new Net();
    const { server, client, serverId } = net.connected();
    ok(server.setsockopt("SCTP_RECVRCVINFO", false));
    ok(server.setsockopt("SCTP_EVENTS", { dataIoEvent: true }));
    const send = (): void => {
      ok(client.sendmsg({ data: bytes("x"), control: [{ type: "SCTP_SNDRCV", streamId: 4, ppid: 8 }] }));
      ok(client.sendmsg({ data: bytes("next") }));
      net.run();
    };
    send();
    expect(server.recvmsg()).toMatchObject({
      control: [{ type: "SCTP_SNDRCV", streamId: 4, ppid: 8, associationId: serverId }],
    });
    readAll(server);
    ok(server.setsockopt("SCTP_USE_EXT_RCVINFO", true));
    send();
    expect(server.recvmsg()).toMatchObject({
      control: [{ type: "SCTP_EXTRCV", streamId: 4, next: { lengthBytes: 4, flags: ["SCTP_COMPLETE"] } }],
    });
    expect(server.recvmsg()).toMatchObject({ control: [{ type: "SCTP_EXTRCV", next: undefined }] });
  });
});

describe("lifetimes", () => {
  it("of SCTP_PRINFO and SCTP_SNDRCV give up what could not be sent in time", () => {
    const net = new Net();
    const { server, client } = net.connected();
    subscribe(client, "SCTP_SEND_FAILED_EVENT");
    ok(client.setsockopt("SO_SNDBUF", 4_000_000));
    ok(client.sendv(new Uint8Array(2_000_000)));
    ok(
      client.sendv(bytes("ttl"), {
        prinfo: { policy: "SCTP_PR_SCTP_TTL", value: 100 },
        sndinfo: { context: 1 },
      }),
    );
    ok(
      client.sendmsg({
        data: bytes("old ttl"),
        control: [{ type: "SCTP_SNDRCV", timeToLiveMs: 100, context: 2 }],
      }),
    );
    ok(client.setsockopt("SCTP_DEFAULT_PRINFO", { policy: "SCTP_PR_SCTP_TTL", value: 100 }));
    ok(client.sendv(bytes("default"), { sndinfo: { context: 3 } }));
    ok(client.sendv(bytes("stays"), { prinfo: { policy: "SCTP_PR_SCTP_NONE", value: 0 } }));
    ok(client.sendmsg({ data: bytes("for ever"), control: [{ type: "SCTP_SNDRCV", timeToLiveMs: 0 }] }));
    net.run(500);
    const texts = (): string[] => transcript(server).filter((line) => line.length < 100);
    const arrived: string[] = texts();
    for (let i = 0; i < 50; i++) {
      net.run(200);
      arrived.push(...texts());
    }
    expect(arrived).toEqual(["stays", "for ever"]);
    expect(notifications(client, "SCTP_SEND_FAILED_EVENT").map(({ info }) => info.context)).toEqual([
      1, 2, 3,
    ]);
  });

  it("and keys need a peer that knows of them", () => {
    const { client } = new Net().connected();
    expect(client.sendv(bytes("x"), { authinfo: { keyNumber: 1 } })).toBe("EOPNOTSUPP");
    expect(client.errorText).toMatch(/RFC 4895/);
  });
});

describe("SCTP_EXPLICIT_EOR", () => {
  it("joins what is written to one record, per stream", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_EXPLICIT_EOR", true));
    const write = (data: string, streamId: number, ends = false): void => {
      const memory = bytes(data);
      ok(client.sendv(memory, { sndinfo: { streamId, flags: ends ? ["SCTP_EOR"] : [] } }));
      if (!ends) memory.fill(0x21); // The caller may use its memory again.
    };
    write("one, ", 0);
    write("a", 1);
    write("two, ", 0);
    write("b", 1, true);
    write("three", 0, true);
    net.run();
    expect(transcript(server)).toEqual(["ab", "one, two, three"]);
  });

  it("bounds a record by what a message may have", () => {
    const net = new Net();
    const { server, client } = net.connected();
    ok(client.setsockopt("SCTP_EXPLICIT_EOR", true));
    ok(client.setsockopt("SO_SNDBUF", 4_096));
    for (let i = 0; i < 10; i++) ok(client.sendv(new Uint8Array(4_096)));
    ok(client.sendv(bytes("!"), { sndinfo: { flags: ["SCTP_EOR"] } }));
    net.run();
    expect((server.recvmsg() as ReceivedData).data).toHaveLength(40_961);
    const huge = new Uint8Array(67_108_864);
    expect(client.sendv(huge.subarray(1))).toBe(67_108_863);
    expect(client.sendv(huge.subarray(0, 2))).toBe("EMSGSIZE");
  });
});

describe("fragment interleave", () => {
  /** Two associations; on the first a message that is delivered in pieces. */
  function interleaved(level: 0 | 1 | 2): {
    net: Net;
    read: () => string[];
    other: () => void;
    end: () => void;
  } {
    const net = new Net();
    const server = net.server();
    ok(server.setsockopt("SCTP_PARTIAL_DELIVERY_POINT", 2_000));
    ok(server.setsockopt("SCTP_FRAGMENT_INTERLEAVE", level));
    subscribe(server, "SCTP_SHUTDOWN_EVENT");
    const [first, second] = [0, 1].map(() => {
      const client = net.near.socket("one-to-one");
      ok(client.connectx([SERVER]));
      net.run();
      return client;
    });
    ok(first!.setsockopt("SO_SNDBUF", 1_000_000));
    ok(first!.sendv(new Uint8Array(40_000)));
    net.run(15);
    net.world.cut(NEAR, FAR);
    ok(first!.sendv(bytes("same, other stream"), { sndinfo: { streamId: 1 } }));
    const read = (): string[] =>
      readAll(server).map((received) => {
        if (received.notification !== undefined) return "notification";
        const { data, flags } = received;
        return data.length > 100 ? `piece${flags.join()}` : text(data);
      });
    const other = (): void => {
      net.world.mend(NEAR, FAR);
      ok(second!.sendv(bytes("other association")));
      ok(second!.shutdown("SHUT_WR"));
    };
    return { net, read, other, end: () => net.run(20_000) };
  }

  it.each([0, 1, 2] as const)(
    "level %i keeps the pieces of one message together as far as it says",
    (level) => {
      const { net, read, other, end } = interleaved(level);
      const lines: string[] = [];
      for (let i = 0; i < 20; i++) {
        lines.push(...read());
        net.run(5);
      }
      expect(new Set(lines)).toEqual(new Set(["piece"]));
      other();
      end();
      lines.push(...read());
      const last = lines.indexOf("pieceMSG_EOR");
      expect(last).toBeGreaterThan(0);
      expect(lines).toContain("same, other stream");
      expect(lines).toContain("other association");
      expect(lines).toContain("notification");
      if (level < 2) expect(lines.indexOf("same, other stream")).toBeGreaterThan(last);
      if (level === 0) {
        expect(lines.indexOf("other association")).toBeGreaterThan(last);
        expect(lines.indexOf("notification")).toBeGreaterThan(last);
      }
    },
  );

  it("level 0 is free again when the half-read message will not be ended", () => {
    const net = new Net();
    const server = net.server();
    ok(server.setsockopt("SCTP_PARTIAL_DELIVERY_POINT", 2_000));
    ok(server.setsockopt("SCTP_FRAGMENT_INTERLEAVE", 0));
    subscribe(server, "SCTP_PARTIAL_DELIVERY_EVENT", "SCTP_ASSOC_CHANGE");
    const [first, second] = [0, 1].map(() => {
      const client = net.near.socket("one-to-one");
      ok(client.connectx([SERVER]));
      net.run();
      return client;
    });
    readAll(server);
    ok(first!.sendv(new Uint8Array(100_000)));
    net.run(25);
    expect(server.recvmsg()).toMatchObject({ flags: [] });
    ok(second!.sendv(bytes("waits")));
    ok(first!.sendv(bytes("no"), { sndinfo: { flags: ["SCTP_ABORT"] } }));
    net.run();
    const lines = transcript(server).filter((line) => line.length < 100);
    expect(lines.sort()).toEqual(["[SCTP_COMM_LOST]", "[SCTP_PARTIAL_DELIVERY_EVENT]", "waits"]);
  });
});
