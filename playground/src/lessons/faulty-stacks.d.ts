/**
 * The modules that playground/build/faulty-stacks.ts makes: the simulator on a stack with a fault in it.
 * Owns: their types. Does not own: making them.
 */
declare module "virtual:fault/*" {
  export const ScenarioRun: typeof import("../../../src/sim/index.ts").ScenarioRun;
  export const fault: import("./bug.ts").Fault;
}
