/** What a runtime is known not to do. A case that fails and is not named here, and one that is and passes, are faults. */
export interface Exception {
  readonly runtime: string;
  readonly package: string;
  /** Which cases. */
  readonly cases: RegExp;
  /** How many of them fail. */
  readonly count: number;
  readonly reason: string;
  /** Where it is known, or will be mended. */
  readonly reference: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    runtime: "Bun 1",
    package: "tls",
    cases: /^the example of the README$/,
    count: 1,
    reason:
      "over a Duplex, Bun 1.4 answers the end of the peer's direction with the end of its own: there is no half-close, and an answer after it fails with ERR_AW_IO",
    reference: "https://github.com/oven-sh/bun/pull/43198",
  },
  {
    runtime: "Bun 1",
    package: "tls",
    cases: /AW-READ-8 tls over TCP/,
    count: 2,
    reason:
      "Bun 1.4 reads up to 512 KiB of a socket at once, several times before a pause is noticed: up to 1.3 MB wait unread, not 400 KB",
    reference: "https://github.com/oven-sh/bun/pull/43596",
  },
  {
    runtime: "Bun 1",
    package: "tcp",
    cases: /AW-READ-8 a Unix-domain socket/,
    count: 2,
    reason:
      "Bun 1.4 reads up to 512 KiB of a Unix-domain socket at once, and hands it out as one chunk: that much waits unread, not 300 KB",
    reference: "https://github.com/oven-sh/bun/pull/43596",
  },
];
