/**
 * The entry `sctpkit/sim`: whole networks in virtual time.
 * Owns: which names are public there.
 */
export { SimAssociation, SimHost, type SimHostOptions } from "./host.ts";
export { type Fate, type LinkProfile, PERFECT_LINK } from "./network.ts";
export { SimViolation } from "./packet-checker.ts";
export type { PeerEnd, PeerState } from "./peer/association.ts";
export { BEHAVIOUR_NAMES, BEHAVIOURS, type Behaviour } from "./peer/behaviours.ts";
export type { PeerOptions } from "./peer/peer.ts";
export type { ChunkName, PlannedLoss } from "./planned-losses.ts";
export { blocking, type Program, SimProgram, SimSockets, sleep, until } from "./programs.ts";
export { SimPeer, SimPeerAssociation } from "./sim-peer.ts";
export { type SimOptions, SimWorld } from "./world.ts";
