import type { Done } from "@aw/core";
import type { Link, LinkEvents } from "../../src/link/link.ts";

/** A link to a peer that answers nothing by itself. */
export class SilentLink implements Link {
  readonly name = "websocket test";
  isOpen = true;
  readonly protocol: string;
  readonly log: string[] = [];
  events!: LinkEvents;

  constructor(protocol = "") {
    this.protocol = protocol;
  }

  start(events: LinkEvents): void {
    this.events = events;
  }

  maxLength = 0;

  sendBytes(bytes: Uint8Array, maxLength: number, done: Done): void {
    this.maxLength = maxLength;
    this.log.push(`${bytes.length} bytes`);
    done();
  }

  readonly sent: (Uint8Array | string)[] = [];

  send(message: Uint8Array | string, done: Done): void {
    this.sent.push(message);
    done();
  }

  drained(done: Done): void {
    done();
  }

  close(code: number, reason: string): void {
    this.log.push(`close ${code} ${reason}`.trim());
  }

  terminate(): void {
    this.log.push("terminate");
  }

  pause(): void {
    this.log.push("pause");
  }

  resume(): void {
    this.log.push("resume");
  }

  /** What it was told about the end. */
  get ending(): string[] {
    return this.log.filter((line) => line.startsWith("close") || line === "terminate");
  }
}
