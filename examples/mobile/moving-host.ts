/**
 * A client that moves from one network to the other, and a server that is reached from both, as network namespaces of this machine:
 * Linux, root and `ip` (iproute2).
 * Owns: making them, moving the client, leaving nothing behind. Does not own: the programs that run in them (main.ts), what they do
 * about a move (client.ts).
 */
import { execFileSync } from "node:child_process";

export type Host = "client" | "server";
type Network = 1 | 2;
const HOSTS: readonly Host[] = ["client", "server"];

/** Where the server is, from either network: 10.96.1.0/24 and 10.96.2.0/24. */
export const SERVER_ADDRESS = "10.96.0.1";

/** Of the client, in either network; the server is number 1. */
const [FIRST_NUMBER, LAST_NUMBER] = [2, 250];

export class MovingHost {
  /** Of the client: the only one that it has. */
  clientAddress = `10.96.1.${FIRST_NUMBER}`;
  #network: Network = 1;
  #nextNumber = FIRST_NUMBER + 1;

  /** @throws Error with what `ip` says, if they cannot be made */
  constructor() {
    try {
      for (const host of HOSTS) ip(["netns", "add", nameOf(host)]);
      ip(["-n", nameOf("server"), "addr", "add", `${SERVER_ADDRESS}/32`, "dev", "lo"]);
      ip(["-n", nameOf("server"), "link", "set", "lo", "up"]);
      lay(1);
      lay(2);
      this.#configure(this.#joining);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** What to put in front of a command that is to run on a host. */
  on(host: Host): readonly string[] {
    return ["ip", "netns", "exec", nameOf(host)];
  }

  /** The client loses its address and gets one of the other network, where it has not had it before. Nobody is told. */
  move(): void {
    const leave = `addr del ${this.clientAddress}/24 dev ${deviceOf(this.#network)}`;
    this.#network = this.#network === 1 ? 2 : 1;
    this.clientAddress = `10.96.${this.#network}.${this.#nextNumber}`;
    this.#nextNumber = this.#nextNumber === LAST_NUMBER ? FIRST_NUMBER : this.#nextNumber + 1;
    this.#configure([leave, ...this.#joining]);
  }

  /** The devices go with their namespaces. */
  remove(): void {
    for (const host of HOSTS) {
      try {
        ip(["netns", "del", nameOf(host)]);
      } catch {
        // It was not made.
      }
    }
  }

  get #joining(): readonly string[] {
    const [network, address] = [this.#network, this.clientAddress];
    return [
      `addr add ${address}/24 dev ${deviceOf(network)}`,
      `route replace default via ${gatewayOf(network)}`,
    ];
  }

  /** At one stroke: what was sent between the address and its route would be lost. */
  #configure(commands: readonly string[]): void {
    ip(["-n", nameOf("client"), "-batch", "-"], commands.join("\n"));
  }
}

const nameOf = (host: Host): string => `mobile-${process.pid}-${host}`;
const deviceOf = (network: Network): string => `network${network}`;
const gatewayOf = (network: Network): string => `10.96.${network}.1`;

/** A pair of devices, one end on each host; the server's has an address by which the client finds its way. */
function lay(network: Network): void {
  const device = deviceOf(network);
  const [here, there] = HOSTS.map(nameOf) as [string, string];
  ip(["link", "add", device, "netns", here, "type", "veth", "peer", "name", device, "netns", there]);
  for (const host of HOSTS) ip(["-n", nameOf(host), "link", "set", device, "up"]);
  ip(["-n", nameOf("server"), "addr", "add", `${gatewayOf(network)}/24`, "dev", device]);
}

function ip(words: readonly string[], input = ""): void {
  try {
    execFileSync("ip", words, { input, stdio: ["pipe", "ignore", "pipe"] });
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string; readonly stderr?: Buffer };
    throw new Error(code === "ENOENT" ? "there is no command ip" : `ip ${words.join(" ")}: ${stderr}`.trim());
  }
}
