import { AsyncWriteError, copy, framed, ndjson, unframed, type Reader } from "@aw/core";
import type { Logger } from "pino";
import type { Receipt, Route } from "../live/snapshot.ts";
import type { Transfers } from "../live/transfers.ts";
import type { Store } from "../store/store.ts";
import { detectEncoding, type StatedEncoding } from "./decoding.ts";
import { UploadDeadline } from "./upload-deadline.ts";
import { newUploadId } from "./upload-id.ts";
import { withoutLayers } from "./without-layers.ts";
import { Upload, type UploadLimits } from "./upload.ts";
import type { Valve } from "./valve.ts";

/** What is known of an upload before its first byte. */
export interface Arrival {
  name: string;
  route: Route;
  peer: string;
  encoding?: StatedEncoding | undefined;
  /** How many bytes will come, as the sender says. */
  expectedBytes?: number | undefined;
  /** What the sender calls this upload in the feed. */
  reference?: string | undefined;
}

export interface IngestOptions {
  store: Store;
  transfers: Transfers;
  valve: Valve;
  limits: UploadLimits & {
    /** How long one upload may take, in seconds. */
    maxSeconds?: number | undefined;
    /** The longest record, in bytes. */
    maxRecord: number;
  };
  log: Logger;
}

/** The way in, the same for every route: whatever a reader brings becomes an upload of the store. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #drain = new AbortController();
  readonly #stop = new AbortController();
  /** Uploads that are neither stored nor cleaned up. */
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Stores what `reader` brings up to its end. Resolves once it is durable, rejects with nothing left of it. */
  receive(reader: Reader, arrival: Arrival): Promise<Receipt> {
    return this.#receive(reader, arrival, async ({ out }) => void (await copy(reader, out)));
  }

  /** Stores records, one JSON value a line. A line that is none refuses all of them. */
  receiveRecords(reader: Reader, arrival: Arrival): Promise<Receipt> {
    const records = ndjson({ maxLength: this.#options.limits.maxRecord });
    return this.#receive(reader, { ...arrival, encoding: "identity" }, async ({ out }) => {
      const checked = framed(out, records);
      for await (const record of unframed(reader, records)) await checked.send(record);
      await checked.flush();
    });
  }

  /** Refuses those of whom no byte has come yet. Nothing new is to be given to it from now on. */
  drain(): void {
    this.#drain.abort(new Error("the relay stops"));
  }

  /** Refuses all that is under way. */
  abort(reason: unknown): void {
    this.#stop.abort(reason);
  }

  /** Resolves once every upload is stored, or cleaned up, and logged: who sends may be gone long before. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #receive(
    reader: Reader,
    arrival: Arrival,
    fill: (upload: Upload) => Promise<void>,
  ): Promise<Receipt> {
    const receiving = this.#store(reader, arrival, fill);
    this.#underWay.add(receiving);
    return receiving.finally(() => this.#underWay.delete(receiving));
  }

  async #store(
    reader: Reader,
    arrival: Arrival,
    fill: (upload: Upload) => Promise<void>,
  ): Promise<Receipt> {
    const { store, transfers, valve, limits, log } = this.#options;
    const { name, route, peer } = arrival;
    await this.#firstByte(reader, route);
    const transfer = transfers.begin({ ...arrival, direction: "receive" });
    const { key } = transfer;
    const deadline = new UploadDeadline(`upload ${name}`, limits.maxSeconds, this.#stop.signal);
    deadline.onExpire((error) => reader.abort(error));
    try {
      const stated = arrival.encoding ?? "detect";
      const encoding = stated === "detect" ? await detectEncoding(reader) : stated;
      const id = newUploadId();
      const slot = await store.create({ id, name }, deadline.signal);
      await using upload = new Upload({ id, name, encoding, route }, slot, transfer, valve, limits);
      deadline.onExpire((error) => upload.out.abort(error));
      await fill(upload);
      const receipt = await upload.commit();
      transfers.settled({ ...receipt, key, outcome: "stored" });
      log.info({ ...receipt, peer, chain: String(transfer.chain) }, "stored");
      return receipt;
    } catch (thrown) {
      const error = deadline.error ?? AsyncWriteError.from(thrown);
      const { code } = error;
      const message = withoutLayers(error.message);
      const at = Date.now();
      transfers.settled({ key, outcome: "refused", name, route, at, error: code, message });
      log.warn({ name, route, peer, code, reason: error.message }, "refused");
      throw new AsyncWriteError(code, message, { cause: error });
    } finally {
      deadline.clear();
      transfers.end(transfer);
    }
  }

  /**
   * Until it is there, a connection costs neither a file nor a line in the log: balancers open many, to see that the relay
   * listens. Where nothing but the bytes says that this is an upload, none is not one.
   */
  async #firstByte(reader: Reader, route: Route): Promise<void> {
    const first = await reader.peek(1, { signal: this.#drain.signal });
    if (first.length > 0 || route === "http" || route === "websocket") return;
    const message = `an upload over ${route} has at least a byte; empty ones have a name, and come by HTTP`;
    throw new AsyncWriteError("ERR_AW_TRUNCATED", message);
  }
}
