import { beforeEach, expect, it } from "vitest";
import { ControlQueue } from "../../../../src/association/model/control-queue.ts";
import { Settings } from "../../../../src/association/model/settings.ts";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { PeerAddresses } from "../../../../src/association/paths/peer-addresses.ts";
import { ReplyPaths } from "../../../../src/association/paths/reply-paths.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { TestSeat } from "../../../inside/seat.ts";

const OPTIONS = associationOptions({ maxPacketBytes: 1_000, pathMaxRetrans: 3, heartbeatIntervalMs: 7_000 });

let seat: TestSeat;
let settings: Settings;
let paths: PathSet;
let control: ControlQueue<Path>;
let replyPaths: ReplyPaths;
let told: string[];
let addresses: PeerAddresses;

function add(address: string, localAddress?: string): Path {
  return addresses.add({ address, localAddress, remoteUdpPort: 9_899, confirmed: true });
}

beforeEach(() => {
  seat = new TestSeat();
  settings = new Settings(OPTIONS);
  told = [];
  paths = new PathSet();
  control = new ControlQueue(OPTIONS);
  replyPaths = new ReplyPaths(paths);
  addresses = new PeerAddresses({
    seat,
    settings,
    paths,
    replyPaths,
    control,
    outbound: {
      onPathAdded: ({ address }) => told.push(`added ${address}`),
      onPathRemoved: ({ address }) => told.push(`removed ${address}`),
      onPacketSizeChanged: () => told.push("size"),
    },
  });
});

it("makes a path by the options, from where the host says or from where it was asked to, and tells who sends", () => {
  const path = add("10.0.0.2");
  expect(path).toMatchObject({
    localAddress: "10.0.0.1",
    maxPacketBytes: 1_000,
    thresholds: { pathMaxRetrans: 3 },
    heartbeatIntervalMs: 7_000,
    confirmed: true,
  });
  expect(path.congestion.cwndBytes).toBe(10 * (1_000 - 12));
  expect(add("10.0.0.3", "10.9.0.1").localAddress).toBe("10.9.0.1");
  expect(paths.all.map(({ address }) => address)).toEqual(["10.0.0.2", "10.0.0.3"]);
  expect(told).toEqual(["added 10.0.0.2", "added 10.0.0.3"]);
});

it("claims what is no other association's", () => {
  seat.taken.add("10.0.0.9");
  expect([addresses.claim("10.0.0.2"), addresses.claim("10.0.0.9")]).toEqual([true, false]);
  addresses.unclaim(add("10.0.0.2"));
  expect([...seat.claimed]).toEqual([]);
});

it("leaves nothing behind of a path that is taken away", () => {
  const [kept, gone] = [add("10.0.0.2"), add("10.0.0.3")];
  for (const { address } of [kept, gone]) addresses.claim(address);
  for (const path of [gone, kept]) control.push({ kind: "COOKIE ACK" }, path);
  replyPaths.onData(gone, "10.0.0.1");
  told.length = 0;
  addresses.remove(gone);
  expect([...seat.claimed]).toEqual(["10.0.0.2"]);
  expect(paths.all).toEqual([kept]);
  expect(told).toEqual(["removed 10.0.0.3"]);
  expect(control.first?.path).toBe(kept);
  expect(replyPaths.forSack).toBe(kept);
});

it("keeps what is listed, and one path whatever is listed", () => {
  for (const address of ["10.0.0.2", "10.0.0.3", "10.0.0.4"]) add(address);
  addresses.keepOnly(new Set(["10.0.0.2", "10.0.0.4"]));
  expect(paths.all.map(({ address }) => address)).toEqual(["10.0.0.2", "10.0.0.4"]);
  addresses.keepOnly(new Set());
  expect(paths.all.map(({ address }) => address)).toEqual(["10.0.0.4"]);
});

it("gives paths the options that have changed, and leaves what a path has of its own", () => {
  const path = add("10.0.0.2");
  path.thresholds = { ...OPTIONS, pathMaxRetrans: 9 };
  path.heartbeatIntervalMs = 1;
  addresses.setMaxPacketBytes(path, 700);
  told.length = 0;
  addresses.configure(associationOptions({ rtoInitialMs: 2_000 }, OPTIONS), OPTIONS);
  expect(path).toMatchObject({
    thresholds: { pathMaxRetrans: 9 },
    heartbeatIntervalMs: 1,
    maxPacketBytes: 700,
  });
  expect(path.rto.rtoMs).toBe(2_000);
  expect(told).toEqual([]);
  const changes = { pathMaxRetrans: 4, heartbeatIntervalMs: 8_000, maxPacketBytes: 900 };
  addresses.configure(associationOptions(changes, OPTIONS), OPTIONS);
  expect(path).toMatchObject({
    thresholds: { pathMaxRetrans: 4 },
    heartbeatIntervalMs: 8_000,
    maxPacketBytes: 900,
  });
  expect(told).toEqual(["size"]);
});

it("changes the controllers with the option, at the packet size that the path has", () => {
  const path = add("10.0.0.2");
  addresses.setMaxPacketBytes(path, 700);
  const before = path.congestion;
  addresses.configure(OPTIONS, OPTIONS);
  expect(path.congestion).toBe(before);
  const sizes: number[] = [];
  const spying = associationOptions(
    {
      congestionControl: ({ pmdcsBytes }) => {
        sizes.push(pmdcsBytes);
        return before;
      },
    },
    OPTIONS,
  );
  settings.replace(spying);
  addresses.configure(spying, OPTIONS);
  expect(sizes).toEqual([700 - 12]);
});
