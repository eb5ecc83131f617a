/**
 * Two hosts joined by the link: near, where the sources are, and far, where the sinks are.
 * Owns: their namespaces, addresses and kernel settings, starting the link. Does not own: the link (link.c), namespaces in
 * general (tools/namespaces.ts).
 */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import {
  ip,
  launcher,
  makeNamespaces,
  namespaceOf,
  removeNamespaces,
  setKernel,
} from "../../tools/namespaces.ts";
import { Program } from "../runner/program.ts";
import { BUILD, flags } from "../runner/sides.ts";
import { type Cell, linkOptions } from "./cells.ts";

export const LINK_PROGRAM = `${BUILD}/link`;
export const NEAR_ADDRESS = "10.97.0.1";
/** Each flow has a sink at an address of its own, so that a route can tell the two apart. */
export const FAR_ADDRESSES = ["10.97.0.2", "10.97.0.3"] as const;
const DEVICE = "link0";
/** What a device holds until the link reads it: more than any burst, since the only queue should be the link's. */
const DEVICE_QUEUE_PACKETS = 20_000;
/** How often the link looks how much is waiting. */
const SAMPLE_MS = 10;
/** The kernel counts its own overhead with the data, and announces about half of it as window. */
const KERNEL_SHARE = 2;
const CONTROLS = "/proc/sys/net/ipv4/tcp_available_congestion_control";

/** Why there can be no networks here; undefined where there can. */
export function obstacle(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
  } catch {
    return "there is no /dev/net/tun that may be opened";
  }
  return undefined;
}

/** What Linux's TCP can be told to use here. */
export function kernelControls(): readonly string[] {
  return existsSync(CONTROLS) ? readFileSync(CONTROLS, "utf8").trim().split(/\s+/) : [];
}

/** `chrt` of the programs; the link is further ahead. */
const REALTIME = ["chrt", "--rr", "1"];

export class Network {
  readonly #programsFirst: readonly string[];
  readonly near = namespaceOf("near");
  readonly far = namespaceOf("far");

  /**
   * @param isRealtime what runs on the hosts comes before all else that this machine does
   * @throws Error with what `ip` says, if it cannot be done
   */
  constructor(isRealtime: boolean) {
    this.#programsFirst = isRealtime ? REALTIME : [];
    makeNamespaces([this.near, this.far]);
    try {
      // What one flow has learnt of the path is not told to the next.
      for (const namespace of [this.near, this.far])
        setKernel(namespace, "net/ipv4/tcp_no_metrics_save", "1");
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  remove(): void {
    removeNamespaces([this.near, this.far]);
  }

  /** Lays the link of a cell; it is gone when its program ends. */
  async lay(cell: Cell, seed: number): Promise<Program> {
    const whole = { near: this.near, far: this.far, device: DEVICE, seed, sample: SAMPLE_MS };
    const link = new Program(
      "the link",
      [
        LINK_PROGRAM,
        ...flags(whole),
        "--both",
        ...flags(linkOptions(cell)),
        "--there",
        ...flags({ drop: cell.conditions.dropNth, drops: cell.conditions.drops }),
      ],
      undefined,
    );
    try {
      await link.next("ready");
      for (const [namespace, addresses] of [
        [this.near, [NEAR_ADDRESS]],
        [this.far, FAR_ADDRESSES],
      ] as const) {
        ip("-n", namespace, "link", "set", DEVICE, "addrgenmode", "none");
        ip(
          "-n",
          namespace,
          "link",
          "set",
          DEVICE,
          "mtu",
          "1500",
          "txqueuelen",
          String(DEVICE_QUEUE_PACKETS),
          "up",
        );
        for (const address of addresses) ip("-n", namespace, "addr", "add", `${address}/24`, "dev", DEVICE);
      }
    } catch (error) {
      await link.stop();
      throw error;
    }
    return link;
  }

  /**
   * What connections to an address of the far host use that are made from now on. A route tells it, since a namespace's own default may
   * only be one of those that the host allows to everybody.
   */
  setKernelControl(farAddress: string, name: string): void {
    ip("-n", this.near, "route", "replace", `${farAddress}/32`, "dev", DEVICE, "congctl", name);
  }

  /** The most that Linux's TCP lets its buffers grow to. */
  setKernelBuffers(bytes: number): void {
    for (const namespace of [this.near, this.far]) {
      setKernel(namespace, "net/ipv4/tcp_rmem", `4096 131072 ${KERNEL_SHARE * bytes}`);
      setKernel(namespace, "net/ipv4/tcp_wmem", `4096 16384 ${KERNEL_SHARE * bytes}`);
    }
  }

  /** A command as it runs in a namespace. */
  inside(namespace: string, command: readonly string[]): string[] {
    return [...launcher(namespace), ...this.#programsFirst, ...command];
  }
}
