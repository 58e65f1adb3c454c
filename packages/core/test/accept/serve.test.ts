import { getEventListeners } from "node:events";
import { copy, memory, pipe, serve, Writer, type Connection, type Reader } from "@aw/core";
import { AcceptQueue } from "@aw/core/implementor";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RecordingWriter, turn } from "../instruments.ts";

/** What peers do is up to the test. */
class Peered extends Writer implements Connection {
  readonly reader: Reader;

  constructor(out: Writer, reader: Reader) {
    super(out);
    this.reader = reader;
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.reader.stream;
  }
}

function queueOf<C extends Writer>(...connections: C[]): AcceptQueue<C> {
  const queue = new AcceptQueue<C>({ name: () => "test" });
  for (const connection of connections) queue.offer(connection);
  return queue;
}

afterEach(() => vi.restoreAllMocks());

describe("serve", () => {
  it("calls the handler with every connection, many at one time, and says how many", async () => {
    const listener = queueOf<Peered>();
    const served = serve(listener, (connection) => copy(connection.reader, connection));
    const clients = [1, 2, 3].map(() => {
      const [there, back] = [pipe(), pipe()];
      listener.offer(new Peered(back.writer, there.reader));
      return { writer: there.writer, reader: back.reader };
    });
    for (const [index, { writer }] of clients.entries()) {
      await writer.writeAll(`echo ${index}`);
      await writer.close();
    }
    // Closed by the server: the handler did not.
    for (const [index, { reader }] of clients.entries())
      expect(await reader.text()).toBe(`echo ${index}`);
    listener.close();
    expect(await served).toEqual({ connections: 3, failed: 0 });
  });

  it.each([undefined, null, 5, "text", {}, [], () => {}])(
    "refuses %o for a listener",
    async (value) => {
      const serving = async (): Promise<unknown> => serve(value as never, () => {});
      await expect(serving()).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
    },
  );

  it("closes and disposes of what the handler leaves, in whatever state", async () => {
    const [left, closed, closing, aborted] = [
      new RecordingWriter(),
      new RecordingWriter(),
      new RecordingWriter(),
      new RecordingWriter(),
    ];
    const handlers = new Map<unknown, (writer: Writer) => unknown>([
      [left, () => undefined],
      [closed, (writer) => writer.close()],
      [closing, (writer) => void writer.close()],
      [aborted, (writer) => writer.abort("on purpose")],
    ]);
    const listener = queueOf(left, closed, closing, aborted);
    const served = serve(listener, (writer) => handlers.get(writer)?.(writer));
    await turn();
    listener.close();
    expect(await served).toEqual({ connections: 4, failed: 0 });
    expect(left.calls).toEqual(["close"]);
    expect(closed.calls).toEqual(["close"]);
    expect(closing.calls).toEqual(["close"]);
    expect(aborted.calls).toEqual(["abort on purpose"]);
  });

  it("aborts the connection of a handler that throws, reports it, and goes on", async () => {
    const [rejects, throws, fine] = [
      new RecordingWriter(),
      new RecordingWriter(),
      new RecordingWriter(),
    ];
    const errors: [unknown, unknown][] = [];
    const listener = queueOf(rejects, throws, fine);
    const served = serve(
      listener,
      (writer) => {
        if (writer === rejects) return Promise.reject(new Error("rejected"));
        if (writer === throws) throw new Error("thrown");
        return writer.writeAll("fine");
      },
      { onError: (error, connection) => errors.push([error, connection]) },
    );
    await turn();
    listener.close();
    expect(await served).toEqual({ connections: 3, failed: 2 });
    expect(rejects.calls).toEqual(["abort Error: rejected"]);
    expect(throws.calls).toEqual(["abort Error: thrown"]);
    expect(fine.calls).toEqual(["write 4", "close"]);
    expect(errors).toEqual([
      [new Error("rejected"), rejects],
      [new Error("thrown"), throws],
    ]);
  });

  it("reports a close that fails, which the handler left to it", async () => {
    const connection = new RecordingWriter();
    connection.failNext = new Error("reset");
    const errors: unknown[] = [];
    const listener = queueOf(connection);
    const served = serve(listener, () => {}, { onError: (error) => errors.push(error) });
    await turn();
    listener.close();
    expect(await served).toEqual({ connections: 1, failed: 1 });
    expect(errors).toMatchObject([{ code: "ERR_AW_IO", cause: { message: "reset" } }]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("of onError");
      },
    ],
    ["rejects", () => Promise.reject(new Error("of onError"))],
  ])("goes on when onError %s, and makes a warning of it", async (_how, onError) => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const listener = queueOf(new RecordingWriter(), new RecordingWriter());
    const served = serve(listener, () => Promise.reject(new Error("of the handler")), { onError });
    await turn();
    listener.close();
    expect(await served).toEqual({ connections: 2, failed: 2 });
    expect(warned.mock.calls).toEqual([[new Error("of onError")], [new Error("of onError")]]);
  });

  it("makes a warning of a failure that nobody asked to hear of", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const listener = queueOf(new RecordingWriter());
    const served = serve(listener, () => Promise.reject(new Error("of the handler")));
    await turn();
    listener.close();
    await served;
    expect(warned.mock.calls).toEqual([[new Error("of the handler")]]);
  });

  it("waits at the close of the listener until every handler is done", async () => {
    const listener = queueOf(new RecordingWriter());
    let finish = (): void => {};
    let isServed = false;
    const served = serve(listener, () => new Promise<void>((resolve) => (finish = resolve)));
    void served.then(() => (isServed = true));
    await turn();
    listener.close();
    await turn();
    expect(isServed).toBe(false);
    finish();
    expect(await served).toEqual({ connections: 1, failed: 0 });
  });

  it("ends at once by its signal, and reports nothing that this did", async () => {
    const controller = new AbortController();
    const connection = new RecordingWriter();
    connection.recording.stalled = true;
    const queue = queueOf(connection);
    const aborted: unknown[] = [];
    const listener = {
      [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator](),
      abort(reason: unknown) {
        aborted.push(reason);
        queue.close(reason);
      },
    };
    const errors: unknown[] = [];
    const served = serve(listener, (writer) => writer.writeAll("stuck"), {
      signal: controller.signal,
      onError: (error) => errors.push(error),
    });
    await turn();
    controller.abort("enough");
    await expect(served).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    expect(aborted).toEqual(["enough"]);
    expect(connection.calls).toEqual(["abort enough"]);
    expect(errors).toEqual([]);
  });

  it("serves nothing with a signal that has fired, also of an iterable without an abort", async () => {
    async function* connections(): AsyncGenerator<Writer> {
      yield memory();
    }
    const served = serve(
      connections(),
      () => {
        throw new Error("called");
      },
      { signal: AbortSignal.abort("before") },
    );
    await expect(served).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "before" });
  });

  it("ends with what the iterable throws, after the handlers", async () => {
    const connection = new RecordingWriter();
    async function* connections(): AsyncGenerator<Writer> {
      yield connection;
      throw new Error("no more");
    }
    await expect(serve(connections(), (writer) => writer.writeAll("x"))).rejects.toThrow("no more");
    expect(connection.calls).toEqual(["write 1", "close"]);
  });

  it("reports what disposing of a connection rejects with", async () => {
    class Stuck extends RecordingWriter {
      override [Symbol.asyncDispose](): Promise<void> {
        return Promise.reject(new Error("stuck"));
      }
    }
    const errors: unknown[] = [];
    const listener = queueOf(new Stuck());
    const served = serve(listener, () => {}, { onError: (error) => errors.push(error) });
    await turn();
    listener.close();
    expect(await served).toEqual({ connections: 1, failed: 1 });
    expect(errors).toEqual([new Error("stuck")]);
  });

  it("leaves no listener on its signal, and aborts what was on its way when that fired", async () => {
    const { signal } = new AbortController();
    const closed = queueOf();
    closed.close();
    await serve(closed, () => {}, { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
    const controller = new AbortController();
    const late = new RecordingWriter();
    async function* connections(): AsyncGenerator<Writer> {
      controller.abort("enough");
      yield late;
    }
    const served = serve(connections(), () => {}, { signal: controller.signal });
    await expect(served).rejects.toMatchObject({ cause: "enough" });
    expect(late.calls[0]).toBe("abort enough");
  });
});
