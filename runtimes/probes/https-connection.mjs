/** node:https takes a Duplex that is no socket, handed to it with 'connection'. */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { connect } from "node:tls";
import { duplexPair } from "./duplex-pair.mjs";

const fixture = (name) => readFileSync(new URL(`../../test/fixtures/tls/${name}.pem`, import.meta.url));
const [near, far] = duplexPair();
const server = createServer({ key: fixture("key"), cert: fixture("certificate") }, () => answer("has"));
server.on("tlsClientError", ({ message }) => answer(`lacks: ${message}`));
server.emit("connection", far);
const client = connect({ socket: near, ca: fixture("certificate"), servername: "example.test" });
client.on("error", ({ message }) => answer(`lacks: ${message}`));
client.on("secureConnect", () => client.write("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n"));
setTimeout(() => answer("lacks: no request"), 5_000);

function answer(text) {
  console.log(text);
  process.exit();
}
