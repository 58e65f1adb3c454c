import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { gzip } from "@aw/compression";
import { memory, toWritableStream } from "@aw/core";
import { open } from "@aw/file";
import { toNodeWritable } from "@aw/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const text = "the same line over and over, and a number: ".repeat(20_000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aw-interop-"));
});
afterEach(() => rm(folder, { recursive: true }));

function broken(error: Error): Readable {
  async function* source(): AsyncGenerator<string> {
    yield text;
    throw error;
  }
  return Readable.from(source());
}

describe("pipeline(file stream, toNodeWritable(gzip(file)))", () => {
  it("round-trips", async () => {
    const [from, to] = [join(folder, "in"), join(folder, "out.gz")];
    await writeFile(from, text);
    await pipeline(createReadStream(from), toNodeWritable(gzip(await open(to))));
    expect(gunzipSync(await readFile(to)).toString() === text).toBe(true);
  });

  it("an error of the source leaves no file that looks complete", async () => {
    const to = join(folder, "out.gz");
    const error = new Error("source broke");
    await expect(pipeline(broken(error), toNodeWritable(gzip(await open(to))))).rejects.toBe(error);
    const written = await readFile(to);
    expect(() => gunzipSync(written)).toThrow();
  });

  it("an error of the file ends the pipeline with it", async () => {
    const from = join(folder, "in");
    await writeFile(from, text);
    const out = toNodeWritable(gzip(await open("/dev/full")));
    await expect(pipeline(createReadStream(from), out)).rejects.toMatchObject({
      code: "ERR_AW_NO_SPACE",
    });
  });

  it("an abort of the pipeline aborts the writers", async () => {
    const controller = new AbortController();
    const layers = gzip(memory());
    const piping = pipeline(broken(new Error("never reached")), toNodeWritable(layers), {
      signal: controller.signal,
    });
    controller.abort();
    await expect(piping).rejects.toMatchObject({ name: "AbortError" });
    expect(layers.state).toBe("failed");
  });

  it("an abort of the writers ends the pipeline", async () => {
    const layers = gzip(memory());
    const endless = Readable.from(
      (async function* source(): AsyncGenerator<string> {
        for (;;) {
          await new Promise((resolve) => setImmediate(resolve));
          yield text;
        }
      })(),
    );
    const piping = pipeline(endless, toNodeWritable(layers));
    setImmediate(() => layers.abort("stop"));
    await expect(piping).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    expect(endless.destroyed).toBe(true);
  });
});

describe("readable.pipeTo(toWritableStream(gzip(memory)))", () => {
  it("round-trips", async () => {
    const target = memory();
    await new Blob([text]).stream().pipeTo(toWritableStream(gzip(target)));
    expect(gunzipSync(target.bytes()).toString() === text).toBe(true);
  });

  it("an error of the source leaves nothing that looks complete", async () => {
    const target = memory();
    const error = new RangeError("source broke");
    let pulls = 0;
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(Buffer.from(text));
        else controller.error(error);
      },
    });
    await expect(source.pipeTo(toWritableStream(gzip(target)))).rejects.toBe(error);
    expect(target.state).toBe("failed");
    expect(() => gunzipSync(target.bytes())).toThrow();
  });

  it("an error of the target cancels the source", async () => {
    let reason: unknown;
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from(text)),
      cancel: (why) => {
        reason = why;
      },
    });
    const piping = source.pipeTo(toWritableStream(gzip(memory({ maxBytes: 100 }))));
    await expect(piping).rejects.toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
    expect(reason).toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
  });

  it("an abort of the pipe aborts the writers", async () => {
    const controller = new AbortController();
    const target = memory();
    const endless = new ReadableStream<Uint8Array>({
      async pull(stream) {
        await new Promise((resolve) => setImmediate(resolve));
        stream.enqueue(Buffer.from(text));
      },
    });
    const piping = endless.pipeTo(toWritableStream(gzip(target)), { signal: controller.signal });
    setImmediate(() => controller.abort("stop"));
    await expect(piping).rejects.toBe("stop");
    expect(target.state).toBe("failed");
  });
});
