import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { counted } from "../instruments.ts";

/** Whether this runtime refuses to detach memory that was marked: Node does from version 24 on. */
const staysAttached = Number(process.versions.node.split(".")[0]) >= 24;

// The module looks at the platform once.
beforeEach(() => void vi.resetModules());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function twoCopies(): Promise<[Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]> {
  const { ownCopy } = await import("../../src/slab/own-copy.ts");
  const copies = [ownCopy(counted(100)), ownCopy(counted(200))] as const;
  expect(copies).toEqual([counted(100), counted(200)]);
  return copies as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
}

/** What takes the memory of a chunk away from who has it. */
const TRANSFERS: readonly [string, (chunk: Uint8Array<ArrayBuffer>) => unknown][] = [
  ["structuredClone", ({ buffer }) => structuredClone(buffer, { transfer: [buffer] })],
  ["transfer", ({ buffer }) => buffer.transfer()],
  [
    "postMessage",
    ({ buffer }) => {
      const { port1, port2 } = new MessageChannel();
      port2.close();
      port1.postMessage(buffer, [buffer]);
    },
  ],
  [
    "a byte stream",
    (chunk) =>
      new ReadableStream({ type: "bytes", start: (controller) => controller.enqueue(chunk) }),
  ],
];

describe("ownCopy", () => {
  it.runIf(staysAttached).each(TRANSFERS)(
    "shares memory that can't be taken away by %s",
    async (_name, transfer) => {
      const [a, b] = await twoCopies();
      expect(a.buffer).toBe(b.buffer);
      expect(() => transfer(a)).toThrow(/detach|transfer|clone/iu);
      expect([a, b]).toEqual([counted(100), counted(200)]);
    },
  );

  it.each<[string, object | undefined]>([
    ["there is no process", undefined],
    ["a process has no modules", {}],
    ["it has none of that name", { getBuiltinModule: () => undefined }],
    ["a mark does nothing", { getBuiltinModule: () => ({ markAsUntransferable: () => {} }) }],
  ])("is memory of its own where %s", async (_name, process) => {
    vi.stubGlobal("process", process);
    const [a, b] = await twoCopies();
    expect([a.buffer.byteLength, b.buffer.byteLength]).toEqual([100, 200]);
  });

  it("is memory of its own where memory can't be transferred at all: then nobody knows", async () => {
    const platform = ArrayBuffer;
    vi.stubGlobal(
      "ArrayBuffer",
      class WithoutTransfer {
        readonly byteLength = 1;
        static isView(value: unknown): boolean {
          return platform.isView(value);
        }
      },
    );
    const [a] = await twoCopies();
    expect(a.buffer.byteLength).toBe(100);
  });
});
