/**
 * How the playground is built: one page per entry, for any web server, below any path; with `--mode one-file` the first page as one
 * file, to be opened from disk.
 * Owns: the entries, the build's settings. Does not own: what the pages are (src).
 */
import preact from "@preact/preset-vite";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { faultyStacks } from "./build/faulty-stacks.ts";

const PAGES = ["index.html", "lessons.html", "race.html"];
/** What the file is called when somebody finds it on their disk. */
const ONE_FILE = "sctpkit-playground.html";

export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: mode === "one-file" ? [preact(), viteSingleFile(), named(ONE_FILE)] : [preact(), faultyStacks()],
  // A classic script: Chromium refuses workers that are modules where the page is opened from disk.
  worker: { format: "iife", plugins: () => [faultyStacks()] },
  build: {
    outDir: mode === "one-file" ? "dist/one-file" : "dist/web",
    chunkSizeWarningLimit: 1_000, // kB: the stack is in it.
    rolldownOptions: { input: mode === "one-file" ? PAGES.slice(0, 1) : PAGES },
  },
}));

function named(name: string): Plugin {
  return {
    name: "name-the-one-file",
    enforce: "post",
    generateBundle(_, bundle): void {
      const page = bundle["index.html"];
      if (page !== undefined) page.fileName = name;
    },
  };
}
