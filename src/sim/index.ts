/**
 * The entry `sctpkit/sim`: whole networks in virtual time.
 * Owns: which names are public there.
 */
export { SimAssociation, SimHost, type SimHostOptions } from "./host.ts";
export { type Fate, type LinkProfile, PERFECT_LINK } from "./network.ts";
export { SimViolation } from "./packet-checker.ts";
export { blocking, type Program, SimProgram, SimSockets, sleep, until } from "./programs.ts";
export { type SimOptions, SimWorld } from "./world.ts";
