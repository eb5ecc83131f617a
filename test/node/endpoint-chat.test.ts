import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { startChat } from "../../examples/chat/server.ts";
import { connect, type Endpoint, type Socket } from "../../src/index.ts";

const CLIENT = fileURLToPath(new URL("../../examples/chat/client.ts", import.meta.url));
const HOST = "127.0.0.1";
const started: ChildProcess[] = [];
let chat: Endpoint | undefined;

afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  await chat?.close();
});

/** A member of the chat, and what it hears. */
class Member {
  readonly heard: string[] = [];
  readonly socket: Socket;
  #wake = (): void => {};

  constructor(udpPort: number, port: number) {
    this.socket = connect({ host: HOST, port, remoteUdpPort: udpPort });
    this.socket.on("error", (error) => this.#hear(`error: ${error.message}`));
    this.socket.on("message", ({ data }) => this.#hear(data.toString()));
  }

  /** Waits until a line that fits has been heard. */
  async hears(line: RegExp): Promise<string> {
    for (;;) {
      const found = this.heard.find((text) => line.test(text));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #hear(text: string): void {
    this.heard.push(text);
    this.#wake();
  }
}

async function open(): Promise<{ port: number; udpPort: number; join: () => Promise<Member> }> {
  chat = await startChat({ localAddresses: [HOST], localUdpPort: 0 });
  const { port = 0, localUdpPort: udpPort = 0 } = chat.address() ?? {};
  const join = async (): Promise<Member> => {
    const member = new Member(udpPort, port);
    await member.hears(/came$/);
    return member;
  };
  return { port, udpPort, join };
}

it("everybody hears everybody, and who comes and goes", async () => {
  const { join } = await open();
  const ann = await join();
  const bob = await join();
  await ann.socket.send("hello");
  const line = await bob.hears(/hello$/);
  expect(await ann.hears(/hello$/)).toBe(line);
  bob.socket.end();
  expect(await ann.hears(/left$/)).toMatch(/^\* \d+ left$/);
});

it("a superuser is peeled off, sees who is there, speaks to all, and kicks", async () => {
  const { join } = await open();
  const ann = await join();
  const bob = await join();
  await ann.socket.send("/super open sesame");
  await ann.hears(/at your orders/);
  await bob.hears(/rose above us/);
  await ann.socket.send("who");
  const id = await ann.hears(/^\d+$/);
  expect(chat?.associationIds).toEqual([Number(id)]);
  await ann.socket.send("say behave");
  await bob.hears(/^! behave$/);
  await bob.socket.send("never");
  await bob.hears(/: never$/);
  await ann.socket.send("dance");
  await ann.hears(/^who, kick ID, say TEXT$/);
  await ann.socket.send(`kick ${id}`);
  await bob.hears(/^error: .*kicked/);
  expect(ann.heard).not.toContain(`${id}: never`);
  ann.socket.end();
  await once(ann.socket, "close");
});

it("the client takes lines from its input and leaves at its end", async () => {
  const { port, udpPort, join } = await open();
  const ann = await join();
  const child = spawn(process.execPath, ["--import", "tsx", CLIENT, HOST, `${port}`, `${udpPort}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  started.push(child);
  const closed = once(child, "close"); // It may be gone before anybody has heard that it left.
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stdin.end("from a process\n");
  await ann.hears(/from a process$/);
  await ann.hears(/left$/);
  const [code] = await closed;
  expect(code).toBe(0);
  expect(output).toMatch(/came\n/);
});
