/** A program with an open server and association that it does not wait for: it must end all the same. */
import { once } from "node:events";
import { connectTo, listening } from "./pair.ts";

const server = await listening();
server.on("connection", (socket) => socket.unref());
const client = connectTo(server).unref().ref().unref();
await Promise.all([once(server, "connection"), once(client, "connect")]);
server.unref().ref().unref();
