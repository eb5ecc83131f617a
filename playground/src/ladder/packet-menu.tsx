/**
 * What can be done to a packet under way.
 * Owns: the menu beside it, and the keys for the same. Does not own: doing it (Player).
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Disturbance } from "../../../src/sim/index.ts";

const DEFAULT_LATE_MS = 100;

/** By the key that does it without the menu. */
const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  d: "lost",
  l: { lateMs: DEFAULT_LATE_MS },
  2: "doubled",
  c: "corrupted",
};

/** What a key does to the selected packet; undefined if it is not for that. */
export function disturbanceOf(key: string): Disturbance | undefined {
  return DISTURBANCES[key.toLowerCase()];
}

export interface PacketMenuProps {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  onDisturb(what: Disturbance): void;
  onClose(): void;
  /** It goes, and the focus was in it. */
  onLeave(): void;
}

export function PacketMenu({ x, y, label, onDisturb, onClose, onLeave }: PacketMenuProps) {
  const [lateMs, setLateMs] = useState(DEFAULT_LATE_MS);
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current;
    element?.querySelector("button")?.focus({ preventScroll: true });
    return () => {
      if (element?.contains(document.activeElement) === true) onLeave();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") onClose();
    else if (event.target instanceof HTMLInputElement) {
      if (event.key !== "Enter") return;
      onDisturb({ lateMs });
    } else {
      const what = disturbanceOf(event.key);
      if (what === undefined) return;
      onDisturb(typeof what === "string" ? what : { lateMs });
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={menu}
      class="packet-menu"
      role="dialog"
      aria-label={`The packet under way: ${label}`}
      style={{ left: `${x}px`, top: `${y}px` }}
      onKeyDown={onKeyDown}
    >
      <button type="button" class="alarming" onClick={() => onDisturb("lost")}>
        Drop <kbd>D</kbd>
      </button>
      <button type="button" onClick={() => onDisturb("doubled")}>
        Double <kbd>2</kbd>
      </button>
      <button type="button" onClick={() => onDisturb("corrupted")}>
        Corrupt <kbd>C</kbd>
      </button>
      <span class="joined">
        <button type="button" onClick={() => onDisturb({ lateMs })}>
          Delay <kbd>L</kbd>
        </button>
        <label>
          <span class="unseen">by how many milliseconds</span>
          <input
            type="number"
            min={1}
            max={60_000}
            value={lateMs}
            onInput={(event) => setLateMs(Math.max(0, event.currentTarget.valueAsNumber || 0))}
          />
          ms
        </label>
      </span>
      <button type="button" class="quiet" aria-label="Close" onClick={onClose}>
        ✕
      </button>
    </div>
  );
}
