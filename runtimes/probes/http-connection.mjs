/** A server of node:http that listens nowhere keeps a connection that was handed to it for the next request. */
import { Agent, createServer, get } from "node:http";
import { duplexPair } from "./duplex-pair.mjs";

const server = createServer((message, response) => message.resume().on("end", () => response.end("answer")));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let connections = 0;
agent.createConnection = () => {
  const [near, far] = duplexPair();
  connections++;
  server.emit("connection", far);
  return near;
};
setTimeout(() => answer("lacks: no answer"), 5_000);
get({ agent, host: "probe" }, (response) => response.resume().on("end", () => setTimeout(askAgain, 100)));

function askAgain() {
  get({ agent, host: "probe" }, (response) =>
    response
      .resume()
      .on("end", () => answer(connections === 1 ? "has" : `lacks: ${connections} connections`)),
  );
}

function answer(text) {
  console.log(text);
  process.exit();
}
