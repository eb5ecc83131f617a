/** Listeners that throw, where 'uncaughtException' is handled: what comes next is heard, and nothing twice. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("./throwing-listeners.ts", import.meta.url));
const WORDS = ["one", "two", "three", "four", "five"];

it("a listener that throws deafens nobody: every message is heard once, and the process ends by itself [B7]", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", PROGRAM]);
  expect(JSON.parse(stdout)).toEqual({
    message: { heard: WORDS, thrown: ["at one"] },
    data: { heard: WORDS, thrown: ["at one"] },
    "message, of what was buffered": { heard: WORDS, thrown: ["at one"] },
    stream: { heard: [["0", "1", "2", "3", "4"], WORDS], thrown: ["at 0"] },
    "data of a byte stream": { heard: WORDS, thrown: ["at one"] },
    "data of a byte stream, of what was buffered, and its end": { heard: WORDS, thrown: ["at one"] },
    connect: {
      heard: ["connect", "connection", "echo"],
      thrown: expect.arrayContaining(["at connect", "at connection"]),
    },
    "error, and connect again": { heard: ["connected"], thrown: ["at error"] },
    notification: {
      heard: ["SCTP_SHUTDOWN_EVENT", "SCTP_ASSOC_CHANGE"],
      thrown: ["at shutdown", "at SCTP_SHUTDOWN_EVENT"],
    },
    lookup: { heard: ["127.0.0.1"], thrown: ["at 127.0.0.1"] },
    "listening and close of an endpoint": {
      heard: ["listening", "close"],
      thrown: ["at listening", "at close"],
    },
    "online and exit of a cluster": { heard: ["online", "exit"], thrown: ["at online", "at exit"] },
    endpoint: { heard: [WORDS, ["SCTP_ASSOC_CHANGE"]], thrown: ["at SCTP_ASSOC_CHANGE", "at one"] },
  });
});
