/**
 * docs/socket-options.md: the socket options of RFC 6458 and its extensions.
 * Owns: how the options table is put on a page. Does not own: the table (src/socket/options/options-table.ts).
 */
import { ERRNO } from "../src/socket/terms/errno.ts";
import { NOTIFICATIONS } from "../src/socket/terms/notifications.ts";
import type { Field, Fields, OptionRow } from "../src/socket/options/option-spec.ts";
import { SOCKET_OPTIONS } from "../src/socket/options/options-table.ts";

const INTRODUCTION = `# Socket options, notifications and errors

Made by \`npm run docs\` from the tables in \`src/socket\`; do not edit.

Options are read and set by their RFC's name:

\`\`\`ts
socket.setOption("SCTP_RTOINFO", { minMs: 200 }); // A socket of connect() or of a server: its own association is meant.
socket.getOption("SCTP_RTOINFO");
endpoint.setOption("SCTP_RTOINFO", { minMs: 200 }, associationId); // One-to-many: an id, or "future" and the like.
endpoint.getOption("SCTP_RTOINFO", "future");
endpoint.getOption("SCTP_GET_PEER_ADDR_INFO", associationId, { address: "10.0.0.1" });
\`\`\`

- Fields are those of the RFC's structure without its prefix, in camel case, with their unit. A field that can only be read
  is ignored when it is set, so that what was read can be changed and set again.
- **For** says whose option it is. An option of the *socket* takes no target; where it means something to associations, it
  changes those that are and those that will be. Others take the *id* of an association, and some of \`"future"\`,
  \`"current"\` and \`"all"\` (\`SCTP_FUTURE_ASSOC\`, \`SCTP_CURRENT_ASSOC\`, \`SCTP_ALL_ASSOC\`). Without a target it is
  \`"future"\`, where that is possible. A one-to-one socket ignores the target: its association is meant, or while there is none
  the future one.
- Reading \`"current"\` or \`"all"\` is an error, as it is in the RFC.
- \`setOption\` and \`getOption\` throw an \`SctpError\` whose \`cause\` is the name of an errno, as listed below.
- The sockets without I/O, \`SctpSocket\` of \`sctpkit/core\`, have the RFC's calls under the RFC's names, \`setsockopt\` and
  \`getsockopt\`. These return their result or the name of an errno, with the sentence in \`errorText\`; nothing is thrown.
`;

export function socketOptionsPage(): string {
  const rows = Object.entries<OptionRow>(SOCKET_OPTIONS);
  return [
    INTRODUCTION,
    "## Overview\n",
    ...overview(rows),
    "\n## The options\n",
    ...rows.map(([option, row]) => section(option, row)),
    "## Notifications\n",
    "Subscribed to with `SCTP_EVENT`, each by itself, for an association or for those to come; read in line with the data.\n",
    "| notification | defined in |",
    "|---|---|",
    ...Object.entries(NOTIFICATIONS).map(([type, { section: from }]) => `| \`${type}\` | ${from} |`),
    "\n## Errors\n",
    "| errno | meaning |",
    "|---|---|",
    ...Object.entries(ERRNO).map(([errno, meaning]) => `| \`${errno}\` | ${meaning} |`),
    "",
  ].join("\n");
}

function overview(rows: readonly (readonly [string, OptionRow])[]): string[] {
  return [
    "| option | defined in | access | for |",
    "|---|---|---|---|",
    ...rows.map(
      ([option, row]) =>
        `| [\`${option}\`](#${option.toLowerCase()}) | ${row.section} | ${row.access} | ${targets(row)} |`,
    ),
  ];
}

function section(option: string, row: OptionRow): string {
  const notes = [
    `${row.section}, ${row.access}, for ${targets(row)}`,
    ...(row.style === undefined ? [] : [`${row.style} sockets only`]),
    ...("deprecated" in row ? ["deprecated"] : []),
  ];
  const parts = [`### ${option}\n`, `*${notes.join("; ")}.* ${row.description}\n`];
  if ("value" in row) parts.push(`Value: ${typeOf(row.value)}. ${row.value.description}\n`);
  else if (Object.keys(row.fields).length > 0) parts.push(fieldTable(row.fields));
  if (row.query !== undefined) parts.push(`Read with a query:\n`, fieldTable(row.query));
  return parts.join("\n");
}

function fieldTable(fields: Fields): string {
  return [
    "| field | type | when set | |",
    "|---|---|---|---|",
    ...Object.entries(fields).map(
      ([name, field]) =>
        `| \`${name}\` | ${typeOf(field)} | ${{ must: "needed", may: "optional", read: "ignored" }[field.use]} | ${field.description} |`,
    ),
    "",
  ].join("\n");
}

function targets(row: OptionRow): string {
  if (row.targets === undefined) return "the socket";
  return ["an id", ...row.targets].join(", ");
}

function typeOf(field: Field): string {
  switch (field.kind) {
    case "number": {
      const unit = field.unit === "" ? "" : ` ${field.unit}`;
      return `number, ${field.min} to ${field.max}${unit}`;
    }
    case "boolean":
      return "boolean";
    case "address":
      return "IP literal";
    case "bytes":
      return "`Uint8Array`";
    case "numbers":
      return "array of numbers";
    case "name":
      return field.names.map((name) => `\`"${name}"\``).join(", ");
    case "names":
      return `array of ${field.names.map((name) => `\`"${name}"\``).join(", ")}`;
    case "nested":
      return `object: ${Object.keys(field.fields)
        .map((name) => `\`${name}\``)
        .join(", ")}`;
  }
}
