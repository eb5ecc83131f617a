/**
 * The way from a step of a lesson to the playground, where the same network is played on by hand.
 * Owns: the link. Does not own: what is in its address (moment-address.ts).
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { addressOf } from "../app/site.ts";
import { momentAddress } from "./moment-address.ts";

export interface OpenMomentProps {
  readonly scenario: Readonly<Record<string, unknown>>;
  readonly atMs: number;
  /** What the link says. */
  readonly children?: ComponentChildren;
}

export function OpenMoment({
  scenario,
  atMs,
  children = "Open this moment in the playground",
}: OpenMomentProps) {
  const [fragment, setFragment] = useState("");
  useEffect(() => {
    let isWanted = true;
    momentAddress(scenario, atMs).then((text) => {
      if (isWanted) setFragment(text);
    });
    return () => {
      isWanted = false;
    };
  }, [scenario, atMs]);
  if (fragment === "") return null;
  return (
    <p>
      <a href={addressOf("Playground", fragment)}>{children}</a>
    </p>
  );
}
