import { Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { InstantEngine } from "../../src/engine/instant-engine.ts";
import { bytes, CountingWaker } from "../instruments.ts";

const waker = new CountingWaker();

class Endless extends InstantEngine {
  protected override take(buf: Uint8Array): number {
    return buf.length;
  }

  override toString(): string {
    return "endless";
  }
}

describe("InstantEngine", () => {
  it("says where in its life it is, so that a Writer drives it itself", async () => {
    const engine = new Endless();
    expect(engine.state).toBe("open");
    const writer = new Writer(engine);
    expect(writer.engine).toBe(engine);
    await writer.close();
    expect(engine.state).toBe("closed");
  });

  it("takes a list of buffers in one call, and none after close", () => {
    const engine = new Endless();
    expect(engine.isVectored).toBe(true);
    expect(engine.pollVectoredWrite(waker, [bytes("ab"), bytes(""), bytes("c")])).toBe(3);
    engine.pollClose(waker);
    expect(() => engine.pollVectoredWrite(waker, [bytes("d")])).toThrow("write after close");
  });

  it("that was aborted says so, and can't be closed", async () => {
    const engine = new Endless();
    const heard = new Promise((resolve) => engine.onFailure(resolve));
    engine.abort("enough");
    expect(await heard).toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    expect(() => engine.pollClose(waker)).toThrow("aborted");
    expect(engine.state).toBe("failed");
  });
});
