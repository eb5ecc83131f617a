/**
 * How the playground is built: one page per entry, for any web server, below any path; with `--mode one-file` all of them in one
 * file, to be opened from disk.
 * Owns: the entries, the build's settings. Does not own: what the pages are (src).
 */
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { faultyStacks } from "./build/faulty-stacks.ts";
import { styleOfPage } from "./build/style-of-page.ts";

const PAGES = ["index.html", "lessons.html", "race.html"];
/** What the file is called when somebody finds it on their disk. */
const ONE_FILE = "sctpkit-playground.html";

export default defineConfig(({ mode }) => ({
  base: "./",
  plugins:
    mode === "one-file"
      ? [preact(), styleOfPage(), viteSingleFile(), named(ONE_FILE)]
      : [preact(), faultyStacks()],
  // A classic script: Chromium refuses workers that are modules where the page is opened from disk.
  worker: { format: "iife", plugins: () => [faultyStacks()] },
  build: {
    outDir: mode === "one-file" ? "dist/one-file" : "dist/web",
    chunkSizeWarningLimit: 1_000, // kB: the stack is in it.
    rolldownOptions: { input: mode === "one-file" ? "one-file.html" : PAGES },
  },
}));

function named(name: string): Plugin {
  return {
    name: "name-the-one-file",
    enforce: "post",
    generateBundle(_, bundle): void {
      const page = bundle["one-file.html"];
      if (page !== undefined) page.fileName = name;
    },
  };
}
