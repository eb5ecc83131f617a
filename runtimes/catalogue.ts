/**
 * The runtimes that the tests of the Node side run on. Each comes from its npm package, into `runtimes/installed`.
 * Owns: which there are, installing them. Does not own: running anything on them (vitest-run.ts, lacks.ts).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type OtherRuntime = "bun" | "deno";

export interface Runtime {
  readonly name: string;
  /** Undefined for Node, which may lack nothing. */
  readonly other: OtherRuntime | undefined;
  /** The npm package that brings it, as an ordinary file: no script has to run after the installation. */
  readonly source: string;
  /** Below node_modules. */
  readonly binary: string;
  /** What stands before a script on its command line. */
  readonly flags: readonly string[];
}

export interface InstalledRuntime extends Runtime {
  /** The program's path. */
  readonly path: string;
  readonly version: string;
}

const { platform, arch } = process;
const EXE = platform === "win32" ? ".exe" : "";

export const RUNTIMES: readonly Runtime[] = [
  ...[20, 22, 24, 26].map((major) => ({
    name: `node-${major}`,
    other: undefined,
    source: `node@${major}`,
    binary: ".bin/node",
    flags: [],
  })),
  { name: "bun", other: "bun", ...bunPackage(), flags: ["--bun"] },
  { name: "deno", other: "deno", ...denoPackage(), flags: ["run", "-A"] },
];

export const INSTALLED = fileURLToPath(new URL("installed", import.meta.url));

/** Bun for this platform; the baseline build for a processor without AVX2. */
function bunPackage(): Pick<Runtime, "source" | "binary"> {
  const system = platform === "win32" ? "windows" : platform;
  const processor = arch === "arm64" ? "aarch64" : arch;
  const source = `@oven/bun-${system}-${processor}${lacksAvx2() ? "-baseline" : ""}`;
  return { source, binary: `${source}/bin/bun${EXE}` };
}

function denoPackage(): Pick<Runtime, "source" | "binary"> {
  const source = `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;
  return { source, binary: `${source}/deno${EXE}` };
}

/** Known on Linux alone; elsewhere a processor without it is rare. */
function lacksAvx2(): boolean {
  if (platform !== "linux" || arch !== "x64") return false;
  return !/\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
}

/** Undefined if npm could not install it, or it does not start. */
export function install(runtime: Runtime): InstalledRuntime | undefined {
  const folder = `${INSTALLED}/${runtime.name}`;
  const path = `${folder}/node_modules/${runtime.binary}`;
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
    const flags = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    spawnSync("npm", ["install", ...flags, runtime.source], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
      shell: platform === "win32",
    });
  }
  const { status, stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  return { ...runtime, path, version: stdout.split("\n")[0] ?? "" };
}
