import { fromWritableStream } from "@aw/core";
import { describe, expect, it } from "vitest";

/** `Promise.reject()` and `controller.error()` without a reason are failures like any other. */
describe("fromWritableStream over a sink that fails without a reason", () => {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- that is what is tested
  const reject = (): Promise<void> => Promise.reject(undefined);

  it("fails the flush after a write", async () => {
    const writer = fromWritableStream(new WritableStream({ write: reject }));
    await writer.writeAll("x");
    await expect(writer.flush()).rejects.toMatchObject({ code: "ERR_AW_IO" });
    expect(writer.state).toBe("failed");
  });

  it("fails the close", async () => {
    const writer = fromWritableStream(new WritableStream({ close: reject }));
    await writer.writeAll("x");
    await expect(writer.close()).rejects.toMatchObject({ code: "ERR_AW_IO" });
    expect(writer.state).toBe("failed");
  });

  it("fails while a write is under way", async () => {
    let fail = (): void => {};
    const stream = new WritableStream({
      start(controller) {
        fail = () => controller.error();
      },
      write() {
        fail();
      },
    });
    const writer = fromWritableStream(stream);
    await writer.writeAll("x");
    await expect(writer.close()).rejects.toMatchObject({ code: "ERR_AW_IO" });
  });
});
