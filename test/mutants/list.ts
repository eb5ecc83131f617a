/**
 * Every mistake that is put into the sources, one at a time.
 * Owns: putting the parts of the list together. Does not own: the parts, running the tests on them (run.ts).
 */
import { ADAPTATION_MUTANTS } from "./adaptation.ts";
import { ADDRESS_CHANGE_MUTANTS } from "./address-changes.ts";
import { ADDRESS_MUTANTS } from "./addresses.ts";
import { AUTHENTICATION_MUTANTS } from "./authentication.ts";
import { BBR_MUTANTS } from "./bbr.ts";
import { BUFFER_GROWTH_MUTANTS } from "./buffer-growth.ts";
import { BYTE_FACE_MUTANTS } from "./byte-face.ts";
import { CAPTURE_MUTANTS } from "./captures.ts";
import { CHECKER_MUTANTS } from "./checkers.ts";
import { CLUSTER_MUTANTS } from "./cluster.ts";
import { CUBIC_MUTANTS } from "./cubic.ts";
import { DYNAMIC_ADDRESS_MUTANTS } from "./dynamic-addresses.ts";
import { FIELD_MUTANTS } from "./fields.ts";
import { INSPECTION_MUTANTS } from "./inspection.ts";
import { INTERLEAVING_MUTANTS } from "./interleaving.ts";
import { LIMIT_MUTANTS } from "./limits.ts";
import { MULTIPATH_MUTANTS } from "./multipath.ts";
import type { Mutant } from "./mutant.ts";
import { NODE_FACE_MUTANTS } from "./node-face.ts";
import { NR_SACK_MUTANTS } from "./nr-sack.ts";
import { PARTIAL_RELIABILITY_MUTANTS } from "./partial-reliability.ts";
import { PATH_MTU_MUTANTS } from "./path-mtu.ts";
import { PATH_MUTANTS } from "./paths-and-congestion.ts";
import { PICTURE_MUTANTS } from "./pictures.ts";
import { PLAYGROUND_MUTANTS } from "./playground.ts";
import { PORT_ADDRESS_MUTANTS } from "./port-addresses.ts";
import { PORT_MUTANTS } from "./ports.ts";
import { QUICK_FAILOVER_MUTANTS } from "./quick-failover.ts";
import { RACK_MUTANTS } from "./rack.ts";
import { SCENARIO_MUTANTS } from "./scenarios.ts";
import { SEAM_MUTANTS } from "./seams.ts";
import { SENDING_MUTANTS } from "./sending.ts";
import { SET_UP_MUTANTS } from "./set-up-and-end.ts";
import { STREAM_RECONFIGURATION_MUTANTS } from "./stream-reconfiguration.ts";
import { TRACE_MUTANTS } from "./traces.ts";
import { WIRE_AND_RECEIVING_MUTANTS } from "./wire-and-receiving.ts";

export const MUTANTS: readonly Mutant[] = [
  ...WIRE_AND_RECEIVING_MUTANTS,
  ...SENDING_MUTANTS,
  ...PATH_MUTANTS,
  ...SET_UP_MUTANTS,
  ...LIMIT_MUTANTS,
  ...ADDRESS_MUTANTS,
  ...CLUSTER_MUTANTS,
  ...SEAM_MUTANTS,
  ...PORT_MUTANTS,
  ...BYTE_FACE_MUTANTS,
  ...NODE_FACE_MUTANTS,
  ...PARTIAL_RELIABILITY_MUTANTS,
  ...INTERLEAVING_MUTANTS,
  ...STREAM_RECONFIGURATION_MUTANTS,
  ...AUTHENTICATION_MUTANTS,
  ...DYNAMIC_ADDRESS_MUTANTS,
  ...PATH_MTU_MUTANTS,
  ...QUICK_FAILOVER_MUTANTS,
  ...ADAPTATION_MUTANTS,
  ...PORT_ADDRESS_MUTANTS,
  ...CUBIC_MUTANTS,
  ...ADDRESS_CHANGE_MUTANTS,
  ...BBR_MUTANTS,
  ...MULTIPATH_MUTANTS,
  ...NR_SACK_MUTANTS,
  ...SCENARIO_MUTANTS,
  ...PICTURE_MUTANTS,
  ...CAPTURE_MUTANTS,
  ...CHECKER_MUTANTS,
  ...TRACE_MUTANTS,
  ...PLAYGROUND_MUTANTS,
  ...FIELD_MUTANTS,
  ...INSPECTION_MUTANTS,
  ...RACK_MUTANTS,
  ...BUFFER_GROWTH_MUTANTS,
];
