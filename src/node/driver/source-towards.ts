/**
 * From where this host sends to an address.
 * Owns: asking the host for it. Does not own: what the source tells: an interface (interface-mtu.ts), a trace's line (source-trace.ts).
 */
import { createSocket } from "node:dgram";
import { addressFamily, canonicalAddress } from "../../platform/address.ts";

/** RFC 863: nothing is sent there. */
const DISCARD_PORT = 9;

/** A UDP socket that is connected has a local address, and sends nothing for that. Undefined where there is no route. */
export function sourceTowards(remoteAddress: string): string | undefined {
  const family = addressFamily(remoteAddress);
  // With a lookup that answers at once, connect() has done its work when it returns.
  const socket = createSocket({
    type: family === 4 ? "udp4" : "udp6",
    lookup: (host, _options, callback) => callback(null, host, family),
  });
  socket.on("error", () => {}); // No route: then nothing is known.
  try {
    socket.connect(DISCARD_PORT, remoteAddress);
    return canonicalAddress(socket.address().address);
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
