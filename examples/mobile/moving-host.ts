/**
 * A client that moves from one network to the other, and a server that is reached from both.
 * Owns: their addresses, moving the client. Does not own: the hosts (examples/hosts.ts), the programs that run on them (main.ts), what
 * they do about a move (client.ts).
 */
import { Hosts, ip } from "../hosts.ts";

export type Host = "client" | "server";
type Network = 1 | 2;
const HOSTS: readonly Host[] = ["client", "server"];

/** Where the server is, from either network: 10.96.1.0/24 and 10.96.2.0/24. */
export const SERVER_ADDRESS = "10.96.0.1";

/** Of the client, in either network; the server is number 1. */
const [FIRST_NUMBER, LAST_NUMBER] = [2, 250];

export class MovingHost extends Hosts<Host> {
  /** Of the client: the only one that it has. */
  clientAddress = `10.96.1.${FIRST_NUMBER}`;
  #network: Network = 1;
  #nextNumber = FIRST_NUMBER + 1;

  /** @throws Error with what `ip` says, if they cannot be made */
  constructor() {
    super("mobile", HOSTS, (hosts) => {
      const server = hosts.namespaceOf("server");
      ip(["-n", server, "addr", "add", `${SERVER_ADDRESS}/32`, "dev", "lo"]);
      ip(["-n", server, "link", "set", "lo", "up"]);
      for (const network of [1, 2] as const) lay(hosts, network);
      configure(hosts, joining(1, `10.96.1.${FIRST_NUMBER}`));
    });
  }

  /** The client loses its address and gets one of the other network, where it has not had it before. Nobody is told. */
  move(): void {
    const leave = `addr del ${this.clientAddress}/24 dev ${deviceOf(this.#network)}`;
    this.#network = this.#network === 1 ? 2 : 1;
    this.clientAddress = `10.96.${this.#network}.${this.#nextNumber}`;
    this.#nextNumber = this.#nextNumber === LAST_NUMBER ? FIRST_NUMBER : this.#nextNumber + 1;
    configure(this, [leave, ...joining(this.#network, this.clientAddress)]);
  }
}

const deviceOf = (network: Network): string => `network${network}`;
const gatewayOf = (network: Network): string => `10.96.${network}.1`;

const joining = (network: Network, address: string): readonly string[] => [
  `addr add ${address}/24 dev ${deviceOf(network)}`,
  `route replace default via ${gatewayOf(network)}`,
];

/** On the client, at one stroke: what was sent between the address and its route would be lost. */
function configure(hosts: Hosts<Host>, commands: readonly string[]): void {
  ip(["-n", hosts.namespaceOf("client"), "-batch", "-"], commands.join("\n"));
}

/** The server's end of the cable has an address by which the client finds its way. */
function lay(hosts: Hosts<Host>, network: Network): void {
  const device = deviceOf(network);
  hosts.layCable(device, "client", "server");
  for (const host of HOSTS) ip(["-n", hosts.namespaceOf(host), "link", "set", device, "up"]);
  ip(["-n", hosts.namespaceOf("server"), "addr", "add", `${gatewayOf(network)}/24`, "dev", device]);
}
