/** Starts a worker's program that is TypeScript: Node 20 does not run the loader of `--import` for a thread's own file. */
import { tsImport } from "tsx/esm/api";

await tsImport("./cluster-echo.ts", import.meta.url);
