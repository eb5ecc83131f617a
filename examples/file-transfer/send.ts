/** Sends a file and shows how far it is: `npx tsx examples/file-transfer/send.ts FILE [HOST [PORT [UDP_PORT]]]`. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { argv, exit } from "node:process";
import { connect } from "../../src/index.ts";

const CHUNK_BYTES = 64 * 1_024;

const [path, host = "127.0.0.1", port = "7001", remoteUdpPort = "9899"] = argv.slice(2);
if (path === undefined) {
  console.error("usage: send.ts FILE [HOST [PORT [UDP_PORT]]]");
  exit(2);
}

const { size } = await stat(path);
const socket = connect({ host, port: Number(port), remoteUdpPort: Number(remoteUdpPort) });
socket.on("error", ({ message }) => {
  console.error(message);
  exit(1);
});
await socket.opened;
await socket.send(JSON.stringify({ name: basename(path), size }));

const hash = createHash("sha256");
let [sent, shown] = [0, -1];
for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
  await socket.send(chunk); // Waits while too much is unacknowledged: memory stays flat, and the progress is true.
  hash.update(chunk);
  sent += chunk.length;
  const percent = Math.floor((100 * (sent - socket.bufferedAmount)) / size);
  if (percent >= shown + 10) {
    shown = percent;
    console.log(`${percent} %`);
  }
}

const { value: answer } = await socket.messages().next();
socket.end();
const isWhole = `${answer?.data}` === hash.digest("hex");
console.log(isWhole ? `100 %, received as it was sent` : "the receiver has something else");
process.exitCode = isWhole ? 0 : 1;
