import {
  lengthDelimited,
  lines,
  ndjson,
  Reader,
  SourceEngine,
  toReader,
  unframed,
  type AsyncBufRead,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, counted, turn } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

/** A reader of chunks that are given away, as those of a socket are. */
function pushed(...chunks: Uint8Array[]): { source: ManualSource; reader: Reader } {
  const source = new ManualSource();
  const reader = new Reader(new SourceEngine(source));
  for (const chunk of chunks) source.control.push(chunk);
  return { source, reader };
}

/** A message after its length in 4 bytes. */
function lengthBefore(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + message.length);
  new DataView(framed.buffer).setUint32(0, message.length);
  framed.set(message, 4);
  return framed;
}

describe("the messages of a reader", () => {
  it("leave the rest in the reader when the loop is left, for any other call", async () => {
    const reader = toReader(["head: 1\nhead: 2\n", "\nthe bo", "dy"]);
    const heads: string[] = [];
    for await (const line of unframed(reader, lines())) {
      if (line === "") break;
      heads.push(line);
    }
    expect(heads).toEqual(["head: 1", "head: 2"]);
    expect(await reader.text()).toBe("the body");
  });

  it("go on in another loop, with another codec too", async () => {
    const { reader, source } = pushed(bytes('one\ntwo\n{"x":1}\n'));
    const messages = unframed(reader, lines());
    for await (const line of messages) {
      expect(line).toBe("one");
      break;
    }
    for await (const line of messages) {
      expect(line).toBe("two");
      break;
    }
    for await (const message of unframed(reader, ndjson())) {
      expect(message).toEqual({ x: 1 });
      source.control.end();
    }
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });

  it("leave an engine that was not wrapped behind the last message, whatever came with it", async () => {
    const source = new ManualSource();
    const engine: AsyncBufRead = new SourceEngine(source);
    source.control.push(bytes("on"));
    source.control.push(bytes(`e\n${"x".repeat(8192)}`));
    for await (const line of unframed(engine, lines())) {
      expect(line).toBe("one");
      break;
    }
    expect(engine.pollFillBuf(new CountingWaker())).toEqual(bytes("x".repeat(8192)));
  });

  it("leave unread what can't be a message, and what was cut off", async () => {
    const long = toReader(["good\nmuch too long\nrest"]);
    const messages = unframed(long, lines({ maxLength: 6 }));
    expect(await messages.next()).toMatchObject({ value: "good" });
    for (let time = 0; time < 2; time++)
      await expect(messages.next()).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(await long.readLine()).toBe("much too long");
    await expect(messages.next()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    expect(await long.text()).toBe("rest");
    const bad = toReader(["{\n2\n"]);
    const numbers = unframed(bad, ndjson<number>());
    await expect(numbers.next()).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    expect(await bad.readLine()).toBe("{");
    expect(await numbers.next()).toMatchObject({ value: 2 });
  });

  it("take their turn among the other operations of the reader", async () => {
    const { reader, source } = pushed();
    const messages = unframed(reader, lines());
    const answers = [messages.next(), reader.readExactly(3), messages.next(), messages.next()];
    source.control.push(bytes("one\ntw"));
    source.control.push(bytes("othree\nfo"));
    source.control.push(bytes("ur\n"));
    expect(await Promise.all(answers)).toEqual([
      { done: false, value: "one" },
      bytes("two"),
      { done: false, value: "three" },
      { done: false, value: "four" },
    ]);
  });

  it("begin with what was given back, also while one waits", async () => {
    const { reader, source } = pushed(bytes("ab"));
    const messages = unframed(reader, lines());
    const line = messages.next();
    await turn();
    reader.unread(bytes("x\ny"));
    source.control.push(bytes("c\nd"));
    expect(await line).toMatchObject({ value: "x" });
    expect(await messages.next()).toMatchObject({ value: "yabc" });
    const readLine = reader.readLine();
    await turn();
    reader.unread(bytes("z\n"));
    source.control.push(bytes("e\n"));
    expect(await readLine).toBe("z");
    expect(await reader.readLine()).toBe("de");
  });

  it("are refused while the stream of the reader is read", async () => {
    const { reader } = pushed(bytes("one\n"));
    reader.stream.getReader();
    await expect(unframed(reader, lines()).next()).rejects.toMatchObject({
      code: "ERR_AW_PROTOCOL",
    });
  });

  it("fail with the reader, after what came before", async () => {
    const { reader, source } = pushed(bytes("one\ntw"));
    source.control.fail(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    const messages = unframed(reader, lines());
    expect(await messages.next()).toMatchObject({ value: "one" });
    await expect(messages.next()).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  });
});

describe("the memory of messages", () => {
  it("is that of the chunk where a large message came as a whole", async () => {
    const message = counted(10_000);
    const [first, second] = [lengthBefore(message), lengthBefore(message)];
    const small = new Uint8Array([...lengthBefore(bytes("small")), ...lengthBefore(message)]);
    const { reader } = pushed(first, second, Buffer.from(small));
    const messages = unframed(reader, lengthDelimited());
    for (const chunk of [first, second]) {
      const { value } = await messages.next();
      expect(value).toEqual(message);
      expect(value?.buffer).toBe(chunk.buffer);
    }
    const { value: copied } = await messages.next();
    expect(copied).toEqual(bytes("small"));
    expect(copied?.buffer.byteLength).toBe(5);
    expect((await messages.next()).value).toEqual(message);
  });

  it("is plain, and nobody else's, however the message came", async () => {
    const whole = lengthBefore(counted(20_000));
    for (const size of [whole.length, 5000, 4999, 7]) {
      const { reader, source } = pushed();
      for (let at = 0; at < whole.length; at += size)
        source.control.push(Buffer.from(whole.subarray(at, at + size)));
      source.control.push(Buffer.from("rest"));
      const { value } = await unframed(reader, lengthDelimited()).next();
      expect(value?.constructor).toBe(Uint8Array);
      value?.fill(0);
      expect(new TextDecoder().decode(await reader.read())).toBe("rest");
    }
  });

  it("grows with what has come, not with what a peer says will come", async () => {
    const { reader } = pushed(Uint8Array.of(0, 0x7f, 0xff, 0xff, 1, 2, 3));
    const before = process.memoryUsage().arrayBuffers;
    const waiting = unframed(reader, lengthDelimited()).next();
    waiting.catch(() => {});
    await turn();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
    reader.abort();
    await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });
});

describe("the messages of a source that nobody else reads", () => {
  const OVER = { done: true, value: undefined };

  it("are over once the loop was left", async () => {
    const messages = unframed(["a\nb\n"], lines());
    expect(await messages.next()).toEqual({ done: false, value: "a" });
    expect(await messages.return?.()).toEqual(OVER);
    expect([await messages.next(), await messages.next()]).toEqual([OVER, OVER]);
  });

  it("are over after one that could not be read, which says why", async () => {
    const messages = unframed(['{"a":1}\n{"a\n{"b":2}\n'], ndjson());
    expect(await messages.next()).toEqual({ done: false, value: { a: 1 } });
    await expect(messages.next()).rejects.toMatchObject({
      code: "ERR_AW_PROTOCOL",
      cause: expect.any(SyntaxError) as unknown,
    });
    expect(await messages.next()).toEqual(OVER);
  });
});
