/**
 * The views as panels: what each is given of the moment, and what it says where there is nothing to see.
 * Owns: asking for what the open one needs, and for nothing else. Does not own: the views (src/views), the tabs (panels.tsx).
 */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { wayWords } from "../ladder/packet-words.ts";
import type { PageSession } from "../session/page-session.ts";
import type { WatchKind } from "../session/protocol.ts";
import { PacketView } from "../views/packet/packet-view.tsx";
import { PlotsView } from "../views/plots/plots-view.tsx";
import { StateView } from "../views/state/state-view.tsx";
import { StreamsView } from "../views/streams/streams-view.tsx";
import type { PanelProps } from "./panels.tsx";

export function BytesPanel({ session }: PanelProps) {
  const moment = session.moment.value;
  const bytes = session.bytes.value;
  const packet = moment?.selected;
  if (moment === undefined || packet === undefined || bytes === undefined)
    return (
      <Invitation>
        Click a packet in the ladder, or press <kbd>↑</kbd> there, and its bytes are here, each field named.
      </Invitation>
    );
  return <PacketView bytes={bytes} title={`Packet ${packet.number}, ${wayWords(packet, moment)}`} />;
}

export function StatePanel({ session }: PanelProps) {
  const watched = useWatched(session, "ends");
  if (watched === undefined) return <NothingInside session={session} />;
  return <StateView {...watched} />;
}

export function StreamsPanel({ session }: PanelProps) {
  const watched = useWatched(session, "ends");
  if (watched === undefined) return <NothingInside session={session} />;
  return <StreamsView now={watched.now} />;
}

export function PlotsPanel({ session }: PanelProps) {
  useWatched(session, "paths");
  const moment = session.moment.value;
  if (moment?.records === undefined) return <NothingInside session={session} />;
  if (moment.records.length === 0)
    return (
      <Invitation>There is no path yet. Press Play, and its windows and round trips are drawn.</Invitation>
    );
  return <PlotsView records={moment.records} nowMs={moment.nowMs} />;
}

/** The worker tells of no more than what is looked at. */
function useWatched(session: PageSession, kind: WatchKind) {
  useEffect(() => {
    session.watch(kind);
    return () => session.watch("nothing");
  }, [session, kind]);
  return session.moment.value?.watched;
}

function NothingInside({ session }: PanelProps) {
  if (session.source.value.kind !== "capture") return null;
  return <Invitation>A capture shows what was on the wire, and not what the ends thought of it.</Invitation>;
}

function Invitation({ children }: { readonly children: ComponentChildren }) {
  return <p class="invitation">{children}</p>;
}
