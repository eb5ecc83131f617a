/** Files that somebody drops on the page: which of them are scenarios, which captures, and which are none. */
import { expect, it } from "vitest";
import { openFile } from "../../src/app/drop.ts";
import type { PageSession } from "../../src/session/page-session.ts";

/** What is asked of the session. */
async function askedFor(file: Partial<File>): Promise<unknown[]> {
  const complaint = { value: "" };
  const asked: unknown[] = [];
  const session = {
    complaint,
    openDocument: (text: string) => asked.push("scenario", text),
    openCapture: (name: string, bytes: Uint8Array) => asked.push("capture", name, bytes.length),
  };
  await openFile(file as File, session as unknown as PageSession);
  return complaint.value === "" ? asked : [...asked, complaint.value];
}

it("takes what begins with a brace for a scenario, blanks and a byte order mark before it", async () => {
  const text = '\ufeff \n{"hosts": []}';
  expect(await askedFor(new File([text], "a.json"))).toEqual(["scenario", text.slice(1)]);
});

it("takes all else for a capture, nothing at all, too", async () => {
  expect(await askedFor(new File([new Uint8Array(5)], "b.pcap"))).toEqual(["capture", "b.pcap", 5]);
  expect(await askedFor(new File([], "empty"))).toEqual(["capture", "empty", 0]);
});

it("reads nothing that is too large, and says so", async () => {
  const asked = await askedFor({ name: "huge.pcap", size: 268_435_457 });
  expect(asked).toEqual(["huge.pcap is larger than 256 MiB."]);
});

it("says of a folder that it cannot be read", async () => {
  const arrayBuffer = (): Promise<ArrayBuffer> => Promise.reject(new Error("NotFoundError"));
  expect(await askedFor({ name: "captures", size: 4_096, arrayBuffer })).toEqual([
    "captures cannot be read: a folder, perhaps, or gone.",
  ]);
});
