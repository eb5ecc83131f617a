/**
 * The page: its head, the controls, the ladder, the panels.
 * Owns: what stands where, what is read out. Does not own: what is in each.
 */
import { type Signal, signal } from "@preact/signals";
import { LadderView } from "../ladder/ladder-view.tsx";
import type { PageSession } from "../session/page-session.ts";
import { BreachAlert } from "./breach-alert.tsx";
import { Controls } from "./controls.tsx";
import { openFile } from "./drop.ts";
import { Help } from "./help.tsx";
import { isHelpOpen } from "./keys.ts";
import { OnPaper } from "./on-paper.tsx";
import { Panels } from "./panels.tsx";
import { SiteNav } from "./site-nav.tsx";

const GROUNDS = ["auto", "light", "dark"] as const;
const ground: Signal<(typeof GROUNDS)[number]> = signal("auto");

export function Page({ session }: { readonly session: PageSession }) {
  const moment = session.moment.value;
  return (
    <>
      <header>
        <h1>
          sctpkit <span>playground</span>
        </h1>
        <SiteNav here="Playground" />
        <p class="slogan">
          The real stack on a simulated network. Stop time, and take any packet out of the wire.
        </p>
        <div class="row">
          <label class="button">
            Open a file
            <input
              class="unseen"
              type="file"
              accept=".json,.pcap,.pcapng,.cap"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file !== undefined) void openFile(file, session);
                event.currentTarget.value = "";
              }}
            />
          </label>
          <GroundButton />
          <button
            type="button"
            onClick={() => {
              isHelpOpen.value = true;
            }}
          >
            Keys
          </button>
        </div>
      </header>
      <main>
        <section class="stage" aria-label="The ladder, and time">
          <Controls session={session} />
          {session.complaint.value !== "" && (
            <p class="complaint" role="alert">
              {session.complaint.value}
            </p>
          )}
          <BreachAlert session={session} />
          <LadderView session={session} />
          <OnPaper session={session} />
          <footer class="status">
            <p class="news" role="status">
              {session.news.value}
            </p>
            <p class="counts">
              {moment?.packetCount ?? 0} packets, {moment?.underWayCount ?? 0} under way
              {moment !== undefined &&
                moment.omittedCount > 0 &&
                `, ${moment.omittedCount} more are not drawn`}
            </p>
          </footer>
        </section>
        <Panels session={session} />
      </main>
      <Help />
      <p class="drop-here" aria-hidden="true">
        Drop a scenario or a capture
      </p>
    </>
  );
}

/** As the system says, or light, or dark. */
function GroundButton() {
  const next = GROUNDS[(GROUNDS.indexOf(ground.value) + 1) % GROUNDS.length] ?? "auto";
  return (
    <button
      type="button"
      onClick={() => {
        ground.value = next;
        const { dataset } = document.documentElement;
        if (next === "auto") delete dataset["theme"];
        else dataset["theme"] = next;
      }}
    >
      Colours: {ground.value}
    </button>
  );
}
