/** node:tls over a Duplex that is no socket: 1 MB there and back. */
import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { connect, TLSSocket } from "node:tls";
import { duplexPair } from "./duplex-pair.mjs";

const fixture = (name) => readFileSync(new URL(`../../test/fixtures/tls/${name}.pem`, import.meta.url));
const BYTES = 1_000_000;
const [near, far] = duplexPair();
const server = new TLSSocket(far, { isServer: true, key: fixture("key"), cert: fixture("certificate") });
server.pipe(server);
const client = connect({ socket: near, ca: fixture("certificate"), servername: "example.test" });
for (const end of [client, server]) end.on("error", ({ message }) => answer(`lacks: ${message}`));
setTimeout(() => answer("lacks: never ends"), 5_000);
client.once("secureConnect", () => client.end(Buffer.alloc(BYTES)));
const { length } = await buffer(client);
answer(length === BYTES ? "has" : `lacks: ends after ${length} bytes`);

function answer(text) {
  console.log(text);
  process.exit();
}
