/** Writes the pages, and parts of pages, that are made from the code: `npm run docs`. Tests see that they are up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { withTables } from "../test/attack/security-page.ts";
import { conformanceReport } from "../test/conformance/report.ts";
import { readCommand } from "../tools/command-line.ts";
import { featuresPage } from "./features-page.ts";
import { MADE_SOURCES } from "./option-types.ts";
import { optionsPage } from "./options-page.ts";
import { performancePage } from "./performance-page.ts";
import { scenarioSchemaText } from "./scenario-schema.ts";
import { socketOptionsPage } from "./socket-options-page.ts";

readCommand({
  name: "docs",
  about: "Writes the pages, and parts of pages, that are made from the code.",
  options: {},
});
writeFileSync(new URL("conformance.md", import.meta.url), conformanceReport());
const security = new URL("security.md", import.meta.url);
writeFileSync(security, withTables(readFileSync(security, "utf8")));
const performance = new URL("performance.md", import.meta.url);
writeFileSync(performance, performancePage(readFileSync(performance, "utf8")));
writeFileSync(new URL("socket-options.md", import.meta.url), socketOptionsPage());
writeFileSync(new URL("features.md", import.meta.url), featuresPage());
writeFileSync(new URL("scenario.schema.json", import.meta.url), scenarioSchemaText());
writeFileSync(new URL("options.md", import.meta.url), optionsPage());
for (const [path, text] of Object.entries(MADE_SOURCES))
  writeFileSync(new URL(`../${path}`, import.meta.url), text());
