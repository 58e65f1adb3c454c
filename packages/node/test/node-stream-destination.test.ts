import { EventEmitter, once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Writable } from "node:stream";
import { fromNodeWritable } from "@aw/node";
import { afterEach, describe, expect, it } from "vitest";
import { isGone } from "../src/node-stream-destination.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await turn();
  return settled;
}

/** A stream that is not Node's: `write` answers what the test says, and calls nothing back. */
class Foreign extends EventEmitter {
  readonly got: Buffer[] = [];
  hasRoom: boolean | undefined = true;

  write(chunk: Buffer): boolean | undefined {
    this.got.push(chunk);
    return this.hasRoom;
  }

  end(): void {
    this.emit("finish");
  }
}

function foreign(): { stream: Foreign; out: ReturnType<typeof fromNodeWritable> } {
  const stream = new Foreign();
  return { stream, out: fromNodeWritable(stream as unknown as Writable) };
}

describe("a stream that calls nothing back", () => {
  it.each([true, undefined])("has taken a chunk when write returns %s", async (hasRoom) => {
    const { stream, out } = foreign();
    stream.hasRoom = hasRoom;
    await out.writeAll("one");
    await out.flush();
    expect(Buffer.concat(stream.got).toString()).toBe("one");
  });

  it("has taken it at drain, when write returns false; once for each", async () => {
    const { stream, out } = foreign();
    stream.hasRoom = false;
    await out.writeAll("one");
    const flushing = out.flush();
    expect(await isSettled(flushing)).toBe(false);
    stream.emit("drain");
    await flushing;
    await out.writeAll("two");
    const second = out.flush();
    expect(await isSettled(second)).toBe(false);
    stream.emit("drain");
    stream.emit("drain");
    await second;
    expect(Buffer.concat(stream.got).toString()).toBe("onetwo");
  });

  it("drains in vain once the writer was aborted", async () => {
    const { stream, out } = foreign();
    stream.hasRoom = false;
    await out.writeAll("one");
    const flushing = out.flush().catch((error: unknown) => error);
    await turn();
    out.abort("enough");
    stream.emit("drain");
    expect(await flushing).toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
  });

  it("keeps its chunks: the writer's memory is used again", async () => {
    const { stream, out } = foreign();
    for (let index = 0; index < 20; index++) {
      await out.writeAll(`${index} `);
      await out.flush();
    }
    expect(Buffer.concat(stream.got).toString()).toBe(
      Array.from({ length: 20 }, (_, index) => `${index} `).join(""),
    );
  });
});

describe("the end", () => {
  it("is waited for until the stream has finished", async () => {
    let finish = (): void => {};
    const stream = new Writable({
      write: (_chunk, _encoding, done) => done(),
      final: (done) => void (finish = done),
    });
    const out = fromNodeWritable(stream);
    await out.writeAll("x");
    const closing = out.close();
    expect(await isSettled(closing)).toBe(false);
    finish();
    await closing;
  });

  it("of the readable half is not waited for", async () => {
    const through = new PassThrough();
    const out = fromNodeWritable(through);
    await out.writeAll("x");
    await out.close();
    expect(through.readableEnded).toBe(false);
  });

  it("that comes with a close before it is a broken pipe, in our words", async () => {
    const { stream, out } = foreign();
    Object.assign(stream, { writable: true, end() {} });
    const closing = out.close();
    await turn();
    stream.emit("close");
    await expect(closing).rejects.toMatchObject({
      code: "ERR_AW_BROKEN_PIPE",
      message: expect.stringContaining(
        "Foreign: the stream was closed; what is written would be lost",
      ) as string,
    });
  });

  it("that fails keeps its error", async () => {
    const stream = new Writable({ write() {}, final() {} });
    const out = fromNodeWritable(stream);
    const closing = out.close();
    await turn();
    const error = new Error("no room on the disk");
    stream.destroy(error);
    await expect(closing).rejects.toMatchObject({ cause: error });
  });

  it("leaves listeners to a stream whose end failed: more errors may come", async () => {
    const stream = new Writable({
      autoDestroy: false,
      write: (_chunk, _encoding, done) => done(),
      final: (done) => done(new Error("first")),
    });
    const out = fromNodeWritable(stream);
    await expect(out.close()).rejects.toThrow("first");
    expect(stream.listenerCount("error")).toBeGreaterThan(0);
    stream.emit("error", new Error("second"));
  });
});

describe("a stream that is gone before it is wrapped", () => {
  it.each([
    ["destroyed", (stream: Writable) => stream.destroy(), "the stream was closed"],
    [
      "failed",
      (stream: Writable) => stream.on("error", () => {}).destroy(new Error("the disk is full")),
      "the disk is full",
    ],
  ])("makes a writer that has failed: %s", async (_name, end, words) => {
    const stream = new Writable({ write() {} });
    end(stream);
    await turn();
    const out = fromNodeWritable(stream);
    await expect(out.writeAll("x")).rejects.toMatchObject({
      message: expect.stringContaining(words) as string,
    });
  });

  it.each([
    [{}, false],
    [{ destroyed: true }, true],
    [{ closed: true }, true],
    [{ errored: new Error("x") }, true],
    [{ destroyed: false, closed: false, errored: null }, false],
  ])("%j: %s", (stream, gone) => {
    expect(isGone(stream)).toBe(gone);
  });
});

describe("an HTTP response", () => {
  /** A response to our own request, and what the client got. */
  async function exchange(): Promise<{ response: ServerResponse; got: Promise<Buffer> }> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const asking = request({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
    const got = once(asking, "response").then(async ([message]) =>
      Buffer.concat(await (message as IncomingMessage).toArray()),
    );
    asking.on("error", () => {}).end();
    const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
    return { response, got };
  }

  it("is written chunk by chunk, by its callbacks", async () => {
    const { response, got } = await exchange();
    const out = fromNodeWritable(response);
    await out.writeAll("a body ");
    await out.flush();
    await out.writeAll("x".repeat(300_000));
    await out.close();
    expect((await got).toString()).toBe(`a body ${"x".repeat(300_000)}`);
  });

  it("whose write is replaced by one that forgets callbacks goes by drain", async () => {
    const { response, got } = await exchange();
    const write = response.write.bind(response) as (chunk: Buffer) => boolean;
    response.write = ((chunk: Buffer) => write(chunk)) as typeof response.write;
    const out = fromNodeWritable(response);
    await out.writeAll("x".repeat(300_000));
    await out.flush();
    await out.close();
    expect(await got).toHaveLength(300_000);
  });
});

it("is called after its class", () => {
  const { out } = foreign();
  expect(String(out)).toBe("Foreign");
});
