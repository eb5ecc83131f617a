/** `sctpkit` for the README's programs: as the package has it, but on the UDP port of the environment, not on 9899. */
import {
  type ConnectSocketOptions,
  createEndpoint as createRealEndpoint,
  createServer as createRealServer,
  type Endpoint,
  type EndpointOptions,
  type Server,
  type ServerOptions,
  Socket,
} from "../../src/index.ts";

export * from "../../src/index.ts";

const udpPort = Number(process.env["README_UDP_PORT"]);

export function createServer(
  options: ServerOptions | ((socket: Socket) => void),
  onConnection?: (socket: Socket) => void,
): Server {
  if (typeof options === "function") return createRealServer({ localUdpPort: udpPort }, options);
  return createRealServer({ localUdpPort: udpPort, ...options }, onConnection);
}

export function connect(options: ConnectSocketOptions, onConnect?: () => void): Socket {
  return new Socket().connect({ remoteUdpPort: udpPort, ...options }, onConnect);
}

export function createEndpoint(options: EndpointOptions = {}): Endpoint {
  const endpoint = createRealEndpoint({ remoteUdpPort: udpPort, ...options });
  const listen = endpoint.listen.bind(endpoint);
  endpoint.listen = (bind) => listen({ localUdpPort: udpPort, ...bind });
  return endpoint;
}
