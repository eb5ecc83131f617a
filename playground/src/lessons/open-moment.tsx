/**
 * The way from a step of a lesson to the playground, where the same network is played on by hand.
 * Owns: the link. Does not own: the form of the address (session/address.ts).
 */
import { useEffect, useState } from "preact/hooks";
import { writeAddress } from "../session/address.ts";

export interface OpenMomentProps {
  readonly scenario: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

export function OpenMoment({ scenario, atMs }: OpenMomentProps) {
  const [fragment, setFragment] = useState("");
  useEffect(() => {
    let isWanted = true;
    writeAddress({ document: JSON.stringify(scenario), atMs, interventions: [] }).then((text) => {
      if (isWanted) setFragment(text);
    });
    return () => {
      isWanted = false;
    };
  }, [scenario, atMs]);
  if (fragment === "") return null;
  return (
    <p>
      <a href={`./index.html#${fragment}`}>Open this moment in the playground</a>
    </p>
  );
}
