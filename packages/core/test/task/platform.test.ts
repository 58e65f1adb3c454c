import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bytes } from "../instruments.ts";

// What browsers lack. The modules look at the platform once.
beforeEach(() => void vi.resetModules());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

function without(...names: readonly string[]): void {
  for (const name of names) vi.stubGlobal(name, undefined);
}

describe("nextTurn", () => {
  it.each([
    ["setImmediate", []],
    ["messages", ["setImmediate"]],
    ["timers", ["setImmediate", "MessageChannel"]],
  ])("calls back by %s, in order, after all microtasks", async (_name, missing) => {
    without(...missing);
    const { nextTurn } = await import("../../src/task/platform.ts");
    const order: string[] = [];
    nextTurn(() => order.push("first"));
    const over = new Promise<void>((resolve) => {
      nextTurn(() => {
        order.push("second");
        resolve();
      });
    });
    for (let each = 0; each < 10; each++) await Promise.resolve();
    order.push("microtasks");
    await over;
    expect(order).toEqual(["microtasks", "first", "second"]);
  });
});

describe("memory", () => {
  it.each([[[]], [["Buffer"]]])("takes text at an offset (without %j)", async (missing) => {
    without(...missing);
    const { Slab } = await import("../../src/slab/slab.ts");
    vi.unstubAllGlobals();
    const slab = new Slab(20);
    slab.bytes.fill(0x2e);
    expect(slab.writeText("é漢", 3)).toBe(5);
    expect(slab.bytes).toEqual(bytes("...é漢............"));
  });

  it.each([[[]], [["Buffer"]]])("is of no pool that others use (without %j)", async (missing) => {
    without(...missing);
    const { allocate } = await import("../../src/task/platform.ts");
    vi.unstubAllGlobals();
    expect([allocate(10).length, allocate(10).buffer.byteLength]).toEqual([10, 10]);
  });
});

describe("reportThrown", () => {
  it("warns where a process can, whatever was thrown", async () => {
    const warned: unknown[] = [];
    vi.stubGlobal("process", { emitWarning: (warning: unknown) => void warned.push(warning) });
    const { reportThrown } = await import("../../src/task/platform.ts");
    const error = new RangeError("thrown");
    reportThrown(error);
    reportThrown("text");
    expect(warned).toEqual([error, new Error("text")]);
  });

  it("is an error event elsewhere", async () => {
    const reported: unknown[] = [];
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
    const { reportThrown } = await import("../../src/task/platform.ts");
    reportThrown("text");
    expect(reported).toEqual(["text"]);
  });
});
