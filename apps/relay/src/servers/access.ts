import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Who may use HTTP and WebSocket: everybody, or whoever has one of the tokens. */
export class Access {
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digest);
  }

  /** What others get. */
  readonly refusal: { status: number; headers: Record<string, string>; body: string } = {
    status: 401,
    headers: { "WWW-Authenticate": 'Bearer realm="relay"', "Content-Type": "application/json" },
    body: `${JSON.stringify({
      error: "ERR_RELAY_TOKEN",
      message:
        "this relay wants one of its tokens: send `Authorization: Bearer TOKEN`, or `?token=TOKEN` where headers can't be set",
    })}\n`,
  };

  /** Looks for the token in the header or, because browsers can't set it for EventSource and WebSocket, in the query. */
  allows({ headers, url = "/" }: Pick<IncomingMessage, "headers" | "url">): boolean {
    if (this.#digests.length === 0) return true;
    const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
    const token = bearer ?? new URL(url, "http://relay").searchParams.get("token");
    if (token === null) return false;
    const given = digest(token);
    // All of them, in constant time: how long it takes says nothing of a token.
    return this.#digests.filter((each) => timingSafeEqual(each, given)).length > 0;
  }
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
