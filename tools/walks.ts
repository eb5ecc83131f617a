/**
 * `npm run walks`: how far a datagram, a message and a timer are carried through src, from one end to the other.
 * Owns: the command line. Does not own: the walks (walks/).
 *
 * A walk is told by its hand-overs: the places where the message, or the event that tells of it, is put into an array or a
 * map, taken out again, copied, given to the UDP socket or to the user. At each of them the stack is taken at run time,
 * in a real program of two sockets on loopback. The functions under src/ on these stacks are what the thing is carried
 * by; each counts once, those of JavaScript and Node do not count, nor do those of a container (`Fifo`): whoever puts
 * something into it does. A walk that goes through several turns of the event loop so has the functions of all of them.
 *
 * What is not seen: who takes a message out of a queue that chains its messages (one more function, `SendQueue.consume`),
 * and functions that are done when the thing goes on: those on a stack carry it, those beside it do not.
 *
 * So counted, revision 658a465 has 28, 21 and 13, where a count by reading had come to 30, 21 and 12. With the functions of
 * `Fifo` it would be 30, 23 and 14.
 */
import { flag, readCommand } from "./command-line.ts";
import { textOf } from "./walks/count.ts";
import { takeWalks } from "./walks/walks.ts";

const { values } = readCommand({
  name: "walks",
  about:
    "Prints the functions under src/ that carry a datagram to the listener for 'message', a message to the UDP socket, " +
    "and an expired T3-rtx to the event of its path, and how many they are.",
  options: { json: flag("prints JSON") },
});
const walks = await takeWalks();
if (values.json) console.log(JSON.stringify(walks, undefined, 2));
else {
  for (const walk of walks) console.log(`${textOf(walk)}\n`);
  console.log(walks.map(({ total }) => total).join(", "));
}
