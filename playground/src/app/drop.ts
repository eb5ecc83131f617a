/**
 * Files that are dropped on the page, or chosen.
 * Owns: telling scenarios from captures. Does not own: reading them (the worker).
 */
import type { PageSession } from "../session/page-session.ts";

/** More is no capture for a page. */
const MAX_FILE_BYTES = 268_435_456;

export function listenToDrops(session: PageSession): void {
  const { classList } = document.documentElement;
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    classList.add("is-dropping");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) classList.remove("is-dropping");
  });
  addEventListener("drop", (event) => {
    classList.remove("is-dropping");
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void openFile(file, session);
  });
}

export async function openFile(file: File, session: PageSession): Promise<void> {
  if (file.size > MAX_FILE_BYTES) {
    session.complaint.value = `${file.name} is larger than ${MAX_FILE_BYTES / 1_048_576} MiB.`;
    return;
  }
  const bytes = await bytesOf(file);
  if (bytes === undefined) {
    session.complaint.value = `${file.name} cannot be read: a folder, perhaps, or gone.`;
    return;
  }
  if (isText(bytes)) session.openDocument(new TextDecoder().decode(bytes));
  else session.openCapture(file.name, bytes);
}

async function bytesOf(file: File): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** A scenario begins with a brace, behind blanks and perhaps a byte order mark; no capture does. */
function isText(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  return start.startsWith("{");
}
