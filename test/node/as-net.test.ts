/** One program on TCP by node:net, on a byte stream, and on the association's socket: each side must hear the same, in the same order. */
import { once } from "node:events";
import { createServer as createNetServer, connect as netConnect } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { insideOf } from "../../src/node/socket/association-duplex.ts";
import { pair } from "./pair.ts";

interface Ends {
  readonly near: Duplex;
  readonly far: Duplex;
  /** Ends what is beneath, whatever state it is in. */
  readonly cleanUp: () => void;
}

interface Options {
  readonly allowHalfOpen?: boolean;
}

/** What a side heard: its events in their order, bytes that came together as one. */
class Ear {
  readonly events: string[] = [];
  readonly closed: Promise<void>;

  constructor(side: Duplex) {
    for (const event of ["end", "finish", "error", "timeout"] as const)
      side.on(event, () => this.events.push(event));
    this.closed = new Promise((resolve) => {
      side.on("close", (hadError?: boolean) => {
        this.events.push(`close ${hadError}`);
        resolve();
      });
    });
  }

  /** As `side.on("data")`. */
  listen(side: Duplex): void {
    side.on("data", (data: Buffer | { data: Buffer }) => {
      const text = `data ${("data" in data ? data.data : data).toString()}`;
      const last = this.events.at(-1) ?? "";
      if (last.startsWith("data ")) this.events[this.events.length - 1] = last + text.slice(5);
      else this.events.push(text);
    });
  }
}

async function overTcp({ allowHalfOpen = false }: Options): Promise<Ends> {
  const server = createNetServer({ allowHalfOpen });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const near = netConnect({ port, host: "127.0.0.1", allowHalfOpen });
  const [[far]] = await Promise.all([once(server, "connection") as Promise<[Duplex]>, once(near, "connect")]);
  server.close();
  return {
    near,
    far,
    cleanUp: () => {
      for (const side of [near, far]) side.destroy();
    },
  };
}

async function overStream(options: Options): Promise<Ends> {
  const { client, accepted, server } = await pair();
  server.close();
  const near = client.stream(1).toNode(options);
  const far = accepted.stream(1).toNode(options);
  return { near, far, cleanUp: () => client.abort() };
}

async function overAssociation(): Promise<Ends> {
  const { client, accepted, server } = await pair();
  server.close();
  for (const side of [client, accepted]) side.removeAllListeners("error");
  return {
    near: client,
    far: accepted,
    cleanUp: () => insideOf(client).association?.abort(new Uint8Array(0), 0),
  };
}

interface Case {
  readonly name: string;
  readonly options?: Options;
  /** What only bytes have: the association knows neither half-open nor unread ends. */
  readonly bytesOnly?: boolean;
  readonly play: (ends: Ends, ears: { near: Ear; far: Ear }) => Promise<unknown>;
  /** Where a byte stream knows more than TCP does. */
  readonly streamHears?: { readonly far: readonly string[] };
}

const both = ({ near, far }: { near: Ear; far: Ear }) => Promise.all([near.closed, far.closed]);

const CASES: readonly Case[] = [
  {
    name: "one side writes and ends, the other reads",
    play: ({ near, far }, ears) => {
      ears.far.listen(far);
      near.resume();
      near.write("hello ");
      near.end("there");
      return both(ears);
    },
  },
  {
    name: "nobody reads, and there is nothing to read",
    play: ({ near }, ears) => {
      near.end();
      return both(ears);
    },
  },
  {
    name: "each side ends in its own time",
    options: { allowHalfOpen: true },
    bytesOnly: true,
    play: async ({ near, far }, ears) => {
      ears.far.listen(far);
      ears.near.listen(near);
      near.end("question");
      await once(far, "end");
      far.end("answer");
      await both(ears);
    },
  },
  {
    name: "unread bytes keep the end away until they are read",
    bytesOnly: true,
    play: async ({ near, far }, ears) => {
      near.end("unread");
      while (far.readableLength < 6) await new Promise((resolve) => setImmediate(resolve));
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
      ears.far.events.push("reads");
      ears.far.listen(far);
      await both(ears);
    },
  },
  {
    name: "write() and destroy()",
    play: ({ near, far }, ears) => {
      ears.far.listen(far);
      near.write("last ");
      near.write("words");
      near.destroy();
      return both(ears);
    },
  },
  {
    name: "write() and destroy(error)",
    play: ({ near, far }, ears) => {
      ears.far.listen(far);
      near.write("last words");
      near.destroy(new Error("broken"));
      return both(ears);
    },
    streamHears: { far: ["data last words", "close false"] },
  },
  {
    name: "destroy() with a few bytes unread",
    play: async ({ near, far }, ears) => {
      far.write("unread");
      while (near.readableLength === 0) await new Promise((resolve) => setImmediate(resolve));
      far.resume();
      near.destroy();
      await both(ears);
    },
  },
  {
    name: "end() twice, and write() after it",
    play: ({ near, far }, ears) => {
      far.resume();
      near.resume();
      near.end();
      near.end();
      near.write("late");
      return both(ears);
    },
  },
];

async function heard(ends: Ends, play: Case["play"]): Promise<{ near: string[]; far: string[] }> {
  const ears = { near: new Ear(ends.near), far: new Ear(ends.far) };
  await play(ends, ears);
  ends.cleanUp();
  return { near: ears.near.events, far: ears.far.events };
}

describe("as with net", () => {
  it.each(CASES)("$name: a byte stream hears it [B6]", async ({ options = {}, play, streamHears }) => {
    const byNet = await heard(await overTcp(options), play);
    expect(await heard(await overStream(options), play)).toEqual({ ...byNet, ...streamHears });
  });

  const common = CASES.filter(({ bytesOnly }) => bytesOnly !== true);
  it.each(common)("$name: the association's socket hears it [B12]", async ({ options = {}, play }) => {
    expect(await heard(await overAssociation(), play)).toEqual(await heard(await overTcp(options), play));
  });
});
