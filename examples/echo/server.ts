/**
 * An echo server: `npx tsx examples/echo/server.ts [PORT [UDP_PORT]]`. Every message goes back on the stream that it came on.
 * Try it: npx tsx src/cli/main.ts cat 127.0.0.1 7
 */
import { argv } from "node:process";
import { createServer } from "../../src/index.ts";

const [port = "7", localUdpPort = "9899"] = argv.slice(2);

const server = createServer({ outboundStreams: 64 }, async (socket) => {
  const peer = `${socket.remoteAddress} port ${socket.remotePort}`;
  console.log(`${peer}: connected`);
  socket.on("error", (error) => console.log(`${peer}: ${error.message}`));
  socket.on("close", () => console.log(`${peer}: closed`));
  try {
    for await (const { data, info } of socket.messages()) {
      await socket.send(data, { streamId: info.streamId, ppid: info.ppid, unordered: info.unordered });
    }
    socket.end();
  } catch {
    socket.destroy(); // Told above, or a stream that the client does not allow us.
  }
});
server.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
server.listen({ port: Number(port), localUdpPort: Number(localUdpPort) }, () => {
  console.log(`listening on SCTP port ${port}, UDP port ${server.address()?.localUdpPort}`);
});
