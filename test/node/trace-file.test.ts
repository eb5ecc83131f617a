/** Traces of real sockets that go into files, by the name's end. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { connect, createServer, readCapture, type TraceSink, traceFile } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "sctpkit-trace-"));
afterAll(() => rmSync(folder, { recursive: true }));

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const recordsOf = (path: string): Array<{ name?: string; data?: object; trace?: object }> =>
  readFileSync(path, "utf8")
    .split("\u001e")
    .slice(1)
    .map((text) => JSON.parse(text));

/** One association with a message, from beginning to end. */
async function talk(trace: string | TraceSink, serverTrace?: string): Promise<void> {
  const server = createServer({ ...(serverTrace !== undefined && { trace: serverTrace }) }, (socket) => {
    socket.on("error", () => {});
    socket.resume();
  });
  await once(server.listen({ port: 7, localUdpPort: 0, localAddresses: ["127.0.0.1"] }), "listening");
  const remoteUdpPort = server.address()?.localUdpPort;
  const socket = await connect({ port: 7, host: "127.0.0.1", remoteUdpPort, trace }).opened;
  socket.end("correct horse");
  await once(socket, "close");
  server.close();
  await once(server, "close");
  await nextTurn();
}

describe("a trace that is the name of a file", () => {
  it("is a capture, or a qlog file, of all that goes through the port", async () => {
    const [sqlog, pcapng] = [join(folder, "client.sqlog"), join(folder, "server.pcapng")];
    await talk(sqlog, pcapng);
    const [header, ...events] = recordsOf(sqlog);
    expect(header?.trace).toMatchObject({
      common_fields: { reference_time: { wall_clock_time: new Date(performance.timeOrigin).toISOString() } },
    });
    const names = new Set(events.map(({ name }) => name));
    for (const name of ["sctp:packet_sent", "sctp:packet_received", "timer:set", "message:queued"])
      expect(names).toContain(name);
    const packets = [...readCapture(readFileSync(pcapng))];
    expect(packets.length).toBeGreaterThan(6);
    const others = packets.flatMap((entry) => (entry.kind === "other" ? entry.what : []));
    // By which a client hears of a port that is closed, if the answer does not come first.
    expect(others.filter((what) => what !== "UDP without a payload")).toEqual([]);
    expect(
      packets.some(({ frame }) => frame.comments.some((text) => text.startsWith("why it is sent: "))),
    ).toBe(true);
    expect(readFileSync(pcapng).includes("correct horse")).toBe(true);
  });

  it.each([".pcapng", ".sqlog"])("holds no user data where that is to be left out: %s", async (suffix) => {
    const path = join(folder, `redacted${suffix}`);
    await talk(traceFile(path, { redact: true }));
    const bytes = readFileSync(path);
    expect(bytes.length).toBeGreaterThan(1_000);
    expect(bytes.includes("correct horse")).toBe(false);
    expect(bytes.includes(Buffer.from("correct horse").toString("hex"))).toBe(false);
  });
});

describe("traceFile", () => {
  it("tells once that the file cannot be written, and the work goes on", async () => {
    const errors: string[] = [];
    const trace = traceFile("/nowhere/at/all.sqlog", { onError: ({ message }) => errors.push(message) });
    await talk(trace);
    expect(errors).toEqual([expect.stringContaining("ENOENT")]);
  });

  it("begins a file anew, and writes the batches of several turns in order", async () => {
    const path = join(folder, "twice.sqlog");
    traceFile(path).event({ kind: "state", association: 9, from: "CLOSED", to: "COOKIE-WAIT" }, 0);
    await nextTurn();
    const again = traceFile(path);
    for (let i = 0; i < 3; i++) {
      again.event({ kind: "state", association: i, from: "CLOSED", to: "COOKIE-WAIT" }, i);
      await nextTurn();
    }
    const [, ...events] = recordsOf(path);
    expect(events.map((event) => (event as { group_id?: string }).group_id)).toEqual(["0", "1", "2"]);
  });

  it("loses nothing when the process ends at once", () => {
    const path = join(folder, "exit.sqlog");
    const module = fileURLToPath(new URL("../../src/node/common/trace-file.ts", import.meta.url));
    const code =
      `import { traceFile } from ${JSON.stringify(module)};` +
      `traceFile(${JSON.stringify(path)}).event({ kind: "state", association: 1, from: "a", to: "b" }, 0);` +
      "process.exit(0);";
    const program = join(folder, "exit.mjs");
    writeFileSync(program, code);
    spawnSync(process.execPath, ["--import", "tsx", program]);
    expect(existsSync(path) && recordsOf(path)).toHaveLength(2);
  });
});
