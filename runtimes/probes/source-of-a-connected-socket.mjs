/** A UDP socket that needs no name looked up knows where it sends from when connect() returns. */
import { createSocket } from "node:dgram";

const socket = createSocket({ type: "udp4", lookup: (host, _options, done) => done(null, host, 4) });
socket.on("error", () => {});
try {
  socket.connect(9, "127.0.0.1");
  console.log(socket.address().address === "127.0.0.1" ? "has" : "lacks");
} catch {
  console.log("lacks");
}
process.exit();
