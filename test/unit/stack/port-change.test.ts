/** A local SCTP port with which the peer has another association: who left the choice to the stack never hears of it. */
import { describe, expect, it } from "vitest";
import type { Cause } from "../../../src/chunks/causes.ts";
import {
  HEARTBEAT,
  initAckChunk,
  Lab,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TAG,
  type SentPacket,
  UDP_PORT,
} from "../../conformance/lab.ts";

const COLLISIONS: readonly Cause[] = [
  {
    kind: "Restart of an Association with New Encapsulation Port",
    code: 14,
    currentPort: 40_000,
    newPort: UDP_PORT,
  },
  { kind: "Restart of an Association with New Addresses", code: 11, addresses: new Uint8Array(0) },
];

function connect(lab: Lab, localPort = 0): SentPacket {
  const peer = { remoteAddresses: [PEER_ADDRESS], remotePort: PEER_PORT, remoteUdpPort: UDP_PORT };
  lab.stack.connect({ ...peer, localPort, options: { heartbeatIntervalMs: 0 } }, lab.nowMs);
  return lab.flush()[0] as SentPacket;
}

function refuse(lab: Lab, init: SentPacket, causes: readonly Cause[]): SentPacket[] {
  const { initiateTag: tag } = only([init], "INIT");
  return lab.receive([{ kind: "ABORT", tagReflected: false, causes }], {
    tag,
    destinationPort: init.sourcePort,
  });
}

describe("a port that is another association's at the peer", () => {
  it.each(COLLISIONS)("is changed in silence after $kind, and the set-up goes on [B10]", (cause) => {
    const lab = new Lab();
    const first = connect(lab);
    const [second, ...more] = refuse(lab, first, [cause]);
    expect(more).toEqual([]);
    expect(second?.kinds).toEqual(["INIT"]);
    expect(second?.sourcePort).not.toBe(first.sourcePort);
    const { initiateTag: tag } = only(second === undefined ? [] : [second], "INIT");
    const destinationPort = second?.sourcePort ?? 0;
    const late = lab.receive([initAckChunk()], { tag, destinationPort: first.sourcePort });
    expect(late).toMatchObject([{ kinds: ["ABORT"] }]); // Out of the blue now.
    const echo = lab.receive([initAckChunk()], { tag, destinationPort });
    expect(echo).toMatchObject([{ kinds: ["COOKIE ECHO"], sourcePort: destinationPort }]);
    lab.receive([{ kind: "COOKIE ACK" }], { tag, destinationPort });
    expect(lab.events.map(({ kind }) => kind)).toEqual(["established"]);
    expect(lab.receive([HEARTBEAT], { tag, destinationPort })).toMatchObject([
      { kinds: ["HEARTBEAT ACK"], tag: PEER_TAG },
    ]);
    expect(lab.stack.associationAt(first.sourcePort, PEER_PORT, PEER_ADDRESS)).toBeUndefined();
    expect(lab.stack.associationAt(destinationPort, PEER_PORT, PEER_ADDRESS)?.state).toBe("ESTABLISHED");
  });

  it("is told to whoever chose it [B10]", () => {
    const lab = new Lab();
    expect(refuse(lab, connect(lab, 50_000), COLLISIONS)).toEqual([]);
    expect(lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { by: "peer", causeCodes: [14, 11] } });
  });

  it("is given up after sixteen others; any other refusal ends the set-up at once [B10]", () => {
    const lab = new Lab();
    let init: SentPacket | undefined = connect(lab);
    const ports = new Set<number>();
    while (init !== undefined && ports.size < 99) {
      ports.add(init.sourcePort);
      init = refuse(lab, init, COLLISIONS)[0];
    }
    expect(ports.size).toBe(17);
    expect(lab.events.at(-1)).toMatchObject({ kind: "closed" });
    expect(refuse(lab, connect(lab), [])).toEqual([]);
    expect(lab.stack.associationCount).toBe(0);
  });
});
