import type { Receipt } from "../../../src/live/snapshot.ts";
import { Track } from "../live/track.ts";
import type { FromWorker, ToWorker, UploadSource } from "./messages.ts";

export type UploadState =
  | { kind: "queued" }
  | { kind: "sending" }
  | { kind: "paused" }
  /** All was sent; the relay has not answered yet. */
  | { kind: "storing" }
  | { kind: "stored"; receipt: Receipt; sha256: string }
  | { kind: "failed"; message: string }
  | { kind: "cancelled" };

/** One upload of this page, in a worker of its own. */
export class Upload {
  readonly track = new Track();
  readonly name: string;
  readonly totalBytes: number;
  /** By which the relay's own view of it is found. */
  readonly reference: string = crypto.randomUUID();
  readonly #source: UploadSource;
  readonly #onChange: () => void;
  #worker: Worker | undefined;
  #state: UploadState = { kind: "queued" };

  constructor(name: string, source: UploadSource, onChange: () => void) {
    this.name = name;
    this.totalBytes = "madeUpBytes" in source ? source.madeUpBytes : source.size;
    this.#source = source;
    this.#onChange = onChange;
  }

  get state(): UploadState {
    return this.#state;
  }

  get isOver(): boolean {
    return ["stored", "failed", "cancelled"].includes(this.#state.kind);
  }

  /** What the first layer has accepted. */
  get sentBytes(): number {
    return this.track.latest?.layers[0]?.bytesIn ?? 0;
  }

  start(url: string, compress: boolean): void {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    worker.addEventListener("error", ({ message }) => this.#hear({ type: "failed", message }));
    this.#tell({ type: "start", source: this.#source, url, compress });
    this.#setState({ kind: "sending" });
  }

  pause(): void {
    if (this.#state.kind !== "sending") return;
    this.#tell({ type: "pause" });
    this.#setState({ kind: "paused" });
  }

  resume(): void {
    if (this.#state.kind !== "paused") return;
    this.#tell({ type: "resume" });
    this.#setState({ kind: "sending" });
  }

  cancel(): void {
    if (this.#worker === undefined) this.#setState({ kind: "cancelled" });
    else this.#tell({ type: "cancel" });
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case "progress":
        this.track.add(message.time, message.layers);
        this.#onChange();
        return;
      case "sent":
        this.#setState({ kind: "storing" });
        return;
      case "stored":
        this.#setState({ kind: "stored", receipt: message.receipt, sha256: message.sha256 });
        break;
      case "failed":
        this.#setState({ kind: "failed", message: message.message });
        break;
      case "cancelled":
        this.#setState({ kind: "cancelled" });
        break;
    }
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #setState(state: UploadState): void {
    this.#state = state;
    this.#onChange();
  }
}
