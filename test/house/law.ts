/**
 * Who may import whom: the law of the house, as one table.
 * Owns: the table, and the verdict on an import. Does not own: reading imports (imports.ts), how the house came to be so
 * (docs/architecture.md).
 *
 * A room is a folder. It may import itself and the rooms named for it; type imports count. Where a room has rooms of its own,
 * a table of its own says who of them may import whom, and `.` stands for the files that lie in it directly.
 */
import type { Import } from "./imports.ts";

/** For each room, those that it may import. */
export type Law = Readonly<Record<string, readonly string[]>>;

const LEAVES = ["base", "platform", "timer"];
const CORE = [...LEAVES, "chunks", "congestion", "association", "stack"];
const NODE_SIDE = [...CORE, "socket", "cluster", "trace"];

/** The rooms of src. `index.ts` and `core.ts` are doors: they lead everywhere below, and nobody inside uses them. */
const SRC: Law = {
  base: ["platform"],
  platform: [],
  timer: [],
  chunks: LEAVES,
  congestion: [...LEAVES, "chunks"],
  association: [...LEAVES, "chunks", "congestion"],
  stack: [...LEAVES, "chunks", "congestion", "association"],
  socket: CORE,
  cluster: CORE,
  trace: [...LEAVES, "chunks"],
  node: NODE_SIDE,
  sim: NODE_SIDE,
  compat: [...NODE_SIDE, "node"],
  cli: [...NODE_SIDE, "node", "sim"],
  ".": [...NODE_SIDE, "node", "sim", "compat"],
};

/** Folders that may import less than the room that they lie in. */
const NARROWER: Law = {
  // A second opinion on the protocol: it shares the codec with the stack, and nothing that decides.
  "sim/peer": [...LEAVES, "chunks"],
};

const UNDER_PROCEDURES = ["model", "paths", "sending", "receiving", "reporting"];

const ROOMS: Readonly<Record<string, Law>> = {
  association: {
    model: [],
    paths: ["model"],
    sending: ["model", "paths"],
    receiving: ["model", "paths"],
    reporting: ["model", "paths", "sending", "receiving"],
    procedures: UNDER_PROCEDURES,
    extensions: UNDER_PROCEDURES,
    packets: [...UNDER_PROCEDURES, "procedures", "extensions"],
    ".": [...UNDER_PROCEDURES, "procedures", "extensions", "packets"],
  },
  socket: {
    terms: [],
    state: ["terms"],
    options: ["terms", "state"],
    ".": ["terms", "state", "options"],
  },
  node: {
    common: [],
    transport: ["common"],
    driver: ["common", "transport"],
    channels: ["common"],
    socket: ["common", "transport", "driver", "channels"],
    server: ["common", "transport", "driver", "channels", "socket"],
    endpoint: ["common", "transport", "driver", "channels", "socket"],
    cluster: ["common", "transport", "driver", "channels", "socket", "server", "endpoint"],
  },
  sim: {
    peer: [],
    checks: [],
    world: ["peer", "checks"],
    scenario: ["world"],
    ".": ["peer", "checks", "world", "scenario"],
  },
  cli: { commands: [], ".": ["commands"] },
};

/** Rooms that may use what only Node has. */
const HOST_ROOMS: ReadonlySet<string> = new Set(["node", "compat", "cli"]);
/** What the package offers: programs outside of src that are somebody's own use nothing else. */
const DOORS: ReadonlySet<string> = new Set([
  "src/index.ts",
  "src/core.ts",
  "src/sim/index.ts",
  "src/node/cluster/index.ts",
  "src/compat/sctp.ts",
]);
const USERS = ["examples", "interop", "playground"];

/** Why an import is against the law; undefined where it is not. */
export function breach({ from, to }: Import): string | undefined {
  const [top = ""] = from.split("/");
  if (top !== "src") {
    const isUser = USERS.includes(top) && to.startsWith("src/");
    return isUser && !DOORS.has(to) ? `${top} comes in by the doors of the package` : undefined;
  }
  const room = roomOf(from);
  if (to.startsWith("node:"))
    return HOST_ROOMS.has(room) || from === "src/index.ts" ? undefined : "no I/O here";
  if (!to.startsWith("src/")) return to.includes("/") ? "src knows nothing outside of itself" : undefined;
  const target = roomOf(to);
  if (target === "." && room !== ".") return "a door is for those who come from outside";
  if (room !== target) {
    const folder = `${room}/${roomOf(from, 2)}`;
    const isAllowed = allows(SRC, room, target) && (NARROWER[folder]?.includes(target) ?? true);
    return isAllowed ? undefined : `${folder in NARROWER ? folder : room} may not import ${target}`;
  }
  const inner = ROOMS[room];
  if (inner === undefined) return undefined;
  const [fromInner, toInner] = [roomOf(from, 2), roomOf(to, 2)];
  if (fromInner === toInner || allows(inner, fromInner, toInner)) return undefined;
  return `${room}/${fromInner} may not import ${room}/${toInner}`;
}

/** The room of a file at a depth below the root: 1 for the rooms of src. `.` where it lies in the house itself. */
function roomOf(path: string, depth = 1): string {
  const parts = path.split("/");
  return parts.length > depth + 1 ? (parts[depth] as string) : ".";
}

function allows(law: Law, from: string, to: string): boolean {
  return law[from]?.includes(to) === true;
}

/** Every pair of rooms that the law keeps apart, as an import that would be against it. */
export function forbiddenImports(): Import[] {
  const within = (law: Law, prefix: string): Import[] =>
    Object.keys(law).flatMap((from) =>
      Object.keys(law)
        .filter((to) => to !== from && !allows(law, from, to))
        .map((to) => ({ from: probeIn(prefix, from), to: probeIn(prefix, to) })),
    );
  return [
    ...within(SRC, "src"),
    ...Object.entries(ROOMS).flatMap(([room, law]) => within(law, `src/${room}`)),
    ...Object.entries(NARROWER).flatMap(([folder, allowed]) =>
      Object.keys(SRC)
        .filter((to) => !allowed.includes(to) && !folder.startsWith(`${to}/`))
        .map((to) => ({ from: `src/${folder}/probe.ts`, to: probeIn("src", to) })),
    ),
  ];
}

function probeIn(prefix: string, room: string): string {
  return room === "." ? `${prefix}/probe.ts` : `${prefix}/${room}/probe.ts`;
}
