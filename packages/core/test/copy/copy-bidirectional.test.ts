import {
  copyBidirectional,
  pipe,
  Writer,
  type BytesCopied,
  type Connection,
  type Reader,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { counted } from "../instruments.ts";

/** Two ends of an in-memory connection. */
function connectionPair(capacity?: number): [Connection, Connection] {
  class End extends Writer {
    readonly reader: Reader;
    readonly readable: ReadableStream<Uint8Array>;

    constructor(out: ReturnType<typeof pipe>, back: ReturnType<typeof pipe>) {
      super(out.writer);
      this.reader = back.reader;
      this.readable = back.readable;
    }
  }
  const [there, back] = [pipe({ capacity }), pipe({ capacity })];
  return [new End(there, back), new End(back, there)];
}

describe("copyBidirectional", () => {
  it("carries both directions, half-closes each, and counts", async () => {
    const [client, proxyA] = connectionPair(8);
    const [proxyB, server] = connectionPair(8);
    const proxied = copyBidirectional(proxyA, proxyB);
    const question = "a question longer than any buffer";
    const asked = client.writeAll(question).then(() => client.close());
    expect(await new Response(server.readable).text()).toBe(question);
    await asked;
    const answered = server.writeAll("the answer").then(() => server.close());
    expect(await new Response(client.readable).text()).toBe("the answer");
    await answered;
    expect(await proxied).toEqual({ aToB: question.length, bToA: 10 });
  });

  it("aborts both sides when one breaks, so that no peer sees a clean end", async () => {
    const [client, proxyA] = connectionPair();
    const [proxyB, server] = connectionPair();
    const proxied = copyBidirectional(proxyA, proxyB).catch((error: unknown) => error);
    await client.writeAll("half a ques");
    client.abort("gone");
    expect(await proxied).toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
    await expect(new Response(server.readable).text()).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
    });
  });

  it("carries much, both ways at once, through ends that take little at a time", async () => {
    const [client, proxyA] = connectionPair(1000);
    const [proxyB, server] = connectionPair(7);
    const proxied = copyBidirectional(proxyA, proxyB);
    const [there, back] = [counted(20_000), counted(30_001).toReversed()];
    const [atServer, atClient] = await Promise.all([
      server.reader.readAll(),
      client.reader.readAll(),
      client.writeAll(there).then(() => client.close()),
      server.writeAll(back).then(() => server.close()),
    ]);
    expect([atServer, atClient]).toEqual([there, back]);
    expect(await proxied).toEqual({ aToB: 20_000, bToA: 30_001 });
  });

  it("takes the readers, and says so to who reads a stream of them", async () => {
    const [, proxyA] = connectionPair();
    const [proxyB] = connectionPair();
    proxyA.readable.getReader();
    await expect(copyBidirectional(proxyA, proxyB)).rejects.toMatchObject({
      code: "ERR_AW_PROTOCOL",
    });
    expect([proxyA.state, proxyB.state]).toEqual(["failed", "failed"]);
  });

  it("tells of its progress, and holds each direction to a rate", async () => {
    const [client, proxyA] = connectionPair();
    const [proxyB, server] = connectionPair();
    const said: BytesCopied[] = [];
    const proxied = copyBidirectional(proxyA, proxyB, {
      throttle: { bytesPerSecond: 1e9, burst: 10 },
      onProgress: (bytes) => said.push({ ...bytes }),
    });
    await client.writeAll("a".repeat(35)).then(() => client.close());
    expect(await server.reader.text()).toBe("a".repeat(35));
    await server.writeAll("bb").then(() => server.close());
    expect(await client.reader.text()).toBe("bb");
    expect(await proxied).toEqual({ aToB: 35, bToA: 2 });
    expect(said.at(-1)).toEqual({ aToB: 35, bToA: 2 });
    // A burst at a time, whatever there is.
    const steps = said.map(({ aToB }, index) => aToB - (said[index - 1]?.aToB ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(10);
  });

  it("ends with what its onProgress throws", async () => {
    const [client, proxyA] = connectionPair();
    const [proxyB] = connectionPair();
    const proxied = copyBidirectional(proxyA, proxyB, {
      onProgress() {
        throw new Error("no display");
      },
    });
    await client.writeAll("x");
    await expect(proxied).rejects.toThrow("no display");
    expect([proxyA.state, proxyB.state]).toEqual(["failed", "failed"]);
  });

  it("stops by its signal", async () => {
    const [client, proxyA] = connectionPair();
    const [proxyB] = connectionPair();
    const controller = new AbortController();
    const proxied = copyBidirectional(proxyA, proxyB, { signal: controller.signal });
    controller.abort("enough");
    await expect(proxied).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    await expect(new Response(client.readable).text()).rejects.toThrow();
  });

  it("does not wait for the other direction longer than it may", async () => {
    const [client, proxyA] = connectionPair();
    const [proxyB] = connectionPair();
    const proxied = copyBidirectional(proxyA, proxyB, { halfCloseTimeout: 1 });
    await client.close();
    await expect(proxied).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
  });
});
