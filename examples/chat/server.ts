/**
 * A chat server: `npx tsx examples/chat/server.ts`, SCTP port 5000 in UDP port 9899.
 *
 * It keeps no list of clients: who is there is the socket's to know, and SCTP_SENDALL (`sendAll`) reaches them all. A client
 * who knows the password becomes a superuser: its association is peeled off into a socket of its own, on which it gives
 * orders and no longer hears the chat.
 */
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { createEndpoint, type Endpoint, type EndpointBindOptions, type Socket } from "../../src/index.ts";

export const CHAT_PORT = 5_000;
const PASSWORD = "open sesame";

/** Serves until the endpoint is closed. */
export async function startChat(options: EndpointBindOptions = {}): Promise<Endpoint> {
  const chat = createEndpoint({ notifications: ["SCTP_ASSOC_CHANGE"] });
  await chat.listen({ port: CHAT_PORT, ...options });
  serve(chat).catch((error: Error) => console.error(error.message));
  return chat;
}

async function serve(chat: Endpoint): Promise<void> {
  for await (const item of chat) {
    if (item.type === "message") {
      const { associationId } = item.info;
      const text = item.data.toString();
      if (text === `/super ${PASSWORD}`)
        obey(chat.peeloff(associationId), chat, associationId).catch(() => {}); // It went away in mid-order.
      else await chat.sendAll(`${associationId}: ${text}`);
    } else if (item.type === "SCTP_ASSOC_CHANGE") {
      await chat.sendAll(`* ${item.associationId} ${item.state === "SCTP_COMM_UP" ? "came" : "left"}`);
    }
  }
}

/** What a superuser may do: `who`, `kick ID`, `say TEXT`. */
async function obey(superuser: Socket, chat: Endpoint, associationId: number): Promise<void> {
  superuser.on("error", () => {}); // A superuser may vanish like anybody else.
  await chat.sendAll(`* ${associationId} rose above us`);
  await superuser.send("at your orders: who, kick ID, say TEXT");
  for await (const { data } of superuser.messages()) {
    const [order = "", ...rest] = data.toString().split(" ");
    const words = rest.join(" ");
    if (order === "who") await superuser.send(chat.associationIds.join(" "));
    else if (order === "kick" && chat.associationIds.includes(Number(words)))
      chat.abort(Number(words), "kicked");
    else if (order === "say") await chat.sendAll(`! ${words}`);
    else await superuser.send("who, kick ID, say TEXT");
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const chat = await startChat();
  console.log(`chat on SCTP port ${chat.address()?.port}, UDP port ${chat.address()?.localUdpPort}`);
}
