/**
 * Mistakes that somebody could make in the face towards Node: errors, bad input, names, statistics; the tests must find every one.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const NODE_FACE_MUTANTS: readonly Mutant[] = [
  // ---- Errors ----
  mutant(
    "error-host-code",
    "base/errors.ts",
    "this.code = details.hostCode ?? code;",
    "this.code = code;",
    "an error of the host has a code that nobody knows from net",
  ),
  mutant(
    "error-no-errno",
    "node/common/host-error.ts",
    '    errno: typeof said.errno === "number" ? said.errno : undefined,\n',
    "",
    "an error of the host has lost its number",
  ),
  mutant(
    "lookup-throws",
    "node/common/resolve.ts",
    "    } catch (error) {\n      fail(error);\n    }",
    "    } catch (error) {\n      reject(error);\n    }",
    "what a lookup throws comes out as it is",
  ),
  mutant(
    "error-whose",
    "node/socket/ending.ts",
    "message, { causeCodes, ...peer });",
    "message, { causeCodes });",
    "an abort of the peer does not say whose",
  ),
];
