import { setTimeout } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Logger } from "pino";
import { isLoginRefused, Unreachable } from "./nats-failure.ts";

/** The connection to NATS, which reconnects automatically and logs when it does. */
export class NatsLink {
  readonly servers: readonly string[];
  readonly #connection: NatsConnection;
  readonly #log: Logger | undefined;
  #isClosed = false;
  /** Resolves when it is there again; undefined while it is. */
  #reconnected: PromiseWithResolvers<void> | undefined;
  /** Why a server that is there refuses the login, since it does. */
  #refusal: string | undefined;

  constructor(servers: readonly string[], connection: NatsConnection, log: Logger | undefined) {
    this.servers = servers;
    this.#connection = connection;
    this.#log = log;
    void this.#follow();
  }

  get isConnected(): boolean {
    return this.#reconnected === undefined;
  }

  /** The max bytes of one message, its headers included. */
  get maxPayload(): number {
    return this.#connection.info?.max_payload ?? 1024 * 1024;
  }

  /** What is sent while there is no connection is lost. Rejects with `Unreachable` if there is none within `ms`. */
  async connected(ms: number): Promise<void> {
    if (this.#reconnected === undefined) return;
    const over = new AbortController();
    const late = setTimeout(ms, undefined, { signal: over.signal }).then(() => {
      throw new Unreachable(
        this.#refusal === undefined
          ? "no server is reached"
          : `no server takes the login: ${this.#refusal}`,
      );
    });
    try {
      await Promise.race([this.#reconnected.promise, late]);
    } finally {
      over.abort();
    }
  }

  /** What goes on behind the uploads, and is tried again. */
  readonly onError = (error: unknown): void => {
    this.#log?.warn({ err: error }, "store: could not clean up; it is tried again");
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection.close();
  }

  async #follow(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (this.#isClosed) return;
      const { type } = status;
      if (type === "error") this.#note(status.error);
      if (type === "disconnect") {
        this.#reconnected ??= Promise.withResolvers<void>();
      } else if (type === "reconnect") {
        this.#reconnected?.resolve();
        this.#reconnected = undefined;
        this.#refusal = undefined;
      } else continue;
      this.#log?.warn({ server: this.#connection.getServer() }, `store: nats ${type}`);
    }
  }

  /** Once for each reason, however often it is tried again. */
  #note(error: Error): void {
    if (!isLoginRefused(error) || this.#refusal === error.message) return;
    this.#refusal = error.message;
    const remedy = "give its user back, or start the relay with another login";
    this.#log?.error({ reason: error.message }, `store: nats refuses the login; ${remedy}`);
  }
}
