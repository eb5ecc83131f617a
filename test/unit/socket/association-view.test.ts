/** Options and notifications of an association that is not a socket's of this model. */
import { describe, expect, it } from "vitest";
import { AssociationView } from "../../../src/socket/association-view.ts";
import { StackHost } from "../../../src/socket/stack-host.ts";
import { FAR, Net, ok, PORT } from "./net.ts";

describe("an association with a user of another kind", () => {
  it("has the options by the RFC's names, and tells the notifications that are wanted", () => {
    const net = new Net();
    net.server();
    const user = net.nearHost.connect([FAR], PORT);
    const { stack } = net.nearHost;
    const host = new StackHost(stack, { nowMs: () => net.world.nowMs, scheduleFlush: () => {} });
    const view = new AssociationView(host, user.association);
    ok(view.setsockopt("SCTP_RTOINFO", { minMs: 77 }));
    expect(user.association.options.rtoMinMs).toBe(77);
    expect(ok(view.getsockopt("SCTP_STATUS")).state).toBe("SCTP_COOKIE_WAIT");
    expect(view.setsockopt("SCTP_AUTOCLOSE", 5)).toBe("EOPNOTSUPP");
    expect(view.errorText).toMatch(/one-to-many/);
    const { association } = user;
    const up = { kind: "established", association, inbound: false } as const;
    expect(view.notificationsOf(up)).toEqual([]);
    ok(view.setsockopt("SCTP_EVENT", { type: "SCTP_ASSOC_CHANGE", on: true }));
    expect(view.notificationsOf(up)).toMatchObject([
      { state: "SCTP_COMM_UP", associationId: association.id },
    ]);
    const closed = {
      kind: "closed",
      association,
      reason: { kind: "unreachable", during: "transfer" },
    } as const;
    expect(view.notificationsOf(closed)).toMatchObject([{ state: "SCTP_COMM_LOST" }]);
  });
});
