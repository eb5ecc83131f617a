/** Windows that grow and shrink. Owns: that lesson. Does not own: what counts as lost (loss-detection.ts). */
import type { CongestionControlName } from "../../../src/core.ts";
import { connected, host, link, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

interface Pair {
  readonly sender: string;
  readonly receiver: string;
  readonly congestionControl: CongestionControlName;
  readonly firstCwndBytes: number;
}
const PAIRS: readonly Pair[] = [
  { sender: "alice", receiver: "bob", congestionControl: "rfc9260", firstCwndBytes: 4_404 },
  { sender: "carol", receiver: "dave", congestionControl: "cubic", firstCwndBytes: 11_880 },
  { sender: "erin", receiver: "frank", congestionControl: "bbr", firstCwndBytes: 11_880 },
];
const COUNT = 450;
const BOTTLENECK = { delayMinMs: 25, bytesPerSecond: 250_000, queueBytes: 20_000 };
/** What fits into the link without its queue: 50 ms at 250 kB/s. */
const PIPE_BYTES = 12_500;
const PIPE_AND_QUEUE_BYTES = PIPE_BYTES + BOTTLENECK.queueBytes;

const cwnd = (scene: Scene, sender: string): number => scene.path(sender)?.cwndBytes ?? 0;
const srtt = (scene: Scene, sender: string): number => scene.path(sender)?.srttMs ?? 0;
const again = (scene: Scene, sender: string): number =>
  scene.end(sender)?.association.stats.retransmittedChunks ?? 0;

/** What the first loss made of the window, as a part of what it was. */
function firstCut(scene: Scene, sender: string): number {
  const windows = scene
    .events({ host: sender, like: { kind: "congestion" } })
    .flatMap(({ event }) => (event.kind === "congestion" ? event : []));
  const at = windows.findIndex(({ reason }) => reason === "fast retransmit");
  return (windows[at]?.ssthreshBytes ?? 0) / (windows[at - 1]?.cwndBytes ?? 1);
}

export const CONGESTION: Lesson = {
  name: "congestion",
  title: "Three ways to fill a link",
  learns:
    "How a sender finds out how much a network takes. You will see RFC 9260's windows, CUBIC and BBR on three equal links: two grow until something is lost, the third measures the link and keeps its queue short.",
  sections: ["RFC 9260 7.2", "RFC 9438 4", "RFC 9406 4", "draft-ietf-ccwg-bbr-06"],
  scenario: {
    name: "RFC 9260, CUBIC and BBR",
    durationMs: 3_000,
    hosts: PAIRS.flatMap(({ sender, receiver, congestionControl }, i) => [
      host(sender, `10.${i}.0.1`, { congestionControl, lossDetection: "rack" }),
      host(receiver, `10.${i}.0.2`, { congestionControl, lossDetection: "rack" }),
    ]),
    links: PAIRS.map((_, i) => link(`10.${i}.0.1`, `10.${i}.0.2`, BOTTLENECK, { delayMinMs: 25 })),
    timeline: PAIRS.flatMap(({ sender, receiver }) => [
      ...connected(sender, receiver),
      send(sender, 500, { bytes: 1_000, count: COUNT }),
    ]),
  },
  steps: [
    {
      title: "A careful beginning",
      until: { atMs: 545 },
      says: [
        "Three senders have 450 kB each. Each has a link of its own: 250 kB/s, a round trip of 50 ms, a queue of 20 kB. Nobody has told them.",
        "Alice begins with RFC 9260's window of 4,404 bytes, four packets or so; Carol and Erin with ten packets, 11,880 bytes, as TCP does today. Then all wait for what comes back.",
      ],
      points: [
        { kind: "field", host: "alice", field: "cwndBytes" },
        { kind: "plot", host: "alice", plot: "window" },
      ],
      checks: [
        check("each has filled the window that it begins with", (scene) =>
          PAIRS.every(({ sender, firstCwndBytes }) => {
            const flightBytes = scene.path(sender)?.flightBytes ?? 0;
            return cwnd(scene, sender) === firstCwndBytes && flightBytes > 0.85 * firstCwndBytes;
          }),
        ),
      ],
    },
    {
      title: "Slow start is fast",
      until: { atMs: 765 },
      says: [
        "Each acknowledgement lets the window grow: Alice's by one packet per SACK, Carol's by all that was acknowledged. That is exponential, whatever its name says.",
        "The link holds 12,500 bytes, and no window knows it. What is more stands in the queue.",
      ],
      points: [{ kind: "plot", host: "carol", plot: "window" }],
      asks: {
        asks: "Carol's window has outgrown link and queue, and Alice's follows. What ends their growth?",
        answers: [
          {
            text: "The receiver's window: it is full.",
            why: "Bob and Dave read all that comes. Their windows stay wide open.",
            comesTrue: (scene) => (scene.end("carol")?.association.status().peerRwndBytes ?? 0) < 10_000,
          },
          {
            text: "A loss, when the queue overflows.",
            why: "It is the only word that this network has for “too much”.",
            comesTrue: (scene) =>
              scene.packets({ chunk: "DATA", from: "carol" }).some(({ fate }) => fate === "lost"),
          },
        ],
      },
      checks: [
        check(
          "Alice's window is more than the link holds, Carol's more than link and queue",
          (scene) => cwnd(scene, "alice") > 1.5 * PIPE_BYTES && cwnd(scene, "carol") > PIPE_AND_QUEUE_BYTES,
        ),
        check(
          "nobody knows of a loss yet",
          (scene) =>
            cwnd(scene, "erin") > PIPE_BYTES && PAIRS.every(({ sender }) => again(scene, sender) === 0),
        ),
      ],
    },
    {
      title: "Half",
      until: { event: { host: "alice", like: { kind: "congestion", reason: "fast retransmit" } } },
      says: [
        "The queue has overflowed. Alice halves her window: that is RFC 9260. Carol gave up 30 % of hers a little earlier: CUBIC has a factor of 0.7, and grows back along a cubic curve, fast at first, then flat near where it lost.",
      ],
      points: [
        { kind: "plot", host: "alice", plot: "window" },
        { kind: "field", host: "alice", field: "ssthreshBytes" },
      ],
      asks: {
        asks: "And Erin, whose BBR does not wait for losses? What is lost of hers, from now until all has arrived?",
        answers: [
          {
            text: "More than of the others: she does not back off.",
            why: "BBR measures how fast data is delivered and paces it: what she sends fits.",
            comesTrue: (scene) => again(scene, "erin") > again(scene, "alice"),
          },
          {
            text: "Nothing.",
            why: "Her window stays near what the link holds and a little more; the queue never overflows.",
            comesTrue: (scene) => again(scene, "erin") === 0,
          },
        ],
      },
      checks: [
        check(
          "Alice's threshold is half of her window before",
          (scene) => Math.abs(firstCut(scene, "alice") - 0.5) < 0.01,
        ),
        check("Carol's is 70 % of hers", (scene) => Math.abs(firstCut(scene, "carol") - 0.7) < 0.05),
      ],
    },
    {
      title: "A queue is time",
      until: { atMs: 2_050 },
      says: [
        "Now look at the round trips. The link itself takes 50 ms. Alice and Carol keep its queue filled, so their packets stand in it; Erin's hardly do.",
        "A call or a game on the same link would feel the difference.",
      ],
      points: [
        { kind: "plot", host: "alice", plot: "round-trip" },
        { kind: "plot", host: "erin", plot: "round-trip" },
      ],
      checks: [
        check(
          "Erin's round trip is the shortest",
          (scene) =>
            srtt(scene, "erin") < srtt(scene, "alice") - 10 &&
            srtt(scene, "erin") < srtt(scene, "carol") - 10,
        ),
        check("Erin has sent nothing again, the others have", (scene) => {
          const [alice = 0, carol = 0, erin = 0] = PAIRS.map(({ sender }) => again(scene, sender));
          return erin === 0 && alice > 0 && carol > 0;
        }),
      ],
    },
    {
      title: "Who is first?",
      until: { atMs: 2_800 },
      says: [
        "All three were done at nearly the same time: each kept the link busy, and it can do no more than 250 kB/s. What they differ in is what they lost, and how long everybody's packets waited.",
      ],
      checks: [
        check("all messages have arrived", (scene) =>
          PAIRS.every(({ receiver }) => scene.end(receiver)?.receivedCount === COUNT),
        ),
        check("within a tenth of a second of each other", (scene) => {
          const ends = PAIRS.map(({ receiver }) => scene.deliveries(receiver)[COUNT - 1] ?? Number.NaN);
          return Math.max(...ends) - Math.min(...ends) < 100;
        }),
      ],
    },
  ],
};
