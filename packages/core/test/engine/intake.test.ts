import { describe, expect, it } from "vitest";
import { Intake } from "../../src/engine/intake.ts";
import { SlabSize } from "../../src/slab/slab-size.ts";
import { bytes, counted } from "../instruments.ts";

const KIB = 1024;

/** An intake whose slabs leave when the test takes them. */
function make(max: number, advance: () => void = () => {}): Intake {
  return new Intake(new SlabSize(max), { advance });
}

describe("Intake", () => {
  it("holds no slab before the first byte, and none after the last has left", () => {
    const intake = make(64 * KIB);
    expect(intake.isOpen).toBe(false);
    intake.put(counted(10));
    expect(intake.isOpen).toBe(true);
    expect(intake.take()).toEqual(counted(10));
    expect(intake.isOpen).toBe(false);
    intake.land();
    expect(intake.length).toBe(0);
  });

  it("gathers in a second slab while the first one is in flight", () => {
    const intake = make(64 * KIB);
    intake.put(bytes("first"));
    const inFlight = intake.take();
    intake.put(bytes("second"));
    expect(new TextDecoder().decode(inFlight)).toBe("first");
    intake.land();
    expect(new TextDecoder().decode(intake.take())).toBe("second");
  });

  it("takes nothing by the ready path that would fill the slab, nor before one is open", () => {
    const intake = make(4 * KIB);
    expect(intake.tryPutWithin(counted(1))).toBe(false);
    intake.put(counted(1));
    expect(intake.tryPutWithin(counted(4 * KIB - 1))).toBe(false);
    expect(intake.tryPutWithin(counted(4 * KIB - 2))).toBe(true);
    expect(intake.put(counted(5))).toBe(1);
    expect(intake.hasRoom).toBe(false);
  });

  it("lets a slab leave as soon as it is full", () => {
    const sent: number[] = [];
    const intake = make(1000, () => {
      sent.push(intake.take().length);
      intake.land();
    });
    expect(intake.put(counted(999))).toBe(999);
    expect(sent).toEqual([]);
    expect(intake.put(counted(10))).toBe(1);
    expect(sent).toEqual([1000]);
    expect(intake.isOpen).toBe(false);
  });

  it("never holds more than the max of its sizes, a slab of the pool or not", () => {
    const intake = make(1000);
    expect(intake.put(counted(5000))).toBe(1000);
    expect(intake.hasRoom).toBe(false);
  });

  it("opens no slab for text that may not fit into one", () => {
    const intake = make(4 * KIB);
    // Three bytes for each code unit, if it comes to the worst.
    expect(intake.tryPutText("x".repeat(2 * KIB))).toBe(false);
    expect(intake.isOpen).toBe(false);
    expect(intake.tryPutText("x".repeat(KIB))).toBe(true);
    expect(intake.length).toBe(KIB);
    expect(intake.tryPutText("y".repeat(KIB + 1))).toBe(false);
    expect(intake.length).toBe(KIB);
  });

  it("takes text that fits at the worst, to the last byte", () => {
    expect(make(3 * KIB).tryPutText("x".repeat(KIB))).toBe(true);
  });

  it("gathers what follows a buffer only if all of that was gathered", () => {
    const intake = make(1000, () => {
      intake.take();
      intake.land();
    });
    expect(intake.putMore([counted(500), counted(600), counted(10)], 0, Infinity)).toBe(1000);
    expect(intake.putMore([counted(5), counted(10), counted(5)], 0, 10)).toBe(5);
  });

  it("asks its slab to leave once it is pushed, and not before", () => {
    const intake = make(4 * KIB);
    intake.put(counted(10));
    expect(intake.flushRequested).toBe(false);
    intake.push();
    expect(intake.flushRequested).toBe(true);
  });

  it("takes nothing more once it is sealed, and gives what it has", () => {
    const intake = make(4 * KIB);
    intake.put(bytes("last"));
    intake.seal();
    expect([intake.tryPutWithin(bytes("x")), intake.hasRoom]).toEqual([false, false]);
    expect(intake.take()).toEqual(bytes("last"));
    expect(intake.hasRoom).toBe(false);
  });

  it("drops what it has, but leaves alone what is in flight", () => {
    const intake = make(4 * KIB);
    intake.put(counted(100));
    const inFlight = intake.take();
    intake.put(bytes("gathered"));
    intake.drop();
    expect([intake.length, intake.isOpen, intake.hasRoom]).toEqual([0, false, false]);
    intake.land();
    // Whoever gathers next takes memory of the same pool.
    const others = Array.from({ length: 4 }, () => make(4 * KIB));
    for (const other of others) other.put(new Uint8Array(100).fill(0xff));
    expect(inFlight).toEqual(counted(100));
  });

  it("opens no slab for nothing", () => {
    const intake = make(4 * KIB);
    expect(intake.tryPutText("")).toBe(false);
    expect(intake.put(new Uint8Array(0))).toBe(0);
    expect(intake.isOpen).toBe(false);
  });

  it("keeps what is in flight valid beyond its landing, in memory that others do not get", () => {
    const intake = make(4 * KIB);
    intake.put(counted(100));
    const kept = intake.take();
    const release = intake.keepInFlight();
    intake.land();
    intake.put(new Uint8Array(100).fill(0xff));
    intake.take();
    intake.land();
    expect(kept).toEqual(counted(100));
    release();
  });

  it("hands everything to whoever drains it, and keeps it if that fails", () => {
    const intake = make(4 * KIB);
    intake.put(counted(20));
    const fail = (): void => {
      throw new Error("disk");
    };
    expect(() => intake.drainInto(fail)).toThrow("disk");
    expect(intake.length).toBe(20);
    const drained: number[] = [];
    intake.drainInto((gathered) => drained.push(...gathered));
    expect(drained).toEqual([...counted(20)]);
    expect(intake.isOpen).toBe(false);
  });

  it("grows its slabs while they fill, and shrinks them when hardly used", () => {
    const intake = make(64 * KIB);
    const capacity = (): number => {
      let n = 0;
      while (intake.hasRoom) n += intake.put(counted(512));
      intake.take();
      intake.land();
      return n;
    };
    expect([capacity(), capacity(), capacity(), capacity()]).toEqual([
      4 * KIB,
      16 * KIB,
      64 * KIB,
      64 * KIB,
    ]);
    intake.put(counted(1));
    intake.take();
    intake.land();
    expect(capacity()).toBe(16 * KIB);
  });
});
