/** Whole programs on RFC 6458 sockets, in virtual time, on networks that lose and reorder. */
import { describe, expect, it } from "vitest";
import {
  blocking,
  type Program,
  type SimHost,
  SimSockets,
  SimViolation,
  SimWorld,
  sleep,
  until,
} from "../../src/sim/index.ts";
import type { SctpSocket } from "../../src/socket/socket.ts";
import { bytes, ok, text } from "../unit/socket/net.ts";

const SERVER = { address: "10.0.0.2", port: 7 } as const;
const LOSSY = {
  delayMinMs: 5,
  delayMaxMs: 25,
  lossRate: 0.05,
  duplicateRate: 0.02,
  reorderRate: 0.05,
  reorderMs: 30,
};

interface SimNet {
  readonly world: SimWorld;
  readonly hosts: readonly SimHost[];
  readonly near: SimSockets;
  readonly far: SimSockets;
}

function network(seed: number): SimNet {
  const world = new SimWorld({ seed });
  const nearHost = world.host("near", ["10.0.0.1"]);
  const farHost = world.host("far", ["10.0.0.2"]);
  world.link("10.0.0.1", "10.0.0.2", LOSSY);
  const hosts = [nearHost, farHost];
  return { world, hosts, near: new SimSockets(world, nearHost), far: new SimSockets(world, farHost) };
}

/** One-to-many: answers every message on its association and stream, and forgets who asked. */
function* echoServer(sockets: SimSockets): Program {
  const server = sockets.socket("one-to-many");
  ok(server.bind({ address: "0.0.0.0", port: SERVER.port }));
  ok(server.setsockopt("SCTP_RECVRCVINFO", true));
  ok(server.listen(10));
  for (;;) {
    const received = yield* blocking(() => server.recvmsg());
    if (typeof received !== "object" || received.notification !== undefined) throw new Error("unexpected");
    const [info] = received.control;
    if (info?.type !== "SCTP_RCVINFO") throw new Error("no SCTP_RCVINFO");
    const { associationId, streamId, ppid } = info;
    ok(yield* blocking(() => server.sendv(received.data, { sndinfo: { associationId, streamId, ppid } })));
  }
}

/** One-to-one: sends, reads the answers, closes; returns what it has read. */
function* echoClient(sockets: SimSockets, name: string, count: number): Program<string[]> {
  const socket = sockets.socket("one-to-one");
  const answers: string[] = [];
  if (socket.connect(SERVER) !== "EINPROGRESS") throw new Error(socket.errorText);
  for (let i = 0; i < count; i++) {
    const message = bytes(`${name} ${i}`);
    ok(yield* blocking(() => socket.sendv(message, { sndinfo: { streamId: i % 4 } })));
    if (i % 3 === 0) yield* sleep(sockets, 20);
  }
  while (answers.length < count) {
    const received = yield* blocking(() => socket.recvmsg());
    if (typeof received !== "object") throw new Error(`the association ended: ${received}`);
    answers.push(text(received.data));
  }
  ok(socket.close());
  return answers;
}

describe("an echo server that keeps no list of clients", () => {
  it.each([1, 2, 3, 4, 5])("serves ten clients at once, seed %i", (seed) => {
    const { world, near, far } = network(seed);
    far.start(echoServer(far));
    const clients = Array.from({ length: 10 }, (_, i) => near.start(echoClient(near, `client ${i}`, 20)));
    world.runUntil(() => clients.every(({ isDone }) => isDone), { limitMs: 600_000 });
    for (const [i, client] of clients.entries()) {
      const expected = Array.from({ length: 20 }, (_, j) => `client ${i} ${j}`);
      expect([...client.result].sort()).toEqual([...expected].sort());
      for (const stream of [0, 1, 2, 3]) {
        const onStream = (line: string): boolean => Number(line.split(" ")[2]) % 4 === stream;
        expect(client.result.filter(onStream)).toEqual(expected.filter(onStream));
      }
    }
  });

  it("runs the same way twice from one seed", () => {
    const run = (): string => {
      const { world, near, far } = network(99);
      far.start(echoServer(far));
      const client = near.start(echoClient(near, "c", 30));
      world.runUntil(() => client.isDone, { limitMs: 600_000 });
      return `${world.traceHash} ${client.result.join()}`;
    };
    expect(run()).toBe(run());
  });
});

describe("a one-to-one server", () => {
  function* session(socket: SctpSocket): Program<number> {
    let bytesRead = 0;
    for (;;) {
      const received = yield* blocking(() => socket.recvmsg());
      if (received === 0) break;
      if (typeof received !== "object") throw new Error(received);
      bytesRead += received.data.length;
    }
    ok(socket.close());
    return bytesRead;
  }

  it("accepts, reads to the end, and closes, each client in a program of its own", () => {
    const { world, near, far } = network(7);
    const sessions: ReturnType<typeof far.start<number>>[] = [];
    far.start(
      (function* (): Program {
        const listener = far.socket("one-to-one");
        ok(listener.bind({ address: "0.0.0.0", port: SERVER.port }));
        ok(listener.listen(5));
        for (;;) {
          const accepted = yield* blocking(() => listener.accept());
          if (typeof accepted === "string") throw new Error(accepted);
          sessions.push(far.start(session(accepted)));
        }
      })(),
    );
    const sizes = [1_000, 100_000, 3_000_000];
    for (const size of sizes) {
      near.start(
        (function* (): Program {
          const socket = near.socket("one-to-one");
          socket.connect(SERVER);
          for (let left = size; left > 0; left -= 50_000) {
            const data = new Uint8Array(Math.min(left, 50_000));
            ok(yield* blocking(() => socket.sendv(data)));
          }
          ok(socket.close());
        })(),
      );
    }
    world.runUntil(() => sessions.length === 3 && sessions.every(({ isDone }) => isDone), {
      limitMs: 600_000,
    });
    expect(sessions.map(({ result }) => result).sort((a, b) => a - b)).toEqual(sizes);
  });
});

describe("a fast sender and a slow reader", () => {
  it("hold memory flat on both sides, for one association and for a hundred at once", () => {
    for (const count of [1, 100]) {
      const { world, hosts, near, far } = network(11);
      const buffer = 32_768;
      let read = 0;
      far.start(
        (function* (): Program {
          const server = far.socket("one-to-many");
          ok(server.setsockopt("SO_RCVBUF", buffer));
          ok(server.bind({ address: "0.0.0.0", port: SERVER.port }));
          ok(server.listen(1));
          for (;;) {
            yield* sleep(far, 1_000);
            if (typeof server.recvmsg() === "object") read++;
          }
        })(),
      );
      near.start(
        (function* (): Program {
          const ids = Array.from({ length: count }, () => {
            const own = near.socket("one-to-many");
            ok(own.setsockopt("SO_SNDBUF", buffer));
            return { own, id: ok(own.connectx([SERVER])) };
          });
          for (;;) {
            for (const { own, id } of ids)
              own.sendv(new Uint8Array(4_000), { sndinfo: { associationId: id } });
            yield* sleep(near, 100);
          }
        })(),
      );
      world.run(60_000);
      expect(read).toBeGreaterThan(50);
      const associations = hosts.flatMap(({ stack }) => [...stack.associations]);
      expect(associations).toHaveLength(2 * count);
      for (const { bufferedBytes, stats } of associations) {
        expect(bufferedBytes).toBeLessThan(buffer + 4_000);
        expect(stats.heldBytes).toBeLessThan(buffer + 2_000);
      }
    }
  });
});

describe("programs", () => {
  it("wait for what is to come true, and have no result before they end", () => {
    const { world, near, far } = network(3);
    far.start(echoServer(far));
    const socket = near.socket("one-to-one");
    const waiting = near.start(
      (function* (): Program<string> {
        socket.connect(SERVER);
        yield* until(() => socket.refusal() === undefined && socket.getsockopt("SCTP_STATUS") !== "ENOTCONN");
        yield* until(() => {
          const status = socket.getsockopt("SCTP_STATUS");
          return typeof status === "object" && status.state === "SCTP_ESTABLISHED";
        });
        return "established";
      })(),
    );
    expect(() => waiting.result).toThrow(SimViolation);
    world.runUntil(() => waiting.isDone, { limitMs: 60_000 });
    expect(waiting.result).toBe("established");
    expect(near.nowMs).toBe(world.nowMs);
  });
});
