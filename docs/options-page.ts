/**
 * docs/options.md: the options of associations and stacks.
 * Owns: how the tables of options are put on a page. Does not own: the tables (src/base/options.ts).
 */
import type { OptionSpec } from "../src/base/option-spec.ts";
import { ASSOCIATION_OPTIONS, STACK_OPTIONS } from "../src/base/options.ts";

const INTRODUCTION = `# Options

Made by \`npm run docs\` from the tables in \`src/base/options.ts\`; do not edit.

Options of an **association** are given to \`connect\` and \`createServer\`, beside those of \`net\`, and change later by
\`setOption\`, \`setNoDelay\` and \`setKeepAlive\`. Options of a **stack** are given as \`stack: { ... }\` to whatever opens a UDP
port: \`connect\`, \`createServer\`, \`createEndpoint\`, \`new UdpPort\`, \`createClusterServer\`. All are checked at the call: an
unknown name, a wrong type or a value out of its range is an \`SctpError\` with the code \`ERR_SCTP_INVALID_OPTION\`. Defaults
are those of RFC 9260 16 unless the text says why not.
`;

export function optionsPage(): string {
  return [
    INTRODUCTION,
    "## Associations\n",
    ...rows(ASSOCIATION_OPTIONS),
    "\n## Stacks\n",
    ...rows(STACK_OPTIONS),
    "",
  ].join("\n");
}

function rows(table: Readonly<Record<string, OptionSpec>>): string[] {
  return [
    "| option | default | range | meaning | defined in |",
    "|---|---|---|---|---|",
    ...Object.entries(table).map(
      ([name, spec]) =>
        `| \`${name}\` | ${defaultOf(spec)} | ${rangeOf(spec)} | ${spec.description.replaceAll("|", "\\|")} | ${spec.section} |`,
    ),
  ];
}

function defaultOf(spec: OptionSpec): string {
  if (spec.type === "choice" || spec.type === "name") return `\`"${spec.default}"\``;
  if (spec.type === "number" && spec.default === undefined) return `\`${spec.follows}\``;
  return `\`${spec.default}\``;
}

const code = (text: string): string => `\`${text}\``;

function rangeOf(spec: OptionSpec): string {
  if (spec.type === "boolean") return "`true`, `false`";
  if (spec.type === "formed") return spec.form;
  if (spec.type === "graded") return ["true", "false", ...spec.names.map((name) => `"${name}"`)].map(code).join(", ");
  if (spec.type === "choice" || spec.type === "name") {
    const names = spec.names.map((name) => `\`"${name}"\``).join(", ");
    return spec.type === "choice" ? `${names}, a function` : names;
  }
  return `${spec.min} to ${spec.max} ${spec.unit}`;
}
