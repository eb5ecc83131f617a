/**
 * Node's own HTTP server over SCTP: each stream of an association is a connection to it.
 * Owns: that line, and a small web site. Does not own: HTTP, SCTP.
 */
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type Server } from "../../src/index.ts";

/** A server that answers HTTP on every stream of every association. */
export function createSctpHttpServer(onRequest: RequestListener): Server {
  const http = createHttpServer(onRequest);
  return createServer({ outboundStreams: 64, maxInboundStreams: 64 }, (socket) => {
    socket.on("stream", (stream) => http.emit("connection", stream.toNode({ allowHalfOpen: true })));
    socket.on("error", (error) => console.error(error.message));
  });
}

/** Says hello, echoes what is posted to /echo, and sends as many bytes as /bytes/N asks for. */
export const site: RequestListener = (request, response) => {
  const path = request.url ?? "/";
  const wanted = /^\/bytes\/([0-9]{1,8})$/.exec(path)?.[1];
  if (path === "/") {
    response.setHeader("content-type", "text/plain");
    response.end(`Hello over SCTP stream ${"streamId" in request.socket ? request.socket.streamId : "?"}\n`);
  } else if (path === "/echo") {
    request.pipe(response);
  } else if (wanted !== undefined) {
    response.end(Buffer.alloc(Number(wanted), "sctp "));
  } else {
    response.writeHead(404).end(`There is nothing at ${path}\n`);
  }
};
