import type { Refusal } from "../../../src/live/snapshot.ts";
import type { NaiveRequest, SlowRequest } from "../../../src/live/switches.ts";
import { Refused } from "./refused.ts";

/** The requests that the page makes, each with the token. Paths are relative to the page. */
export class RelayApi {
  token: string;
  /** The latest request to slow the receiver. */
  #slowing: Promise<unknown> = Promise.resolve();

  constructor(token: string) {
    this.token = token;
  }

  /** The feed: a response whose body never ends. */
  events(signal: AbortSignal): Promise<Response> {
    return this.#request("events", { signal });
  }

  /** Sets the rate that each upload is written at; null for no limit. The latest call wins: one request at a time. */
  async slow(request: SlowRequest): Promise<void> {
    const send = (): Promise<unknown> =>
      this.#request("slow", { method: "POST", body: JSON.stringify(request) });
    this.#slowing = this.#slowing.then(send, send);
    await this.#slowing;
  }

  async startComparison(request: NaiveRequest): Promise<void> {
    await this.#request("naive", { method: "POST", body: JSON.stringify(request) });
  }

  async stopComparison(): Promise<void> {
    await this.#request("naive", { method: "DELETE" });
  }

  /** Where an upload goes. A WebSocket can't have headers in a browser: the token is in the query. */
  uploadUrl(name: string, query: Readonly<Record<string, string>>): string {
    const url = new URL(`uploads/${encodeURIComponent(name)}`, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    if (this.token !== "") url.searchParams.set("token", this.token);
    return url.href;
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const headers = this.token === "" ? {} : { Authorization: `Bearer ${this.token}` };
    const response = await fetch(new URL(path, document.baseURI), { ...init, headers });
    if (response.ok) return response;
    throw new Refused(response.status, await messageOf(response));
  }
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return (JSON.parse(text) as Refusal).message;
  } catch {
    return `the relay answered with status ${response.status}`;
  }
}
