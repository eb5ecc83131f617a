/** The package as users get it: built, and used by `import` and by `require()`. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ABOUT = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly version: string;
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
};
const folder = mkdtempSync(join(tmpdir(), "sctpkit-package-"));
const installed = join(folder, "node_modules", "sctpkit");

beforeAll(() => {
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const built = run([tsc, "-p", join(ROOT, "tsconfig.json"), "--outDir", join(installed, "dist")]);
  if (built.status !== 0) throw new Error(built.stdout);
  cpSync(join(ROOT, "package.json"), join(installed, "package.json"));
  writeFileSync(join(folder, "package.json"), `{ "dependencies": { "sctpkit": "${ABOUT.version}" } }`);
});

afterAll(() => rmSync(folder, { recursive: true }));

function run(words: readonly string[]) {
  return spawnSync(process.execPath, [...words], { cwd: folder, encoding: "utf8" });
}

/** What a program prints that was put beside the package. */
function outputOf(name: string, code: string): string {
  writeFileSync(join(folder, name), code);
  const { stdout, stderr, status } = run([join(folder, name)]);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const MODULES = Object.keys(ABOUT.exports)
  .filter((name) => name !== "./package.json")
  .map((name) => name.replace(/^\./, "sctpkit"));

it("has files for all that it exports, and its command", () => {
  for (const entry of Object.values(ABOUT.exports)) {
    for (const path of typeof entry === "string" ? [entry] : [entry.types, entry.default]) {
      expect(existsSync(join(installed, path)), path).toBe(true);
    }
  }
  const { stdout } = run([join(installed, ABOUT.bin["sctp"] ?? ""), "--version"]);
  expect(stdout).toBe(`${ABOUT.version}\n`);
});

it.each(MODULES)("%s gives import and require() the same names", (name) => {
  const imported = outputOf("program.mjs", `console.log(Object.keys(await import("${name}")).sort().join())`);
  const required = outputOf("program.cjs", `console.log(Object.keys(require("${name}")).sort().join())`);
  expect(required.replace(/,?(__esModule|module\.exports)/g, "")).toBe(imported);
  expect(imported.length).toBeGreaterThan(10);
});

it("talks SCTP from a CommonJS program", () => {
  const output = outputOf(
    "talk.cjs",
    `const { connect, createServer } = require("sctpkit");
     const server = createServer((socket) => socket.on("message", ({ data }) => socket.send(data)));
     server.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 }, () => {
       const socket = connect({ port: 7, host: "127.0.0.1", remoteUdpPort: server.address().localUdpPort });
       socket.send("hello");
       socket.on("message", ({ data }) => {
         console.log(String(data));
         socket.end();
         server.close();
       });
     });`,
  );
  expect(output).toBe("hello\n");
});
