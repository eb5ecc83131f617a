/**
 * Which congestion controller a new path gets.
 * Owns: the controllers that are built in, by name; that a user's own has what is called of it.
 * Does not own: the algorithms, the check of the option itself (src/base/options.ts).
 */
import type {
  CongestionController,
  CongestionControllerFactory,
  CongestionControlName,
  CongestionInit,
} from "../base/congestion-control.ts";
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import type { AssociationOptions } from "../base/options.ts";
import { BbrController } from "./bbr.ts";
import { CubicController } from "./cubic.ts";
import { LinkedCubicController, LinkedRfc9260Controller } from "./linked-controllers.ts";
import type { LinkedFlows } from "./linked-increases.ts";
import { Rfc9260Controller } from "./rfc9260.ts";

/** What the options say to a controller. */
type CongestionTuning = Pick<
  AssociationOptions,
  "congestionControl" | "bbrLossThresholdPercent" | "multipath"
>;

type BuiltIn = (init: CongestionInit, tuning: CongestionTuning) => CongestionController;
type Linked = (init: CongestionInit, flows: LinkedFlows) => CongestionController;

const FACTORIES: Readonly<Record<CongestionControlName, BuiltIn>> = {
  rfc9260: ({ pmdcsBytes, family }) => new Rfc9260Controller(pmdcsBytes, family),
  cubic: ({ pmdcsBytes }) => new CubicController(pmdcsBytes),
  bbr: ({ pmdcsBytes }, { bbrLossThresholdPercent }) =>
    new BbrController(pmdcsBytes, bbrLossThresholdPercent / 100),
};
/** Those that there are for `multipath: "coupled"` (src/base/options.ts refuses the others). */
const LINKED: Readonly<Partial<Record<CongestionControlName, Linked>>> = {
  rfc9260: ({ pmdcsBytes, family }, flows) => new LinkedRfc9260Controller(pmdcsBytes, family, flows),
  cubic: ({ pmdcsBytes }, flows) => new LinkedCubicController(pmdcsBytes, flows),
};
const NUMBERS = ["cwndBytes", "ssthreshBytes", "partialBytesAcked"] as const;
const METHODS = ["onAck", "onFastRetransmit", "onTimeout", "onIdle", "setPmdcs", "reset"] as const;

/**
 * @param flows the paths of the association, among which windows may be linked
 * @throws SctpError ERR_SCTP_INVALID_OPTION if a user's function throws, or what it gives back is no controller
 */
export function createController(
  tuning: CongestionTuning,
  init: CongestionInit,
  flows: LinkedFlows,
): CongestionController {
  const chosen = tuning.congestionControl;
  if (typeof chosen === "string") {
    const linked = tuning.multipath === "coupled" ? LINKED[chosen] : undefined;
    return linked === undefined ? FACTORIES[chosen](init, tuning) : linked(init, flows);
  }
  const controller = madeBy(chosen, init);
  for (const name of NUMBERS) need(typeof controller?.[name] === "number", name, "number");
  for (const name of METHODS) need(typeof controller[name] === "function", name, "method");
  return controller;
}

function madeBy(factory: CongestionControllerFactory, init: CongestionInit): CongestionController {
  try {
    return factory(init);
  } catch (error) {
    const message = `congestionControl threw: ${error instanceof Error ? error.message : error}`;
    throw new SctpError(SctpErrorCode.InvalidOption, message);
  }
}

function need(condition: boolean, name: string, what: string): void {
  if (condition) return;
  throw new SctpError(
    SctpErrorCode.InvalidOption,
    `congestionControl must give back a CongestionController: it has no ${what} ${name}`,
  );
}
