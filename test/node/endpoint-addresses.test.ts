/** Local addresses of a one-to-many endpoint that come and go (RFC 5061). */
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  createEndpoint,
  createServer,
  type Endpoint,
  type SctpError,
  type Server,
  type Socket,
} from "../../src/index.ts";

const [HOST, FIRST, SECOND] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"] as const;
/** Of no host (RFC 5737). */
const NOWHERE = "192.0.2.77";
const open: { close(): unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** Bound to FIRST. */
async function endpoint(isDynamic = true): Promise<Endpoint> {
  const made = createEndpoint();
  open.push(made);
  if (isDynamic) made.setOption("SCTP_ASCONF_SUPPORTED", true, "future");
  await made.bind({ localAddresses: [FIRST], localUdpPort: 0 });
  return made;
}

interface Accepted {
  readonly server: Server;
  readonly id: number;
  readonly socket: Socket;
}

/** An association of the endpoint's with a server of its own. */
async function associated(from: Endpoint, dynamicAddresses = true): Promise<Accepted> {
  const server = createServer({ dynamicAddresses });
  server.listen({ port: 0, host: HOST, localUdpPort: 0 });
  await once(server, "listening");
  const connection = once(server, "connection") as Promise<[Socket]>;
  const { port = 0, localUdpPort: remoteUdpPort } = server.address() ?? {};
  const id = await from.connectx([HOST], port, { remoteUdpPort });
  const [socket] = await connection;
  socket.on("error", () => {});
  open.push({ close: () => socket.destroy() }, server);
  return { server, id, socket };
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: SctpError) => error.code,
  );

describe("an endpoint's addresses", () => {
  it("come and go for all its associations that have agreed on it, and the others keep what they have", async () => {
    const from = await endpoint();
    const [one, other] = [await associated(from), await associated(from)];
    const stranger = await associated(from, false);
    await from.bindAddress(SECOND);
    for (const { socket } of [one, other])
      expect([...socket.remoteAddresses].sort()).toEqual([FIRST, SECOND]);
    expect(stranger.socket.remoteAddresses).toEqual([FIRST]);
    await from.bindAddress(SECOND); // Nobody is asked again.
    expect(from.address()?.localAddresses).toEqual([FIRST, SECOND]);
    await from.unbindAddress(FIRST);
    for (const { socket } of [one, other]) expect(socket.remoteAddresses).toEqual([SECOND]);
    expect(from.localAddresses().map(({ address }) => address)).toEqual([SECOND]);
    const heard = once(one.socket, "data") as Promise<[{ data: Buffer }]>;
    await from.send(one.id, "from elsewhere", { until: "delivered" });
    expect((await heard)[0].data.toString()).toBe("from elsewhere");
  });

  it("are those that associations to come are told of", async () => {
    const from = await endpoint();
    await from.bindAddress(SECOND);
    const { socket } = await associated(from);
    expect([...socket.remoteAddresses].sort()).toEqual([FIRST, SECOND]);
  });

  it("are not waited for where an association ends meanwhile", async () => {
    const from = await endpoint();
    const { id } = await associated(from);
    await from.bindAddress(SECOND);
    const unbound = from.unbindAddress(FIRST);
    from.abort(id);
    await unbound;
    expect(from.associationIds).toEqual([]);
  });

  it("are refused where they are none, or nobody has agreed, or the endpoint is not bound", async () => {
    const from = await endpoint();
    expect(await codeOf(from.bindAddress("nonsense"))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(await codeOf(from.bindAddress(NOWHERE))).toBe("EADDRNOTAVAIL");
    expect(await codeOf(from.unbindAddress("nonsense"))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(await codeOf(from.unbindAddress(FIRST))).toBe("ERR_SCTP_INVALID_ARGUMENT");
    expect(await codeOf(from.unbindAddress(SECOND))).toBe("ERR_SCTP_INVALID_ARGUMENT");
    await associated(from, false);
    expect(await codeOf(from.bindAddress(SECOND))).toBe("ERR_SCTP_NOT_SUPPORTED");
    expect(from.address()?.localAddresses).toEqual([FIRST]);
    const unbound = createEndpoint();
    open.push(unbound);
    expect(await codeOf(unbound.bindAddress(FIRST))).toBe("ERR_SCTP_CLOSED");
    expect(await codeOf(unbound.unbindAddress(FIRST))).toBe("ERR_SCTP_CLOSED");
  });
});
