import { AsyncWriteError } from "../trait/error.ts";

const ENCODER = new TextEncoder();

/** UTF-8, with U+FFFD for a lone surrogate. */
export function encode(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** The total length of a list of buffers, in bytes. */
export function byteLength(bufs: readonly Uint8Array[]): number {
  let total = 0;
  for (const buf of bufs) total += buf.length;
  return total;
}

/** Whether a buffer has bytes. */
export function isNotEmpty(buf: Uint8Array): boolean {
  return buf.length > 0;
}

/** The first `length` bytes of a list of buffers, as views. */
export function prefix(bufs: readonly Uint8Array[], length: number): Uint8Array[] {
  const taken: Uint8Array[] = [];
  for (const buf of bufs) {
    if (length === 0) break;
    const part = buf.subarray(0, length);
    taken.push(part);
    length -= part.length;
  }
  return taken;
}

/** Whether `value` is a Uint8Array (a Buffer too), also one of another realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]"
  );
}

/** The error for an argument that is not bytes. */
export function notBytes(value: unknown, wanted: string): AsyncWriteError {
  const got =
    value === null ? "null" : typeof value === "object" ? value.constructor?.name : typeof value;
  return new AsyncWriteError(
    "ERR_AW_INVALID_ARGUMENT",
    `expected ${wanted}, got ${got ?? "an object"}`,
  );
}

/** A size for people: "64 KiB", "2 MiB", "100 B". */
export function formatSize(bytes: number): string {
  if (bytes >= 1 << 20 && bytes % (1 << 20) === 0) return `${bytes / (1 << 20)} MiB`;
  if (bytes >= 1024 && bytes % 1024 === 0) return `${bytes / 1024} KiB`;
  return `${bytes} B`;
}
