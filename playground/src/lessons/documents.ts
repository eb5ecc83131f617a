/**
 * Parts of scenario documents that many lessons have in common.
 * Owns: these. Does not own: the form of a scenario (src/sim/scenario), what happens in a lesson.
 */
type Fields = Readonly<Record<string, unknown>>;

/** The windows and the detection of losses of RFC 9260 itself, whatever the defaults are. */
export const CLASSIC = { congestionControl: "rfc9260", lossDetection: "rfc9260" } as const;

export const host = (name: string, address: string | readonly string[], options: Fields = {}): Fields => ({
  name,
  addresses: typeof address === "string" ? [address] : address,
  options: { ...CLASSIC, ...options },
});

export const link = (a: string, b: string, there: Fields, back: Fields = there): Fields => ({
  between: [a, b],
  there,
  back,
});

/** Alice and Bob, 20 ms apart. */
export function aliceAndBob(options: Fields = {}): { readonly hosts: Fields[]; readonly links: Fields[] } {
  return {
    hosts: [host("alice", "10.0.0.1", options), host("bob", "10.0.0.2", options)],
    links: [link("10.0.0.1", "10.0.0.2", { delayMinMs: 20 })],
  };
}

/** Two pairs on links of the same kind: what differs between them is what the lesson is about. */
export function twoPairs(
  first: Fields,
  second: Fields,
  there: Fields = { delayMinMs: 20 },
  back: Fields = { delayMinMs: 20 },
): { readonly hosts: Fields[]; readonly links: Fields[] } {
  return {
    hosts: [
      host("alice", "10.0.0.1", first),
      host("bob", "10.0.0.2", first),
      host("carol", "10.1.0.1", second),
      host("dave", "10.1.0.2", second),
    ],
    links: [link("10.0.0.1", "10.0.0.2", there, back), link("10.1.0.1", "10.1.0.2", there, back)],
  };
}

/** Somebody listens on port 7, and somebody connects to it. */
export const connected = (client: string, server: string, more: Fields = {}): Fields[] => [
  { atMs: 0, do: "listen", host: server, port: 7 },
  { atMs: 0, do: "connect", host: client, to: server, port: 7, ...more },
];

export const send = (host: string, atMs: number, more: Fields): Fields => ({
  atMs,
  do: "send",
  host,
  ...more,
});
