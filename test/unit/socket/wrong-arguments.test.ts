/**
 * Every call of a socket with arguments that make no sense, in every place: it returns an errno, and throws nothing.
 * Calls that come later are in the list by themselves.
 */
import { describe, expect, it } from "vitest";
import { SctpSocket } from "../../../src/socket/socket.ts";
import { isErrno } from "../../../src/socket/terms/errno.ts";
import { bytes, Net, PORT, SERVER } from "./net.ts";

const NONSENSE: readonly unknown[] = [
  undefined,
  null,
  5,
  -1,
  Number.NaN,
  2 ** 53,
  1n,
  "x",
  true,
  Symbol("s"),
  () => {},
  {},
  Object.create(null),
  { address: Symbol("a"), port: 7 },
  { flags: 5 },
  { data: bytes("x"), name: 5 },
  { data: bytes("x"), control: [null] },
  { data: bytes("x"), control: [{ type: "SCTP_SNDINFO", flags: 5 }] },
  { data: bytes("x"), control: [{ type: "SCTP_DSTADDRV4" }] },
  { sndinfo: 5 },
  { sndinfo: { flags: 5 } },
  { to: { address: 5 } },
  { to: [5] },
  { prinfo: 5, authinfo: 5, init: 5 },
  { maxBytes: Symbol("m") },
  [],
  [null],
  [Symbol("s")],
  new Uint8Array(0),
  bytes("x"),
];

type Call = (...values: unknown[]) => unknown;

const calls = Object.entries(Object.getOwnPropertyDescriptors(SctpSocket.prototype)).flatMap(
  ([name, { value }]) => (name !== "constructor" && typeof value === "function" ? [name] : []),
);

const SECOND = [undefined, null, 5, Symbol("s"), { sndinfo: { flags: 5 } }, [null]] as const;

/** Those that are connected, and others that are not. */
function sockets(net: Net): readonly SctpSocket[] {
  const { client, server } = net.connected();
  return [client, server, net.near.socket("one-to-one"), net.near.socket("one-to-many")];
}

describe("arguments that make no sense", () => {
  it.each(calls)("make %s return, whatever they are [B15]", (name) => {
    const net = new Net();
    for (const socket of sockets(net)) {
      const call = ((socket as unknown as Record<string, Call>)[name] as Call).bind(socket);
      for (const second of SECOND) for (const first of NONSENSE) call(first, second);
    }
    net.run();
  });

  it("are named by errorText [B15]", () => {
    const socket = new Net().near.socket("one-to-one");
    const said = (result: unknown): string => {
      expect(isErrno(result)).toBe(true);
      return `${result}: ${socket.errorText}`;
    };
    expect(said(socket.bind(5 as never))).toBe(
      "EINVAL: name must be an object with an address and a port, not 5",
    );
    expect(said(socket.connectx([{ port: PORT }] as never))).toBe(
      "EINVAL: names must be a list of objects with an address and a port, not an array",
    );
    expect(said(socket.sendto("text" as never, SERVER))).toBe(
      'EINVAL: data must be a Uint8Array or a list of them, not "text"',
    );
    expect(said(socket.sendv(bytes("x"), { to: SERVER, sndinfo: { flags: "SCTP_EOF" } } as never))).toBe(
      'EINVAL: flags must be a list of strings, not "SCTP_EOF"',
    );
    expect(said(socket.recvmsg({ maxBytes: 0 }))).toBe(
      "EINVAL: maxBytes must be a number from 1 to Infinity, not 0",
    );
  });
});
