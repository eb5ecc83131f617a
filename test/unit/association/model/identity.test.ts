import { expect, it } from "vitest";
import { NO_CAPABILITIES } from "../../../../src/association/model/capabilities.ts";
import { Identity } from "../../../../src/association/model/identity.ts";

const asking = (): Identity =>
  new Identity({ localPort: 7, remotePort: 8, localTag: 11, localInitialTsn: 12 });
const AGREEMENT = {
  localTag: 21,
  peerTag: 22,
  localInitialTsn: 23,
  peerInitialTsn: 24,
  peerRwndBytes: 25,
  outboundStreams: 26,
  inboundStreams: 27,
  capabilities: NO_CAPABILITIES,
};

it("knows no tag of the peer's, and no tie-tags, before it is told", () => {
  expect(asking()).toMatchObject({
    localPort: 7,
    remotePort: 8,
    localTag: 11,
    localInitialTsn: 12,
    peerTag: 0,
    localTieTag: 0,
    peerTieTag: 0,
  });
});

it("takes both tags and its own first TSN from an agreement; the ports and the tie-tags stay", () => {
  const identity = asking();
  identity.setTieTags(31, 32);
  identity.agree(AGREEMENT);
  expect(identity).toMatchObject({
    localPort: 7,
    remotePort: 8,
    localTag: 21,
    peerTag: 22,
    localInitialTsn: 23,
    localTieTag: 31,
    peerTieTag: 32,
  });
});
