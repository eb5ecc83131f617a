/**
 * A case in which larger packets are looked for (RFC 8899), on the loopback interface: what usrsctp does not read is simply too large.
 */
import { check } from "../harness/messages.ts";
import { exchangeSeries, type Series } from "../harness/series.ts";
import type { Side } from "../harness/side.ts";
import { until } from "../harness/waiting.ts";

const SERIES: Series = { count: 200, smallest: 10, largest: 60_000, streams: 8 };
/** Whole on Ethernet, with the headers of IPv4 and UDP. */
const USUAL_BYTES = 1_472;

export async function largerPackets(side: Side): Promise<void> {
  side.ourOptions = { pathMtuDiscovery: true, pathMtuProbeTimeoutMs: 1_000 };
  const { socket, peer } = await side.associate();
  const [address = ""] = socket.remoteAddresses;
  await until("the search complete", () => socket.pathInfo(address).pathMtuSearch === "SEARCH_COMPLETE");
  const { maxPacketBytes } = socket.pathInfo(address);
  check(maxPacketBytes > USUAL_BYTES, `no packets larger than ${maxPacketBytes} bytes were found`);
  await exchangeSeries(socket, peer, SERIES);
}
