/** Starts the worker's program as TypeScript: Node 20 does not run the loader of `--import` for a thread's own file. */
import { tsImport } from "tsx/esm/api";

await tsImport("./cluster-worker.ts", import.meta.url);
