import { checkArgument, checkOptions } from "../options/check-options.ts";
import { FUNCTION, SIGNAL, type Rule, type Schema } from "../options/rules.ts";
import { reportThrown } from "../task/platform.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import type { WriterState } from "../trait/state.ts";
import { LinkedList, type Linked } from "./linked-list.ts";

/** What a connection needs to be served: every `Connection` has it. */
export interface Servable extends AsyncDisposable {
  readonly state?: WriterState;
  close(): Promise<void>;
  abort(reason?: unknown): void;
}

/** Where connections come from: every listener, or any other iterable of them. */
export interface ServableListener<C extends Servable> extends AsyncIterable<C> {
  abort?(reason?: unknown): void;
}

/** Who hears of what goes wrong with a connection, and what ends the server. */
export interface ServeOptions<C extends Servable> {
  /**
   * Called with what a handler threw, or the close of its connection, and that connection, which was
   * aborted. Default: a warning of the process on Node, Deno and Bun, an `error` event elsewhere; so is what
   * this throws itself.
   */
  onError?: ((error: unknown, connection: C) => unknown) | undefined;
  /** Ends the server at once: aborts the listener, and the connections that are being served. */
  signal?: AbortSignal | undefined;
}

/** What a server has done. */
export interface ServeCounts {
  /** How many connections were served, those that failed included. */
  connections: number;
  /** Of how many `onError` was called. */
  failed: number;
}

const OPTIONS: Schema<ServeOptions<Servable>> = { onError: FUNCTION, signal: SIGNAL };

const LISTENER: Rule = {
  allowed: "a listener: is it awaited?",
  accepts: (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
};

/**
 * Calls `handler` with every connection of a listener, many at one time. When it returns, the connection is
 * closed, if it is not yet, and disposed of; when it throws, the connection is aborted, so that the peer
 * sees no orderly end, and `onError` is called. Neither ends the server.
 *
 * Resolves once the listener is closed and all handlers are done, and says how many there were. So
 * `await listener.close({ deadline })` and then this is an orderly shutdown. An iterable that throws ends
 * the server with that, after the handlers.
 *
 * Rejects with `ERR_AW_ABORTED` when the signal fires, once all handlers are done; `onError` is not called
 * with what that did to them.
 *
 * ```ts
 * import type { AddressInfo } from "node:net";
 * import { copy, serve } from "@aw/core";
 * import { connect, listen } from "@aw/tcp";
 *
 * const listener = await listen();
 * const served = serve(listener, (connection) => copy(connection.reader, connection));
 *
 * const { port } = listener.address as AddressInfo;
 * const client = await connect({ port });
 * await client.writeAll("echo");
 * await client.close();
 * console.log(await client.reader.text()); // echo
 * await listener.close();
 * console.log(await served); // { connections: 1, failed: 0 }
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`, as a rejection, if listener is not a listener, handler not
 * a function, or for an option that can't be meant
 */
export async function serve<C extends Servable>(
  listener: ServableListener<C>,
  handler: (connection: C) => unknown,
  options: ServeOptions<C> = {},
): Promise<ServeCounts> {
  checkArgument("serve", "listener", listener, LISTENER);
  checkArgument("serve", "handler", handler, FUNCTION);
  checkOptions("serve", options, OPTIONS as Schema<ServeOptions<C>>);
  return new Server(listener, handler, options).run();
}

/** A connection whose handler runs. */
class Served<C> implements Linked<Served<C>> {
  readonly connection: C;
  previous: Served<C> | undefined;
  next: Served<C> | undefined;

  constructor(connection: C) {
    this.connection = connection;
  }
}

class Server<C extends Servable> {
  readonly #listener: ServableListener<C>;
  readonly #handler: (connection: C) => unknown;
  readonly #options: ServeOptions<C>;
  /** The connections that are being served. */
  readonly #served = new LinkedList<Served<C>>();
  /** Called when none is left, once no more come. */
  #onIdle: (() => void) | undefined;
  readonly #counts: ServeCounts = { connections: 0, failed: 0 };

  constructor(
    listener: ServableListener<C>,
    handler: (connection: C) => unknown,
    options: ServeOptions<C>,
  ) {
    this.#listener = listener;
    this.#handler = handler;
    this.#options = options;
  }

  async run(): Promise<ServeCounts> {
    const { signal } = this.#options;
    const connections = this.#listener[Symbol.asyncIterator]();
    const onAbort = (): void => this.#stop(connections, signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      for (;;) {
        const { done, value } = await connections.next();
        if (done === true) break;
        this.#begin(value);
      }
    } finally {
      await this.#idle();
      signal?.removeEventListener("abort", onAbort);
    }
    if (signal?.aborted) throw this.#aborted(signal);
    return this.#counts;
  }

  #begin(connection: C): void {
    this.#counts.connections++;
    const served = new Served(connection);
    this.#served.add(served);
    void this.#serve(served);
    // It may have been on its way when the signal fired.
    const { signal } = this.#options;
    if (signal?.aborted) connection.abort(signal.reason);
  }

  /** Never rejects. */
  async #serve(served: Served<C>): Promise<void> {
    const { connection } = served;
    try {
      await this.#handler(connection);
      const { state = "open" } = connection;
      if (state === "open" || state === "closing") await connection.close();
    } catch (error) {
      connection.abort(error);
      if (this.#options.signal?.aborted !== true) await this.#report(error, connection);
    }
    try {
      await connection[Symbol.asyncDispose]();
    } catch (error) {
      await this.#report(error, connection);
    }
    this.#served.delete(served);
    if (this.#served.size === 0) this.#onIdle?.();
  }

  /** Resolves once no connection is being served. */
  #idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#served.size === 0) resolve();
      else this.#onIdle = resolve;
    });
  }

  async #report(error: unknown, connection: C): Promise<void> {
    this.#counts.failed++;
    const { onError } = this.#options;
    if (onError === undefined) {
      reportThrown(error);
      return;
    }
    try {
      await onError(error, connection);
    } catch (thrown) {
      reportThrown(thrown);
    }
  }

  #stop(connections: AsyncIterator<C>, reason: unknown): void {
    this.#listener.abort?.(reason);
    for (const { connection } of this.#served.toArray()) connection.abort(reason);
    // Of a listener without an abort; what it rejects with, `next` does, too.
    connections.return?.().catch(() => {});
  }

  #aborted(signal: AbortSignal): AsyncWriteError {
    const message = `serve ${describe(this.#listener)}: aborted by its signal`;
    return new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal.reason });
  }
}
