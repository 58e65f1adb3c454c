import { afterEach, describe, expect, it, vi } from "vitest";
import {
  connect,
  connectMessages,
  fromWebSocket,
  HALF_CLOSE,
  messages,
} from "../../src/browser.ts";
import type { ConnectOptions } from "../../src/browser.ts";
import { failureOf, turn } from "../instruments.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const URL_OF_ALL = "ws://a.example/s3cret?token=s3cret";

/** A WebSocket of a browser whose network the test plays. */
class FakeSocket extends EventTarget {
  static readonly made: FakeSocket[] = [];
  binaryType = "blob";
  bufferedAmount = 0;
  readyState = 0;
  protocol = "";
  readonly url: string;
  readonly offered: string[];
  readonly sent: unknown[] = [];
  closes = 0;

  constructor(url: string, offered: string[]) {
    super();
    this.url = url;
    this.offered = offered;
    FakeSocket.made.push(this);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.closes++;
  }

  open(protocol = ""): void {
    this.protocol = protocol;
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  receive(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  end(code = 1006): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "" }));
  }
}

/** A page with such sockets; gives the one that `connecting` makes. */
function page(): { socket: () => FakeSocket } {
  FakeSocket.made.length = 0;
  vi.stubGlobal("WebSocket", FakeSocket);
  return { socket: () => FakeSocket.made.at(-1) as FakeSocket };
}

interface Made {
  url: string;
  protocols: string[];
  signal: AbortSignal;
  opened: PromiseWithResolvers<unknown>;
  closed: PromiseWithResolvers<unknown>;
}

/** A page with WebSocketStreams. */
function pageOfStreams(): { stream: () => Made; open: (protocol?: string) => void } {
  const made: Made[] = [];
  vi.stubGlobal(
    "WebSocketStream",
    class {
      readonly opened: Promise<unknown>;
      readonly closed: Promise<unknown>;

      constructor(url: string, { protocols, signal }: Pick<Made, "protocols" | "signal">) {
        const opened = Promise.withResolvers<unknown>();
        const closed = Promise.withResolvers<unknown>();
        made.push({ url, protocols, signal, opened, closed });
        this.opened = opened.promise;
        this.closed = closed.promise;
        signal.addEventListener("abort", () => {
          opened.reject(signal.reason);
          closed.reject(signal.reason);
        });
      }

      close(): void {}
    },
  );
  const stream = (): Made => made.at(-1) as Made;
  const open = (protocol = ""): void =>
    stream().opened.resolve({
      protocol,
      readable: new ReadableStream(),
      writable: new WritableStream(),
    });
  return { stream, open };
}

describe("connect in a browser", () => {
  it("resolves once the socket is open, and misses no message of that turn", async () => {
    const { socket } = page();
    const connecting = connect(URL_OF_ALL);
    expect(socket().url).toBe(URL_OF_ALL);
    expect(socket().offered).toEqual([]);
    socket().open();
    socket().receive(Uint8Array.of(1, 2).buffer);
    const connection = await connecting;
    expect(String(connection)).toBe("websocket ws://a.example");
    expect((await connection.readable.getReader().read()).value).toEqual(Uint8Array.of(1, 2));
    await connection.writeAll("hello");
    await turn();
    expect(socket().sent).toHaveLength(1);
  });

  it("takes a URL relative to the page", async () => {
    const { socket } = page();
    vi.stubGlobal("location", { href: "https://b.example/app/" });
    const connecting = connect("ingest");
    expect(socket().url).toBe("https://b.example/app/ingest");
    socket().open();
    expect(String(await connecting)).toBe("websocket https://b.example");
  });

  it("needs a whole URL where there is no page", async () => {
    page();
    expect((await failureOf(connect("ingest"))).code).toBe("ERR_AW_INVALID_ARGUMENT");
  });

  it.each<[ConnectOptions, string[]]>([
    [{}, []],
    [{ protocols: ["chat"] }, ["chat"]],
    [{ halfClose: true }, [HALF_CLOSE]],
    [{ halfClose: true, protocols: ["chat"] }, [`chat+${HALF_CLOSE}`, "chat"]],
  ])("offers the subprotocols of %j", async (options, offered) => {
    const { socket } = page();
    const connecting = connect(URL_OF_ALL, options);
    expect(socket().offered).toEqual(offered);
    socket().open(offered[0]);
    const connection = await connecting;
    expect([connection.protocol, connection.halfClose]).toEqual([
      options.protocols?.[0] ?? "",
      options.halfClose ?? false,
    ]);
  });

  it("sends no message beyond maxMessageBytes, and waits for a close as long as it is told", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { socket } = page();
    const connecting = connect(URL_OF_ALL, { maxMessageBytes: 2, closeTimeout: 50 });
    socket().open();
    const connection = await connecting;
    await connection.writeAll("12345");
    await connection.flush();
    expect(socket().sent).toHaveLength(3);
    const closing = failureOf(connection.close());
    await turn();
    vi.advanceTimersByTime(50);
    expect((await closing).code).toBe("ERR_AW_TIMEOUT");
  });

  it("is refused with ERR_AW_CONNECT, and says what to look at", async () => {
    const { socket } = page();
    const connecting = failureOf(connect(URL_OF_ALL));
    socket().end();
    expect(await connecting).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringContaining("connect websocket ws://a.example: refused") as string,
    });
  });

  it.each([undefined, 500])("gives up in time: %s", async (timeout) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { socket } = page();
    const connecting = failureOf(connect(URL_OF_ALL, { timeout }));
    const ms = timeout ?? 30_000;
    vi.advanceTimersByTime(ms - 1);
    expect(socket().closes).toBe(0);
    vi.advanceTimersByTime(1);
    expect(await connecting).toMatchObject({
      code: "ERR_AW_TIMEOUT",
      message: expect.stringContaining(`no answer to the upgrade within ${ms} ms`) as string,
    });
    expect(socket().closes).toBe(1);
    // What comes now is too late, and nobody's.
    socket().open();
    socket().end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives up by its signal, which means nothing once it is open", async () => {
    const { socket } = page();
    const early = AbortSignal.abort("no");
    expect(await failureOf(connect(URL_OF_ALL, { signal: early }))).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "no",
    });
    expect(FakeSocket.made).toEqual([]);
    const controller = new AbortController();
    const { signal } = controller;
    const connecting = failureOf(connect(URL_OF_ALL, { signal }));
    controller.abort("no");
    expect(await connecting).toMatchObject({ code: "ERR_AW_ABORTED", cause: "no" });
    expect(socket().closes).toBe(1);
    const later = new AbortController();
    const opening = connect(URL_OF_ALL, { signal: later.signal });
    socket().open();
    const connection = await opening;
    later.abort();
    await turn();
    expect([connection.state, socket().closes]).toEqual(["open", 0]);
  });

  it("holds no timer once it is open", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { socket } = page();
    const connecting = connect(URL_OF_ALL);
    socket().open();
    await connecting;
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ["SecurityError", "ERR_AW_CONNECT", "a page of https: may only use wss:"],
    ["SyntaxError", "ERR_AW_INVALID_ARGUMENT", 'They are ["no token"]'],
  ])("says what the platform refuses: %s", async (name, code, words) => {
    const refusing = function (url: string): never {
      throw Object.assign(new Error(`no good: ${url}`), { name });
    };
    vi.stubGlobal("WebSocket", refusing);
    vi.stubGlobal("WebSocketStream", refusing);
    for (const transport of ["websocket", "stream"] as const) {
      const error = await failureOf(connect(URL_OF_ALL, { transport, protocols: ["no token"] }));
      expect(error.code).toBe(code);
      expect(error.message).toContain("connect websocket ws://a.example: ");
      expect(error.message).toContain(words);
      expect(error.message).not.toContain("s3cret");
    }
  });

  it.each(["headers", "tls", "perMessageDeflate", "heartbeat", "maxPayload", "agent"])(
    "has no %s",
    async (name) => {
      page();
      for (const open of [connect, connectMessages]) {
        const error = await failureOf(open(URL_OF_ALL, { [name]: {} }));
        expect(error.code).toBe("ERR_AW_UNSUPPORTED");
        expect(error.message).toContain(`a browser has no ${name}`);
      }
      expect(FakeSocket.made).toEqual([]);
    },
  );

  it.each([
    { timeout: 0 },
    { halfClose: 1 },
    { protocols: "chat" },
    { signal: {} },
    { transport: "carrier pigeon" },
    { maxMessageBytes: 0 },
    { closeTimeout: -1 },
    { type: "text" },
  ])("refuses what can't be meant: %j", async (options) => {
    page();
    const error = await failureOf(connect(URL_OF_ALL, options as ConnectOptions));
    expect(error.code).toBe("ERR_AW_INVALID_ARGUMENT");
    expect(error.message).toContain(`connect: ${"type" in options ? "there is no option" : ""}`);
  });
});

describe("connect over WebSocketStream", () => {
  it("gives it URL and subprotocols, and resolves once it is open", async () => {
    const { stream, open } = pageOfStreams();
    const connecting = connect(URL_OF_ALL, { transport: "stream", protocols: ["chat"] });
    expect(stream()).toMatchObject({ url: URL_OF_ALL, protocols: ["chat"] });
    open("chat");
    const connection = await connecting;
    expect([connection.protocol, String(connection)]).toEqual(["chat", "websocket ws://a.example"]);
  });

  it("is not what is used unless it is asked for", async () => {
    const { socket } = page();
    const { stream } = pageOfStreams();
    const connecting = connect(URL_OF_ALL);
    expect(stream()).toBeUndefined();
    socket().open();
    await connecting;
  });

  it("says that a platform has none", async () => {
    page();
    vi.stubGlobal("WebSocketStream", undefined);
    expect(await failureOf(connect(URL_OF_ALL, { transport: "stream" }))).toMatchObject({
      code: "ERR_AW_UNSUPPORTED",
      message: expect.stringContaining('use transport: "websocket"') as string,
    });
  });

  it("is refused with ERR_AW_CONNECT and the platform's error", async () => {
    const { stream } = pageOfStreams();
    const connecting = failureOf(connect(URL_OF_ALL, { transport: "stream" }));
    await turn();
    const cause = new Error("WebSocket connection failed");
    stream().opened.reject(cause);
    stream().closed.reject(cause);
    expect(await connecting).toMatchObject({ code: "ERR_AW_CONNECT", cause });
  });

  it("gives up by its time and its signal, which it is told", async () => {
    const { stream } = pageOfStreams();
    const controller = new AbortController();
    const { signal } = controller;
    const connecting = failureOf(connect(URL_OF_ALL, { transport: "stream", signal }));
    controller.abort("no");
    expect(await connecting).toMatchObject({ code: "ERR_AW_ABORTED", cause: "no" });
    expect(stream().signal.aborted).toBe(true);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const late = failureOf(connect(URL_OF_ALL, { transport: "stream", timeout: 5 }));
    vi.advanceTimersByTime(5);
    expect((await late).code).toBe("ERR_AW_TIMEOUT");
  });
});

describe("whole messages in a browser", () => {
  it("come and go, of one type if asked", async () => {
    const { socket } = page();
    const connecting = connectMessages(URL_OF_ALL, { type: "text", protocols: ["chat"] });
    expect(socket().offered).toEqual(["chat"]);
    socket().open("chat");
    const connection = await connecting;
    await connection.send("hello");
    expect(socket().sent).toEqual(["hello"]);
    expect((await failureOf(connection.send(new Uint8Array() as never))).code).toBe(
      "ERR_AW_INVALID_ARGUMENT",
    );
  });

  it("wait for a close as long as they are told", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { socket } = page();
    const connecting = connectMessages(URL_OF_ALL, { closeTimeout: 50 });
    expect(socket().offered).toEqual([]);
    socket().open();
    const closing = failureOf((await connecting).close());
    vi.advanceTimersByTime(50);
    expect((await closing).code).toBe("ERR_AW_TIMEOUT");
  });

  it.each([{ type: "json" }, { halfClose: true }, { closeTimeout: 0 }])(
    "refuse what can't be meant: %j",
    async (options) => {
      page();
      expect(await failureOf(connectMessages(URL_OF_ALL, options as never))).toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("connectMessages: ") as string,
      });
    },
  );
});

describe("a WebSocket of the page that is wrapped", () => {
  const fake = (readyState: number): FakeSocket =>
    Object.assign(new FakeSocket("ws://a.example/", []), { readyState });

  it.each([0, 1])("is a byte stream in state %d", async (readyState) => {
    const socket = fake(readyState);
    const connection = fromWebSocket(socket as never, { maxMessageBytes: 1 });
    if (readyState === 0) socket.open();
    await connection.writeAll("ab");
    await connection.flush();
    expect(socket.sent).toHaveLength(2);
  });

  it("is whole messages, of one type if asked", async () => {
    const socket = fake(1);
    const connection = messages<string>(socket as never, { type: "text" });
    await connection.send("hello");
    expect(socket.sent).toEqual(["hello"]);
  });

  it.each([2, 3, undefined])("is refused in state %s", (readyState) => {
    for (const [name, wrap] of [
      ["fromWebSocket", fromWebSocket],
      ["messages", messages],
    ] as const) {
      expect(() => wrap({ readyState } as never)).toThrow(
        expect.objectContaining({
          code: "ERR_AW_INVALID_ARGUMENT",
          message: expect.stringContaining(`${name}: `) as string,
        }),
      );
      expect(() => wrap(fake(1) as never, { closeTimeout: 0 })).toThrow(
        expect.objectContaining({
          code: "ERR_AW_INVALID_ARGUMENT",
          message: expect.stringContaining(`${name}: closeTimeout`) as string,
        }),
      );
    }
  });
});
