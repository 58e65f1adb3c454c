import { describe, expect, it } from "vitest";
import { formatSize, parseInteger, parseRate, parseSize, parseTime } from "../../src/line/sizes.ts";
import { formatAddress, parseTarget } from "../../src/line/target.ts";

const REFUSED = expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" });

describe("sizes, rates and times", () => {
  it.each([
    ["0", 0],
    ["1000", 1000],
    ["7B", 7],
    ["64KiB", 65_536],
    ["10MB", 10_000_000],
    ["10kB", 10_000],
    ["1.5GiB", 1_610_612_736],
    ["1.25kB", 1250],
    ["2TB", 2e12],
  ])("%s is %i bytes", (text, bytes) => expect(parseSize("limit", text)).toBe(bytes));

  it.each([
    "",
    "64K",
    "10mb",
    "1.5",
    "-1",
    "1e6",
    "0x10",
    "1 MB",
    "1.MB",
    "99999TiB",
    "1constructor",
  ])("%j is no size", (text) => expect(() => parseSize("limit", text)).toThrow(REFUSED));

  it("a rate is a size in a second", () => {
    expect(parseRate("throttle", "1.5MB/s")).toBe(1_500_000);
    for (const text of ["1MB", "0/s", "/s", "1MB/m"]) {
      expect(() => parseRate("throttle", text)).toThrow(REFUSED);
    }
  });

  it("a time has a unit, and fits a timer", () => {
    expect(["500ms", "1.5s", "5m", "1h"].map((text) => parseTime("timeout", text))).toEqual([
      500, 1500, 300_000, 3_600_000,
    ]);
    for (const text of ["5", "0s", "s", "1d", "1000h"]) {
      expect(() => parseTime("timeout", text)).toThrow(REFUSED);
    }
  });

  it("a whole number is digits", () => {
    expect(parseInteger("zstd", "-7")).toBe(-7);
    for (const text of ["", "1.5", "six", "+1"])
      expect(() => parseInteger("gzip", text)).toThrow(REFUSED);
  });

  it("is written with one digit", () => {
    expect([0, 999, 1000, 999_949, 999_950, 1.5e9, 3e15].map(formatSize)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "999.9 kB",
      "1.0 MB",
      "1.5 GB",
      "3000.0 TB",
    ]);
  });
});

describe("targets", () => {
  it.each([
    ["-", { kind: "stdio" }],
    ["tcp://host:9000", { kind: "tcp", host: "host", port: 9000 }],
    ["TLS://[::1]:443/", { kind: "tls", host: "::1", port: 443 }],
    ["unix:/run/x.sock", { kind: "unix", path: "/run/x.sock" }],
    ["unix:///run/x.sock", { kind: "unix", path: "/run/x.sock" }],
    ["unix:x.sock", { kind: "unix", path: "x.sock" }],
    ["file:a%20b", { kind: "file", path: "a%20b" }],
    ["file:///a%20b", { kind: "file", path: "/a b" }],
    ["./a:b", { kind: "file", path: "./a:b" }],
    ["a/b:1", { kind: "file", path: "a/b:1" }],
    ["C:\\x", { kind: "file", path: "C:\\x" }],
    ["./tcp:/x", { kind: "file", path: "./tcp:/x" }],
    ["wss://host/path?q=1", { kind: "wss", url: new URL("wss://host/path?q=1") }],
  ])("%s", (text, target) => expect(parseTarget(text)).toEqual(target));

  it.each([
    "",
    "http://host/",
    "tcp://host",
    "tcp://:9000",
    "tcp://host:99999",
    "tcp://host:1/path",
    "tls://user@host:1",
    "unix:",
    "file:",
    "file://other-host/x",
    "ws://",
  ])("%j is none", (text) => expect(() => parseTarget(text)).toThrow(REFUSED));

  it("an address is written as it is read", () => {
    expect(formatAddress("tcp", "::1", 9)).toBe("tcp://[::1]:9");
    expect(parseTarget(formatAddress("tcp", "::1", 9))).toMatchObject({ host: "::1", port: 9 });
  });
});
