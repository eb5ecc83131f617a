/**
 * One lossy link: no loss, duplication, reordering or corruption may lose, double, reorder or damage a message.
 * Owns: 300 messages under 30 % loss for each seed, every checker on. Does not own: which seeds.
 */

import { CONGESTION_CONTROLS } from "../../../src/base/congestion-control.ts";
import { LOSS_DETECTIONS } from "../../../src/base/loss-detection.ts";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { SimViolation, SimWorld } from "../../../src/sim/index.ts";
import type { Played } from "./play.ts";

const MESSAGES = 300;
const DELIVERY_LIMIT_MS = 3_600_000;

/** @throws SimViolation, or whatever the stack throws */
export function playLossy(seed: number, trace?: TraceSink): Played {
  const world = new SimWorld({ seed });
  const client = world.host("client", ["10.0.0.1"], { trace });
  const server = world.host("server", ["10.0.0.2"], { trace });
  world.link("10.0.0.1", "10.0.0.2", {
    delayMinMs: 5,
    delayMaxMs: 15,
    lossRate: 0.3,
    duplicateRate: 0.05,
    reorderRate: 0.2,
    reorderMs: 30,
    corruptRate: 0.01,
  });
  // More patience than usual: at 30 % loss ten losses in a row are no proof that the peer is gone.
  const patient = {
    associationMaxRetrans: 50,
    pathMaxRetrans: 50,
    maxInitRetransmits: 50,
    shutdownGuardMs: 0,
    congestionControl: CONGESTION_CONTROLS[seed % CONGESTION_CONTROLS.length] ?? "rfc9260",
    lossDetection:
      LOSS_DETECTIONS[Math.floor(seed / CONGESTION_CONTROLS.length) % LOSS_DETECTIONS.length] ?? "rfc9260",
  };
  server.listen(7, patient);
  const association = client.connect(["10.0.0.2"], 7, { ...patient, outboundStreams: 4, rtoMinMs: 200 });
  for (let i = 0; i < MESSAGES; i++) {
    const payload = new Uint8Array(world.random.integer(1, 3_000));
    world.random.fill(payload);
    const streamId = world.random.integer(0, 3);
    const unordered = world.random.fraction() < 0.2;
    world.at(world.random.integer(0, 2_000), () => association.send(streamId, payload, { unordered }));
  }
  world.runUntil(() => server.associations[0]?.receivedCount === MESSAGES, { limitMs: DELIVERY_LIMIT_MS });
  association.shutdown();
  world.runUntil(() => association.closeReason !== undefined, { limitMs: 2 * DELIVERY_LIMIT_MS });
  const { closeReason } = association;
  if (closeReason?.kind !== "shutdown")
    throw new SimViolation(`seed ${seed}: the association ended by ${closeReason?.kind}, not by shutdown`);
  return { packets: world.packetCount, traceHash: world.traceHash, deliveredMessages: MESSAGES };
}

/** Plays a seed twice: it must give the same packets. @throws SimViolation, or whatever the stack throws */
export function playLossyTwice(seed: number): Played {
  const first = playLossy(seed);
  if (playLossy(seed).traceHash === first.traceHash) return first;
  throw new SimViolation(`seed ${seed} gives other packets when it is played again`);
}
