/**
 * Receives files: `npx tsx examples/file-transfer/receive.ts FOLDER [PORT [UDP_PORT]]`.
 *
 * The first message of an association names the file and its size, the others are its bytes. The answer is the SHA-256 of what
 * was received, so that the sender knows that the file is there and whole.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { argv } from "node:process";
import { createServer, type Socket } from "../../src/index.ts";

const [folder = ".", port = "7001", localUdpPort = "9899"] = argv.slice(2);

async function receive(socket: Socket): Promise<void> {
  const messages = socket.messages();
  const { value: first } = await messages.next();
  const { name, size } = JSON.parse(`${first?.data}`) as { name: string; size: number };
  const file = await open(join(folder, basename(name)), "w"); // Never outside of the folder.
  const hash = createHash("sha256");
  let received = 0;
  try {
    while (received < size) {
      const { value: message, done } = await messages.next();
      if (done === true) throw new Error(`${name}: the sender left after ${received} of ${size} bytes`);
      await file.write(message.data);
      hash.update(message.data);
      received += message.data.length;
    }
  } finally {
    await file.close();
  }
  await socket.send(hash.digest("hex"));
  console.log(`${name}: ${received} bytes`);
}

const server = createServer((socket) => {
  socket.on("error", (error) => console.error(error.message));
  receive(socket).then(
    () => socket.end(),
    (error: Error) => {
      console.error(error.message);
      socket.destroy();
    },
  );
});
server.listen({ port: Number(port), localUdpPort: Number(localUdpPort) }, () => {
  console.log(`listening on SCTP port ${port}, UDP port ${server.address()?.localUdpPort}`);
});
