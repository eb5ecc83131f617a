/**
 * The views as panels: what each is given of the moment, and what it says where there is nothing to see.
 * Owns: that. Does not own: the views (src/views), the tabs, what is asked for (panels.tsx).
 */
import type { ComponentChildren } from "preact";
import { wayWords } from "../ladder/packet-words.ts";
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
  const watched = session.moment.value?.watched;
  if (watched === undefined) return <NothingInside session={session} />;
  return <StateView {...watched} />;
}

export function StreamsPanel({ session }: PanelProps) {
  const watched = session.moment.value?.watched;
  if (watched === undefined) return <NothingInside session={session} />;
  return <StreamsView now={watched.now} />;
}

export function PlotsPanel({ session }: PanelProps) {
  const moment = session.moment.value;
  if (moment?.records === undefined) return <NothingInside session={session} />;
  if (moment.records.length === 0)
    return (
      <Invitation>There is no path yet. Press Play, and its windows and round trips are drawn.</Invitation>
    );
  return <PlotsView records={moment.records} nowMs={moment.nowMs} />;
}

function NothingInside({ session }: PanelProps) {
  if (session.source.value.kind !== "capture") return null;
  return <Invitation>A capture shows what was on the wire, and not what the ends thought of it.</Invitation>;
}

function Invitation({ children }: { readonly children: ComponentChildren }) {
  return <p class="invitation">{children}</p>;
}
