import type { Source, SourceControl } from "@aw/core";

/** A source that a test works by hand, and that notes how it was treated. */
export class ManualSource implements Source {
  control!: SourceControl;
  readonly calls: string[] = [];
  /** Pushed by the next `resume`, before that returns. */
  ready: Uint8Array[] = [];

  start(control: SourceControl): void {
    this.control = control;
  }

  resume(): void {
    this.calls.push("resume");
    for (const chunk of this.ready.splice(0)) this.control.push(chunk);
  }

  pause(): void {
    this.calls.push("pause");
  }

  destroy(failure: Error): void {
    this.calls.push(`destroy ${(failure as Error & { code: string }).code}`);
  }

  toString(): string {
    return "manual";
  }
}
