/** What the peers hear of a process, or a thread, that ends while its associations live. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { connect, type Server, type ServerAddress, type Socket } from "../../src/index.ts";
import { type Leaver, loseTouch, stayInTouch } from "../../src/node/driver/farewell.ts";
import { Lab } from "../conformance/lab.ts";
import { connectTo, finish, listening, pair } from "./pair.ts";

/** Nothing but the ABORT tells of the end: neither heartbeats nor retransmissions. */
const DEAF = { heartbeatIntervalMs: 0 };

const children: ChildProcess[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill();
  for (const server of servers.splice(0)) server.close();
});

function program(...words: readonly (string | number)[]): ChildProcess {
  const file = fileURLToPath(new URL("./ends-somehow.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file, ...words.map(String)], {
    stdio: ["ignore", "pipe", words[0] === "throw" ? "ignore" : "inherit"],
  });
  children.push(child);
  return child;
}

/** Our end of an association with a program, which ends when it reads something. */
async function peerOf(how: string): Promise<Socket> {
  const server = await listening(DEAF);
  servers.push(server);
  const { port = 0, localUdpPort = 0 } = server.address() ?? {};
  const child = program(how, port, localUdpPort);
  const early = once(child, "exit").then(([code]) => {
    throw new Error(`the program ended by itself, with ${code}`);
  });
  const [socket] = (await Promise.race([once(server, "connection"), early])) as [Socket];
  early.catch(() => {});
  return socket;
}

const ABORTED = {
  code: "ERR_SCTP_ABORTED_BY_PEER",
  causeCodes: [12],
  message: expect.stringContaining("the process has ended"),
};

describe("the peer of a program", () => {
  it.each(["exit", "throw", "worker"])("that ends by %s hears of it at once [B9]", async (how) => {
    const socket = await peerOf(how);
    await socket.send("now");
    expect((await once(socket, "error"))[0]).toMatchObject(ABORTED);
  });

  it("gets what was sent before it ended, too [B9]", async () => {
    const socket = await peerOf("last-message");
    const messages: string[] = [];
    socket.on("message", ({ data }) => messages.push(data.toString()));
    await socket.send("now");
    expect((await once(socket, "error"))[0]).toMatchObject(ABORTED);
    expect(messages).toEqual(["the last word"]);
  });

  it("that is a server hears of it at once, and so do all of its peers [B9]", async () => {
    const child = program("server");
    const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
    const address = JSON.parse(line.toString()) as ServerAddress;
    const peers = await Promise.all(
      Array.from({ length: 20 }, () => connect({ ...connectable(address), ...DEAF }).opened),
    );
    const endings = Promise.all(peers.map((peer) => once(peer, "error")));
    await peers[0]?.send("now");
    for (const [error] of await endings) expect(error).toMatchObject(ABORTED);
  });
});

function connectable(address: ServerAddress): { port: number; host: string; remoteUdpPort: number } {
  return { port: address.port, host: address.address, remoteUdpPort: address.localUdpPort };
}

describe("the listener for 'exit'", () => {
  it("is one for a thread, and there only while an association lives [B9]", async () => {
    const before = process.listenerCount("exit");
    const ends = await pair();
    const more = await connectTo(ends.server).opened;
    expect(process.listenerCount("exit")).toBe(before + 1);
    more.destroy();
    await finish(ends);
    while (process.listenerCount("exit") > before) await new Promise(setImmediate);
    expect(process.listenerCount("exit")).toBe(before);
  });

  it("tells a thousand peers at most, and takes no longer for one port that fails [B9]", () => {
    const known = new Set(process.listeners("exit"));
    const lab = new Lab();
    for (let i = 0; i < 1_200; i++) {
      const address = `10.2.${i >> 8}.${i & 255}`;
      lab.stack.connect({ remoteAddresses: [address], remotePort: 7, remoteUdpPort: 9_899 }, lab.nowMs);
    }
    const failing: Leaver = {
      associations: [],
      nowMs: () => 0,
      sendNow: () => {
        throw new Error("a trace of the program's");
      },
    };
    let sendCount = 0;
    const port: Leaver = {
      associations: lab.stack.associations,
      nowMs: () => lab.nowMs,
      sendNow: () => void sendCount++,
    };
    stayInTouch(failing);
    stayInTouch(port);
    const [listener] = process.listeners("exit").filter((one) => !known.has(one));
    listener?.(0);
    loseTouch(failing);
    loseTouch(port);
    expect(lab.stack.associationCount).toBeGreaterThanOrEqual(200);
    expect(lab.stack.associationCount).toBeLessThanOrEqual(1_200 - 32); // However busy the host is.
    expect(sendCount).toBeGreaterThan(2);
  });
});
