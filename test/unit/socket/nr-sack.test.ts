/** NR-SACK at the sockets: its option (draft-tuexen-tsvwg-sctp-multipath 4.1). */
import { expect, it } from "vitest";
import { Net, ok } from "./net.ts";

it("SCTP_NRSACK_SUPPORTED is off for associations to come, tells of one whether both agreed, and cannot be changed then", () => {
  const net = new Net();
  const { server, client, serverId } = net.connected();
  expect(ok(client.getsockopt("SCTP_NRSACK_SUPPORTED"))).toBe(false);
  expect(ok(server.getsockopt("SCTP_NRSACK_SUPPORTED", serverId))).toBe(false);
  expect(client.setsockopt("SCTP_NRSACK_SUPPORTED", true)).toBe("EINVAL");
  expect(server.setsockopt("SCTP_NRSACK_SUPPORTED", true, "all")).toBe("EINVAL");
  ok(server.setsockopt("SCTP_NRSACK_SUPPORTED", true));
  const other = net.near.socket("one-to-many");
  ok(other.setsockopt("SCTP_NRSACK_SUPPORTED", true, "future"));
  expect(ok(other.getsockopt("SCTP_NRSACK_SUPPORTED", "future"))).toBe(true);
  const id = ok(other.connectx([{ address: "10.0.0.2", port: 7 }]));
  net.run();
  expect(ok(other.getsockopt("SCTP_NRSACK_SUPPORTED", id))).toBe(true);
});
