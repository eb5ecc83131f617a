/** Node's own libraries for TCP, over streams: tls, https and http2. For http see http.test.ts. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { createServer as createHttpsServer, request } from "node:https";
import type { Duplex } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { connect as connectTls, TLSSocket } from "node:tls";
import { afterEach, expect, it } from "vitest";
import { type Carrier, carrier } from "../../interop/libraries/carrier.ts";

const FIXTURES = new URL("../fixtures/tls/", import.meta.url);
const key = readFileSync(new URL("key.pem", FIXTURES));
const cert = readFileSync(new URL("certificate.pem", FIXTURES));
/** Node cancels the last write of a TLS connection over any Duplex that ends itself when its peer has ended. */
const HALF_OPEN = true;
const servername = "example.test";
const LARGE = Buffer.alloc(5_000_000, "sctp ");

let streams: Carrier | undefined;
afterEach(async () => {
  await streams?.close();
  streams = undefined;
});

function tlsOver(connection: Duplex): TLSSocket {
  return connectTls({ socket: connection, ca: cert, servername });
}

it("tls: a client that checks the certificate, 5 MB there and back", async () => {
  streams = await carrier((connection) => {
    const secure = new TLSSocket(connection as TLSSocket, { isServer: true, key, cert });
    secure.pipe(secure);
  }, HALF_OPEN);
  const secure = tlsOver(streams.open());
  await once(secure, "secureConnect");
  expect([secure.authorized, secure.getProtocol()]).toEqual([true, "TLSv1.3"]);
  secure.end(LARGE);
  expect((await buffer(secure)).equals(LARGE)).toBe(true);
});

it("https: ten requests at once, with bodies both ways", async () => {
  const https = createHttpsServer({ key, cert }, (message, response) => message.pipe(response));
  streams = await carrier((connection) => https.emit("connection", connection), HALF_OPEN);
  const ask = async (body: Buffer): Promise<Buffer> => {
    const { open } = streams as Carrier;
    const asked = request({ method: "POST", host: servername, createConnection: () => tlsOver(open()) });
    asked.end(body);
    const [response] = await once(asked, "response");
    return await buffer(response);
  };
  const bodies = Array.from({ length: 10 }, (_, i) => LARGE.subarray(0, 50_000 * i + 1));
  const answers = await Promise.all(bodies.map(ask));
  expect(answers.map((answer, i) => answer.equals(bodies[i] ?? Buffer.alloc(0)))).toEqual(
    Array(10).fill(true),
  );
});

it("http2: many requests on one stream", async () => {
  const http2 = createHttp2Server();
  http2.on("stream", (stream, headers) => {
    stream.respond({ ":status": 200 });
    stream.end(`you asked for ${headers[":path"]}`);
  });
  streams = await carrier((connection) => http2.emit("connection", connection));
  const { open } = streams;
  const session = connectHttp2("http://example.test", { createConnection: () => open() });
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const stream = session.request({ ":path": `/${i}` });
      stream.end();
      return await text(stream);
    }),
  );
  expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => `you asked for /${i}`));
  session.close();
  await once(session, "close");
});
