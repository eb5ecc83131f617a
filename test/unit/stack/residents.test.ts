import { beforeEach, expect, it } from "vitest";
import type { AssociationEngine } from "../../../src/association/engine.ts";
import { associationOptions, stackOptions } from "../../../src/base/options.ts";
import { Residents, type ResidentsInit } from "../../../src/stack/residents.ts";
import { standIn, TEST_PLATFORM } from "../../inside/seat.ts";

const OPTIONS = associationOptions();
const ROUTE = { localAddress: "10.0.0.1", address: "10.0.0.2", remoteUdpPort: 9_899 };
/** How long a cookie lives at most with these. */
const COOKIE_MS = 1_500;

let residents: Residents;

function make(more: Partial<ResidentsInit> = {}): Residents {
  const made = new Residents({
    platform: TEST_PLATFORM,
    options: stackOptions({ cookieLifeMs: 1_000, maxCookiePreservativeMs: 500 }),
    udpPort: 9_899,
    trace: undefined,
    shared: undefined,
    extensions: [],
    ...more,
  });
  made.nowMs = 0;
  return made;
}

function create(localTag: number, localPort = 7): AssociationEngine {
  const identity = { localPort, remotePort: 8, localTag, localInitialTsn: 1 };
  return residents.create(identity, OPTIONS, undefined);
}

beforeEach(() => {
  residents = make();
});

it("gives each an id of its own, from 1, and finds it by its tag", () => {
  const [first, second] = [create(11), create(12)];
  expect([first.id, second.id]).toEqual([1, 2]);
  expect(residents.table.byTag(12)).toBe(second);
  expect([...residents.associations()]).toEqual([first.association, second.association]);
});

it("seats each by itself: its news, its claims and its end are its own", () => {
  const [first, second] = [create(11), create(12)];
  expect(residents.table.claim(first, ROUTE.address)).toBe(true);
  expect(residents.table.claim(second, ROUTE.address)).toBe(false);
  second.open(["10.0.0.3"], 9_899, 0);
  expect(second.isDirty).toBe(true);
  second.association.abort(new Uint8Array(0), 0);
  expect(residents.table.byTag(12)).toBeUndefined();
  expect(residents.table.byTag(11)).toBe(first);
  const event = residents.events.shift();
  expect(event?.kind).toBe("closed");
  expect(event?.association).toBe(second.association);
  expect(residents.table.claim(first, ROUTE.address)).toBe(true);
});

it("lets an ended association's address and port go, but not its tag while a cookie may carry it (RFC 9260 5.3.1)", () => {
  const ended = create(11);
  ended.open([ROUTE.address], 9_899, 0);
  residents.table.claim(ended, ROUTE.address);
  residents.nowMs = 100;
  residents.release(ended);
  expect(residents.table.isPortUsed(7)).toBe(false);
  expect(residents.table.claim(create(12), ROUTE.address)).toBe(true);
  for (const [nowMs, isTaken] of [
    [100, true],
    [100 + COOKIE_MS - 1, true],
    [100 + COOKIE_MS, false],
  ] as const) {
    residents.nowMs = nowMs;
    expect(residents.isTagTaken(11), `${nowMs} ms`).toBe(isTaken);
  }
});

it("is found by another tag after a restart, and keeps the old one from others", () => {
  const engine = create(11);
  residents.retag(engine, 21);
  expect(residents.table.byTag(21)).toBe(engine);
  expect(residents.table.byTag(11)).toBeUndefined();
  expect([residents.isTagTaken(11), residents.isTagTaken(21), residents.isTagTaken(31)]).toEqual([
    true,
    true,
    false,
  ]);
});

it("draws tags until one is neither 0 nor taken", () => {
  const draws = [0, 11, 12, 13];
  const random = standIn<ResidentsInit["platform"]["random"]>({ uint32: () => draws.shift() ?? -1 });
  residents = make({ platform: { ...TEST_PLATFORM, random } });
  create(11);
  const ended = create(12);
  residents.release(ended);
  expect(residents.newTag()).toBe(13);
});
