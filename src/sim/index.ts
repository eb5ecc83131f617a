/**
 * The entry `sctpkit/sim`: whole networks in virtual time.
 * Owns: which names are public there.
 */

export { SimViolation } from "./checks/packet-checker.ts";
export type { PeerEnd, PeerState } from "./peer/association.ts";
export { BEHAVIOUR_NAMES, BEHAVIOURS, type Behaviour } from "./peer/behaviours.ts";
export type { PeerOptions } from "./peer/peer.ts";
export { type EndAccount, ScenarioAccount, type WayAccount } from "./scenario/account.ts";
export { ScenarioLadder } from "./scenario/ladder.ts";
export { readScenario, writeScenario } from "./scenario/reader.ts";
export {
  type DoneStep,
  type Intervention,
  type RefusedStep,
  ScenarioRun,
  type ScenarioRunOptions,
} from "./scenario/run.ts";
export type {
  Scenario,
  ScenarioFault,
  ScenarioHost,
  ScenarioLink,
  ScenarioNat,
  ScenarioOptions,
  ScenarioStep,
} from "./scenario/scenario.ts";
export { SCENARIO_SCHEMA } from "./scenario/schema.ts";
export { SimAssociation, SimHost, type SimHostOptions } from "./world/host.ts";
export { type Fate, type LinkProfile, type LossReason, PERFECT_LINK } from "./world/network.ts";
export type { ChunkName, PlannedFate, PlannedLoss } from "./world/planned-faults.ts";
export { blocking, type Program, SimProgram, SimSockets, sleep, until } from "./world/programs.ts";
export { SimPeer, SimPeerAssociation } from "./world/sim-peer.ts";
export {
  type Disturbance,
  observeAll,
  type PacketCopy,
  type PacketObserver,
  type SimPacket,
} from "./world/under-way.ts";
export { type SimOptions, SimWorld } from "./world/world.ts";
