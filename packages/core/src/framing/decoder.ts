/** Turns bytes back into messages. Holds the start of a message that has not ended. */
export interface Decoder<Message> {
  /** The messages that end in `chunk`, which is not kept. Throws at what can't be one. */
  push(chunk: Uint8Array): Iterable<Message>;
  /** Nothing more comes. Throws if that is inside a message. */
  end(): void;
}
