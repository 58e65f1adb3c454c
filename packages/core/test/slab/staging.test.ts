import { beforeEach, describe, expect, it } from "vitest";
import { acquireSlab } from "../../src/slab/slab-pool.ts";
import { maxUtf8Length, Staging } from "../../src/slab/staging.ts";
import { bytes } from "../instruments.ts";

const text = (view: Uint8Array): string => Buffer.from(view).toString();

describe("staging", () => {
  let staging: Staging;
  beforeEach(() => {
    staging = new Staging();
  });

  it("holds no slab until it is opened, nor after release", () => {
    expect(staging.isOpen).toBe(false);
    expect(staging).toMatchObject({ length: 0, room: 0 });
    expect(staging.tryPut(bytes("a"))).toBe(false);
    expect(staging.tryPutWithin(bytes(""))).toBe(false);
    staging.open(1, 10);
    expect(staging.isOpen).toBe(true);
    staging.tryPut(bytes("abc"));
    staging.release();
    expect(staging.isOpen).toBe(false);
    expect(staging).toMatchObject({ length: 0, room: 0 });
  });

  it("takes what fits, all or nothing", () => {
    staging.open(1, 5);
    expect(staging.tryPut(bytes("abc"))).toBe(true);
    expect(staging.tryPut(bytes("def"))).toBe(false);
    expect(staging).toMatchObject({ length: 3, room: 2 });
    expect(staging.tryPut(bytes("de"))).toBe(true);
    expect(text(staging.view())).toBe("abcde");
  });

  it("takes what fits, or a part", () => {
    staging.open(1, 5);
    expect(staging.put(bytes("abc"))).toBe(3);
    expect(staging.put(bytes("defg"))).toBe(2);
    expect(staging.put(bytes("h"))).toBe(0);
    expect(text(staging.view())).toBe("abcde");
  });

  it("is not filled by the ready path, which has nobody to send it on", () => {
    staging.open(1, 5);
    expect(staging.tryPutWithin(bytes("abcd"))).toBe(true);
    expect(staging.tryPutWithin(bytes("e"))).toBe(false);
    expect(text(staging.view())).toBe("abcd");
  });

  it("takes no more than the slab has, whatever the limit", () => {
    staging.open(4096, 1_000_000);
    expect(staging.room).toBe(4096);
  });

  it("takes bytes off at its start, and does not use their room again", () => {
    staging.open(1, 5);
    staging.tryPut(bytes("abc"));
    staging.consume(2);
    expect(staging).toMatchObject({ length: 1, room: 2 });
    expect(text(staging.view())).toBe("c");
    staging.tryPut(bytes("de"));
    expect(text(staging.view())).toBe("cde");
    staging.consume(1);
    expect(text(staging.view())).toBe("de");
  });

  it("takes nothing once it is sealed", () => {
    staging.open(1, 5);
    staging.tryPut(bytes("abc"));
    staging.seal();
    expect(staging.room).toBe(0);
    expect(staging.tryPut(bytes("d"))).toBe(false);
    expect(text(staging.view())).toBe("abc");
  });

  it("encodes text behind bytes", () => {
    staging.open(1, 100);
    staging.tryPut(bytes("a"));
    staging.putText("\u00e9\u65e5\ud800");
    expect(text(staging.view())).toBe("a\u00e9\u65e5\ufffd");
    expect(staging.length).toBe(1 + 2 + 3 + 3);
  });

  it("gives its slab back at release, and leaves it alone when it forgets it", () => {
    staging.open(1, 10);
    const released = staging.view().buffer;
    staging.release();
    expect(acquireSlab(1).bytes.buffer).toBe(released);
    staging.open(1, 10);
    const forgotten = staging.view().buffer;
    staging.forget();
    expect(staging.isOpen).toBe(false);
    expect(acquireSlab(1).bytes.buffer).not.toBe(forgotten);
  });
});

it.each(["", "abc", "\u00e9", "\u65e5\u672c", "\u{1f600}", "\ud800"])(
  "the max length of %j as UTF-8 is no less than its length",
  (string) => {
    expect(maxUtf8Length(string)).toBeGreaterThanOrEqual(bytes(string).length);
  },
);
