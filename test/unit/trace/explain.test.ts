import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { explainPacket, PacketExplainer } from "../../../src/trace/explain.ts";
import { packetLabel, payloadPreview } from "../../../src/trace/labels.ts";
import * as talk from "./conversation.ts";

/** An explainer that has seen the handshake. */
function afterHandshake(): PacketExplainer {
  const explainer = new PacketExplainer({ localName: "the client", remoteName: "the server" });
  for (const [direction, datagram] of talk.HANDSHAKE) explainer.explain(direction, datagram);
  return explainer;
}

function told(explainer: PacketExplainer, direction: "sent" | "received", chunk: Chunk): string {
  const datagram = direction === "sent" ? talk.fromClient([chunk]) : talk.fromServer([chunk]);
  const [explained] = explainer.explain(direction, datagram).chunks;
  return [...explained!.says, explained!.why].join("\n");
}

describe("PacketExplainer", () => {
  it("tells the four steps of the handshake and who takes them", () => {
    const explainer = new PacketExplainer({ localName: "the client", remoteName: "the server" });
    const chunks = talk.HANDSHAKE.map(([way, datagram]) => explainer.explain(way, datagram).chunks[0]!);
    expect(chunks.map((chunk) => chunk.name)).toEqual(["INIT", "INIT ACK", "COOKIE ECHO", "COOKIE ACK"]);
    expect(chunks.map((chunk) => chunk.why.slice(0, 40))).toEqual([
      "Handshake, step 1 of 4: the client asks ",
      "Handshake, step 2 of 4: the server answe",
      "Handshake, step 3 of 4: by returning the",
      "Handshake, step 4 of 4: the server is ES",
    ]);
    expect(chunks[0]!.says.join("\n")).toContain("The client's tag is 0x11111111");
    expect(chunks[0]!.says.join("\n")).toContain("10 streams out wanted, at most 2,048 in");
    expect(chunks[1]!.says.join("\n")).toContain("State Cookie of 100 bytes");
  });

  it("says what an ASCONF asks, and what has become of it", () => {
    const explainer = afterHandshake();
    const asks: Chunk = {
      kind: "ASCONF",
      serialNumber: 7,
      parameters: [
        { kind: "IPv4 Address", type: 5, address: "0.0.0.0" },
        { kind: "Add IP Address", type: 0xc001, correlationId: 1, address: "10.2.0.1" },
        { kind: "Delete IP Address", type: 0xc002, correlationId: 2, address: "0.0.0.0" },
        { kind: "Set Primary Address", type: 0xc004, correlationId: 3, address: "::" },
      ],
    };
    expect(told(explainer, "sent", asks).split("\n").slice(0, -1)).toEqual([
      "Number 7",
      "The association is found by its tag",
      "Request 1: add 10.2.0.1",
      "Request 2: forget all addresses but the one that this comes from",
      "Request 3: send to the address that this comes from by preference",
    ]);
    const refused: Chunk = {
      kind: "ASCONF-ACK",
      serialNumber: 7,
      parameters: [
        {
          kind: "Error Cause Indication",
          type: 0xc003,
          correlationId: 1,
          causes: [{ kind: "Request Refused - No Authorization", code: 164, parameter: new Uint8Array(0) }],
        },
        { kind: "Success Indication", type: 0xc005, correlationId: 3 },
      ],
    };
    expect(told(explainer, "received", refused).split("\n").slice(0, -1)).toEqual([
      "Number 7",
      "Request 1 is refused: cause: Request Refused - No Authorization",
      "Request 3 is done",
    ]);
  });

  it("counts TSNs from the initial one, across the wrap, in both directions", () => {
    const explainer = afterHandshake();
    expect(told(explainer, "sent", talk.data(talk.CLIENT_TSN, "a"))).toContain("#1: message 0 of stream 3");
    expect(told(explainer, "sent", talk.data(talk.CLIENT_TSN + 1, "b"))).toContain(
      "#2: message 0 of stream 3",
    );
    expect(told(explainer, "received", talk.data(talk.SERVER_TSN + 4, "c"))).toContain("#5: message 0 of");
    expect(told(explainer, "received", talk.sack(talk.CLIENT_TSN + 1))).toContain(
      "up to #2 has arrived (new: #1-#2)",
    );
  });

  it("says what is sent again, and what is not", () => {
    const explainer = afterHandshake();
    const first = talk.data(talk.CLIENT_TSN, "a");
    expect(told(explainer, "sent", first)).not.toContain("sent again");
    expect(told(explainer, "sent", first)).toContain("#1 (seen before: sent again)");
    told(explainer, "received", talk.sack(talk.CLIENT_TSN));
    expect(told(explainer, "sent", first)).toContain("#1 (seen before: sent again)");
    expect(told(explainer, "sent", talk.data(talk.CLIENT_TSN + 1, "b"))).not.toContain("sent again");
    // The peer's own TSNs are another count.
    expect(told(explainer, "received", talk.data(talk.SERVER_TSN, "a"))).not.toContain("sent again");
  });

  it("tells with what an AUTH chunk is made, and what the handshake says of authentication", () => {
    const explainer = afterHandshake();
    const auth = told(explainer, "sent", {
      kind: "AUTH",
      sharedKeyId: 5,
      hmacId: 3,
      hmac: new Uint8Array(32),
    });
    expect(auth).toContain("Made with key 5\n");
    expect(auth).toContain("HMAC of SHA-256, 32 bytes");
    expect(auth).toContain("RFC 4895 6.2");
    const empty = told(explainer, "sent", {
      kind: "AUTH",
      sharedKeyId: 0,
      hmacId: 1,
      hmac: new Uint8Array(20),
    });
    expect(empty).toContain("key 0, which is empty unless both sides have set it");
    expect(empty).toContain("HMAC of SHA-1");
    const init = told(explainer, "sent", {
      ...talk.init,
      kind: "INIT",
      parameters: [
        { kind: "RANDOM", type: 0x8002, random: new Uint8Array(32) },
        { kind: "CHUNKS", type: 0x8003, chunkTypes: [0, 193] },
        { kind: "HMAC-ALGO", type: 0x8004, hmacIds: [3, 1, 9] },
      ],
    } as Chunk);
    expect(init).toContain("RANDOM: 32 bytes");
    expect(init).toContain("authenticated: DATA, ASCONF");
    expect(init).toContain("HMACs of SHA-256, SHA-1, HMAC Identifier 9");
    const cause = { kind: "Unsupported HMAC Identifier", code: 261, hmacId: 3 } as const;
    expect(told(explainer, "received", { kind: "ERROR", causes: [cause] })).toContain(
      "An AUTH chunk with an HMAC that was not offered: SHA-256",
    );
  });

  it("tells what a FORWARD TSN says of TSNs and of streams, and why it is sent", () => {
    const skipped = [{ streamId: 3, ssn: 7 }];
    const chunk: Chunk = { kind: "FORWARD TSN", newCumulativeTsn: talk.CLIENT_TSN + 4, skipped };
    const text = told(afterHandshake(), "sent", chunk);
    expect(text).toContain("Whatever is missing up to #5 will not come");
    expect(text).toContain("Stream 3: goes on behind message 7");
    expect(text).toContain("Messages were given up");
    const { association } = afterHandshake().explain("sent", talk.fromClient([chunk]));
    expect(packetLabel([chunk], association, "sent")).toBe("FORWARD TSN up to #5");
  });

  it("tells what I-DATA and I-FORWARD-TSN say, and draws runs of I-DATA together", () => {
    const explainer = afterHandshake();
    const iData = (n: number, more: Partial<Extract<Chunk, { kind: "I-DATA" }>> = {}): Chunk => ({
      kind: "I-DATA",
      beginning: true,
      ending: true,
      unordered: false,
      immediate: false,
      tsn: (talk.CLIENT_TSN + n) >>> 0,
      streamId: 3,
      mid: 70_000,
      ppidOrFsn: 46,
      payload: new TextEncoder().encode("hi"),
      ...more,
    });
    expect(told(explainer, "sent", iData(0))).toContain(
      '#1: message 70000 of stream 3, PPID 46, 2 bytes: "hi"',
    );
    expect(told(explainer, "sent", iData(0))).toContain("#1 (seen before: sent again)");
    const first = told(explainer, "sent", iData(1, { ending: false, unordered: true }));
    expect(first).toContain("unordered message 70000 of stream 3, piece 0, PPID 46");
    const last = told(explainer, "sent", iData(2, { beginning: false, ppidOrFsn: 9, immediate: true }));
    expect(last).toContain(
      "message 70000 of stream 3, piece 9, the last one, 2 bytes, wants its SACK at once",
    );
    const { association } = explainer.explain("sent", talk.fromClient([iData(3)]));
    expect(packetLabel([iData(3), iData(4), iData(6)], association, "sent")).toBe(
      "I-DATA #4-#5 + I-DATA #7 stream 3, 2 bytes",
    );
    const skipped = [
      { streamId: 3, unordered: false, mid: 7 },
      { streamId: 4, unordered: true, mid: 8 },
    ];
    const forward: Chunk = { kind: "I-FORWARD-TSN", newCumulativeTsn: talk.CLIENT_TSN + 4, skipped };
    const text = told(explainer, "sent", forward);
    expect(text).toContain("Whatever is missing up to #5 will not come");
    expect(text).toContain("Stream 3: goes on behind message 7");
    expect(text).toContain("Stream 4: unordered messages up to 8 will not be completed");
    expect(packetLabel([forward], association, "sent")).toBe("I-FORWARD-TSN up to #5");
  });

  it("tells pieces of a message, unordered messages and the I bit", () => {
    const explainer = afterHandshake();
    const piece = (n: number, beginning: boolean, ending: boolean): string =>
      told(explainer, "sent", talk.data(talk.CLIENT_TSN + n, "x", { beginning, ending }));
    expect(piece(0, true, false)).toContain("first piece");
    expect(piece(1, false, false)).toContain("middle piece");
    expect(piece(2, false, true)).toContain("last piece");
    expect(piece(3, true, true)).not.toContain("piece,");
    const unordered = told(explainer, "sent", talk.data(talk.CLIENT_TSN + 4, "x", { unordered: true }));
    expect(unordered).toContain("stream 3, delivered at once, in no order");
    const immediate = told(explainer, "sent", talk.data(talk.CLIENT_TSN + 5, "x", { immediate: true }));
    expect(immediate).toContain("wants its SACK at once");
  });

  it("reads gap blocks and duplicates of a SACK", () => {
    const gaps = [
      { start: 2, end: 3 },
      { start: 6, end: 6 },
    ];
    const text = told(afterHandshake(), "received", talk.sack(talk.CLIENT_TSN, gaps, [talk.CLIENT_TSN]));
    expect(text).toContain("up to #1 has arrived (new: #1); room for 1,000,000 bytes more");
    expect(text).toContain("After a gap, #3-#4 and #7 arrived as well");
    expect(text).toContain("Arrived twice: #1");
    expect(text).toContain("RFC 9260 6.2, 6.7, 7.2.4");
    expect(told(afterHandshake(), "received", talk.sack(talk.CLIENT_TSN - 1))).toContain(
      "nothing new in sequence",
    );
  });

  it("reads both kinds of an NR-SACK's blocks as what has arrived, and tells which is kept", () => {
    const chunk: Chunk = {
      kind: "NR-SACK",
      cumulativeTsnAck: talk.CLIENT_TSN,
      aRwndBytes: 9,
      gapBlocks: [{ start: 6, end: 6 }],
      nonRenegableBlocks: [{ start: 2, end: 3 }],
      duplicateTsns: [],
    };
    const text = told(afterHandshake(), "received", chunk);
    expect(text).toContain("After a gap, #3-#4 and #7 arrived as well");
    expect(text).toContain("#3-#4 will not be dropped any more");
    expect(text).toContain("Something is missing");
    expect(told(afterHandshake(), "received", { ...chunk, nonRenegableBlocks: [] })).not.toContain("dropped");
    const { packet, association } = afterHandshake().explain("received", talk.fromServer([chunk]));
    expect(packetLabel(packet.chunks, association, "received")).toBe("NR-SACK up to #1, also #3-#4, #7");
  });

  it("tells the three steps of a shutdown, and an abort with its cause", () => {
    const explainer = afterHandshake();
    const shutdown: Chunk = { kind: "SHUTDOWN", cumulativeTsnAck: talk.SERVER_TSN + 1 };
    expect(told(explainer, "sent", shutdown)).toMatch(/up to #2 has arrived\nGraceful end, step 1 of 3/);
    expect(told(explainer, "received", { kind: "SHUTDOWN ACK" })).toContain("step 2 of 3");
    const complete: Chunk = { kind: "SHUTDOWN COMPLETE", tagReflected: false };
    expect(told(explainer, "sent", complete)).toContain("step 3 of 3: the server may forget it too");
    const reason = new TextEncoder().encode("enough");
    const abort: Chunk = {
      kind: "ABORT",
      tagReflected: false,
      causes: [{ kind: "User-Initiated Abort", code: 12, reason }],
    };
    expect(told(explainer, "received", abort)).toContain('The user ended it, with the reason "enough"');
  });

  it("keeps associations apart by their tags, those it did not see begin included", () => {
    const explainer = afterHandshake();
    const stranger = talk.fromClient([talk.data(77, "x")], 0x33333333);
    expect(explainer.explain("sent", stranger).chunks[0]!.says[0]).toMatch(/^TSN 77: /);
    expect(explainer.explain("sent", stranger).chunks[0]!.says[0]).toMatch(/^TSN 77 \(seen before/);
    expect(told(explainer, "sent", talk.data(talk.CLIENT_TSN, "a"))).toContain("#1:");
  });

  it("finds the association of a chunk with a reflected tag", () => {
    const explainer = afterHandshake();
    const abort: Chunk = { kind: "ABORT", tagReflected: true, causes: [] };
    const datagram = talk.fromServer([abort], talk.SERVER_TAG);
    const data = explainer.explain("sent", talk.fromClient([talk.data(talk.CLIENT_TSN, "a")]));
    const explained = explainer.explain("received", datagram);
    expect(explained.association).toBe(data.association);
    expect(explained.chunks[0]!.why).toContain("copied the client's tag");
  });
});

describe("explainPacket", () => {
  it("explains a packet by itself", () => {
    const lines = explainPacket(talk.fromClient([talk.data(7, "hello")]));
    expect(lines[0]).toBe("SCTP packet of 36 bytes, port 5000 to 7, verification tag 0x22222222");
    expect(lines[1]).toBe("DATA");
    expect(lines[2]).toBe('  TSN 7: message 0 of stream 3, PPID 46, 5 bytes: "hello"');
    expect(lines[3]).toContain("  Why: User data.");
  });

  it("points at a wrong checksum and at bytes that are no packet", () => {
    const damaged = talk.fromClient([talk.cookieAck]);
    damaged[8]! ^= 1;
    expect(explainPacket(damaged)[0]).toContain("WRONG CHECKSUM");
    expect(explainPacket(new Uint8Array(5))).toEqual([
      expect.stringMatching(/^not an SCTP packet: .* of 5$/),
    ]);
    expect(explainPacket(new Uint8Array(0))).toHaveLength(1);
  });

  it("has something to say about every kind of chunk", () => {
    const unknown: Chunk = { kind: "unknown", type: 0xff, flags: 0, value: Uint8Array.of(1) };
    const lines = explainPacket(talk.fromClient([unknown]));
    expect(lines.join("\n")).toContain("is skipped and is reported in an ERROR chunk");
    const stops: Chunk = { ...unknown, type: 0x3e };
    expect(explainPacket(talk.fromClient([stops])).join("\n")).toContain(
      "stops the reading of the packet (RFC",
    );
    expect(explainPacket(talk.fromClient([{ kind: "PAD", padding: new Uint8Array(4) }])).join()).toContain(
      "RFC 4820",
    );
  });
});

describe("probes", () => {
  const heartbeat: Chunk = { kind: "HEARTBEAT", parameters: new Uint8Array(36), info: undefined };
  const pad: Chunk = { kind: "PAD", padding: new Uint8Array(1_416) };

  it("a HEARTBEAT with nothing but a PAD behind it asks whether packets of its length arrive", () => {
    const lines = explainPacket(talk.fromClient([heartbeat, pad])).join("\n");
    expect(lines).toContain("A probe: does a packet of 1,472 bytes arrive?");
    expect(lines).toContain("1,416 bytes that mean nothing");
    expect(lines).not.toContain("nothing has been sent on this path");
  });

  it("no other packet is called one", () => {
    for (const chunks of [[heartbeat], [pad, heartbeat], [heartbeat, pad, talk.cookieAck], [pad]])
      expect(explainPacket(talk.fromClient(chunks)).join("\n")).not.toContain("probe");
  });

  it("have a label of their own", () => {
    const { packet, association } = afterHandshake().explain("sent", talk.fromClient([heartbeat, pad]));
    expect(packetLabel(packet.chunks, association, "sent")).toBe("HEARTBEAT + PAD: a probe of 1,472 bytes");
  });
});

describe("labels", () => {
  it("draw runs of DATA together and keep the order of the chunks", () => {
    const explainer = afterHandshake();
    const label = (...chunks: Chunk[]): string => {
      const { packet, association } = explainer.explain("sent", talk.fromClient(chunks));
      return packetLabel(packet.chunks, association, "sent");
    };
    const tsn = talk.CLIENT_TSN;
    expect(label(talk.data(tsn, "hello"))).toBe("DATA #1 stream 3, 5 bytes");
    expect(label(talk.data(tsn, "h", { unordered: true }))).toBe("DATA #1 stream 3 unordered, 1 byte");
    expect(label(talk.sack(talk.SERVER_TSN), talk.data(tsn, "a"), talk.data(tsn + 1, "b"))).toBe(
      "SACK up to #1 + DATA #1-#2",
    );
    expect(label(talk.data(tsn, "a"), talk.data(tsn + 2, "b"))).toBe(
      "DATA #1 stream 3, 1 byte + DATA #3 stream 3, 1 byte",
    );
    const gaps = [2, 4, 6, 8].map((start) => ({ start, end: start }));
    expect(label(talk.sack(talk.SERVER_TSN, gaps))).toBe("SACK up to #1, also #3, #5, #7, ...");
    expect(label({ kind: "SHUTDOWN", cumulativeTsnAck: talk.SERVER_TSN })).toBe("SHUTDOWN (up to #1)");
  });

  it("preview payloads as text where they are text", () => {
    const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(payloadPreview(utf8("grüß dich"))).toBe('"grüß dich"');
    expect(payloadPreview(utf8(`${"x".repeat(40)}`))).toBe(`"${"x".repeat(40)}"`);
    expect(payloadPreview(utf8(`${"x".repeat(41)}`))).toBe(`"${"x".repeat(37)}..."`);
    expect(payloadPreview(utf8("é".repeat(500)))).toBe(`"${"é".repeat(37)}..."`);
    expect(payloadPreview(Uint8Array.of(0xff, 0))).toBe("hex ff 00");
    expect(payloadPreview(new Uint8Array(9))).toBe("hex 00 00 00 00 00 00 00 00 ...");
  });
});
