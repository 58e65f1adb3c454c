import type { IncomingHttpHeaders } from "node:http";

/** The `cause` when a server answers the upgrade with a plain HTTP response. */
export class UpgradeError extends Error {
  override readonly name = "UpgradeError";
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as text, up to 64 KiB of it. */
  readonly body: string;

  constructor(status: number, headers: IncomingHttpHeaders, body: string) {
    super(`the server answered the upgrade with ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
