/** The addresses in the traces of real sockets. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { connect, createServer, fanOut, PcapngSink, type TraceSink } from "../../src/index.ts";
import { readBlocks, readDatagram } from "../unit/trace/pcapng-reader.ts";

it.each(["127.0.0.1", "::1"])(
  "a capture at the wildcard shows where packets to %s leave from [C12]",
  async (host) => {
    const places = new Set<string>();
    const pieces: Uint8Array[] = [];
    const watch: TraceSink = {
      packet: (_direction, _datagram, local, remote) => void places.add(local.address).add(remote.address),
      event() {},
    };
    const trace = fanOut(watch, new PcapngSink((bytes) => pieces.push(bytes)));
    const server = createServer({ trace }, (socket) => socket.resume());
    await once(server.listen({ port: 7, localUdpPort: 0 }), "listening");
    const remoteUdpPort = server.address()?.localUdpPort;
    const socket = await connect({ port: 7, host, remoteUdpPort, trace }).opened;
    socket.end("bye");
    await once(socket, "close");
    server.close();
    await once(server, "close");
    expect([...places]).toEqual([host]);
    const packets = readBlocks(Buffer.concat(pieces))
      .slice(3)
      .map((block) => readDatagram(block, 1));
    const bytes = host === "::1" ? [...new Uint8Array(15), 1] : [127, 0, 0, 1];
    expect(packets.length).toBeGreaterThan(7);
    for (const { source, destination } of packets)
      expect([[...source], [...destination]]).toEqual([bytes, bytes]);
  },
);
