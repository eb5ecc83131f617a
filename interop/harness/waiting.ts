/** Waiting for what tells nobody when it comes about. */

const PATIENCE_MS = 30_000;

/** @param what that it is, for who reads that it has not come about */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await pause(10);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
