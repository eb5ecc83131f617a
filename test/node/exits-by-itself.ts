/** A program that talks to itself over SCTP and then has nothing left to do: it must end without being told to. */
import { once } from "node:events";
import { connectTo, listening } from "./pair.ts";

const server = await listening();
server.on("connection", (socket) => {
  socket.on("message", ({ data }) => void socket.send(data));
});
const client = await connectTo(server).opened;
await client.send("ping");
await once(client, "message");
client.end();
server.close();
