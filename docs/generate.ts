/** Writes the pages that are made from the code: `npm run docs`. A test of each page's maker sees that it is up to date. */
import { writeFileSync } from "node:fs";
import { conformanceReport } from "../test/conformance/report.ts";
import { socketOptionsPage } from "./socket-options-page.ts";

writeFileSync(new URL("conformance.md", import.meta.url), conformanceReport());
writeFileSync(new URL("socket-options.md", import.meta.url), socketOptionsPage());
