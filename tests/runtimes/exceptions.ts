/** What a runtime is known not to do. A case that fails and is not named here, and one that is and passes, are faults. */
export interface Exception {
  readonly runtime: string;
  readonly package: string;
  /** Which cases. */
  readonly cases: RegExp;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    runtime: "Bun 1",
    package: "tls",
    cases: /^the example of the README$/,
    reason:
      "Bun closes both directions of a TLS connection when one ends: there is no half-close, and so no answer after it",
  },
  {
    runtime: "Bun 1",
    package: "tls",
    cases: /AW-READ-8 tls over TCP/,
    reason:
      "Bun's TLSSocket does not pause the stream below it: it decrypts more than was asked for while nobody reads",
  },
  {
    runtime: "Bun 1",
    package: "tcp",
    cases: /AW-READ-8 a Unix-domain socket/,
    reason:
      "Bun reads up to 512 KiB of a Unix-domain socket at once, and hands it out as one chunk",
  },
];
