/**
 * Sends a text and twelve pictures to whoever connects: `npx tsx examples/hol/server.ts OWN_ADDRESS CONTROL`. On every side the same
 * frames in the same order. What became of them the browser tells; it leaves without a word when it has everything.
 */
import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { argv } from "node:process";
import { readFrame } from "../../playground/src/race/frames.ts";
import { createServer, UdpPort } from "../../src/index.ts";
import { allFrames, type Control, LISTENING, PORTS, sctpOptions, withLength } from "./script.ts";

const [host = "", control = "bbr"] = argv.slice(2) as [string?, Control?];
const frames = allFrames();

/** Which congestion control the kernel uses, the route to the browser says. */
const tcp = createTcpServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.end(Buffer.concat(frames.map(withLength)));
});
await once(tcp.listen({ host, port: PORTS.tcp }), "listening");

const udp = await UdpPort.open({ localAddresses: [host] });
for (const side of ["one-stream", "streams"] as const) {
  const server = createServer(sctpOptions(control), (socket) => {
    socket.on("error", () => {});
    for (const frame of frames) {
      const streamId = side === "streams" ? readFrame(frame).resource : 0;
      socket.send(frame, { streamId }).catch(() => {}); // The browser has left.
    }
  });
  server.listen({ udp, port: PORTS[side] });
  await once(server, "listening");
}
console.log(LISTENING);
