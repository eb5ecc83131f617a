/**
 * What is said where the stack that plays breaks a rule.
 * Owns: the words. Does not own: finding it (session/audit.ts).
 */
import { useComputed } from "@preact/signals";
import type { PageSession } from "../session/page-session.ts";

export function BreachAlert({ session }: { readonly session: PageSession }) {
  // Moments are many; it is read out once.
  const atMs = useComputed(() => session.moment.value?.breach?.atMs).value;
  const breach = session.moment.peek()?.breach;
  if (atMs === undefined || breach === undefined) return null;
  const { host, what } = breach;
  return (
    <div class="complaint" role="alert">
      <p>
        <strong>
          The stack breaks a rule of the protocol, at {atMs.toFixed(3)} ms
          {host !== undefined && `, on ${host}`}
        </strong>
        : {what}. The simulator checks every packet that it carries.
      </p>
      <button type="button" onClick={() => session.seek(atMs)}>
        Go to that moment
      </button>
    </div>
  );
}
