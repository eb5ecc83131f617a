/** A worker's program for the tests: echoes, and answers "who" with what is known of the worker. */
import { joinCluster } from "../../src/node/cluster.ts";

const worker = await joinCluster();
if (worker.data === "fail") throw new Error("this worker was told to fail");
worker.createServer((socket) => {
  socket.on("error", () => {}); // The peer may abort; the other associations are none of its business.
  socket.on("message", ({ data }) => {
    const { index, counters, data: given } = worker;
    const answer = data.toString() === "who" ? JSON.stringify({ index, counters, given }) : data;
    void socket.send(answer).catch(() => {});
  });
});
