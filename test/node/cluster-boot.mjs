/**
 * Starts a worker's program that is TypeScript: Node 20 does not run the loader of `--import` for a thread's own file. Other
 * runtimes need none.
 */
const isNode = process.versions.bun === undefined && process.versions.deno === undefined;
if (isNode) {
  const { tsImport } = await import("tsx/esm/api");
  await tsImport("./cluster-echo.ts", import.meta.url);
} else await import("./cluster-echo.ts");
