/**
 * Receives a text and twelve pictures, and tells when each of them was whole:
 * `npx tsx examples/hol/browser.ts OWN_ADDRESS SERVER_ADDRESS CONTROL`. For each line that it reads, the name of a side, it prints an
 * array of milliseconds from the call of `connect`. It ends with exit code 1 if what came is not what was sent.
 */
import { connect as connectTcp } from "node:net";
import { argv, exit, stdin } from "node:process";
import { createInterface } from "node:readline";
import { readFrame } from "../../playground/src/race/frames.ts";
import { connect } from "../../src/index.ts";
import { type Control, PORTS, RESOURCES, type Side, sctpOptions } from "./script.ts";

const [localAddress = "", host = "", control = "bbr"] = argv.slice(2) as [string?, string?, Control?];

function fail(why: string): never {
  console.error(`browser: ${why}`);
  exit(1);
}

/** What has come of all resources. */
class Page {
  readonly wholeAtMs: number[] = [];
  readonly #startMs = performance.now();
  readonly #got = RESOURCES.map(({ length }) => ({ bytes: new Uint8Array(length), count: 0 }));

  /** @returns whether all is there */
  take(frame: Uint8Array): boolean {
    const { resource, offset, bytes } = readFrame(frame);
    const one = this.#got[resource];
    if (one === undefined || offset !== one.count)
      fail(`byte ${offset} of resource ${resource} does not belong here`);
    one.bytes.set(bytes, offset);
    one.count += bytes.length;
    if (one.count < one.bytes.length) return false;
    this.wholeAtMs[resource] = performance.now() - this.#startMs;
    if (RESOURCES[resource]?.equals(one.bytes) !== true) fail(`resource ${resource} is not what was sent`);
    return this.#got.every(({ bytes, count }) => count === bytes.length);
  }
}

async function overTcp(page: Page): Promise<void> {
  let waiting = Buffer.alloc(0);
  const socket = connectTcp({ host, port: PORTS.tcp, localAddress });
  for await (const data of socket) {
    waiting = Buffer.concat([waiting, data]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE()) {
      const endAt = 2 + waiting.readUInt16BE();
      if (page.take(waiting.subarray(2, endAt))) return;
      waiting = waiting.subarray(endAt);
    }
  }
}

async function overSctp(page: Page, side: "one-stream" | "streams"): Promise<void> {
  const socket = connect({ host, port: PORTS[side], localAddress, ...sctpOptions(control) });
  socket.on("error", () => {});
  for await (const { data } of socket.messages()) if (page.take(data)) break;
  socket.destroy();
}

for await (const line of createInterface(stdin)) {
  const side = line as Side;
  const page = new Page();
  try {
    await (side === "tcp" ? overTcp(page) : overSctp(page, side));
  } catch (error) {
    fail(`${side}: ${(error as Error).message}`);
  }
  if (Object.keys(page.wholeAtMs).length < RESOURCES.length) fail(`${side}: not all has come`);
  console.log(JSON.stringify(page.wholeAtMs));
}
