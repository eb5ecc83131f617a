/** A socket of node:net that destroys itself after it wrote: its peer hears 'end', it hears 'close' and no 'end'. */
import { once } from "node:events";
import { connect, createServer } from "node:net";

const server = createServer((far) => far.resume().on("error", () => {}));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const near = connect(server.address().port, "127.0.0.1");
await once(near, "connect");
const events = [];
for (const event of ["end", "close"]) near.on(event, () => events.push(event));
near.resume();
near.write("last words");
near.destroy();
await once(near, "close");
await new Promise((resolve) => setTimeout(resolve, 200));
console.log(events.join() === "close" ? "has" : `lacks: ${events.join()}`);
process.exit();
