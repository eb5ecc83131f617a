/**
 * HTTP over SCTP, both ends Node's own: many requests at once on one association, none waiting for another.
 * Run it: npx tsx examples/http/main.ts
 */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { connect } from "../../src/index.ts";
import { SctpAgent } from "./agent.ts";
import { createSctpHttpServer, site } from "./server.ts";

const server = createSctpHttpServer(site);
server.listen({ port: 80, host: "127.0.0.1", localUdpPort: 0 });
await once(server, "listening");

const socket = connect({
  port: 80,
  host: "127.0.0.1",
  remoteUdpPort: server.address()?.localUdpPort,
  outboundStreams: 64,
});
await socket.opened;
const agent = new SctpAgent(socket);

async function fetchText(path: string): Promise<string> {
  const [response] = (await once(get({ agent, path, host: "127.0.0.1" }), "response")) as [IncomingMessage];
  let length = 0;
  let text = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (text.length < 80) text += chunk.toString();
  }
  return `${path}: ${response.statusCode}, ${length} bytes, ${JSON.stringify(text.slice(0, 30))}`;
}

// A large answer and many small ones: the small ones do not wait for the large one to end.
const paths = ["/bytes/5000000", ...Array.from({ length: 8 }, () => "/"), "/nowhere"];
await Promise.all(paths.map(async (path) => console.log(await fetchText(path))));

const { sentPackets, receivedPackets } = socket.stats();
console.log(
  `one association, ${socket.openStreams.length} streams, ${sentPackets + receivedPackets} packets`,
);
agent.destroy();
socket.end();
server.close();
