/** The records of a qlog file, one by one. */
import { describe, expect, it } from "vitest";
import { QlogSink } from "../../../src/trace/qlog.ts";
import * as talk from "./conversation.ts";

function sink(options?: ConstructorParameters<typeof QlogSink>[1]) {
  const texts: string[] = [];
  const qlog = new QlogSink((text) => texts.push(text), options);
  return { qlog, last: () => JSON.parse(texts.at(-1)?.slice(1) ?? ""), texts };
}

const SENDING = { kind: "sending", address: "127.0.0.1", reasons: ["DATA: new"] } as const;

describe("QlogSink", () => {
  it("begins with a header that names format, clock and schema", () => {
    const { texts, last } = sink({
      title: "t",
      vantagePoint: "server",
      vantagePointName: "bob",
      wallClockTime: "2026-11-27T08:00:00.000Z",
    });
    expect(texts[0]?.startsWith("\u001e{")).toBe(true);
    expect(texts[0]?.endsWith("}\n")).toBe(true);
    expect(last()).toEqual({
      file_schema: "urn:ietf:params:qlog:file:sequential",
      serialization_format: "application/qlog+json-seq",
      qlog_version: "0.3",
      qlog_format: "JSON-SEQ",
      title: "t",
      trace: {
        common_fields: {
          time_format: "relative_to_epoch",
          reference_time: {
            clock_type: "monotonic",
            epoch: "unknown",
            wall_clock_time: "2026-11-27T08:00:00.000Z",
          },
          protocol_types: ["SCTP"],
        },
        vantage_point: { name: "bob", type: "server" },
        event_schemas: ["https://github.com/sctpkit/sctpkit/blob/main/docs/sctp-qlog.schema.json"],
      },
    });
  });

  it("tells a packet with its chunks, its path, an id of its own, and why it was sent", () => {
    const { qlog, last } = sink();
    qlog.detail({ ...SENDING, association: 5 }, 1);
    qlog.packet("sent", talk.fromClient([talk.data(7, "hello")]), talk.CLIENT, talk.SERVER, 1.23456);
    expect(last()).toEqual({
      time: 1.235,
      name: "sctp:packet_sent",
      path: "127.0.0.1 - 127.0.0.1",
      group_id: "5",
      data: {
        packet_id: 1,
        source: { address: "127.0.0.1", udp_port: 40_001 },
        destination: { address: "127.0.0.1", udp_port: 9899 },
        length: 36,
        reasons: ["DATA: new"],
        header: {
          source_port: 5_000,
          destination_port: 7,
          verification_tag: talk.SERVER_TAG,
          checksum_valid: true,
        },
        chunks: [
          {
            chunk_type: "DATA",
            beginning: true,
            ending: true,
            unordered: false,
            immediate: false,
            tsn: 7,
            stream_id: 3,
            ssn: 0,
            ppid: 46,
            payload: { length: 5, data: "68656c6c6f" },
          },
        ],
      },
    });
    qlog.packet("received", talk.fromServer([talk.cookieAck]), talk.CLIENT, talk.SERVER, 2);
    expect(last()).toMatchObject({ name: "sctp:packet_received", group_id: "5" });
    expect(last().data).toMatchObject({ packet_id: 2, source: { udp_port: 9899 } });
    expect(last().data).not.toHaveProperty("reasons");
    qlog.packet("sent", talk.fromClient([talk.cookieAck]), talk.CLIENT, talk.SERVER, 2);
    expect(last().data).not.toHaveProperty("reasons");
  });

  it("does not know whose a packet of other ports is", () => {
    const { qlog, last } = sink();
    qlog.packet("received", talk.fromServer([talk.cookieAck]), talk.CLIENT, talk.SERVER, 2);
    expect(last()).not.toHaveProperty("group_id");
    qlog.packet("received", new Uint8Array(3), talk.CLIENT, talk.SERVER, 2);
    expect(last().data).toMatchObject({ malformed: "PACKET_TOO_SHORT", chunk_types: [], length: 3 });
  });

  it("tells a lost packet as lost, and which way it went", () => {
    const { qlog, last } = sink();
    qlog.detail({ ...SENDING, association: 5 }, 1);
    qlog.lost("received", talk.fromServer([talk.cookieAck]), talk.CLIENT, talk.SERVER, 2);
    expect(last()).toMatchObject({ name: "sctp:packet_lost", data: { direction: "received" } });
    qlog.lost("sent", talk.fromClient([talk.cookieAck]), talk.CLIENT, talk.SERVER, 2);
    expect(last().data).toMatchObject({ direction: "sent", reasons: ["DATA: new"] });
  });

  it("shows 64 bytes of a field at most, and none if they are to be left out", () => {
    const cookieAndData = talk.fromClient([talk.cookieEcho, talk.data(1, "secret")]);
    const open = sink();
    open.qlog.packet("sent", cookieAndData, talk.CLIENT, talk.SERVER, 0);
    expect(open.last().data.chunks[0].cookie).toEqual({ length: 100, data: "00".repeat(64) });
    const redacted = sink({ redact: true });
    redacted.qlog.packet("sent", cookieAndData, talk.CLIENT, talk.SERVER, 0);
    expect(redacted.last().data.chunks[0].cookie).toEqual({ length: 100 });
    expect(redacted.last().data.chunks[1].payload).toEqual({ length: 6 });
  });

  it("writes no infinity, which JSON does not know, and no time before now", () => {
    const { qlog, last } = sink();
    qlog.event(
      {
        kind: "congestion",
        association: 1,
        address: "192.0.2.1",
        reason: "acknowledged",
        cwndBytes: 4_380,
        ssthreshBytes: Number.POSITIVE_INFINITY,
        flightBytes: 0,
      },
      0,
    );
    expect(last().data).toEqual({
      remote_address: "192.0.2.1",
      trigger: "acknowledged",
      congestion_window: 4_380,
      bytes_in_flight: 0,
    });
    qlog.detail(
      { kind: "timer-set", association: 1, timer: "heartbeat", address: undefined, deadlineMs: 5 },
      7,
    );
    expect(last()).toEqual({
      time: 7,
      name: "timer:set",
      group_id: "1",
      data: { timer: "heartbeat", ms: 0 },
    });
  });

  it("remembers a bounded number of associations", () => {
    const { qlog, last } = sink();
    const packet = talk.fromServer([talk.cookieAck]);
    const remote = (i: number) => ({ address: `10.0.${i >> 8}.${i & 255}`, port: 1 });
    for (let i = 0; i <= 4_096; i++) {
      qlog.detail({ ...SENDING, association: i }, 1);
      qlog.packet("sent", talk.fromClient([talk.cookieAck]), talk.CLIENT, remote(i), 0);
    }
    qlog.packet("received", packet, talk.CLIENT, remote(4_096), 0);
    expect(last().group_id).toBe("4096");
    qlog.packet("received", packet, talk.CLIENT, remote(0), 0);
    expect(last()).not.toHaveProperty("group_id");
  });
});
