import { getEventListeners } from "node:events";
import { listen, listenMessages, type WebSocketListener } from "@aw/websocket";
import { describe, expect, it } from "vitest";
import { after, failureOf, leavingNothing, portOf } from "../instruments.ts";

type Open = (options?: object) => Promise<Pick<WebSocketListener, "abort" | "address" | "close">>;

describe.each<[string, Open]>([
  ["listen", listen],
  ["listenMessages", listenMessages],
])("%s", (name, open) => {
  it("says why it can't listen: Node's error is the cause", async () => {
    const first = await open();
    after(() => first.abort());
    const port = portOf(first);
    expect(await failureOf(open({ port }))).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringContaining(`listen websocket 127.0.0.1:${port}: `) as string,
      cause: { code: "EADDRINUSE", port },
    });
  });

  // To Node, the empty one is every address there is.
  it.each([{ host: "" }, { host: 7 }, { port: -1 }, { backlog: 0 }, { signal: {} }])(
    "refuses what can't be meant: %j",
    async (options) => {
      expect(await failureOf(open(options))).toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining(`${name}: ${Object.keys(options)[0]}`) as string,
      });
    },
  );

  it("does not even try, with a signal that has fired", async () => {
    const first = await open();
    after(() => first.abort());
    const signal = AbortSignal.abort();
    const error = await failureOf(open({ port: portOf(first), signal }));
    expect(error.code).toBe("ERR_AW_ABORTED");
  });

  it(
    "listens no more when its signal fires while it opens",
    leavingNothing(async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const opening = failureOf(open({ signal }));
      controller.abort("no more");
      expect(await opening).toMatchObject({ code: "ERR_AW_ABORTED", cause: "no more" });
    }),
  );

  it.each(["close", "abort"] as const)("leaves its signal alone after its %s", async (end) => {
    const { signal } = new AbortController();
    const listener = await open({ signal });
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await listener[end]();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("refuses a host that Node takes for none", async () => {
    expect(await failureOf(open({ host: "a\0b" }))).toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringContaining("listen websocket a") as string,
      cause: { code: "ERR_INVALID_ARG_VALUE" },
    });
  });
});
