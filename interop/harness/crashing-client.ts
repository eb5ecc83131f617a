/** A client for the restart case: connects from fixed ports, exchanges a message, and waits to be killed. */
import { once } from "node:events";
import { connect } from "../../src/index.ts";

process.on("disconnect", () => process.exit()); // Without the runner there is nothing left to wait for.
const [ourUdp = 0, peerUdp = 0, sctpPort = 0] = process.argv.slice(2).map(Number);
const socket = connect({
  port: sctpPort,
  host: "127.0.0.1",
  remoteUdpPort: peerUdp,
  localUdpPort: ourUdp,
  localAddress: "127.0.0.1",
  localPort: sctpPort + 1,
});
await socket.send("hello");
await once(socket, "message");
process.send?.("echoed");
