/** A worker of the cluster's benchmark: takes whatever comes. */
import { joinCluster } from "../src/node/cluster/index.ts";

const worker = await joinCluster();
worker.createServer((socket) => {
  socket.on("error", () => {});
  socket.resume();
});
