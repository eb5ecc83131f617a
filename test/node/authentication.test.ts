/** Authentication (RFC 4895) in the face of `node:net`. What is on the wire is tested in virtual time. */
import { once } from "node:events";
import { expect, it } from "vitest";
import type { Notification } from "../../src/index.ts";
import { finish, pair } from "./pair.ts";

const KEYS = { 3: Buffer.from("one secret"), 4: Buffer.from("another one") };
const DATA = 0;
const COOKIE_ECHO = 10;

it("an option at both ends: the server takes no set-up and no data of who does not know the keys", async () => {
  const authentication = { chunks: [COOKIE_ECHO, DATA], keys: KEYS, activeKeyId: 3 };
  const ends = await pair({ server: { authentication }, client: { authentication } });
  const { client, accepted } = ends;
  expect(client.getOption("SCTP_PEER_AUTH_CHUNKS")).toEqual({ chunks: [COOKIE_ECHO, DATA] });
  expect(accepted.getOption("SCTP_AUTH_ACTIVE_KEY")).toEqual({ keyNumber: 3 });
  const large = Buffer.alloc(300_000, "x");
  const message = once(accepted, "message");
  await client.send(large);
  expect((await message)[0].data.equals(large)).toBe(true);
  await finish(ends);
});

it("a key for each message, another active one, and an event for the first use", async () => {
  const authentication = { chunks: [DATA], keys: KEYS, activeKeyId: 3 };
  const ends = await pair({ server: { authentication }, client: { authentication } });
  const { client, accepted } = ends;
  accepted.setOption("SCTP_EVENT", { type: "SCTP_AUTHENTICATION_EVENT", on: true });
  const heard = once(accepted, "notification") as Promise<[Notification]>;
  await client.send("with key 3", { until: "delivered" });
  expect((await heard)[0]).toMatchObject({ indication: "SCTP_AUTH_NEW_KEY", keyNumber: 3 });
  const next = once(accepted, "notification") as Promise<[Notification]>;
  await client.send("with key 4", { authKeyId: 4, until: "delivered" });
  expect((await next)[0]).toMatchObject({ indication: "SCTP_AUTH_NEW_KEY", keyNumber: 4 });
  client.setOption("SCTP_AUTH_ACTIVE_KEY", { keyNumber: 4 });
  client.setOption("SCTP_AUTH_DEACTIVATE_KEY", { keyNumber: 3 });
  await expect(client.send("x", { authKeyId: 3 })).rejects.toThrow(/key 3 has been deactivated/);
  await expect(client.send("x", { authKeyId: 9 })).rejects.toThrow(/there is no key 9/);
  await finish(ends);
});

it("a peer that does not know of it: the association comes up without, and a message cannot ask for a key", async () => {
  const ends = await pair({ server: { authentication: true } });
  const { client, accepted } = ends;
  expect(accepted.getOption("SCTP_LOCAL_AUTH_CHUNKS")).toEqual({ chunks: [] });
  await expect(client.send("x", { authKeyId: 0 })).rejects.toMatchObject({ code: "ERR_SCTP_NOT_SUPPORTED" });
  await finish(ends);
});
