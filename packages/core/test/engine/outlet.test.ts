import { describe, expect, it } from "vitest";
import { Outlet } from "../../src/engine/outlet.ts";
import { bytes, counted, RecordingWriter } from "../instruments.ts";

describe("Outlet", () => {
  it("writes what it was given in order, through partial writes", () => {
    const inner = new RecordingWriter({ maxBytes: 2 });
    const outlet = new Outlet(inner, () => {});
    outlet.add(bytes("hello "));
    outlet.add(bytes("world"));
    expect(outlet.pump()).toBe(true);
    expect(inner.text).toBe("hello world");
    expect(outlet.isEmpty).toBe(true);
  });

  it("keeps what the inner writer does not accept now, and is its waker", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const woken: string[] = [];
    const outlet = new Outlet(inner, () => woken.push("woken"));
    outlet.add(bytes("later"));
    expect(outlet.pump()).toBe(false);
    expect(outlet.isEmpty).toBe(false);
    inner.release();
    outlet.wake();
    // Never within `wake` (AW-WAKE-3), and once for all wakes until then.
    expect(woken).toEqual([]);
    await Promise.resolve();
    expect(woken).toEqual(["woken"]);
    expect(outlet.pump()).toBe(true);
    expect(inner.text).toBe("later");
  });

  it("writes nothing of what it dropped", () => {
    const inner = new RecordingWriter();
    const outlet = new Outlet(inner, () => {});
    outlet.add(bytes("gone"));
    outlet.drop();
    expect(outlet.pump()).toBe(true);
    expect(inner.calls).toEqual([]);
  });

  it("is crowded above 256 KiB", () => {
    const inner = new RecordingWriter({ maxBytes: 16 * 1024 });
    inner.stalled = true;
    const outlet = new Outlet(inner, () => {});
    outlet.add(counted(256 * 1024));
    expect(outlet.isCrowded).toBe(false);
    outlet.add(counted(1));
    expect(outlet.isCrowded).toBe(true);
    inner.stalled = false;
    outlet.pump();
    expect(outlet.isCrowded).toBe(false);
    expect(outlet.bytes).toBe(256 * 1024 + 1);
  });

  it("gives the inner writer no empty chunk", () => {
    const inner = new RecordingWriter();
    const outlet = new Outlet(inner, () => {});
    outlet.add(new Uint8Array(0));
    expect(outlet.isEmpty).toBe(true);
    outlet.pump();
    expect(inner.calls).toEqual([]);
  });

  it("refuses an inner writer that is full for good, or that lies about a count", () => {
    const full = new RecordingWriter({ maxBytes: 0 });
    const outlet = new Outlet(full, () => {});
    outlet.add(bytes("x"));
    expect(() => outlet.pump()).toThrow(expect.objectContaining({ code: "ERR_AW_WRITE_ZERO" }));
    const liar = Object.assign(new RecordingWriter(), { pollWrite: () => 2 });
    const lied = new Outlet(liar, () => {});
    lied.add(bytes("x"));
    expect(() => lied.pump()).toThrow(expect.objectContaining({ code: "ERR_AW_PROTOCOL" }));
  });
});
