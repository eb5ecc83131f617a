/**
 * A relay in a process of its own, as a link of so many megabits a second: it takes none of the time of the end that is here.
 * Owns: both sides of that process. Does not own: the relay (relay.ts). The file is the process's program, too.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Direction, type Impairment, metered, Relay } from "./relay.ts";

export interface Link {
  readonly megabitsPerSecond: number;
  readonly impairment: Impairment;
}

interface Order {
  readonly ourUdp: number;
  readonly peerUdp: number;
  readonly link: Link;
}

interface Ports {
  readonly portForUs: number;
  readonly portForPeer: number;
}

/** Datagrams that were let through. */
export type Passed = Readonly<Record<Direction, number>>;

export class RelayProcess {
  readonly #child: ChildProcess;
  readonly portForUs: number;
  readonly portForPeer: number;

  private constructor(child: ChildProcess, { portForUs, portForPeer }: Ports) {
    this.#child = child;
    this.portForUs = portForUs;
    this.portForPeer = portForPeer;
  }

  /** @param ourUdp where we are. @param peerUdp where the peer is. Both are on 127.0.0.1 */
  static async start(ourUdp: number, peerUdp: number, link: Link): Promise<RelayProcess> {
    const child = fork(fileURLToPath(import.meta.url));
    const order: Order = { ourUdp, peerUdp, link };
    return new RelayProcess(child, (await answerOf(child, order)) as Ports);
  }

  async passed(): Promise<Passed> {
    return (await answerOf(this.#child, "passed?")) as Passed;
  }

  close(): void {
    this.#child.kill();
  }
}

async function answerOf(child: ChildProcess, question: Order | "passed?"): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error("the relay's process has ended"));
    child.once("exit", onExit);
    child.once("message", (answer) => {
      child.off("exit", onExit);
      resolve(answer);
    });
    child.send(question);
  });
}

/** In the process: the first message is the order, the answer the ports; without its parent it ends. */
async function serve(): Promise<void> {
  process.once("disconnect", () => process.exit());
  const [{ ourUdp, peerUdp, link }] = (await once(process, "message")) as [Order];
  const fate = metered(link.megabitsPerSecond, link.impairment);
  const relay = await Relay.open(ourUdp, peerUdp, fate);
  process.on("message", () => process.send?.(relay.passedCount));
  const ports: Ports = { portForUs: relay.portForUs, portForPeer: relay.portForPeer };
  process.send?.(ports);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve();
