import { join } from "node:path";
import type { Logger } from "pino";
import { makeCertificate } from "./certificate.ts";
import { Comparisons } from "./comparison/comparisons.ts";
import type { Config } from "./config/schema.ts";
import { makeApp } from "./http/app.ts";
import { Ingest } from "./ingest/ingest.ts";
import { Valve } from "./ingest/valve.ts";
import { Feed } from "./live/feed.ts";
import type { ListenerSample, Route } from "./live/snapshot.ts";
import { Transfers } from "./live/transfers.ts";
import { Access } from "./servers/access.ts";
import { listenAll } from "./servers/listen-all.ts";
import type { Serving } from "./servers/serving.ts";
import type { TlsCredentials } from "./servers/tls.ts";
import type { Store } from "./store/store.ts";

export interface RelayParts {
  store: Store;
  log: Logger;
  /** Made on the spot if it is not given. */
  credentials?: TlsCredentials | undefined;
}

/** Where the page's bundler puts its files. */
const PAGE = join(import.meta.dirname, "../page/dist");

/** A relay that listens. */
export class Relay {
  readonly transfers = new Transfers();
  readonly feed: Feed;
  readonly ingest: Ingest;
  readonly credentials: TlsCredentials;
  readonly #servings: Serving[] = [];
  readonly #comparisons = new Comparisons();
  readonly #valve: Valve;
  readonly #store: Store;
  readonly #log: Logger;

  private constructor(config: Config, parts: RelayParts & { credentials: TlsCredentials }) {
    const { bytesPerSecond, ...limits } = config.limits;
    const { store, log, credentials } = parts;
    const { transfers } = this;
    const valve = new Valve(bytesPerSecond);
    this.#valve = valve;
    this.#store = store;
    this.#log = log;
    this.credentials = credentials;
    this.ingest = new Ingest({ store, transfers, valve, limits, log });
    this.feed = new Feed({
      hasSwitches: config.switches,
      transfers,
      valve,
      listeners: () => this.listeners,
      comparison: () => this.#comparisons.sample,
    });
  }

  /** Resolves once every server listens; the store and the log are the relay's from then on. */
  static async start(config: Config, parts: RelayParts): Promise<Relay> {
    const credentials = parts.credentials ?? (await makeCertificate());
    const relay = new Relay(config, { ...parts, credentials });
    try {
      relay.transfers.recall(await parts.store.list(50));
      await relay.#listen(config);
      return relay;
    } catch (error) {
      await relay.close(0);
      throw error;
    }
  }

  get listeners(): ListenerSample[] {
    return this.#servings.map(({ route, address }) => ({ route, address }));
  }

  /** @throws Error if that server was not wanted */
  addressOf(route: Route): string {
    const serving = this.#servings.find((each) => each.route === route);
    if (serving === undefined) throw new Error(`this relay has no ${route} server`);
    return serving.address;
  }

  /**
   * Accepts no more, and waits for those who are under way; at the deadline they are cut off, and nothing of their uploads
   * is kept. Resolves when nothing is open any more.
   */
  async close(deadlineMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.ingest.abort(new Error("the relay stops"));
    }, deadlineMs);
    this.feed.close();
    this.ingest.drain();
    await Promise.all([
      this.#comparisons.stop(),
      // What was refused at the deadline has a moment to say so.
      ...this.#servings.map((serving) => serving.close(deadlineMs + 500)),
    ]);
    clearTimeout(timer);
    await this.ingest.settled();
    await this.#store.close();
    this.#log.info("stopped");
  }

  /** Ends at once what `close` waits for; nothing of the uploads under way is kept. */
  abort(): void {
    this.ingest.abort(new Error("the relay was stopped"));
    for (const serving of this.#servings) serving.abort();
  }

  async #listen(config: Config): Promise<void> {
    const { ingest, credentials } = this;
    const log = this.#log;
    const access = new Access(config.access.tokens);
    const app = makeApp({
      access,
      ingest,
      store: this.#store,
      feed: this.feed,
      transfers: this.transfers,
      switches: config.switches
        ? { valve: this.#valve, comparisons: this.#comparisons }
        : undefined,
      page: PAGE,
      log,
    });
    await listenAll(config, {
      ingest,
      app,
      access,
      credentials,
      log,
      onServing: (serving) => {
        this.#servings.push(serving);
        log.info({ route: serving.route, address: serving.address }, "listening");
      },
    });
  }
}
