/** Local addresses of an open UDP port that come and go: which sockets are opened and closed, and what is said where none can be. */
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Association } from "../../src/core.ts";
import { connect, createServer, SctpError, SctpErrorCode, type Socket, UdpPort } from "../../src/index.ts";
import { PortAddresses } from "../../src/node/driver/port-addresses.ts";
import { PortTransports } from "../../src/node/driver/port-transports.ts";
import { leasePort, type PortLease } from "../../src/node/driver/shared-ports.ts";
import { driverOf } from "../../src/node/driver/udp-port.ts";
import { insideOf } from "../../src/node/socket/association-duplex.ts";
import { MAX_DATAGRAM_BYTES, type Transport } from "../../src/node/transport/transport.ts";
import { connectTo, foreignSocket, listening } from "./pair.ts";

const HOST = "127.0.0.1";
const SECOND = "127.0.0.2";
/** Of no host (RFC 5737). */
const NOWHERE = "192.0.2.77";

async function errorOf(promise: Promise<unknown>): Promise<SctpError> {
  return await promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: SctpError) => error,
  );
}

describe("an address that is added to an open port", () => {
  it("takes what is sent there: associations are set up by it", async () => {
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
    const server = createServer().listen({ port: 7, udp });
    await once(server, "listening");
    expect(await driverOf(udp).addresses.bind(SECOND, undefined)).toBe(SECOND);
    expect(udp.localAddresses).toEqual([HOST, SECOND]);
    const connection = once(server, "connection") as Promise<[Socket]>;
    const client = await connect({ port: 7, host: SECOND, remoteUdpPort: udp.localUdpPort }).opened;
    const [accepted] = await connection;
    expect(client.remoteAddresses).toContain(SECOND);
    accepted.end("bye");
    const [message] = (await once(client, "data")) as [{ data: Buffer }];
    expect(message.data.toString()).toBe("bye");
    client.destroy();
    server.close();
    udp.close();
  });

  it("is opened once, also where two ask for it at a time, and is no news where the port has it", async () => {
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
    const { addresses } = driverOf(udp);
    await Promise.all([addresses.bind(SECOND, undefined), addresses.bind(` ${SECOND}`.trim(), undefined)]);
    await addresses.bind(HOST, undefined);
    expect(udp.localAddresses).toEqual([HOST, SECOND]);
    udp.close();
  });

  it("opens no socket behind a wildcard, which could not be bound: the host is asked whether it has the address", async () => {
    const udp = await UdpPort.open({ localUdpPort: 0 });
    const { addresses } = driverOf(udp);
    await addresses.bind(SECOND, undefined);
    expect(udp.localAddresses).toContain(SECOND);
    const error = await errorOf(addresses.bind(NOWHERE, undefined));
    expect(error).toMatchObject({ code: "EADDRNOTAVAIL", address: NOWHERE });
    expect(addresses.drop(SECOND)).toBe(true);
    expect(addresses.drop("0.0.0.0")).toBe(false);
    expect(udp.localAddresses).not.toContain(SECOND);
    udp.close();
  });

  it("is refused with address and port where the host does not have it, or another socket has the number there", async () => {
    const foreign = await foreignSocket();
    const { port } = foreign.address();
    const udp = await UdpPort.open({ localUdpPort: port, localAddresses: [SECOND] });
    const { addresses } = driverOf(udp);
    const taken = await errorOf(addresses.bind(HOST, undefined));
    expect(taken).toMatchObject({
      code: "EADDRINUSE",
      sctpCode: "ERR_SCTP_UDP_PORT_IN_USE",
      address: HOST,
      port,
    });
    const missing = await errorOf(addresses.bind(NOWHERE, undefined));
    expect(missing).toMatchObject({ code: "EADDRNOTAVAIL", sctpCode: "ERR_SCTP_UDP_SOCKET", port });
    expect(missing.message).toContain(NOWHERE);
    expect(udp.localAddresses).toEqual([SECOND]);
    foreign.close();
    await once(foreign, "close");
    await addresses.bind(HOST, undefined); // It can be had now.
    expect(udp.localAddresses).toEqual([SECOND, HOST]);
    udp.close();
  });

  it.each(["nonsense", "localhost", "", "0.0.0.0", "::", "224.0.0.1"])(
    "is refused where it is %j",
    async (text) => {
      const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
      const error = await errorOf(driverOf(udp).addresses.bind(text, undefined));
      expect(error.code).toBe("ERR_SCTP_INVALID_ADDRESS");
      udp.close();
    },
  );

  it("is refused on transports that were handed in, and on a port that is closed", async () => {
    const transport = new StandIn(HOST);
    const udp = await UdpPort.open({ transport });
    const { addresses } = driverOf(udp);
    expect((await errorOf(addresses.bind(SECOND, undefined))).code).toBe("ERR_SCTP_NOT_SUPPORTED");
    expect(addresses.drop(HOST)).toBe(false);
    udp.close();
    expect((await errorOf(addresses.bind(SECOND, undefined))).code).toBe("ERR_SCTP_CLOSED");
  });

  it.runIf(
    Object.values(networkInterfaces())
      .flat()
      .some((each) => each?.address === "::1"),
  )("may be of another family than the others", async () => {
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
    expect(await driverOf(udp).addresses.bind("0:0:0:0:0:0:0:1", undefined)).toBe("::1");
    expect(udp.localAddresses).toEqual([HOST, "::1"]);
    udp.close();
  });
});

describe("a port whose addresses have changed", () => {
  it("is none for the clients to come that leave from the addresses it was opened for", async () => {
    const server = await listening();
    const from = { localAddress: SECOND };
    const [one, same] = await Promise.all([0, 1].map(() => connectTo(server, from).opened));
    expect(same?.localUdpPort).toBe(one?.localUdpPort);
    await insideOf(one as Socket).driver?.addresses.bind("127.0.0.3", undefined);
    const other = await connectTo(server, from).opened;
    expect(other.localUdpPort).not.toBe(one?.localUdpPort);
    for (const socket of [one, same, other]) socket?.destroy();
    server.close();
  });

  it("is found by the addresses that it has, and by those that it had no more", async () => {
    const server = createServer().listen({ port: 0, localAddresses: [HOST, SECOND], localUdpPort: 0 });
    await once(server, "listening");
    const localUdpPort = server.address()?.localUdpPort ?? 0;
    const socket = await connectTo(server, { localUdpPort: 0, localAddresses: [HOST, SECOND] }).opened;
    const { driver } = insideOf(socket);
    const lease = (localAddresses: string[]) =>
      leasePort({ localUdpPort: socket.localUdpPort, localAddresses }) as PortLease;
    expect(lease([HOST, SECOND])).toEqual({ driver, localAddresses: undefined });
    expect(driver?.addresses.drop(SECOND)).toBe(true);
    expect(lease([HOST])).toEqual({ driver, localAddresses: undefined });
    expect(() => lease([HOST, SECOND])).toThrow(expect.objectContaining({ code: "EADDRINUSE" }));
    expect(localUdpPort).not.toBe(socket.localUdpPort);
    socket.destroy();
    server.close();
  });
});

class StandIn implements Transport {
  readonly localAddress: string;
  readonly localUdpPort = 9_899;
  readonly maxDatagramBytes = MAX_DATAGRAM_BYTES;
  owner: Transport["owner"];
  isClosed = false;
  isReferenced = true;

  constructor(localAddress: string) {
    this.localAddress = localAddress;
  }
  send(): void {
    // Nobody looks.
  }
  ref(): void {
    this.isReferenced = true;
  }
  unref(): void {
    this.isReferenced = false;
  }
  close(): void {
    this.isClosed = true;
  }
}

/** A port of stand-ins. */
function standInPort(first: string = HOST) {
  const opened: StandIn[] = [];
  /** What the host says of an address in place of opening a socket. */
  const complaints = new Map<string, string>();
  const open = (address: string): Transport => {
    const hostCode = complaints.get(address);
    if (hostCode !== undefined) throw new SctpError(SctpErrorCode.UdpSocket, "not to be had", { hostCode });
    const transport = new StandIn(address);
    opened.push(transport);
    return transport;
  };
  const transports = new PortTransports([open(first)], open);
  const port = {
    transports,
    associations: [] as Association[],
    listenedOn: [] as string[],
    isListenedOn: (address: string) => port.listenedOn.includes(address),
    isClosed: false,
    removed: [] as string[],
    onAdded: () => {},
    onRemoved: (address: string) => void port.removed.push(address),
  };
  return { port, opened, complaints, transports, addresses: new PortAddresses(port) };
}

const association = (): Association => ({}) as Association;

describe("the UDP socket of an address", () => {
  afterEach(() => void vi.useRealTimers());

  it("is closed when its last association has given it up, after what was on its way", async () => {
    vi.useFakeTimers();
    const { port, opened, addresses } = standInPort();
    const [one, other] = [association(), association()];
    port.associations.push(one, other);
    await addresses.bind(SECOND, one);
    addresses.unbind(HOST, one);
    vi.advanceTimersByTime(10_000);
    expect(port.removed).toEqual([]); // The other one has it still.
    addresses.unbind(HOST, other);
    vi.advanceTimersByTime(1_999);
    expect([opened[0]?.isClosed, port.removed]).toEqual([false, []]);
    vi.advanceTimersByTime(1);
    expect([opened[0]?.isClosed, port.removed]).toEqual([true, [HOST]]);
    expect(port.transports.localAddresses).toEqual([SECOND]);
    expect(port.transports.isAsOpened).toBe(false);
  });

  it("stays where it is wanted again meanwhile, somebody listens, or it is the last one", async () => {
    vi.useFakeTimers();
    const { port, addresses } = standInPort();
    const one = association();
    port.associations.push(one);
    await addresses.bind(SECOND, one);
    addresses.unbind(HOST, one);
    await addresses.bind(HOST, one);
    vi.advanceTimersByTime(10_000);
    addresses.unbind(HOST, one);
    const another = association();
    port.associations.push(another);
    vi.advanceTimersByTime(10_000);
    port.listenedOn = [HOST];
    addresses.unbind(HOST, another);
    vi.advanceTimersByTime(10_000);
    expect(port.removed).toEqual([]);
    port.listenedOn = [SECOND];
    addresses.unbind(HOST, another);
    addresses.unbind(SECOND, one);
    addresses.unbind(SECOND, another);
    vi.advanceTimersByTime(10_000);
    expect(port.removed).toEqual([HOST]);
    expect(port.transports.localAddresses).toEqual([SECOND]);
  });

  it("stays where one association has given it up and taken it again, when another one gives it up", async () => {
    vi.useFakeTimers();
    const { port, addresses } = standInPort();
    const [one, other] = [association(), association()];
    port.associations.push(one, other);
    await addresses.bind(SECOND, one);
    addresses.unbind(HOST, one);
    await addresses.bind(HOST, one);
    addresses.unbind(HOST, other);
    vi.advanceTimersByTime(10_000);
    expect(port.removed).toEqual([]);
  });

  it("keeps the process alive as those that were there before do", async () => {
    const { opened, transports, addresses } = standInPort();
    transports.reference(false);
    await addresses.bind(SECOND, undefined);
    expect(opened.map(({ isReferenced }) => isReferenced)).toEqual([false, false]);
    transports.reference(true);
    expect(opened.map(({ isReferenced }) => isReferenced)).toEqual([true, true]);
  });

  it("sends what leaves from its address; for one that is gone another of its family does", async () => {
    const { transports, addresses } = standInPort();
    await addresses.bind("::1", undefined);
    await addresses.bind(SECOND, undefined);
    const sender = (address: string): string => transports.of(address).localAddress;
    expect([HOST, SECOND, "::1"].map(sender)).toEqual([HOST, SECOND, "::1"]);
    addresses.drop(HOST);
    expect([HOST, "2001:db8::1"].map(sender)).toEqual([SECOND, "::1"]);
  });
});

describe("what the host has lost", () => {
  it("is dropped when somebody asks, and nothing else is: not the last one, nor where the host complains of something else", async () => {
    const { port, opened, complaints, addresses } = standInPort();
    await addresses.bind(SECOND, undefined);
    await addresses.dropLost();
    expect(port.removed).toEqual([]);
    complaints.set(HOST, "EMFILE");
    await addresses.dropLost();
    expect(port.removed).toEqual([]);
    complaints.set(HOST, "EADDRNOTAVAIL").set(SECOND, "EADDRNOTAVAIL");
    await addresses.dropLost();
    expect(port.removed).toEqual([HOST]);
    expect(port.transports.localAddresses).toEqual([SECOND]);
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false, true, true, true]);
  });

  it("is looked for once by all who ask at a time, and again by who asks later", async () => {
    const { port, opened, complaints, addresses } = standInPort();
    await addresses.bind(SECOND, undefined);
    const before = opened.length;
    await Promise.all([addresses.dropLost(), addresses.dropLost()]);
    expect(opened).toHaveLength(before + 2);
    complaints.set(HOST, "EADDRNOTAVAIL");
    await addresses.dropLost();
    expect(port.removed).toEqual([HOST]);
  });

  it("is no wildcard, which no host loses, but may be what stands behind one", async () => {
    const { port, complaints, addresses } = standInPort("0.0.0.0");
    await addresses.bind(SECOND, undefined);
    complaints.set("0.0.0.0", "EADDRNOTAVAIL").set(SECOND, "EADDRNOTAVAIL");
    await addresses.dropLost();
    expect(port.removed).toEqual([SECOND]);
  });

  it("is not looked for on transports that were handed in, nor dropped from a port that has been closed meanwhile", async () => {
    const handedIn = new PortTransports([new StandIn(HOST)], undefined);
    expect(await handedIn.lostAddresses()).toEqual([]);
    const { port, complaints, addresses } = standInPort();
    await addresses.bind(SECOND, undefined);
    complaints.set(HOST, "EADDRNOTAVAIL");
    const dropped = addresses.dropLost();
    port.isClosed = true;
    await dropped;
    expect(port.removed).toEqual([]);
  });
});
