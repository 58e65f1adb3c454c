import type { Duplex } from "node:stream";

/**
 * The socket of an upgrade that is being judged. It is read meanwhile, so that a client that leaves
 * is noticed; what it sends too early is kept, and after that it has to wait.
 */
export class WaitingUpgrade {
  readonly #socket: Duplex;
  readonly #early: Buffer[] = [];
  readonly #onData = (data: Buffer): void => {
    this.#early.push(data);
    this.#socket.pause();
  };
  readonly #onEnd = (): void => void this.#socket.destroy();

  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    if (head.length > 0) this.#early.push(head);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
  }

  /** Gives the socket up, as it was. Returns what came before the upgrade. */
  release(): Buffer {
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    return Buffer.concat(this.#early);
  }
}
