import { accessTo, type Reader } from "../reader/reader.ts";
import type { Decoder } from "./decoder.ts";
import { ReadMessage } from "./read-message.ts";

/** The messages of `unframed`: each call of `next` reads one, in turn with all else that reads the reader. */
export class Messages<Message> implements AsyncIterableIterator<Message, undefined, undefined> {
  readonly #reader: Reader;
  readonly #access: ReturnType<typeof accessTo>;
  readonly #read: ReadMessage<Message>;
  /** Whether nobody else can read the rest: then leaving the loop ends the source. */
  readonly #isOwner: boolean;
  #isOver = false;

  constructor(reader: Reader, decoder: Decoder<Message>, isOwner: boolean) {
    this.#reader = reader;
    this.#access = accessTo(reader);
    this.#read = new ReadMessage(this.#access.window, decoder);
    this.#isOwner = isOwner;
  }

  next(): Promise<IteratorResult<Message, undefined>> {
    if (this.#isOver) return Promise.resolve(OVER);
    const answer = this.#access.perform(this.#read);
    return this.#isOwner ? answer.catch((error: unknown) => this.#giveUp(error)) : answer;
  }

  return(): Promise<IteratorResult<Message, undefined>> {
    if (this.#isOwner) this.#end(undefined);
    return Promise.resolve(OVER);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** No message comes after one that could not be read. */
  #giveUp(error: unknown): never {
    this.#end(error);
    throw error;
  }

  #end(reason: unknown): void {
    this.#isOver = true;
    this.#reader.abort(reason);
  }
}

const OVER = { done: true, value: undefined } as const;
