/**
 * A server and a browser, and between them the link of `npm run bench:networks`: a rate, a delay, a queue, and losses from a seed.
 * Owns: laying it anew for each trial, addresses. Does not own: the hosts (examples/hosts.ts), the link's program
 * (bench/networks/link.c), what runs on them (main.ts).
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Hosts, ip } from "../hosts.ts";
import type { Control } from "./script.ts";

export type Host = "server" | "browser";
const HOSTS: readonly Host[] = ["server", "browser"];
export const ADDRESSES: Readonly<Record<Host, string>> = { server: "10.98.0.1", browser: "10.98.0.2" };

export interface Conditions {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  /** Of the packets of either direction. */
  readonly lossPercent: number;
}

const BENCH = fileURLToPath(new URL("../../bench/", import.meta.url));
const DEVICE = "link0";
/** With it a full packet of TCP has as many bytes as one of sctpkit: 1,200, and the headers of UDP and IP. */
const MTU_BYTES = 1_228;

export class LossyLink extends Hosts<Host> {
  readonly #control: Control;

  /** @param control of Linux's TCP, where the server sends. @throws Error saying what is missing */
  constructor(control: Control) {
    super("hol", HOSTS, (hosts) => {
      const controls = readFileSync("/proc/sys/net/ipv4/tcp_available_congestion_control", "utf8").trim();
      if (!controls.split(" ").includes(control)) throw new Error(`this kernel's TCP has ${controls}`);
      accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
      execFileSync("make", ["-s", "-C", `${BENCH}networks`], { stdio: ["ignore", "ignore", "pipe"] });
      // What one connection has learnt of the link is not told to the next.
      const forget = "echo 1 > /proc/sys/net/ipv4/tcp_no_metrics_save";
      for (const host of HOSTS) ip(["netns", "exec", hosts.namespaceOf(host), "sh", "-c", forget]);
    });
    this.#control = control;
  }

  /** Lays it, and it loses what the seed says. @returns what takes it away again */
  async lay(conditions: Conditions, seed: number): Promise<() => Promise<void>> {
    const { megabitsPerSecond, roundTripMs, lossPercent } = conditions;
    const queueBytes = Math.round(125 * megabitsPerSecond * roundTripMs);
    const options = { rate: megabitsPerSecond, delay: roundTripMs / 2, loss: lossPercent, queue: queueBytes };
    const whole = {
      near: this.namespaceOf("server"),
      far: this.namespaceOf("browser"),
      device: DEVICE,
      seed,
    };
    const link = spawn(`${BENCH}build/link`, [...flags(whole), "--both", ...flags(options)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(link, "exit");
    await Promise.race([once(link.stdout, "data"), ended]); // It is ready, or has said why not.
    for (const host of HOSTS) {
      const namespace = this.namespaceOf(host);
      ip(["-n", namespace, "link", "set", DEVICE, "addrgenmode", "none"]);
      ip(["-n", namespace, "link", "set", DEVICE, "mtu", `${MTU_BYTES}`, "txqueuelen", "10000", "up"]);
      ip(["-n", namespace, "addr", "add", `${ADDRESSES[host]}/24`, "dev", DEVICE]);
    }
    const route = ["route", "replace", `${ADDRESSES.browser}/32`, "dev", DEVICE, "congctl", this.#control];
    ip(["-n", this.namespaceOf("server"), ...route]);
    return async () => {
      link.stdin.end();
      await ended;
    };
  }
}

function flags(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, `${value}`]);
}
