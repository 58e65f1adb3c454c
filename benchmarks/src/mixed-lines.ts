/** A generator of numbers of its own, so that every process makes the same lines. */
class Numbers {
  #state = 1;

  below(limit: number): number {
    this.#state = (this.#state * 48_271) % 0x7f_ff_ff_ff;
    return this.#state % limit;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  hex(): string {
    return this.below(0x7f_ff_ff_ff).toString(16).padStart(8, "0");
  }
}

type Event = (numbers: Numbers) => object;

const METHODS = ["GET", "GET", "GET", "POST", "PUT"];
const PATHS = ["/api/orders", "/api/users", "/api/carts", "/health", "/static/app.js"];
const STATUSES = [200, 200, 200, 201, 204, 304, 404, 500];

const url = (numbers: Numbers): string => `${numbers.of(PATHS)}/${numbers.below(100_000)}`;

const STACK = [
  "Error: connect ECONNREFUSED",
  "at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)",
  "at TCPConnectWrap.callbackTrampoline (node:internal/async_hooks:130:17)",
].join("\n    ");

/** What a web service says, in the words of pino; each as often as it is here. */
const EVENTS: readonly Event[] = [
  (numbers) => ({
    reqId: `req-${numbers.hex()}`,
    req: {
      method: numbers.of(METHODS),
      url: url(numbers),
      remoteAddress: `10.0.${numbers.below(9)}.7`,
    },
    msg: "incoming request",
  }),
  (numbers) => ({
    reqId: `req-${numbers.hex()}`,
    res: { statusCode: numbers.of(STATUSES) },
    responseTime: numbers.below(1_000_000) / 1000,
    msg: "request completed",
  }),
  (numbers) => ({
    key: `user:${numbers.below(100_000)}`,
    msg: numbers.of(["cache hit", "cache miss"]),
  }),
  (numbers) => ({ rows: numbers.below(500), ms: numbers.below(90), msg: "query done" }),
  (numbers) => ({
    err: {
      type: "Error",
      message: `connect ECONNREFUSED 10.0.2.${numbers.below(255)}:5432`,
      stack: STACK,
      code: "ECONNREFUSED",
    },
    attempt: numbers.below(5),
    msg: "query failed, trying again",
  }),
];

/** Lines of 20 to 400 bytes, as pino writes them: most with a time and a process, some short. */
export function mixedLines(count: number): Uint8Array[] {
  const numbers = new Numbers();
  return Array.from({ length: count }, (_, index) => {
    if (numbers.below(10) === 0) return Buffer.from(`{"msg":"tick ${numbers.below(1000)}"}\n`);
    const time = 1_700_000_000_000 + index * 7;
    const event = numbers.of(EVENTS)(numbers);
    return Buffer.from(
      `${JSON.stringify({ level: 30, time, pid: 4242, hostname: "web-7", ...event })}\n`,
    );
  });
}
