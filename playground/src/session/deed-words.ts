/**
 * What the users of a scenario do, in words for the ladder.
 * Owns: these. Does not own: doing it (ScenarioRun of sctpkit/sim).
 */
import type { ScenarioStep } from "../../../src/sim/index.ts";

const number = new Intl.NumberFormat("en");

/** "sends 90 messages of 500 bytes, one every 100 ms". */
export function deedWords(step: ScenarioStep): string {
  switch (step.do) {
    case "listen":
      return `listens on port ${step.port}`;
    case "connect":
      return `connects to ${[step.to].flat().join(", ")}:${step.port}`;
    case "send": {
      const what = step.text === undefined ? `of ${number.format(step.bytes ?? 0)} bytes` : `"${step.text}"`;
      const stream = step.streamId === 0 ? "" : ` on stream ${step.streamId}`;
      if (step.count === 1) return `sends a message ${what}${stream}`;
      const rhythm = step.everyMs === 0 ? " at once" : `, one every ${number.format(step.everyMs)} ms`;
      return `sends ${number.format(step.count)} messages ${what}${stream}${rhythm}`;
    }
    case "pause":
      return "reads no more";
    case "resume":
      return "reads again";
    case "restart":
      return "crashes, and comes back";
    case "cut":
    case "mend": {
      const [a, b] = step.between;
      return `${step.do === "cut" ? "cut" : "mended"}: ${a} ${step.oneWay ? "to" : "-"} ${b}`;
    }
    case "adjust":
      return `the link ${step.between.join(" - ")} changes`;
    case "heal":
      return "every link is up again";
    case "rebind":
      return `the NAT in front of ${step.address} forgets its port`;
    case "move":
      return `moves from ${step.from} to ${step.to}`;
    default:
      return "address" in step ? `${words(step.do)} ${step.address}` : words(step.do);
  }
}

function words(deed: string): string {
  return deed.replaceAll("-", " ");
}
