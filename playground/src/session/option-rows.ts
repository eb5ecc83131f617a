/** The options of associations for the forms. Owns: that list. Does not own: the options (sctpkit/core), the forms (src/app). */
import { ASSOCIATION_OPTIONS } from "../../../src/core.ts";
import type { OptionRow } from "./protocol.ts";

export function optionRows(): OptionRow[] {
  return Object.entries(ASSOCIATION_OPTIONS).map(([name, spec]) => {
    const { description, section } = spec;
    const row = {
      name,
      description,
      section,
      unit: "",
      min: 0,
      max: 0,
      names: [],
      otherwise: String(spec.default),
    };
    switch (spec.type) {
      case "number":
        return {
          ...row,
          type: "number",
          unit: spec.unit,
          min: spec.min,
          max: spec.max,
          otherwise: String(spec.default ?? ""),
        };
      case "boolean":
        return { ...row, type: "boolean" };
      case "formed":
        return { ...row, type: "boolean", otherwise: "false" };
      case "graded":
        return { ...row, type: "choice", names: ["false", "true", ...spec.names] };
      default:
        return { ...row, type: "choice", names: spec.names };
    }
  });
}
