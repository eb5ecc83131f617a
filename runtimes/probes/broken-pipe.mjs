/** A program whose standard output was closed hears EPIPE. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

if (process.env["PROBE_CHILD"] === "1") {
  process.stdout.on("error", ({ code }) => {
    process.stderr.write(String(code));
    process.exit();
  });
  setInterval(() => process.stdout.write("line\n"), 50);
} else {
  const env = { ...process.env, PROBE_CHILD: "1" };
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: "pipe" });
  child.stdout.destroy();
  child.stderr.on("data", (text) => answer(`${text}` === "EPIPE" ? "has" : `lacks: ${text}`));
  setTimeout(() => answer("lacks"), 5_000);
  function answer(text) {
    child.kill("SIGKILL");
    console.log(text);
    process.exit();
  }
}
