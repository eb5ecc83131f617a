/** A program whose standard output nobody reads goes on: write() says that it is full, and does not wait. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

if (process.env["PROBE_CHILD"] === "1") {
  setTimeout(() => process.stderr.write("alive"), 500);
  let count = 0;
  const more = () => {
    if (count++ < 100 && process.stdout.write(Buffer.alloc(65_536))) setImmediate(more);
  };
  more();
} else {
  const env = { ...process.env, PROBE_CHILD: "1" };
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: "pipe" });
  child.stderr.on("data", () => answer("has"));
  setTimeout(() => answer("lacks"), 5_000);
  function answer(text) {
    child.kill("SIGKILL");
    console.log(text);
    process.exit();
  }
}
