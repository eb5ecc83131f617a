/**
 * Two sockets on 127.0.0.1, and 4 MB from one to the other: by RFC 9260's congestion control, by CUBIC, by BBR, then by your own (aimd.ts).
 * Run it: npx tsx examples/congestion/main.ts
 */
import { once } from "node:events";
import { type CongestionControllerFactory, connect, createServer, type Socket } from "../../src/index.ts";
import { aimd } from "./aimd.ts";

const MESSAGE = Buffer.alloc(8_000);
const MESSAGES = 500;

const server = createServer((socket) => socket.resume());
server.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 });
await once(server, "listening");

async function transfer(
  name: string,
  congestionControl: "rfc9260" | "cubic" | "bbr" | CongestionControllerFactory,
): Promise<void> {
  const remoteUdpPort = server.address()?.localUdpPort;
  const socket = await connect({ port: 7, host: "127.0.0.1", remoteUdpPort, congestionControl }).opened;
  const atFirst = windowOf(socket);
  for (let i = 0; i < MESSAGES; i++) await socket.send(MESSAGE);
  socket.end();
  const atLast = windowOf(socket);
  await once(socket, "close");
  const { retransmittedChunks, sentPackets } = socket.stats();
  console.log(
    `${name}: ${MESSAGES * MESSAGE.length} bytes, cwnd from ${atFirst} to ${atLast} bytes, ` +
      `${sentPackets} packets, ${retransmittedChunks} chunks sent again`,
  );
}

function windowOf(socket: Socket): number {
  return socket.paths()[0]?.cwndBytes ?? 0;
}

await transfer("rfc9260", "rfc9260");
await transfer("cubic", "cubic");
await transfer("bbr", "bbr");
await transfer("aimd", aimd);
server.close();
