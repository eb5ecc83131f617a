/** A program whose streams nobody reads, and which has then nothing left to do: it must end without being told to. */
import { once } from "node:events";
import { connectTo, listening } from "./pair.ts";

const server = await listening();
server.on("connection", (socket) => {
  socket.on("stream", (stream) => {
    stream.toNode(); // Neither read nor ended.
    if (socket.openStreams.length === 2) socket.end();
  });
});
const client = await connectTo(server).opened;
const stream = client.stream(1).toNode();
const answered = client.stream(2).toNode();
stream.write("unread");
stream.end();
answered.end();
client.end();
server.close();
await once(server, "close");
