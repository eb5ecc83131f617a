/**
 * The demo's second process: a server that answers each message on the stream it came on.
 * Started by demo.ts, to which it reports over the pipe that `fork` made.
 */
import { createServer } from "../../src/index.ts";
import { type Arrival, answerTo, DEMO_PORT, type ServerReport } from "./script.ts";

const arrivals: Arrival[] = [];

function report(message: ServerReport): void {
  process.send?.(message);
}

const server = createServer((socket) => {
  socket.on("message", ({ data, info }) => {
    const text = new TextDecoder().decode(data);
    arrivals.push({ streamId: info.streamId, text, ppid: info.ppid, unordered: info.unordered });
    void socket.send(answerTo(text), {
      streamId: info.streamId,
      ppid: info.ppid,
      unordered: info.unordered,
    });
  });
  socket.on("close", () => {
    report({ kind: "done", arrivals });
    server.close();
    process.disconnect();
  });
});

server.listen({ port: DEMO_PORT, host: "127.0.0.1", localUdpPort: 0 }, () => {
  report({ kind: "listening", udpPort: server.address()?.localUdpPort ?? 0 });
});
