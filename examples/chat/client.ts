/**
 * The chat's client: `npx tsx examples/chat/client.ts [HOST [PORT [UDP_PORT]]]`. Lines that are typed go to everybody; the end of the
 * input leaves the chat gracefully.
 */
import { argv, exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { connect } from "../../src/index.ts";
import { CHAT_PORT } from "./server.ts";

const [host = "127.0.0.1", port = CHAT_PORT, udpPort = 9_899] = argv.slice(2);
const socket = connect({ host, port: Number(port), remoteUdpPort: Number(udpPort) });
socket.on("message", ({ data }) => stdout.write(`${data}\n`));
socket.on("error", (error) => {
  console.error(error.message);
  exit(1);
});
socket.on("close", () => exit(0));
await socket.opened;
for await (const line of createInterface({ input: stdin })) if (line !== "") await socket.send(line);
socket.end();
