import { PENDING, Reader, toReader } from "@aw/core";
import { expect, it } from "vitest";
import { bytes, CountingWaker, turn } from "../instruments.ts";

it("an iterable that is not async is ready at once, chunk by chunk, and then over", () => {
  let given = 0;
  const reader = toReader(
    (function* () {
      for (const text of ["a", "", "bc"]) {
        given++;
        yield text;
      }
    })(),
  );
  const waker = new CountingWaker();
  expect(given).toBe(0);
  expect(reader.pollFillBuf(waker)).toEqual(bytes("a"));
  expect([reader.pollFillBuf(waker), given]).toEqual([bytes("a"), 1]);
  reader.consume(1);
  expect([reader.pollFillBuf(waker), given]).toEqual([bytes("bc"), 3]);
  reader.consume(2);
  expect(reader.pollFillBuf(waker)).toHaveLength(0);
  expect(waker.wakes).toBe(0);
});

it("what it throws comes after the chunks before, and what is no bytes is refused", async () => {
  const broken = new Error("broken");
  const reader = toReader(
    (function* () {
      yield "a";
      throw broken;
    })(),
  );
  expect(await reader.read()).toEqual(bytes("a"));
  await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_IO", cause: broken });
  const wrong = toReader([7] as unknown as Iterable<Uint8Array>);
  await expect(wrong.read()).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
});

it("an iterable that has only chunks without a byte lets timers run", async () => {
  let fired = false;
  setTimeout(() => {
    fired = true;
  }, 1);
  const reader = toReader(
    (function* () {
      while (!fired) yield "";
      yield "done";
    })(),
  );
  expect(reader.pollFillBuf(new CountingWaker())).toBe(PENDING);
  while (!fired) await turn();
  expect(await new Reader(reader).text()).toBe("done");
});
