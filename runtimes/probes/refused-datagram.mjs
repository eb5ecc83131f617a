/** A connected UDP socket hears that nobody has the port. */
import { createSocket } from "node:dgram";
import { once } from "node:events";

const nobody = createSocket("udp4");
nobody.bind(0, "127.0.0.1");
await once(nobody, "listening");
const { port } = nobody.address();
nobody.close();
await once(nobody, "close");
await new Promise((resolve) => setTimeout(resolve, 100));
const socket = createSocket("udp4");
setTimeout(() => answer("lacks"), 2_000);
socket.on("error", ({ code }) => answer(code === "ECONNREFUSED" ? "has" : `lacks: ${code}`));
socket.connect(port, "127.0.0.1", () => socket.send("anybody?"));

function answer(text) {
  console.log(text);
  process.exit();
}
