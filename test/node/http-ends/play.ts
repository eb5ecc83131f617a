/**
 * Plays one end of HTTP over the streams of an association, and judges what its receivers saw.
 * Owns: both programs, the moment, the judgement. Does not own: what befalls them (scenario.ts).
 */
import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import { SctpAgent } from "../../../examples/http/agent.ts";
import { createServer, type SctpStream, type Socket } from "../../../src/index.ts";
import { connectTo } from "../pair.ts";
import { BODY_BYTES, type Exchange, type Scenario } from "./scenario.ts";

/** What takes longer hangs: a seed plays in less than a second, on a machine that does nothing else. */
const PATIENCE_MS = 60_000;

export interface Outcome {
  readonly exchange: Exchange;
  readonly bytes: number;
  /** As a receiver is told: 'end' and `complete`, or an error. */
  readonly isWhole: boolean;
}

export interface Played {
  readonly outcomes: readonly Outcome[];
  /** Whether the moment came before all was over. */
  readonly wasEnded: boolean;
}

/** What a body has at a place: neither its length nor its order can be wrong by chance. */
const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, i) => i));
const BODY = Buffer.alloc(BODY_BYTES, PATTERN);

class Game {
  readonly #scenario: Scenario;
  readonly #outcomes: Outcome[] = [];
  readonly #streams: { client: Duplex | undefined; server: Duplex | undefined } = {
    client: undefined,
    server: undefined,
  };
  #happened = 0;
  #client: Socket | undefined;
  #accepted: Socket | undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  async play(): Promise<Played> {
    const { bufferBytes, exchanges } = this.#scenario;
    const buffers = { sendBufferBytes: bufferBytes, receiveBufferBytes: bufferBytes };
    const http = createHttpServer((asked, response) => this.#serve(asked, response));
    const server = createServer({ ...buffers, outboundStreams: 8, maxInboundStreams: 8 }, (socket) => {
      this.#accepted = socket.on("error", () => {});
      socket.on("stream", (stream: SctpStream) => {
        const duplex = stream.toNode({ allowHalfOpen: true }); // As http has it of net.
        this.#streams.server ??= duplex;
        http.emit("connection", duplex);
      });
    });
    server.listen({ port: 80, host: "127.0.0.1", localUdpPort: 0 });
    await once(server, "listening");
    const client = connectTo(server, { ...buffers, outboundStreams: 8 }).on("error", () => {});
    this.#client = client;
    await client.opened;
    const agent = new SctpAgent(client);
    await Promise.all(exchanges.map((exchange, i) => this.#ask(agent, exchange, i)));
    const wasEnded = this.#happened > this.#scenario.moment;
    agent.destroy();
    client.end();
    client.resume();
    this.#accepted?.resume();
    server.close();
    await new Promise<void>((resolve) => void server.once("close", () => resolve()));
    if (!client.closed) await new Promise<void>((resolve) => void client.once("close", () => resolve()));
    http.close();
    return { outcomes: this.#outcomes, wasEnded };
  }

  /** Something happens: it may be the moment. */
  #tick(): void {
    if (this.#happened++ !== this.#scenario.moment) return;
    if (this.#scenario.isAtOnce) this.#end();
    else setImmediate(() => this.#end());
  }

  #end(): void {
    const { victim, how } = this.#scenario;
    const { client, server } = this.#streams;
    const associations = { client: this.#client, server: this.#accepted };
    const target =
      victim === "client" || victim === "server"
        ? associations[victim]
        : victim === "client's stream"
          ? client
          : server;
    if (target === undefined) return;
    if (how === "end()") target.end();
    else if (how === "destroy()") target.destroy();
    else if (how === "destroy(error)") target.destroy(new Error("the end of the game"));
    else if (victim === "client" || victim === "server") associations[victim]?.abort();
  }

  /** One exchange as its client sees it; over when its request and its response are closed. */
  async #ask(agent: SctpAgent, exchange: Exchange, index: number): Promise<void> {
    const isUp = exchange.direction === "up";
    const headers = isUp && exchange.framing === "content-length" ? { "content-length": BODY_BYTES } : {};
    const asked = request({ agent, method: isUp ? "POST" : "GET", path: `/${index}`, headers });
    asked.on("socket", (socket) => {
      this.#streams.client ??= socket;
      this.#tick();
    });
    let hasFailed = false; // Of a body that ends with its connection http tells so, and ends the response.
    asked.on("error", () => {
      hasFailed = true;
    });
    const closed = new Promise<void>((resolve) => void asked.once("close", () => resolve()));
    asked.on("response", (response) => {
      this.#tick();
      if (isUp) response.resume().on("error", () => {});
      else void this.#receive(response, exchange, () => hasFailed);
    });
    if (isUp) this.#write(asked, exchange);
    else asked.end();
    await closed;
  }

  #serve(asked: IncomingMessage, response: ServerResponse): void {
    const exchange = this.#scenario.exchanges[Number(asked.url?.slice(1))];
    if (exchange === undefined) throw new Error(`nobody asks for ${asked.url}`);
    this.#tick();
    response.on("error", () => {});
    if (exchange.direction === "up") {
      void this.#receive(asked, exchange).then(() => response.end("received"));
      return;
    }
    asked.resume();
    if (exchange.framing === "content-length") response.setHeader("content-length", BODY_BYTES);
    if (exchange.framing === "close") {
      response.useChunkedEncodingByDefault = false;
      response.shouldKeepAlive = false;
    }
    this.#write(response, exchange);
  }

  #write(target: NodeJS.WritableStream & { destroyed?: boolean }, { writeBytes }: Exchange): void {
    let position = 0;
    const goOn = (): void => {
      while (position < BODY_BYTES && target.destroyed !== true) {
        const part = BODY.subarray(position, position + writeBytes);
        position += part.length;
        const hasRoom = target.write(part);
        this.#tick();
        if (!hasRoom) return void target.once("drain", goOn);
      }
      target.end();
      this.#tick();
    };
    goOn();
  }

  /** Until the message has ended, or has been cut. */
  async #receive(
    message: IncomingMessage,
    exchange: Exchange,
    hasFailed: () => boolean = () => false,
  ): Promise<void> {
    let bytes = 0;
    let pieces = 0;
    let isRight = true;
    let hasEnded = false;
    message.on("data", (piece: Buffer) => {
      isRight &&= piece.equals(BODY.subarray(bytes, bytes + piece.length));
      bytes += piece.length;
      if (++pieces % exchange.pauseEvery === 0) {
        message.pause();
        setImmediate(() => message.resume());
      }
      this.#tick();
    });
    message.on("end", () => {
      hasEnded = true;
    });
    message.on("error", () => {});
    if (!message.closed) await new Promise<void>((resolve) => void message.once("close", () => resolve()));
    if (!isRight) throw new Error(`what was received is not what was sent, within ${bytes} bytes`);
    this.#outcomes.push({ exchange, bytes, isWhole: hasEnded && message.complete && !hasFailed() });
  }
}

/** @throws Error if a short body looked whole, or something did not come to its end */
export async function play(scenario: Scenario): Promise<Played> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), PATIENCE_MS);
  });
  try {
    const played = await Promise.race([new Game(scenario).play(), hangs]);
    for (const { isWhole, bytes } of played.outcomes)
      if (isWhole && bytes !== BODY_BYTES) throw new Error(`a body of ${bytes} bytes looks whole`);
    return played;
  } catch (error) {
    throw new Error(`${JSON.stringify(scenario)}: ${(error as Error).message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
