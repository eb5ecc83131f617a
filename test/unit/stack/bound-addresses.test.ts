/** Endpoints that are bound to some of a stack's addresses (RFC 6458 9.1). */
import { describe, expect, it } from "vitest";
import {
  firstOf,
  initChunk,
  Lab,
  OUR_ADDRESS,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_PORT,
  UDP_PORT,
} from "../../conformance/lab.ts";

const THIRD = "10.2.0.1";

function threeAddresses(): Lab {
  return new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS, THIRD] });
}

function listed(parameters: ReadonlyArray<{ readonly kind: string }>): string[] {
  return parameters.flatMap((parameter) =>
    "address" in parameter && typeof parameter.address === "string" ? [parameter.address] : [],
  );
}

describe("a listening port", () => {
  it("answers on the addresses that it is bound to alone, and lists those", () => {
    const lab = threeAddresses();
    lab.stack.listen({ port: OUR_PORT, localAddresses: [OUR_ADDRESS, THIRD] });
    expect(lab.receive([initChunk()], { to: OUR_SECOND_ADDRESS })[0]?.kinds).toEqual(["ABORT"]);
    const answer = lab.receive([initChunk()], { to: THIRD });
    expect(listed(firstOf(answer, "INIT ACK").parameters)).toEqual([OUR_ADDRESS, THIRD]);
    expect(lab.receive([initChunk()], { to: "0.0.0.0" })[0]?.kinds).toEqual(["INIT ACK"]);
  });

  it("lists no address where it is bound to one", () => {
    const lab = threeAddresses();
    lab.stack.listen({ port: OUR_PORT, localAddresses: [OUR_SECOND_ADDRESS] });
    const answer = lab.receive([initChunk()], { to: OUR_SECOND_ADDRESS });
    expect(listed(firstOf(answer, "INIT ACK").parameters)).toEqual([]);
  });

  it("is bound to addresses of the stack only", () => {
    const lab = threeAddresses();
    expect(() => lab.stack.listen({ port: OUR_PORT, localAddresses: ["10.9.9.9"] })).toThrow(
      /none of this stack's/,
    );
  });
});

describe("an association that was asked for", () => {
  it("leaves from the addresses that it is bound to, whatever is nearer to the peer", () => {
    const lab = threeAddresses();
    const bound = [OUR_SECOND_ADDRESS, THIRD];
    lab.stack.connect(
      {
        remoteAddresses: [PEER_ADDRESS],
        remotePort: PEER_PORT,
        remoteUdpPort: UDP_PORT,
        localAddresses: bound,
      },
      lab.nowMs,
    );
    const packets = lab.flush();
    expect(bound).toContain(packets[0]?.from);
    expect(listed(firstOf(packets, "INIT").parameters)).toEqual(bound);
    expect(() =>
      lab.stack.connect(
        {
          remoteAddresses: ["2001:db8::1"],
          remotePort: PEER_PORT,
          remoteUdpPort: UDP_PORT,
          localAddresses: bound,
        },
        lab.nowMs,
      ),
    ).toThrow(/no local address/);
  });
});
