/** A worker of the example: answers every message with its own number. */
import { joinCluster } from "../../src/node/cluster/index.ts";

const worker = await joinCluster();
worker.createServer((socket) => {
  socket.on("error", () => {}); // A client may abort or vanish.
  socket.on(
    "message",
    ({ data }) => void socket.send(`worker ${worker.index} got "${data}"`).catch(() => {}),
  );
});
