import type { Done } from "@aw/core";
import { skip } from "../src/descriptor/skip.ts";
import type { Output } from "../src/descriptor/output.ts";

/** An output whose writes are answered when the test says so, and which fails when it says so. */
export class ManualOutput implements Output {
  readonly settles = true;
  bytesWritten = 0;
  unwritten: readonly Uint8Array[] = [];
  /** Those of writes that are in flight. */
  readonly answers: Done[] = [];
  /** What each write was given. */
  readonly written: string[] = [];
  /** What was written synchronously, in one piece. */
  writtenNow = "";
  /** Everything else that was asked for. */
  readonly calls: string[] = [];
  /** What synchronous writes, `settle`, `syncNow`, `sync` and `close` fail with. */
  failures: Partial<Record<"write" | "settle" | "syncNow" | "sync" | "close", Error>> = {};
  /** The max bytes of one synchronous write. */
  max = Infinity;

  write(bufs: readonly Uint8Array[], done: Done): void {
    this.written.push(String(Buffer.concat(bufs)));
    this.answers.push(done);
  }

  /** Answers the write in flight; a failure leaves what comes after the first `taken` bytes. */
  answer(failure?: Error, taken = 0): void {
    const last = Buffer.from(this.written.at(-1) ?? "");
    this.unwritten = failure === undefined ? [] : skip([last], taken);
    this.answers.shift()?.(failure);
  }

  writeNow(bufs: readonly Uint8Array[]): number {
    if (this.failures.write !== undefined) throw this.failures.write;
    const bytes = Buffer.concat(bufs).subarray(0, this.max);
    this.writtenNow += String(bytes);
    return bytes.length;
  }

  settle(): void {
    this.calls.push("settle");
    if (this.failures.settle !== undefined) throw this.failures.settle;
  }

  sync(durability: string, done: Done): void {
    this.calls.push(`sync ${durability}`);
    done(this.failures.sync);
  }

  syncNow(durability: string): void {
    this.calls.push(`syncNow ${durability}`);
    if (this.failures.syncNow !== undefined) throw this.failures.syncNow;
  }

  beginClose(): void {}

  close(done: Done): void {
    this.calls.push("close");
    done(this.failures.close);
  }

  drop(dropped: () => void): void {
    this.calls.push("drop");
    dropped();
  }
}
