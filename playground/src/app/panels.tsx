/**
 * The panels beside the ladder.
 * Owns: their list, the tabs, asking for what the open one needs and for nothing else. Does not own: what is in them.
 */
import { type Signal, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { PageSession } from "../session/page-session.ts";
import type { WatchKind } from "../session/protocol.ts";
import { NetworkPanel } from "./network-panel.tsx";
import { OptionsPanel } from "./options-panel.tsx";
import { PacketsPanel } from "./packets-panel.tsx";
import { ScenarioPanel } from "./scenario-panel.tsx";
import { BytesPanel, PlotsPanel, StatePanel, StreamsPanel } from "./view-panels.tsx";

export interface PanelProps {
  readonly session: PageSession;
}

interface Panel {
  readonly id: string;
  readonly title: string;
  readonly view: ComponentType<PanelProps>;
  /** What it needs of each moment. Default "nothing". */
  readonly watches?: WatchKind;
}

const PANELS: readonly Panel[] = [
  { id: "scenario", title: "Scenario", view: ScenarioPanel },
  { id: "bytes", title: "Bytes", view: BytesPanel },
  { id: "state", title: "State", view: StatePanel, watches: "ends" },
  { id: "streams", title: "Streams", view: StreamsPanel, watches: "ends" },
  { id: "plots", title: "Plots", view: PlotsPanel, watches: "paths" },
  { id: "packets", title: "Packets", view: PacketsPanel },
  { id: "network", title: "Network", view: NetworkPanel },
  { id: "options", title: "Options", view: OptionsPanel },
];

/** What scrolls is to be reached by the keyboard. */
const SCROLLED = { tabIndex: 0 } as const;

const open: Signal<string> = signal("scenario");

export function Panels({ session }: PanelProps) {
  const tabs = useRef<HTMLDivElement>(null);
  const shown = PANELS.find(({ id }) => id === open.value) ?? (PANELS[0] as Panel);
  const { watches = "nothing" } = shown;
  // Here, and not in the panels: what two of them need is not taken away between them.
  useEffect(() => session.watch(watches), [session, watches]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = PANELS.indexOf(shown);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = PANELS[(to + PANELS.length) % PANELS.length] as Panel;
    open.value = next.id;
    tabs.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <section class="panels" aria-label="Views">
      <div ref={tabs} class="tabs" role="tablist" aria-label="Views" onKeyDown={onKeyDown}>
        {PANELS.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === shown.id}
            aria-controls={`panel-${id}`}
            tabIndex={id === shown.id ? 0 : -1}
            onClick={() => {
              open.value = id;
            }}
          >
            {title}
          </button>
        ))}
      </div>
      <div
        class="panel"
        role="tabpanel"
        id={`panel-${shown.id}`}
        aria-labelledby={`tab-${shown.id}`}
        {...SCROLLED}
      >
        <shown.view session={session} />
      </div>
    </section>
  );
}
