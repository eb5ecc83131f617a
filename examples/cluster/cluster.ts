/**
 * One server, two processes, one UDP port: `npx tsx examples/cluster/cluster.ts`.
 *
 * Eight clients are served by two workers. One worker is killed: its clients are told at their next word, the others
 * notice nothing, and who calls again is served by the worker that took its place.
 */
import { once } from "node:events";
import { connect, type Message, type Socket } from "../../src/index.ts";
import { createClusterServer } from "../../src/node/cluster/index.ts";

const server = createClusterServer({
  worker: new URL("./worker.ts", import.meta.url),
  workers: 2,
  kind: "process",
});
server.on("exit", ({ index, id }) => console.log(`-- worker ${index}, process ${id}, has exited`));
server.on("online", ({ index, id }) => console.log(`-- worker ${index} listens in process ${id}`));
server.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 });
await once(server, "listening");
const { localUdpPort: udpPort = 0 } = server.address() ?? {};
console.log(`-- UDP port ${udpPort}, its sockets held by the ${server.sockets}`);

/** A client of its own UDP port, as another host would have; returns what became of its word. */
async function say(socket: Socket, text: string): Promise<string> {
  try {
    const answer = once(socket, "message") as Promise<[Message]>;
    await socket.send(text);
    return (await answer)[0].data.toString();
  } catch (error) {
    return `(${(error as Error).message})`;
  }
}

const call = (localPort: number): Promise<Socket> =>
  connect({ port: 7, host: "127.0.0.1", remoteUdpPort: udpPort, localPort, localUdpPort: 0 }).opened;
const clients = await Promise.all(Array.from({ length: 8 }, (_, i) => call(5_001 + i)));
const tellAll = async (text: string): Promise<void> => {
  for (const [i, client] of clients.entries()) console.log(`client ${i}: ${await say(client, text)}`);
};

await tellAll("hello");
server.killWorker(0);
await once(server, "online");
await tellAll("still there?");
for (const [i, client] of clients.entries()) if (client.destroyed) clients[i] = await call(5_001 + i);
await tellAll("once more");
for (const client of clients) client.end();
server.close(() => console.log("-- the cluster has closed"));
