/**
 * The ladder as a list: every packet in words.
 * Owns: that table, a page of it at a time. Does not own: the words (src/ladder/packet-words.ts).
 */
import { useEffect, useState } from "preact/hooks";
import { fateWords, timeWords, wayWords } from "../ladder/packet-words.ts";
import type { DrawnPacket, Moment } from "../session/protocol.ts";
import type { PanelProps } from "./panels.tsx";
import { SteadyButton } from "./steady-button.tsx";

const PAGE = 50;

export function PacketsPanel({ session }: PanelProps) {
  const moment = session.moment.value;
  const selected = moment?.selected?.number;
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const count = moment?.packetCount ?? 0;
  const lastPage = Math.max(0, Math.ceil(count / PAGE) - 1);
  const page = Math.min(chosen ?? lastPage, lastPage);
  useEffect(() => {
    if (selected !== undefined) setChosen(Math.floor((selected - 1) / PAGE));
  }, [selected]);
  useEffect(() => session.list(page * PAGE + 1, PAGE), [page, session]);
  useEffect(() => () => session.list(1, 0), [session]);
  if (moment === undefined || count === 0) return <p>No packet has been sent yet.</p>;
  return (
    <>
      <div class="row">
        <SteadyButton isIdle={page === 0} onClick={() => setChosen(page - 1)}>
          Earlier
        </SteadyButton>
        <span>
          {page * PAGE + 1} to {Math.min(count, (page + 1) * PAGE)} of {count}
        </span>
        <SteadyButton
          isIdle={page === lastPage}
          onClick={() => setChosen(page + 1 === lastPage ? undefined : page + 1)}
        >
          Later
        </SteadyButton>
      </div>
      <table class="packets">
        <thead>
          <tr>
            <th scope="col">Sent</th>
            <th scope="col">Packet</th>
            <th scope="col">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {moment.list.map((packet) => (
            <PacketRow
              key={packet.number}
              packet={packet}
              moment={moment}
              isSelected={packet.number === selected}
              onSelect={() => session.select(packet.number)}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

interface PacketRowProps {
  readonly packet: DrawnPacket;
  readonly moment: Moment;
  readonly isSelected: boolean;
  onSelect(): void;
}

function PacketRow({ packet, moment, isSelected, onSelect }: PacketRowProps) {
  const { again, isGivenUp, sentAtMs, label, destination } = packet;
  const path = moment.paths.length > 1 ? ` (${destination})` : "";
  const odd = [...(again === "" ? [] : [`again: ${again}`]), ...(isGivenUp ? ["given up"] : [])];
  return (
    <tr class={isSelected ? "is-selected" : ""}>
      <td class="number">{timeWords(sentAtMs)}</td>
      <td>
        <button type="button" class="link" aria-pressed={isSelected} onClick={onSelect}>
          {wayWords(packet, moment)}
          {path}: {label}
        </button>
        {odd.length > 0 && <strong class="odd"> {odd.join(", ")}</strong>}
      </td>
      <td>{fateWords(packet)}</td>
    </tr>
  );
}
