/** Node's own HTTP server and client on the streams of one association (examples/http). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type ClientRequest, get, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SctpAgent } from "../../examples/http/agent.ts";
import { createSctpHttpServer, site } from "../../examples/http/server.ts";
import type { Server, Socket } from "../../src/index.ts";
import { connectTo } from "./pair.ts";

let server: Server;
let socket: Socket;
let agent: SctpAgent;

beforeEach(async () => {
  server = createSctpHttpServer(site);
  server.listen({ port: 80, host: "127.0.0.1", localUdpPort: 0 });
  await once(server, "listening");
  socket = await connectTo(server, { outboundStreams: 32 }).opened;
  agent = new SctpAgent(socket);
});

afterEach(async () => {
  agent.destroy();
  socket.end();
  server.close();
  await once(server, "close");
});

async function answer(asked: ClientRequest): Promise<{ status: number | undefined; body: Buffer }> {
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await buffer(response) };
}

describe("HTTP over the streams of one association", () => {
  it("answers many requests at once, also more than there are streams", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => answer(get({ agent, path: `/bytes/${i * 997}` }))),
    );
    answers.forEach(({ status, body }, i) => {
      expect([status, body.length]).toEqual([200, i * 997]);
    });
    expect(socket.openStreams.length).toBe(32);
    expect(server.connectionCount).toBe(1);
  });

  it("lets a small answer pass a large one", async () => {
    const finished: string[] = [];
    const large = answer(get({ agent, path: "/bytes/8000000" })).then(() => finished.push("large"));
    await answer(get({ agent, path: "/" })).then(() => finished.push("small"));
    await large;
    expect(finished).toEqual(["small", "large"]);
  });

  it("carries bodies both ways", async () => {
    const body = Buffer.alloc(300_000, "to and fro ");
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => {
        const asked = request({ agent, path: "/echo", method: "POST" });
        asked.end(body);
        return answer(asked);
      }),
    );
    for (const answered of answers) expect(answered.body.equals(body)).toBe(true);
  });

  it("uses a stream again when its connection was closed, by either side", async () => {
    for (let i = 0; i < 5; i++) {
      const { status } = await answer(get({ agent, path: "/nowhere", headers: { connection: "close" } }));
      expect(status).toBe(404);
      const given = get({ agent, path: "/bytes/9000000" });
      await once(given, "response");
      given.destroy();
      given.on("error", () => {});
    }
    expect((await answer(get({ agent, path: "/" }))).body.toString()).toMatch(
      /^Hello over SCTP stream \d\n$/,
    );
    while (socket.openStreams.length > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.readableLength).toBe(0); // Nothing of the old connections came after their end.
  });

  it("fails every request when the association dies", async () => {
    const answers = Array.from({ length: 5 }, () => answer(get({ agent, path: "/bytes/9000000" })));
    const outcomes = Promise.allSettled(answers);
    while (socket.bytesRead < 100_000) await new Promise((resolve) => setImmediate(resolve));
    socket.abort();
    expect((await outcomes).map(({ status }) => status)).toEqual(new Array(5).fill("rejected"));
  });

  it("runs as examples/http/main.ts shows", async () => {
    const program = fileURLToPath(new URL("../../examples/http/main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const output = await buffer(child.stdout);
    expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(0);
    expect(output.toString()).toContain("/bytes/5000000: 200, 5000000 bytes");
    expect(output.toString()).toMatch(/one association, 10 streams/);
  });
});
