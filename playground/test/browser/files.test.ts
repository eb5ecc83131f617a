/** A session is taken home and brought back: by its address, or as a file. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { useBrowser } from "./harness.ts";

const browser = useBrowser();

const untilTold = (page: Page, text: string): Promise<void> =>
  page.getByRole("status").filter({ hasText: text }).waitFor();

async function fileOf(
  page: Page,
  button: RegExp,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

it("is the same again by its address, what was done by hand included", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  await page.keyboard.press("u");
  await page.locator("[role=option][aria-selected=true]").waitFor();
  await page.keyboard.press("d");
  await page.waitForURL(/hand=\d+-510-\d+-lost/);
  const again = await browser.open(new URL(page.url()).hash);
  await untilTold(again, "at 510.000 ms");
  await again.locator("[role=option]", { hasText: "lost: by hand" }).waitFor();
});

it("keeps a scenario that was edited in its address, and says where an edit is wrong", async () => {
  const page = await browser.open("#scenario=handshake");
  await page.getByText("Edit it as JSON").click();
  const editor = page.getByLabel("The scenario as JSON");
  const text = await editor.inputValue();
  await editor.fill(text.replace('"host": "bob"', '"host": "nobody"'));
  await page.getByRole("button", { name: "Play this" }).click();
  await page.getByRole("alert").filter({ hasText: "timeline[0].host must be the name of a host" }).waitFor();
  await page.getByRole("button", { name: /Show line \d+/ }).click();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('"nobody"');
  await editor.fill(text.replaceAll("bob", "robert"));
  await page.getByRole("button", { name: "Play this" }).click();
  await page.waitForURL(/document=/);
  const again = await browser.open(new URL(page.url()).hash);
  await again.locator(".lane-head", { hasText: "robert" }).waitFor();
});

it("gives a capture that it can read itself, a trace, and a drawing", async () => {
  const page = await browser.open("#scenario=handshake&at=2500");
  await untilTold(page, "at 2500.000 ms");
  const capture = await fileOf(page, /^Capture/);
  expect(capture.name).toBe("handshake.pcapng");
  expect((await fileOf(page, /^Trace of alice/)).bytes.toString()).toContain('"file_schema"');
  expect((await fileOf(page, /^Ladder/)).bytes.toString()).toMatch(/^<svg/);
  await page.locator("input[type=file]").setInputFiles({ ...capture, mimeType: "", buffer: capture.bytes });
  await untilTold(page, "SCTP packets of 2 hosts");
  await page.locator("[role=option]", { hasText: "COOKIE ECHO" }).first().waitFor();
});

it("says of files that are none what is wrong with them, and plays on what was there", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  const capture = await fileOf(page, /^Capture/);
  const input = page.locator("input[type=file]");
  const alert = page.getByRole("alert");
  const drop = (name: string, buffer: Buffer): Promise<void> =>
    input.setInputFiles({ name, mimeType: "", buffer });
  await drop("empty.pcapng", Buffer.alloc(0));
  await alert.filter({ hasText: "empty.pcapng cannot be shown: there is nothing in it." }).waitFor();
  await drop("cut.pcapng", capture.bytes.subarray(0, 60));
  await alert.filter({ hasText: "cut.pcapng cannot be shown: the file ends in a block" }).waitFor();
  await drop("notes.txt", Buffer.from("nothing that could be read"));
  await alert.filter({ hasText: "notes.txt cannot be shown: neither pcap nor pcapng" }).waitFor();
  await drop("half.json", Buffer.from('{"hosts": ['));
  await alert.filter({ hasText: /JSON/ }).waitFor();
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await page.getByRole("status").filter({ hasText: " ms: " }).waitFor();
  await drop("end.pcapng", capture.bytes.subarray(0, capture.bytes.length - 3));
  await untilTold(page, "It cannot be read to its end");
  expect(await alert.count()).toBe(0);
});

/** SCTP in IP, as a kernel sends it: one association, `count` DATA chunks there. */
function nativeCapture(count: number): Buffer {
  const size = 16 + 20 + 12 + 20;
  const bytes = Buffer.alloc(24 + count * size);
  bytes.writeUInt32LE(0xa1b2c3d4, 0);
  bytes.writeUInt32LE(0x0004_0002, 4);
  bytes.writeUInt32LE(65_535, 16);
  bytes.writeUInt32LE(101, 20); // Raw IP.
  for (let i = 0; i < count; i++) {
    const at = 24 + i * size;
    bytes.writeUInt32LE(1_000 + Math.floor(i / 1_000), at);
    bytes.writeUInt32LE((i % 1_000) * 1_000, at + 4);
    bytes.writeUInt32LE(size - 16, at + 8);
    bytes.writeUInt32LE(size - 16, at + 12);
    const ip = at + 16;
    bytes[ip] = 0x45;
    bytes.writeUInt16BE(size - 16, ip + 2);
    bytes.set([64, 132], ip + 8);
    bytes.set([10, 0, 0, 1, 10, 0, 0, 2], ip + 12);
    bytes.writeUInt16BE(5_000, ip + 20);
    bytes.writeUInt16BE(5_001, ip + 22);
    bytes.writeUInt32BE(7, ip + 24);
    bytes.set([0, 3, 0, 20], ip + 32); // DATA, whole.
    bytes.writeUInt32BE(i + 1, ip + 36);
  }
  return bytes;
}

it("shows native SCTP, and of a large capture its beginning, page by page", async () => {
  const page = await browser.open("#scenario=handshake");
  await page.getByText("Nothing has happened yet").waitFor();
  const input = page.locator("input[type=file]");
  await input.setInputFiles({ name: "native.pcap", mimeType: "", buffer: nativeCapture(3) });
  await untilTold(page, "3 SCTP packets of 2 hosts.");
  await page.locator("[role=option]", { hasText: "DATA" }).first().waitFor();
  await input.setInputFiles({ name: "large.pcap", mimeType: "", buffer: nativeCapture(120_000) });
  await untilTold(page, "reading large.pcap");
  await untilTold(page, "100000 SCTP packets of 2 hosts; 20000 more SCTP packets and notes are not shown.");
  await page.locator(".ladder-scroll").press("End");
  await page.locator("[role=option][aria-selected=true]", { hasText: "DATA" }).waitFor();
  await page.getByRole("tab", { name: "Packets" }).click();
  await page.getByText("99951 to 100000 of 100000").waitFor();
});
