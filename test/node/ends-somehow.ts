/**
 * A program that ends while its association lives, as soon as its peer has said something.
 *
 *   node ends-somehow.ts exit|throw|worker|last-message|server SCTP_PORT UDP_PORT
 */
import { Worker } from "node:worker_threads";
import { connect, createServer, type Socket } from "../../src/index.ts";

const [how = "", port = "", remoteUdpPort = ""] = process.argv.slice(2);
const HOST = "127.0.0.1";

function leave(socket: Socket): void {
  socket.on("error", () => {});
  socket.on("message", () => {
    if (how === "throw") throw new Error("nobody catches this");
    if (how === "last-message") void socket.send("the last word");
    process.exit(7);
  });
}

if (how === "worker") {
  // Node 20 does not run the loader of `--import` for a thread's own file; other runtimes need none.
  const file = JSON.stringify(import.meta.url);
  const { bun, deno } = process.versions;
  const isNode = bun === undefined && deno === undefined;
  const boot = isNode
    ? `import("tsx/esm/api").then(({ tsImport }) => tsImport(${file}, ${file}))`
    : `import(${file})`;
  new Worker(boot, { eval: true, argv: ["exit", port, remoteUdpPort] });
  setInterval(() => {}, 1_000); // The process itself lives on.
} else if (how === "server") {
  const server = createServer(leave).listen({ port: 0, host: HOST, localUdpPort: 0 });
  server.on("listening", () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
} else {
  leave(connect({ port: Number(port), host: HOST, remoteUdpPort: Number(remoteUdpPort) }));
}
