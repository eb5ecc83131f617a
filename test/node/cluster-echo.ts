/** A worker's program for the tests: echoes, answers "who" with what is known of the worker, and calls out on demand. */
import { connect } from "../../src/index.ts";
import { joinCluster } from "../../src/node/cluster/index.ts";

const worker = await joinCluster();
if (worker.data === "fail") throw new Error("this worker was told to fail");
worker.createServer((socket) => {
  socket.on("error", () => {}); // The peer may abort; the other associations are none of its business.
  socket.on("message", ({ data }) => {
    const text = data.length < 100 ? data.toString() : "";
    const { index, counters, data: given, udp } = worker;
    if (text.startsWith("call ")) {
      const udpPort = Number(text.slice(5));
      const call = connect({ port: 7, host: "127.0.0.1", remoteUdpPort: udpPort, udp });
      call.on("error", () => {});
      void call.send(`worker ${index} calls`);
      call.on("message", (message) => void call.send(message.data));
      return;
    }
    const answer = text === "who" ? JSON.stringify({ index, counters, given }) : data;
    void socket.send(answer).catch(() => {});
  });
});
if (worker.data === "twice") worker.createServer().on("error", () => {}); // The port has its server.
