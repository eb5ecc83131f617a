/** A program with an open server, endpoints and an association that it does not wait for: it must end all the same. */
import { once } from "node:events";
import { createEndpoint } from "../../src/index.ts";
import { connectTo, listening } from "./pair.ts";

const server = await listening();
server.on("connection", (socket) => socket.unref());
const client = connectTo(server).unref().ref().unref();
await Promise.all([once(server, "connection"), once(client, "connect")]);
server.unref().ref().unref();
const here = { localAddresses: ["127.0.0.1"], localUdpPort: 0 };
await createEndpoint().unref().listen(here);
const endpoint = createEndpoint();
await endpoint.listen(here);
endpoint.unref().ref().unref();
