import type { RelayApi } from "../live/relay-api.ts";
import { Observable } from "../observable.ts";
import type { UploadSource } from "./messages.ts";
import { Upload } from "./upload.ts";
import { uploadName } from "./upload-name.ts";

/** So many at a time; others wait. */
const MAX_SENDING = 4;

/** What this page sends, and has sent. */
export class Uploads extends Observable {
  readonly #api: RelayApi;
  #all: Upload[] = [];
  /** Whether what is added from now on goes through gzip. */
  compress = true;

  constructor(api: RelayApi) {
    super();
    this.#api = api;
  }

  /** The newest first. */
  get all(): readonly Upload[] {
    return this.#all;
  }

  add(name: string, source: UploadSource): void {
    const { compress } = this;
    const upload: Upload = new Upload(name, source, () => {
      this.#startNext();
      this.changed();
    });
    this.#waiting.push({ upload, compress });
    this.#all = [upload, ...this.#all];
    this.#startNext();
    this.changed();
  }

  /** Takes one that is over off the list. */
  remove(upload: Upload): void {
    this.#all = this.#all.filter((each) => each !== upload);
    this.changed();
  }

  readonly #waiting: { upload: Upload; compress: boolean }[] = [];

  #startNext(): void {
    const sending = this.#all.filter(({ isOver, state }) => !isOver && state.kind !== "queued");
    if (sending.length >= MAX_SENDING) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const { upload, compress } = next;
    if (upload.isOver) this.#startNext(); // cancelled before its turn came
    else upload.start(this.#urlOf(upload, compress), compress);
  }

  #urlOf({ name, totalBytes, reference }: Upload, compress: boolean): string {
    // How many bytes come is known only of those that are not compressed on the way.
    const size: Record<string, string> = compress ? {} : { bytes: String(totalBytes) };
    const encoding = compress ? "gzip" : "identity";
    return this.#api.uploadUrl(uploadName(name), { encoding, reference, ...size });
  }
}
