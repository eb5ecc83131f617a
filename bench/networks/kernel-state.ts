/**
 * What Linux says of a TCP connection (`ss -ti`).
 * Owns: asking, and reading the answer. Does not own: when (trial.ts).
 */
import { execFile } from "node:child_process";

export interface KernelState {
  readonly control: string | undefined;
  readonly cwndBytes: number | undefined;
  readonly rttMs: number | undefined;
}

/** Reads the connection with the local or remote port; undefined if it is not there. */
export function parseConnection(text: string, port: number): KernelState | undefined {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => new RegExp(`:${port}(?:\\s|$)`).test(line));
  const details = lines[at + 1];
  if (at === -1 || details === undefined) return undefined;
  const number = (pattern: RegExp): number | undefined => {
    const found = pattern.exec(details)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const segments = number(/\bcwnd:(\d+)/);
  const segmentBytes = number(/\bmss:(\d+)/);
  return {
    control: /\b(cubic|bbr\d?|reno|dctcp|vegas|westwood)\b/.exec(details)?.[1],
    cwndBytes: segments === undefined || segmentBytes === undefined ? undefined : segments * segmentBytes,
    rttMs: number(/\brtt:([\d.]+)/),
  };
}

/** @param enter runs a command where the connection is. @returns undefined where there is no `ss`, too */
export function connectionState(enter: readonly string[], port: number): Promise<KernelState | undefined> {
  const [file = "", ...args] = [...enter, "ss", "-tinH"];
  return new Promise((resolve) => {
    execFile(file, args, (error, text) => resolve(error === null ? parseConnection(text, port) : undefined));
  });
}
