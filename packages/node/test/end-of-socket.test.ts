import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

type Check = (socket: Duplex, done: (error?: Error | null) => void) => void;

/** The check as it is on a Node with this libuv. */
async function onLibuv(uv: string): Promise<Check> {
  const versions = { value: { ...process.versions, uv } };
  vi.stubGlobal("process", Object.create(process, { versions }));
  vi.resetModules();
  return (await import("../src/end-of-socket.ts")).checkSocketEnd;
}

interface State {
  writable?: boolean;
  /** Bytes that wait to be written. */
  writableLength?: number;
  errored?: Error | null;
  /** What the kernel answers to an empty write. */
  answer?: Error | undefined;
  encrypted?: boolean;
}

/** A socket in this state, and the bytes that were written to it. */
function socketIn({ answer, ...state }: State): { socket: Socket; written: unknown[] } {
  const socket = new Socket();
  const written: unknown[] = [];
  const all = { writable: true, writableLength: 0, errored: null, ...state };
  for (const [name, value] of Object.entries(all)) Object.defineProperty(socket, name, { value });
  socket.write = ((bytes: unknown, done: (error?: Error) => void) => {
    written.push(bytes);
    done(answer);
    return true;
  }) as Socket["write"];
  return { socket, written };
}

describe("where libuv takes a reset for an end", () => {
  it.each([
    ["an end", undefined],
    ["a reset", new Error("write ECONNRESET")],
  ])("an empty write says which it was: %s", async (_what, answer) => {
    const check = await onLibuv("1.51.0");
    const { socket, written } = socketIn({ answer });
    const done = vi.fn();
    check(socket, done);
    expect(written).toEqual([""]);
    expect(done.mock.calls).toEqual([[answer]]);
  });

  it("writes that wait say it, in this turn", async () => {
    const check = await onLibuv("1.51.0");
    const errored = new Error("write ECONNRESET");
    const { socket, written } = socketIn({ writableLength: 1, errored });
    const done = vi.fn();
    check(socket, done);
    expect(done).not.toHaveBeenCalled();
    await new Promise((resolve) => setImmediate(resolve));
    expect([done.mock.calls, written]).toEqual([[[errored]], []]);
  });

  it.each([
    ["its own direction has ended", socketIn({ writable: false, writableLength: 1 })],
    ["it is TLS, which knows itself", socketIn({ encrypted: true })],
  ])("nothing can be asked: %s", async (_why, { socket, written }) => {
    const check = await onLibuv("1.51.0");
    const done = vi.fn();
    check(socket, done);
    expect([done.mock.calls, written]).toEqual([[[]], []]);
  });

  it("what is no socket is not asked", async () => {
    const check = await onLibuv("1.51.0");
    const duplex = new Duplex({ read() {}, write() {} });
    const write = vi.spyOn(duplex, "write");
    const done = vi.fn();
    check(duplex, done);
    expect(done.mock.calls).toEqual([[]]);
    expect(write).not.toHaveBeenCalled();
  });
});

it.each(["1.52.0", "2.0.0"])("libuv %s tells both apart itself", async (uv) => {
  const check = await onLibuv(uv);
  const { socket, written } = socketIn({});
  const done = vi.fn();
  check(socket, done);
  expect([done.mock.calls, written]).toEqual([[[]], []]);
});
