#!/usr/bin/env node
/**
 * The `sctp` command.
 * Owns: the choice of what to do, and exit codes: 0 all went well, 1 it did not, 2 the words make no sense.
 */
import { readFileSync } from "node:fs";
import { HELP, parseArguments, UsageError } from "./arguments.ts";
import { cat } from "./commands/cat.ts";
import { echo } from "./commands/echo.ts";
import { explain } from "./commands/explain.ts";
import { Session } from "./commands/session.ts";
import { ScenarioError, sim } from "./commands/sim.ts";

function main(words: readonly string[]): void {
  const settings = parseArguments(words);
  if (settings === "help") {
    process.stdout.write(HELP);
  } else if (settings === "version") {
    const about = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    process.stdout.write(`${about.version}\n`);
  } else if (settings.command === "explain") {
    void explain(settings, process);
  } else if (settings.command === "sim") {
    sim(settings, (line) => process.stdout.write(`${line}\n`));
  } else {
    const session = new Session(settings, process);
    if (settings.command === "echo") echo(session);
    else cat(session, process);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`sctp: ${(error as Error).message}\n`);
  if (error instanceof UsageError) process.stderr.write("Try: sctp --help\n");
  process.exitCode = error instanceof UsageError || error instanceof ScenarioError ? 2 : 1;
}
