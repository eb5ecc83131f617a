/**
 * How the playground is built: one page per entry, for any web server, below any path.
 * Owns: the entries, the build's settings. Does not own: what the pages are (src).
 */
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  plugins: [preact()],
  // A classic script: Chromium refuses workers that are modules where the page is opened from disk.
  worker: { format: "iife" },
  build: { outDir: "dist/web", rolldownOptions: { input: ["index.html", "race.html"] } },
});
