/** The options and notifications of RFC 6458 on a one-to-one socket. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { connect, Socket } from "../../src/index.ts";
import { finish, pair } from "./pair.ts";

it("sets and gets options by their RFC names", async () => {
  const ends = await pair();
  const { client } = ends;
  client.setOption("SCTP_RTOINFO", { minMs: 50, maxMs: 5_000 });
  expect(client.getOption("SCTP_RTOINFO")).toMatchObject({ minMs: 50, maxMs: 5_000, initialMs: 1_000 });
  client.setOption("SCTP_NODELAY", false);
  expect(client.getOption("SCTP_NODELAY")).toBe(false);
  expect(client.getOption("SCTP_STATUS")).toMatchObject({ state: "SCTP_ESTABLISHED" });
  await finish(ends);
});

it("tells of the notifications that were subscribed to, and of no others", async () => {
  const ends = await pair();
  const { client } = ends;
  const heard: string[] = [];
  client.on("notification", ({ type }) => heard.push(type));
  await client.send("before");
  client.setOption("SCTP_EVENT", { type: "SCTP_SENDER_DRY_EVENT", on: true });
  const dry = once(client, "notification");
  await client.send("after");
  await dry;
  client.setOption("SCTP_EVENT", { type: "SCTP_SENDER_DRY_EVENT", on: false });
  expect(new Set(heard)).toEqual(new Set(["SCTP_SENDER_DRY_EVENT"]));
  const count = heard.length;
  await finish(ends);
  expect(heard).toHaveLength(count);
});

it("knows what the peer says that stands between SCTP and its user, as soon as there is an association", async () => {
  const ends = await pair({
    server: { adaptationIndication: 0xffff_fffe },
    client: { adaptationIndication: 0 },
  });
  const { client, accepted } = ends;
  expect([client, accepted].map((socket) => socket.peerAdaptationIndication)).toEqual([0xffff_fffe, 0]);
  expect(new Socket().peerAdaptationIndication).toBeUndefined();
  await finish(ends);
  const without = await pair({ client: { adaptationIndication: 7 } });
  expect(without.client.peerAdaptationIndication).toBeUndefined();
  expect(without.accepted.peerAdaptationIndication).toBe(7);
  await finish(without);
});

it("says what is wrong with an option", async () => {
  const ends = await pair();
  const { client } = ends;
  expect(() => client.setOption("SCTP_RTOINFO", { minMs: -1 })).toThrow(/min/i);
  // It can only be read.
  expect(() => client.setOption("SCTP_STATUS" as "SCTP_RTOINFO", {})).toThrow(
    expect.objectContaining({ code: "ERR_SCTP_NOT_SUPPORTED" }),
  );
  expect(() => new Socket().getOption("SCTP_NODELAY")).toThrow(
    expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }),
  );
  await finish(ends);
  expect(() => connect({ port: 7, outboundStreams: 0 })).toThrow("outboundStreams");
});
