import type { Format } from "./format.ts";

/** As many bytes as it takes to tell all formats apart. */
const MAGIC_LENGTH = 4;

const NOTHING = new Uint8Array(0);

/** What bytes between members are: the start of one, not enough to tell, or nothing of the kind. */
export type Found =
  | { readonly kind: "member"; readonly format: Format; readonly bytes: Uint8Array }
  | { readonly kind: "more" }
  | { readonly kind: "other"; readonly bytes: Uint8Array };

/** Tells where the next member begins, and of which format the first one is. */
export class MemberFinder {
  readonly #formats: readonly Format[];
  /** The beginning of what may become a member. */
  #held: Uint8Array = NOTHING;
  #format: Format | undefined;

  constructor(formats: readonly Format[]) {
    this.#formats = formats;
    if (formats.length === 1) this.#format = formats[0];
  }

  /** What may be the beginning of a member, and was not more so far. */
  get held(): Uint8Array {
    return this.#held;
  }

  /** The format, once it is known: all further members are of the same one. */
  get format(): Format | undefined {
    return this.#format;
  }

  /** What the first member may be. */
  get names(): string {
    return this.#formats.map(({ name }) => name).join(", ");
  }

  /** Looks at what follows. The bytes returned begin with those that were held. */
  find(next: Uint8Array): Found {
    const bytes = this.#held.length === 0 ? next : concat(this.#held, next);
    this.#held = NOTHING;
    const head = bytes.subarray(0, MAGIC_LENGTH);
    let isOpen = false;
    for (const format of this.#format === undefined ? this.#formats : [this.#format]) {
      const starts = format.starts(head);
      // While an earlier one may still come of it, a later one has to wait.
      if (starts === true && !isOpen) {
        this.#format = format;
        return { kind: "member", format, bytes };
      }
      isOpen ||= starts !== false;
    }
    if (!isOpen) return { kind: "other", bytes };
    this.#held = bytes.slice();
    return { kind: "more" };
  }

  /** Releases what is held. */
  forget(): void {
    this.#held = NOTHING;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
