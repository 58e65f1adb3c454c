import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a request is answered that is not let in. */
export interface AccessRefusal {
  status: number;
  headers: Record<string, string>;
  body: string;
}

type Request = Pick<IncomingMessage, "headers" | "method" | "url">;

const UNKNOWN = refusal(
  401,
  "ERR_RELAY_TOKEN",
  "this relay wants one of its tokens: send `Authorization: Bearer TOKEN`, or `?token=TOKEN` where headers can't be set",
  { "WWW-Authenticate": 'Bearer realm="relay"' },
);

const FOREIGN = refusal(
  403,
  "ERR_RELAY_ORIGIN",
  "pages of other sites may not change anything here",
);

/** Who may use HTTP and WebSocket: everybody, or whoever has one of the tokens; no pages of other sites. */
export class Access {
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digest);
  }

  /** Undefined for a request that is let in. */
  refusalOf(request: Request): AccessRefusal | undefined {
    if (isForeign(request)) return FOREIGN;
    return this.#isKnown(request) ? undefined : UNKNOWN;
  }

  /** Looks for the token in the header or, because browsers can't set it for EventSource and WebSocket, in the query. */
  #isKnown({ headers, url = "/" }: Request): boolean {
    if (this.#digests.length === 0) return true;
    const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
    const token = bearer ?? new URL(url, "http://relay").searchParams.get("token");
    if (token === null) return false;
    const given = digest(token);
    // All of them, in constant time: how long it takes says nothing of a token.
    return this.#digests.filter((each) => timingSafeEqual(each, given)).length > 0;
  }
}

/** A page of another site can send much to a relay of its visitor's machine. Only browsers have an `Origin`. */
function isForeign({ headers: { origin, host, upgrade }, method }: Request): boolean {
  if (origin === undefined || (method === "GET" && upgrade === undefined)) return false;
  return URL.parse(origin)?.host !== host;
}

function refusal(
  status: number,
  error: string,
  message: string,
  headers: Record<string, string> = {},
): AccessRefusal {
  return {
    status,
    headers: { "Content-Type": "application/json", ...headers },
    body: `${JSON.stringify({ error, message })}\n`,
  };
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
