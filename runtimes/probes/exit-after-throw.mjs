/** Listeners to 'exit' of the process hear of an exception that nobody has caught. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

if (process.env["PROBE_CHILD"] === "1") {
  process.on("exit", () => console.log("exit"));
  setTimeout(() => {
    throw new Error("nobody catches this");
  }, 10);
} else {
  const env = { ...process.env, PROBE_CHILD: "1" };
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { env, encoding: "utf8" });
  console.log(/exit/.test(stdout) ? "has" : "lacks");
}
