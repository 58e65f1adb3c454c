/** What a format puts around what the coder makes. */
export interface Envelope {
  /** Comes before the first output. */
  readonly header: Uint8Array;
  /** Called with every block, in their order. */
  update(block: Uint8Array): void;
  /** Comes after the last output. */
  trailer(): Uint8Array;
}
