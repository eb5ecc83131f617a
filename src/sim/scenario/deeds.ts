/**
 * What the hosts of a scenario do, done with the real stack.
 * Owns: each deed of a host and of a user, and whose association it is about. Does not own: when they are done and the network
 * (run.ts), the form of a deed (scenario.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { addressFamily } from "../../platform/address.ts";
import { utf8Bytes } from "../../trace/utf8.ts";
import type { SimAssociation, SimHost } from "../world/host.ts";
import type { SimWorld } from "../world/world.ts";
import { optionsInput } from "./options.ts";
import type { ScenarioHost, ScenarioStep } from "./scenario.ts";

/** What a host does, by itself or as the user of an association. */
export type HostStep = Extract<ScenarioStep, { readonly host: string }>;
type UserStep = Exclude<
  HostStep,
  { readonly do: "listen" | "connect" | "pause" | "resume" | "restart" | "move" | "lose-address" }
>;

/** A host of a scenario, and what the document says of it. */
export interface Player {
  readonly host: SimHost;
  readonly plan: ScenarioHost;
}

export class ScenarioDeeds {
  readonly #world: SimWorld;
  readonly #players: ReadonlyMap<string, Player>;

  constructor(world: SimWorld, players: ReadonlyMap<string, Player>) {
    this.#world = world;
    this.#players = players;
  }

  /** @throws SctpError where it cannot be done now */
  perform(step: HostStep): void {
    const { host, plan } = this.#player(step.host);
    switch (step.do) {
      case "listen":
        return host.listen(step.port, optionsInput(plan.options));
      case "connect":
        return this.#connect(host, plan, step);
      case "restart":
        return this.#world.restart(host);
      case "pause":
        for (const user of host.associations) user.autoRead = false;
        return;
      case "resume":
        for (const user of host.associations) resume(user);
        return;
      case "move":
        return this.#owning(host, step.from, () => host.move(step.from, step.to));
      case "lose-address":
        return this.#owning(host, step.address, () => host.lose(step.address));
      default:
        return this.#asUser(this.#userOf(host, step.peer), step);
    }
  }

  #connect(host: SimHost, plan: ScenarioHost, step: Extract<HostStep, { readonly do: "connect" }>): void {
    const all = typeof step.to === "string" ? this.#player(step.to).plan.addresses : step.to;
    const families = new Set(host.stack.localAddresses.map(addressFamily));
    const reachable = all.filter((address) => families.has(addressFamily(address)));
    if (reachable.length === 0) throw refusal(`${host.name} has no address of the kind that its peer has`);
    host.connect(reachable, step.port, optionsInput(plan.options), step.localPort);
  }

  #asUser(user: SimAssociation, step: UserStep): void {
    const { association, host } = user;
    const { nowMs } = this.#world;
    switch (step.do) {
      case "send":
        return this.#send(user, step);
      case "shutdown":
        return user.shutdown();
      case "abort":
        return user.abort(utf8Bytes(step.reason));
      case "options":
        association.setOptions(optionsInput(step.options), nowMs);
        return host.flush();
      case "share":
        return association.setStreamShare(step.streamId, { priority: step.priority, weight: step.weight });
      case "primary":
        association.setPrimary(step.address);
        return host.flush();
      case "heartbeat":
        association.requestHeartbeat(step.address, nowMs);
        return host.flush();
      case "reset-streams":
        return user.resetStreams(step.direction, step.streamIds);
      case "reset-association":
        return user.resetAssociation();
      case "add-streams":
        return user.addStreams({ inbound: step.inbound, outbound: step.outbound });
      case "add-address":
        if (!host.addresses.includes(step.address)) host.gain(step.address);
        return user.addAddress(step.address);
      case "remove-address":
        return user.removeAddress(step.address);
      case "peer-primary":
        return user.setPeerPrimary(step.address);
    }
  }

  #send(user: SimAssociation, step: Extract<HostStep, { readonly do: "send" }>): void {
    const { streamId, ppid, unordered, reliability } = step;
    user.send(streamId, this.#payload(step), { ppid, unordered, reliability });
  }

  #payload({ text, bytes = 0 }: Extract<HostStep, { readonly do: "send" }>): Uint8Array {
    if (text !== undefined) return utf8Bytes(text);
    const payload = new Uint8Array(bytes);
    this.#world.random.fill(payload);
    return payload;
  }

  #owning(host: SimHost, address: string, action: () => void): void {
    if (!host.addresses.includes(address)) throw refusal(`${host.name} has no address ${address} now`);
    action();
  }

  /** The latest association of this life of the host, with that peer if one is named. */
  #userOf(host: SimHost, peer: string | undefined): SimAssociation {
    const theirs = peer === undefined ? undefined : new Set(this.#player(peer).host.addresses);
    const user = host.associations.findLast(
      ({ bootCount, association }) =>
        bootCount === host.bootCount &&
        (theirs === undefined || association.remoteAddresses.some((address) => theirs.has(address))),
    );
    if (user !== undefined && user.state !== "CLOSED") return user;
    throw refusal(`${host.name} has no association${peer === undefined ? "" : ` with ${peer}`}`);
  }

  #player(name: string): Player {
    const player = this.#players.get(name);
    if (player === undefined) throw refusal(`there is no host "${name}"`);
    return player;
  }
}

function resume(user: SimAssociation): void {
  user.autoRead = true;
  user.read();
  user.host.flush();
}

function refusal(sentence: string): SctpError {
  return new SctpError(SctpErrorCode.NotConnected, sentence);
}
