/**
 * The page of the race.
 * Owns: what stands where, and what is said about it. Does not own: its parts (the other files here), the race
 * (race-session.ts).
 */
import { SiteHead } from "../app/site-nav.tsx";
import { Curves } from "./curves.tsx";
import { FiguresTable } from "./figures-table.tsx";
import { RaceControls } from "./race-controls.tsx";
import { MANNERS, type RaceSession } from "./race-session.ts";
import { MEGABITS_PER_SECOND } from "./settings.ts";
import { SideView } from "./side-view.tsx";

export function RacePage({ session }: { readonly session: RaceSession }) {
  const state = session.state.value;
  return (
    <>
      <SiteHead here="Race" />
      <div class="top">
        <h1>The head-of-line race</h1>
        <p>
          A text and twelve pictures cross a link that loses packets: over one ordered stream, and over a
          stream for each. Both sides are sctpkit's real stack on a simulated network.
        </p>
      </div>
      <RaceControls session={session} />
      <p class="problem" role="alert">
        {session.problem.value}
      </p>
      <main>
        <div class="sides">
          {MANNERS.map((manner) => (
            <SideView key={manner} manner={manner} side={state?.sides[manner]} />
          ))}
        </div>
        <p class="key">
          <span class="bar" aria-hidden="true">
            <span class="delivered" style={{ width: "100%" }} />
          </span>
          on the page
          <span class="bar" aria-hidden="true">
            <span class="arrived" style={{ width: "100%" }} />
          </span>
          arrived, but standing behind bytes of others
        </p>
        <div class="numbers">
          <FiguresTable state={state} />
          <Curves state={state} />
        </div>
        <About />
      </main>
      <p class="unseen" role="status">
        {session.news.value}
      </p>
    </>
  );
}

function About() {
  return (
    <section class="about" aria-labelledby="about">
      <h2 id="about">What the left side is, and what it is not</h2>
      <p>
        It is not TCP. It is the same SCTP stack, which puts everything on one stream and so delivers all
        bytes in the order in which they were sent, as TCP does. Its frames take turns, as those of HTTP/2 do
        over TCP. The right side hands the same frames to the stack in the same order, each on the stream of
        its picture. So both sides send packets of the same sizes at the same times, and the seeded link loses
        the same ones. Whatever differs is the order of delivery and nothing else.
      </p>
      <p>
        Handshake, congestion control (BBR) and loss detection (RACK) are the same, too, and the link carries{" "}
        {MEGABITS_PER_SECOND} Mbit/s. With the default congestion control of RFC 9260, which takes each loss
        for a full queue, this link carries a tenth of that at 4 % loss. Then so few packets are under way at
        a time that hardly anything can stand behind others, and most pictures are whole at the same moment on
        both sides.
      </p>
      <p>
        Everything is there at the same moment on either side: streams make nothing faster on the whole. They
        end the waiting of one for another. The same race over real sockets, beside Node's TCP, is in{" "}
        <code>examples/hol</code>; its figures are in <code>docs/performance.md</code>.
      </p>
    </section>
  );
}
