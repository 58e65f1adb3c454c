import type { Done } from "@aw/core";
import type { Durability } from "./io.ts";
import type { Output } from "./output.ts";

/** An output in front of another one, which passes everything on until it is overridden. */
export abstract class OutputLayer<Inner extends Output = Output> implements Output {
  protected readonly inner: Inner;

  constructor(inner: Inner) {
    this.inner = inner;
  }

  get settles(): boolean {
    return this.inner.settles;
  }

  get bytesWritten(): number {
    return this.inner.bytesWritten;
  }

  get unwritten(): readonly Uint8Array[] {
    return this.inner.unwritten;
  }

  write(bufs: readonly Uint8Array[], done: Done): void {
    this.inner.write(bufs, done);
  }

  writeNow(bufs: readonly Uint8Array[]): number {
    return this.inner.writeNow(bufs);
  }

  settle(isPressing?: boolean): void {
    this.inner.settle(isPressing);
  }

  sync(durability: Durability, done: Done): void {
    this.inner.sync(durability, done);
  }

  syncNow(durability: Durability): void {
    this.inner.syncNow(durability);
  }

  beginClose(): void {
    this.inner.beginClose();
  }

  close(done: Done): void {
    this.inner.close(done);
  }

  drop(dropped: () => void): void {
    this.inner.drop(dropped);
  }
}
