/**
 * The entry `sctpkit/sim`: whole networks in virtual time.
 * Owns: which names are public there.
 */
export { SimAssociation, SimHost, type SimHostOptions } from "./host.ts";
export { type Fate, type LinkProfile, type LossReason, PERFECT_LINK } from "./network.ts";
export { SimViolation } from "./packet-checker.ts";
export type { PeerEnd, PeerState } from "./peer/association.ts";
export { BEHAVIOUR_NAMES, BEHAVIOURS, type Behaviour } from "./peer/behaviours.ts";
export type { PeerOptions } from "./peer/peer.ts";
export type { ChunkName, PlannedFate, PlannedLoss } from "./planned-faults.ts";
export { blocking, type Program, SimProgram, SimSockets, sleep, until } from "./programs.ts";
export type {
  Scenario,
  ScenarioFault,
  ScenarioHost,
  ScenarioLink,
  ScenarioNat,
  ScenarioOptions,
  ScenarioStep,
} from "./scenario.ts";
export { type EndAccount, ScenarioAccount, type WayAccount } from "./scenario-account.ts";
export { ScenarioLadder } from "./scenario-ladder.ts";
export { readScenario, writeScenario } from "./scenario-reader.ts";
export {
  type DoneStep,
  type Intervention,
  type RefusedStep,
  ScenarioRun,
  type ScenarioRunOptions,
} from "./scenario-run.ts";
export { SCENARIO_SCHEMA } from "./scenario-schema.ts";
export { SimPeer, SimPeerAssociation } from "./sim-peer.ts";
export {
  type Disturbance,
  observeAll,
  type PacketCopy,
  type PacketObserver,
  type SimPacket,
} from "./under-way.ts";
export { type SimOptions, SimWorld } from "./world.ts";
