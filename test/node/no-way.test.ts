/** What `connect` is told of an address to which this host knows no way: a host that has none stands in. */
import type { Socket as DgramSocket, SocketOptions } from "node:dgram";
import { once } from "node:events";
import { constants } from "node:os";
import { expect, it, vi } from "vitest";
import { connect } from "../../src/index.ts";

const NOWHERE = "127.0.0.77";

vi.mock("node:dgram", async (importOriginal) => {
  const actual = await importOriginal<typeof import("node:dgram")>();
  const createSocket = (options: SocketOptions): DgramSocket => {
    const socket = actual.createSocket(options);
    const really = socket.connect.bind(socket);
    const fail = (code: string): void => void socket.emit("error", Object.assign(new Error(code), { code }));
    socket.connect = (port: number, address?: unknown): void => {
      if (address === NOWHERE) process.nextTick(fail, "ENETUNREACH");
      else really(port, String(address));
    };
    return socket;
  };
  return { ...actual, createSocket };
});

it("An address to which there is no way is told at once, with the word of the host [B8]", async () => {
  const [error] = await once(connect({ port: 7, host: NOWHERE }), "error");
  expect(error).toMatchObject({
    code: "ENETUNREACH",
    sctpCode: "ERR_SCTP_PEER_UNREACHABLE",
    errno: -constants.errno.ENETUNREACH,
    syscall: "connect",
    address: NOWHERE,
  });
});
