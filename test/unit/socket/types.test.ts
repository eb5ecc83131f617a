/** What the compiler must refuse and what it must know: `npm run check:types` is the judge of the first. */
import { describe, expect, expectTypeOf, it } from "vitest";
import type {
  Errno,
  Notification,
  OptionInput,
  OptionValue,
  ReadableOption,
  SctpSocket,
  SendFlag,
  WritableOption,
} from "../../../src/core.ts";
import { bytes, Net } from "./net.ts";

describe("types of options", () => {
  it("follow from the table", () => {
    expectTypeOf<OptionValue<"SCTP_RTOINFO">>().toEqualTypeOf<{
      readonly initialMs: number;
      readonly maxMs: number;
      readonly minMs: number;
    }>();
    expectTypeOf<OptionValue<"SCTP_NODELAY">>().toEqualTypeOf<boolean>();
    expectTypeOf<OptionInput<"SCTP_EVENT">["on"]>().toEqualTypeOf<boolean>();
    expectTypeOf<OptionValue<"SCTP_STATUS">["primary"]["state"]>().toEqualTypeOf<
      "SCTP_ACTIVE" | "SCTP_INACTIVE" | "SCTP_UNCONFIRMED" | "SCTP_POTENTIALLY_FAILED"
    >();
    expectTypeOf<OptionValue<"SCTP_GET_ASSOC_ID_LIST">>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<"SCTP_STATUS">().not.toExtend<WritableOption>();
    expectTypeOf<"SCTP_AUTH_KEY">().not.toExtend<ReadableOption>();
  });

  it("refuse wrong names, fields, values, targets and queries", () => {
    const socket: SctpSocket = new Net().near.socket("one-to-many");
    const wrong: (() => unknown)[] = [
      // @ts-expect-error there is no such option
      () => socket.setsockopt("SCTP_RTO_INFO", {}),
      // @ts-expect-error the field is initialMs
      () => socket.setsockopt("SCTP_RTOINFO", { initial: 5 }),
      // @ts-expect-error a boolean
      () => socket.setsockopt("SCTP_NODELAY", 1),
      // @ts-expect-error both fields have to be given
      () => socket.setsockopt("SCTP_EVENT", { type: "SCTP_SHUTDOWN_EVENT" }),
      // @ts-expect-error no such notification
      () => socket.setsockopt("SCTP_EVENT", { type: "SCTP_SHUTDOWN", on: true }),
      // @ts-expect-error it can only be read
      () => socket.setsockopt("SCTP_STATUS", {}),
      // @ts-expect-error it can only be set
      () => socket.getsockopt("SCTP_AUTH_KEY"),
      // @ts-expect-error the field can only be read
      () => socket.setsockopt("SCTP_ASSOCINFO", { peerRwndBytes: 5 } satisfies OptionInput<"SCTP_ASSOCINFO">),
      // @ts-expect-error no such target
      () => socket.setsockopt("SCTP_CONTEXT", 5, "past"),
      // @ts-expect-error which notification?
      () => socket.getsockopt("SCTP_EVENT"),
      // @ts-expect-error which address?
      () => socket.getsockopt("SCTP_GET_PEER_ADDR_INFO", 1),
      // @ts-expect-error no such flag
      () => socket.sendv(bytes("x"), { sndinfo: { flags: ["SCTP_URGENT"] } }),
      // @ts-expect-error no such ancillary data
      () => socket.sendmsg({ data: bytes("x"), control: [{ type: "SCTP_RCVINFO" }] }),
      // @ts-expect-error bindx adds or removes
      () => socket.bindx([], 1),
      // @ts-expect-error messages are bytes
      () => socket.sendv("text"),
    ];
    expect(wrong).toHaveLength(15);
  });
});

describe("types of results", () => {
  it("are the value or an errno's name", () => {
    const socket = new Net().near.socket("one-to-one");
    expectTypeOf(socket.bind({ address: "::", port: 0 })).toEqualTypeOf<0 | Errno>();
    expectTypeOf(socket.getsockopt("SCTP_NODELAY")).toEqualTypeOf<boolean | Errno>();
    expectTypeOf(socket.connectx([])).toEqualTypeOf<number | Errno>();
    expectTypeOf<"EAGAIN">().toExtend<Errno>();
    expectTypeOf<"SCTP_ADDR_OVER">().toExtend<SendFlag>();
    expect(socket.style).toBe("one-to-one");
  });

  it("tell notifications apart by their type", () => {
    const state = (notification: Notification): string =>
      notification.type === "SCTP_ASSOC_CHANGE" ? notification.state : notification.type;
    expectTypeOf<Extract<Notification, { type: "SCTP_SENDER_DRY_EVENT" }>>().toEqualTypeOf<{
      readonly type: "SCTP_SENDER_DRY_EVENT";
      readonly associationId: number;
    }>();
    expect(state({ type: "SCTP_NOTIFICATIONS_STOPPED_EVENT" })).toBe("SCTP_NOTIFICATIONS_STOPPED_EVENT");
  });
});
