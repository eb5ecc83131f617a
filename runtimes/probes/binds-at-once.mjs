/** A UDP socket that needs no name looked up is bound when bind() returns. */
import { createSocket } from "node:dgram";

const socket = createSocket({ type: "udp4", lookup: (host, _options, done) => done(null, host, 4) });
socket.on("error", () => {});
socket.bind({ port: 0, address: "127.0.0.1", exclusive: true });
try {
  console.log(socket.address().port > 0 ? "has" : "lacks");
} catch {
  console.log("lacks");
}
process.exit();
